"""A kept comparison in forms that other tools read: one file a format, each a function of a record and its media.

Nothing of this machine leaves with them: no path, no key, no environment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playground.archive import record
    from playground.archive.restoring import Fetch


@dataclass(frozen=True, slots=True)
class Format:
    """`name` is the word for it, `title` what buttons call it, `suffix` ends the file's name, `about` says in a few
    words what it is for.
    """

    name: str
    title: str
    suffix: str
    mime: str
    about: str

    def write(self, kept: record.Comparison, fetch: Fetch) -> bytes:
        """The file of a comparison; `fetch` gives the bytes of its media."""
        module = import_module(f"playground.archive.export.{self.name}_file")
        write: Callable[[record.Comparison, Fetch], bytes] = module.write
        return write(kept, fetch)


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
    )
}
