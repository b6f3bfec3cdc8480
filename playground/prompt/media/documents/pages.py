"""The pages of a PDF as pictures, or their words. pdfium draws them; it is called by one thread, as it must be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

from playground.prompt.conversation import Document, Image
from playground.prompt.limits import Limits
from playground.prompt.media import pictures
from playground.prompt.media.documents import texts
from playground.prompt.media.faults import MediaError
from playground.prompt.media.sending import BASE64
from playground.prompt.media.wishes import Wish

FIRST = 8
"""Pages that are drawn when nobody chose any."""

PIXELS = 3_000_000
"""Of a drawn page: somewhat more than the largest budget reads."""

LONGEST_SIDE = 8192
"""Pixels, whatever shape a page has."""

SPAN = re.compile(r"(\d{1,6})?(\s*[-–]\s*)?(\d{1,6})?")


def read(name: str, data: bytes, limits: Limits, wish: Wish) -> tuple[Image | Document, ...]:
    """The chosen pages. Raises MediaError."""
    with _opened(name, data) as pdf:
        count = len(pdf)
        if wish.as_text:
            return (_words(name, pdf, chosen(name, wish.pages, count, count), limits),)
        numbers = chosen(name, wish.pages, count, min(count, FIRST))
        if len(numbers) > limits.files:
            raise MediaError(
                name,
                f"would go as {len(numbers)} pictures, but a prompt may hold at most {limits.files} files: "
                "choose fewer pages, or send its text.",
            )
        with suppress(Exception):
            pdf.init_forms()  # what was filled in is drawn too
        return tuple(_drawn(name, pdf, number, count) for number in numbers)


def chosen(name: str, said: str, count: int, usual: int) -> tuple[int, ...]:
    """The pages' numbers from 1, in order: "1-3, 7" of `count`, or the first `usual`. Raises MediaError."""
    if not said.strip():
        return tuple(range(1, usual + 1))
    found: set[int] = set()
    for word in filter(None, re.split(r"\s*[,;]\s*", said.strip())):
        span = SPAN.fullmatch(word)
        if span is None or not (span[1] or span[3]) or not (span[1] or span[2]):
            shown = word if len(word) <= 20 else f"{word[:20]}…"
            raise MediaError(name, f"has no pages {shown!r}: write numbers, such as 1-3, 7.")
        first = int(span[1] or 1)
        last = int(span[3] or count) if span[2] else first
        for number in (first, last):
            if not 1 <= number <= count:
                pages = f"{count:,} pages" if count > 1 else "1 page"
                raise MediaError(name, f"has {pages}, and no page {number:,}.")
        if last < first:
            raise MediaError(name, f"has no pages {first}-{last}: the smaller number comes first.")
        found |= {*range(first, last + 1)}
    return tuple(sorted(found))


def spelled(numbers: Sequence[int]) -> str:
    """ "1-3, 7" of 1, 2, 3 and 7."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][-1] + 1:
            spans[-1].append(number)
        else:
            spans.append([number])
    return ", ".join(f"{one[0]}-{one[-1]}" if len(one) > 1 else f"{one[0]}" for one in spans)


@contextmanager
def _opened(name: str, data: bytes) -> Iterator[Any]:
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise MediaError(
                name, "is encrypted: save it without its password, and send that."
            ) from None
        raise MediaError(name, "is a PDF that is damaged or cut off.") from None
    with pdf:
        yield pdf


def _drawn(name: str, pdf: Any, number: int, count: int) -> Image:
    page = _page(name, pdf, number)
    width, height = page.get_size()
    if not (width > 0 and height > 0):
        raise MediaError(name, f"is damaged: its page {number} has no size.")
    scale = min((PIXELS / (width * height)) ** 0.5, LONGEST_SIDE / max(width, height))
    try:
        bitmap = page.render(scale=scale, may_draw_forms=True, rev_byteorder=True)
    except MemoryError:
        raise
    except Exception:
        raise MediaError(name, f"is damaged: its page {number} can't be drawn.") from None
    picture = pictures.on_white(bitmap.to_pil().convert("RGB"))
    page.close()
    image = pictures.store(f"{name}, page {number}", picture, PIXELS)
    # What a server gets of it is measured by the drawing: words take next to nothing in the file.
    return replace(
        image,
        original=f"PDF, page {number} of {count:,}",
        file_bytes=int(len(image.data) / BASE64) + 1,
    )


def _words(name: str, pdf: Any, numbers: Sequence[int], limits: Limits) -> Document:
    pieces, letters = [], 0
    for number in numbers:
        page = _page(name, pdf, number)
        words = page.get_textpage().get_text_range()
        # Soft hyphens come as U+FFFE, what the page does not name as NUL.
        pieces.append(re.sub("[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]", "", words).strip())
        letters += len(words)
        page.close()
        if letters > limits.document_characters:
            break
    if not any(pieces):
        raise MediaError(name, "holds no words on these pages: they are pictures. Send them so.")
    count = len(pdf)
    many = "s" * (len(numbers) > 1)
    which = "its page" if count == 1 else f"page{many} {spelled(numbers)} of {count:,}"
    return texts.document(name, "\n\n".join(pieces), f"PDF, the words of {which}", limits)


def _page(name: str, pdf: Any, number: int) -> Any:
    try:
        return pdf[number - 1]
    except MemoryError:
        raise
    except Exception:
        raise MediaError(name, f"is damaged: its page {number} can't be read.") from None
