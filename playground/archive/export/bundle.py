"""Several comparisons in one zip: a file each, and in our own format every medium once, in a folder beside them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import asdict

from playground.archive import record
from playground.archive.export import Format
from playground.archive.export.json_file import digests, written
from playground.archive.restoring.asked import Fetch

MEDIA = "media/"
"""The folder; each file in it is named by its digest."""


LEFT_OUT = "media/left-out.txt"
"""Beside the media, where whoever imports the zip again looks for no comparison."""


def write(
    kept: Iterable[record.Comparison],
    fetch: Fetch,
    form: Format,
    tell: Callable[[str], None] = lambda words: None,
    most_bytes: int | None = None,
) -> bytes:
    """The zip, each comparison in that format, a folder each where it is several files. `importing.own` reads those of
    our own JSON again. One whose media are gone is left out, and what comes when the zip has so many bytes already: the
    zip holds a line about each, and `tell` is told.
    """
    out = io.BytesIO()
    there: set[str] = set()
    faults: list[str] = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as files:
        for one in kept:
            try:
                if most_bytes is not None and out.tell() >= most_bytes:
                    raise LookupError("this zip is full; take fewer at a time")
                if form.name == "json":
                    for digest in sorted({*digests(one)} - there):
                        files.writestr(MEDIA + digest, fetch(digest), zipfile.ZIP_STORED)
                        there.add(digest)
                    files.writestr(f"{one.id}{form.suffix}", written(asdict(one)))
                    continue
                folder = f"{one.id}/" if form.apart else ""
                for name, data in form.files(one, fetch).items():
                    files.writestr(folder + name, data)
            except LookupError as error:
                faults.append(f"{one.id} is left out: {error}.")
                tell(faults[-1])
        if faults:
            files.writestr(LEFT_OUT, "".join(f"{line}\n" for line in faults))
    return out.getvalue()
