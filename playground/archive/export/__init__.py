"""A kept comparison in forms that other tools read: one file a format, each a function of a record and its media.

Nothing of this machine leaves with them: no path, no key, no environment.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playground.archive import record
    from playground.archive.restoring.asked import Fetch


@dataclass(frozen=True, slots=True)
class Format:
    """`name` is the word for it, `title` what buttons call it, `suffix` ends the file's name, `about` says in a few
    words what it is for. `apart`: it is several files, one or more a contender, in a zip.
    """

    name: str
    title: str
    suffix: str
    mime: str
    about: str
    apart: bool = False

    def write(self, kept: record.Comparison, fetch: Fetch) -> bytes:
        """The file of a comparison; `fetch` gives the bytes of its media."""
        if self.apart:
            return packed(self.files(kept, fetch).items())
        module = import_module(f"playground.archive.export.{self.name}_file")
        write: Callable[[record.Comparison, Fetch], bytes] = module.write
        return write(kept, fetch)

    def files(self, kept: record.Comparison, fetch: Fetch) -> dict[str, bytes]:
        """The files of a comparison by their names, which are plain."""
        if not self.apart:
            return {f"{plain(kept.id)}{self.suffix}": self.write(kept, fetch)}
        module = import_module(f"playground.archive.export.{self.name}_file")
        files: Callable[[record.Comparison, Fetch], dict[str, bytes]] = module.files
        return files(kept, fetch)


def packed(files: Iterable[tuple[str, bytes]]) -> bytes:
    """A zip of files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packing:
        for name, data in files:
            packing.writestr(name, data)
    return out.getvalue()


def plain(name: str) -> str:
    """A name that any system takes for a file's and for nothing else."""
    return re.sub(r"[^A-Za-z0-9_-]+(\.(?=[^A-Za-z0-9]))?", "-", name).strip("-")[:80] or "x"


def named(labels: Iterable[str]) -> list[str]:
    """Plain names for contenders, each once."""
    names: list[str] = []
    for label in labels:
        name = first = plain(label)
        while name.lower() in {one.lower() for one in names}:
            name = f"{first}-{len(names) + 1}"
        names.append(name)
    return names


_ZIP = (".zip", "application/zip")

FORMATS = {
    one.name: one
    for one in (
        Format("json", "JSON", ".json", "application/json", "everything, to be imported again"),
        Format("html", "HTML", ".html", "text/html", "a page to open, print and pass on"),
        Format("csv", "CSV", ".csv", "text/csv", "the figures, a row an answer"),
        Format("md", "Markdown", ".md", "text/markdown", "questions and answers to read and paste"),
        Format(
            "messages",
            "Messages",
            ".jsonl",
            "application/jsonl",
            "OpenAI messages, a line an answer",
        ),
        Format("inspect", "Inspect logs", *_ZIP, "for Inspect View, one a contender", True),
        Format(
            "traces",
            "Traces",
            ".traces.jsonl",
            "application/jsonl",
            "OpenTelemetry, a span an answer",
        ),
        Format("sessions", "Sessions", *_ZIP, "for the Hub's trace viewer, one a contender", True),
        Format(
            "disclosure",
            "Disclosure",
            ".disclosure.json",
            "application/json",
            "weights, engine, place and settings of each answer",
        ),
        Format("code", "Code", *_ZIP, "that asks again: transformers, openai, curl", True),
    )
}
