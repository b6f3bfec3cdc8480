"""Several comparisons in one zip: a file each, and in our own format every medium once, in a folder beside them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import asdict

from playground.archive import record
from playground.archive.export import Format
from playground.archive.export.json_file import digests
from playground.archive.restoring import Fetch

MEDIA = "media/"
"""The folder; each file in it is named by its digest."""


def write(kept: Sequence[record.Comparison], fetch: Fetch, form: Format) -> bytes:
    """The zip, each comparison in that format. `importing.own` reads those of our own JSON again."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as files:
        for one in kept:
            name = f"{one.id}{form.suffix}"
            if form.name != "json":
                files.writestr(name, form.write(one, fetch))
                continue
            files.writestr(name, json.dumps(asdict(one), ensure_ascii=False, indent=1))
        if form.name == "json":
            for digest in sorted({digest for one in kept for digest in digests(one)}):
                files.writestr(MEDIA + digest, fetch(digest), zipfile.ZIP_STORED)
    return out.getvalue()
