"""Makes PDFs for the tests, by hand, so that anything in them can be wrong."""

from __future__ import annotations

from collections.abc import Sequence


def pdf(
    words: Sequence[str],
    size: tuple[float, float] = (595, 842),
    trailer: str = "",
    more: Sequence[str] = (),
) -> bytes:
    """A page for each piece of words, written in its upper left corner."""
    count = len(words)
    kids = " ".join(f"{4 + 2 * index} 0 R" for index in range(count))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for index, line in enumerate(words):
        shown = f"BT /F1 24 Tf 50 {size[1] - 60:g} Td ({line}) Tj ET"
        box = f"[0 0 {size[0]:g} {size[1]:g}]"
        fonts = "/Resources << /Font << /F1 3 0 R >> >>"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox {box} {fonts} /Contents {5 + 2 * index} 0 R >>"
        )
        objects.append(f"<< /Length {len(shown)} >>\nstream\n{shown}\nendstream")
    out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
    places = []
    for number, body in enumerate((*objects, *more), 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    start = len(out)
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = (
        f"trailer\n<< /Size {len(places) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n"
    )
    return out + f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n{table}{end}".encode()


def encrypted() -> bytes:
    """One that wants a password."""
    key = "<" + "ab" * 32 + ">"
    lock = f"<< /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O {key} /U {key} >>"
    return pdf(["secret"], trailer=f"/Encrypt 6 0 R /ID [<{'00' * 16}> <{'00' * 16}>]", more=[lock])
