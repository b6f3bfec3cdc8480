"""Writes what was read of a model's Markdown as Markdown that Streamlit draws as it was meant.

Nothing of the source is copied: every construct is written anew and everything else is escaped, so that no
directive, picture, tag or formula comes out that was not read as one. Code stays letter by letter. Knows no
screen.
"""

from __future__ import annotations

import re
import unicodedata

from markdown_it.token import Token

from playground.comparisons.markdown.line import plain_start, tex, write_line

RIGHT_TO_LEFT = ":shimmer[]"
"""Draws nothing, and components/page.css knows it: what begins with it runs from right to left."""

RUNS_LEFT = re.compile(
    r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
TASK = re.compile(rf"\A(?P<left>{re.escape(RIGHT_TO_LEFT)})?\\\[(?P<done>[ xX])\\\](?P<gap>\s)")
RULES = {"text-align:left": ":--", "text-align:center": ":-:", "text-align:right": "--:"}
FENCE_NAMES = {"mermaid": "text", "math": "latex"}
"""What Streamlit would draw instead of showing it, by the first letters and digits of a fence's language."""

APART = {"table_open", "blockquote_open"}
"""Blocks that a blank line keeps from growing together with their neighbours, in a tight list too."""


class Unwritable(Exception):
    """Streamlit can't be made to draw this as it is: its source has to be shown."""


def write(tokens: list[Token]) -> str:
    """A top-level block."""
    return "\n".join(_Writer(tokens).block())


def write_item(tokens: list[Token], marker: str) -> str:
    """One item of a top-level list."""
    writer = _Writer(tokens)
    return "\n".join(writer.item(marker, writer.is_tight(2)))


def language(fence: Token) -> str:
    """The language that a fence names, if any."""
    word = fence.info.strip().partition(" ")[0].lower()
    return word if re.fullmatch(r"[\w+#.-]+", word, re.ASCII) else ""


class _Writer:
    """Blocks come out as lists of lines, to be indented by what they stand in."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def block(self, in_item: bool = False) -> list[str]:
        token = self._next()
        match token.type:
            case "paragraph_open":
                return self._paragraph(in_item)
            case "heading_open":
                return self._heading(token)
            case "fence" | "code_block":
                return _code(token)
            case "display":
                return ["$$", *tex(token.content).split("\n"), "$$"]
            case "hr":
                return ["___"]
            case "blockquote_open":
                return [f"> {line}" if line else ">" for line in self._blocks(tight=False)]
            case "table_open":
                return self._table()
            case "bullet_list_open" | "ordered_list_open":
                return self._list(token)
        raise AssertionError(f"markdown-it read something unforeseen: {token}")

    def item(self, marker: str, tight: bool) -> list[str]:
        self._next()
        if self._peek().type in ("fence", "code_block"):
            # Streamlit, when it looks for formulas, takes the end of a fence that it did not see begin for a
            # beginning: such a fence stands so far to the right that it sees neither.
            marker = marker.ljust(4)
        indent = " " * (len(marker) + 1)
        lines = self._blocks(tight, in_item=True) or [""]
        first = f"{marker} {lines[0]}".rstrip()
        return [first, *(f"{indent}{line}" if line else "" for line in lines[1:])]

    def is_tight(self, level: int) -> bool:
        """Whether no blank line stands between the paragraphs of that level, up to the end of what was begun."""
        for token in self._tokens[self._at :]:
            if token.level < level - 1:
                break
            if token.type == "paragraph_open" and token.level == level and not token.hidden:
                return False
        return True

    def _next(self) -> Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _peek(self) -> Token:
        return self._tokens[self._at]

    def _blocks(self, tight: bool, in_item: bool = False) -> list[str]:
        """Everything up to the end of the quote or item, which is left behind."""
        lines: list[str] = []
        before = ""
        while self._peek().nesting >= 0:
            kind = self._peek().type
            block = self.block(in_item and not lines)
            if lines and block and not (tight and APART.isdisjoint((kind, before))):
                lines.append("")
            lines += block
            before = kind
        self._at += 1
        return lines

    def _paragraph(self, in_item: bool) -> list[str]:
        inline = self._next()
        self._next()
        text = plain_start(_directed(inline))
        if in_item:
            text = TASK.sub(r"[\g<done>]\g<gap>\g<left>", text)
        return text.split("\n") if text else []

    def _heading(self, token: Token) -> list[str]:
        """As large as fits in a pane, in one line."""
        inline = self._next()
        self._next()
        text = " ".join(line.removesuffix("\\") for line in _directed(inline).split("\n"))
        text = re.sub(r"(#+)(?=\s*$)", r"\\\1", text)
        return [f"{'####' if token.tag in ('h1', 'h2') else '#####'} {text}".rstrip()]

    def _list(self, token: Token) -> list[str]:
        tight = self.is_tight(token.level + 2)
        number = int(self._peek().info or 0)
        lines: list[str] = []
        while self._peek().type == "list_item_open":
            if lines and not tight:
                lines.append("")
            marker = f"{number}{token.markup}" if self._peek().info else token.markup
            lines += self.item(marker, tight)
            number += 1
        self._next()
        return lines

    def _table(self) -> list[str]:
        rows: list[list[str]] = [[]]
        ruler: list[str] = []
        while (token := self._next()).type != "table_close":
            if token.type == "th_open":
                ruler.append(RULES.get(str(token.attrGet("style")), "---"))
            elif token.type == "inline":
                rows[-1].append(_directed(token, in_cell=True))
            elif token.type == "tr_close":
                rows.append([])
        rows[1:1] = [ruler]
        return [f"| {' | '.join(row)} |" for row in rows[:-1]]


def _directed(inline: Token, in_cell: bool = False) -> str:
    """A line, marked where it runs from right to left."""
    text = write_line(inline.content, in_cell)
    return f"{RIGHT_TO_LEFT}{text}" if runs_left(inline.content) else text


def runs_left(text: str) -> bool:
    """Whether the first letter that has a direction runs from right to left, as HTML's dir="auto" decides."""
    if not RUNS_LEFT.search(text):
        return False
    kinds = map(unicodedata.bidirectional, text)
    return next(kind for kind in kinds if kind in ("L", "R", "AL")) != "L"


def _code(token: Token) -> list[str]:
    if ":material/" in token.content:
        raise Unwritable
    ticks = "`" * max(3, 1 + max(map(len, re.findall("`+", token.content)), default=0))
    lines = token.content.removesuffix("\n").split("\n")
    if len(lines) > 1 and not lines[0]:
        lines.insert(0, "")  # Streamlit drops the first line of code where that is empty
    name = language(token)
    return [ticks + FENCE_NAMES.get(re.split(r"\W", name)[0], name), *lines, ticks]
