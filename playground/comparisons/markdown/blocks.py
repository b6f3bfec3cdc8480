"""A model's Markdown as blocks that are safe to draw with Streamlit, made once and only where it grew.

Model text is hostile: it may ask the reader's browser to fetch a picture, draw a diagram that does,
or run Streamlit's own directives. What comes out of here does none of that, and shows everything else as
it was written. Knows no screen: it returns strings and says which of them are code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from playground.comparisons.markdown.formulas import opens_display
from playground.comparisons.markdown.reader import Unit, too_deep, units
from playground.comparisons.markdown.writer import Unwritable, language, write, write_item

ENOUGH = 600
"""Characters from which on a piece ends where it can. Every piece is an element that the browser keeps
track of, and the last one is drawn again with each tick: few and short ones are quick.
"""

SHARE = 64
"""The last piece is made again when it has grown by this part of itself: a long one costs no more than a short one."""

UNFINISHED = re.compile(r"(?:^|\n)[ \t]*(?:[-=*+#>~`|]+|\d+[.)])[ \t]*\Z")
"""A last line that says nothing yet: the next letter decides what it begins."""


@dataclass(frozen=True, slots=True)
class Block:
    """One piece to draw by itself: `prose` is Markdown, `code` is plain text in a language."""

    kind: Literal["prose", "code"]
    text: str
    language: str = ""


def blocks(text: str, growing: bool = False) -> tuple[Block, ...]:
    """A text that is there already, as blocks."""
    return Growth().blocks(text, growing)


def fenced(text: str) -> str:
    """Markdown that shows a text as code."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    ticks = "`" * max(3, longest + 1)
    return f"{ticks}\n{text}\n{ticks}"


class Growth:
    """A text that only grows, as blocks: each but the last is made once and stays as it is."""

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self._seen = ""
        self._made = 0
        """How much of the text the blocks show."""
        self._begun = 0
        """Where what may still change begins."""
        self._done = _Pieces()
        self._tail = _Tail()
        self._blocks: tuple[Block, ...] = ()

    def blocks(self, text: str, growing: bool) -> tuple[Block, ...]:
        """All blocks of the text as it is now.

        While it is `growing`, marks that the last block has opened and not yet closed are closed for display.
        """
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
        if not growing:
            shelf = _shelf(text)
            if not shelf:
                self._follow(text)
                self._settle(units(text[self._begun :]))
                shelf.append(self._done.blocks())
            self._clear()
            return shelf[0]
        if self._follow(text):
            if "\n" in text[self._made :]:
                whole_lines = text[self._begun : text.rfind("\n") + 1]
                self._settle(_settled(units(whole_lines)))
            self._made = len(text)
            open_units = self._tail.units(text[self._begun :])
            self._blocks = self._done.copy().add(*open_units).blocks()
        return self._blocks

    def _follow(self, text: str) -> bool:
        """Whether enough came, or nothing more comes, to make the last block again."""
        if not text.startswith(self._seen):
            self._clear()
        pauses = text == self._seen
        self._seen = text
        grown = len(text) - self._made
        return grown > 0 and (pauses or grown * SHARE >= len(text) - self._begun)

    def _settle(self, found: list[Unit]) -> None:
        """Make what can't change any more."""
        self._done.add(*found)
        self._begun += sum(len(unit.source) for unit in found)


@lru_cache(maxsize=256)
def _shelf(text: str) -> list[tuple[Block, ...]]:
    """Where the blocks of a whole text are kept for the next time that its page is drawn."""
    return []


def _settled(found: list[Unit]) -> list[Unit]:
    """Those that more lines can't change: all but the last, and but an open formula and what may belong to it."""
    for index, unit in enumerate(found):
        if unit.tokens[0].type == "paragraph_open" and opens_display(
            "".join(one.source for one in found[index:])
        ):
            return found[:index]
    return found[:-1]


class _Tail:
    """What may still grow. Its blocks are read again when a line ends; until then its last words only get longer."""

    def __init__(self) -> None:
        self._text = ""
        self._units: list[Unit] = []
        self._words = ""
        """The last paragraph as it was written, while more words can't make it anything else."""

    def units(self, text: str) -> list[Unit]:
        """With what the last line left open closed or held back."""
        added = text[len(self._text) :]
        if self._words and "\n" not in added and text.startswith(self._text):
            self._words += added
        else:
            self._read(text)
        self._text = text
        leaf = self._units[-1].leaf if self._units else None
        if leaf and leaf.type == "inline":
            leaf.content = close(self._words.rstrip() or leaf.content)
        return self._units

    def _read(self, text: str) -> None:
        held = UNFINISHED.sub("", text)
        self._units = units(held)
        self._words = ""
        leaf = self._units[-1].leaf if self._units else None
        if leaf is None:
            return
        if held != text and leaf.type in ("fence", "code_block"):
            # Only the beginning of the fence's end is held back: all else is code.
            if text[len(held) :].strip().strip(leaf.markup or " "):
                self._units = units(text)
        elif self._units[-1].ends_in_paragraph and _only_gets_longer(text):
            self._words = leaf.content + text[len(text.rstrip()) :]


def _only_gets_longer(text: str) -> bool:
    """Whether more of the last line can't make something else of the paragraph, as a rule below it would."""
    last = text.rpartition("\n")[2]
    return any(map(str.isalpha, last)) and "$$" not in text and "\\[" not in text


class _Pieces:
    """Blocks that are made from units: code by itself, prose joined until there is enough."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._prose: list[str] = []
        self._length = 0
        self._marker = ""
        self._number = 0
        self._spaced = False
        """Whether a blank line stood behind the last unit."""

    def copy(self) -> _Pieces:
        """The same, to be continued otherwise."""
        twin = _Pieces()
        twin.__dict__.update(self.__dict__)
        twin._blocks, twin._prose = self._blocks.copy(), self._prose.copy()
        return twin

    def blocks(self) -> tuple[Block, ...]:
        """What there is."""
        if not self._prose:
            return tuple(self._blocks)
        return (*self._blocks, Block("prose", "".join(self._prose)))

    def add(self, *found: Unit) -> _Pieces:
        """Go on with these."""
        for unit in found:
            self._add(unit)
        return self

    def _add(self, unit: Unit) -> None:
        first = unit.tokens[0]
        goes_on = bool(unit.marker) and unit.marker == self._marker
        self._number = self._number + 1 if goes_on else int(first.info or 0) if unit.marker else 0
        self._marker = unit.marker
        if not unit.marker and first.type in ("fence", "code_block"):
            self._end_prose()
            self._blocks.append(Block("code", first.content.removesuffix("\n"), language(first)))
        else:
            if self._length >= ENOUGH:
                self._end_prose()
            self._add_prose(unit, goes_on)
        self._spaced = unit.source.endswith("\n\n")

    def _add_prose(self, unit: Unit, goes_on: bool) -> None:
        try:
            text = self._write(unit)
        except Unwritable:
            self._end_prose()
            self._blocks.append(Block("code", unit.source.strip("\n"), "markdown"))
            return
        if self._prose:
            self._prose.append("\n" if goes_on and not self._spaced else "\n\n")
        self._prose.append(text)
        self._length += len(unit.source)

    def _write(self, unit: Unit) -> str:
        if too_deep(unit.tokens):
            raise Unwritable
        if not unit.marker:
            return write(unit.tokens)
        numbered = unit.marker in ".)"
        return write_item(unit.tokens, f"{self._number}{unit.marker}" if numbered else unit.marker)

    def _end_prose(self) -> None:
        if self._prose:
            self._blocks.append(Block("prose", "".join(self._prose)))
        self._prose = []
        self._length = 0


def close(text: str) -> str:
    """The beginning of a line, with what its last line left open closed or held back."""
    before, newline, line = text.rpartition("\n")
    line = re.sub(r"!?\[([^\[\]\n]*)\]\([^()\s]*$", r"\1", line)
    bare = re.sub(r"(?<!`)(`+)(?!`).*?[^`]\1(?!`)", "", line)
    opened = re.search(r"`+", bare)
    if opened:
        ticks = opened[0]
        line = line.removesuffix(ticks) if line.endswith(ticks) else line + ticks
    else:
        line = _close_emphasis(line, bare)
    return before + newline + line


def _close_emphasis(line: str, bare: str) -> str:
    """`bare` is the line without its code."""
    for mark in ("**", "~~"):
        if bare.count(mark) % 2:
            if line.rstrip().endswith(mark):
                return line.rstrip().removesuffix(mark)
            half = line.endswith(mark[0])
            return line + mark[0] if half else line.rstrip() + mark
    single = bare.replace("**", "")
    if single.count("*") % 2 and re.search(r"\*\S[^*]*$", single):
        return line.rstrip() + "*"
    return line.removesuffix("*") if single.endswith("*") and single.count("*") % 2 else line
