"""Reads this project's Markdown pages: their code blocks, commands, headings and links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.test_layers import ROOT

PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    ROOT / "deploy" / "README.md",
    ROOT / "assets" / "demo" / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+?)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of code, in the language that stands behind its fence."""

    page: Path
    language: str
    text: str

    @property
    def commands(self) -> tuple[str, ...]:
        """Its lines as a shell reads them: joined where they end in a backslash, without comments."""
        whole = self.text.replace("\\\n", " ")
        lines = (re.sub(r"(^|\s)#.*", "", line) for line in whole.splitlines())
        return tuple(" ".join(line.split()) for line in lines if line.strip())


def name(page: Path) -> str:
    """The page from the repository's root."""
    return page.relative_to(ROOT).as_posix()


@cache
def text(page: Path) -> str:
    """All of it."""
    return page.read_text("utf-8")


def prose(page: Path) -> str:
    """What stands outside of fenced blocks."""
    return FENCE.sub("", text(page))


def blocks(page: Path) -> Iterator[Block]:
    """Its fenced blocks in order."""
    for language, code in FENCE.findall(text(page)):
        yield Block(page, language, code)


def inline(page: Path) -> list[str]:
    """What stands between backticks in its sentences."""
    return CODE.findall(prose(page))


def links(page: Path) -> list[str]:
    """Where its links and pictures lead."""
    return LINK.findall(CODE.sub("", prose(page)))


def anchors(page: Path) -> set[str]:
    """The anchors of its headings, as GitHub makes them."""
    plain = (re.sub(r"[`*]", "", heading).lower() for heading in HEADING.findall(prose(page)))
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in plain}
