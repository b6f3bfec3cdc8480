"""Several comparisons in one zip: a file each, and in our own format every medium once, in a folder beside them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable
from dataclasses import asdict

from playground.archive import record
from playground.archive.export import Format
from playground.archive.export.json_file import digests
from playground.archive.restoring import Fetch

MEDIA = "media/"
"""The folder; each file in it is named by its digest."""


def write(kept: Iterable[record.Comparison], fetch: Fetch, form: Format) -> bytes:
    """The zip, each comparison in that format, a folder each where it is several files. `importing.own` reads those of
    our own JSON again.
    """
    out = io.BytesIO()
    used: set[str] = set()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as files:
        for one in kept:
            used |= set(digests(one))
            if form.name == "json":
                written = json.dumps(asdict(one), ensure_ascii=False, indent=1)
                files.writestr(f"{one.id}{form.suffix}", written)
                continue
            folder = f"{one.id}/" if form.apart else ""
            for name, data in form.files(one, fetch).items():
                files.writestr(folder + name, data)
        if form.name == "json":
            for digest in sorted(used):
                files.writestr(MEDIA + digest, fetch(digest), zipfile.ZIP_STORED)
    return out.getvalue()
