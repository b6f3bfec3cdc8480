"""Reads a model's Markdown with markdown-it: CommonMark, tables and ~~, and what models need beyond.

Formulas are told from money; bold words may touch scripts that are written without spaces; tags are
text; links lead to the web or a mail address, or are text. Knows nothing of how it is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.common.utils import isPunctChar, isWhiteSpace
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token
from markdown_it.utils import EnvType

from playground.comparisons.markdown.formulas import use_formulas

DEEPEST = 40
"""Lists and quotes nested deeper than this are not read."""

MOST_BRACKETS = 200
"""Words with more opening brackets than this hold no links: each one is looked for to the end."""

GOOD_LINK = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)

UNSPACED = re.compile(
    r"[\u0e00-\u0fff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff"
    r"\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]"
)
"""Thai to Tibetan, Chinese, Japanese and Korean with their punctuation: words touch each other or their particles."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A top-level block, or one item of a top-level list: what more text can't change once another follows.

    `source` are its lines and the blank ones around it that belong to no other. `marker` is the last character of an
    item's marker, as in "-" and "1.", and empty for anything else.
    """

    tokens: list[Token]
    source: str
    marker: str = ""

    @property
    def leaf(self) -> Token | None:
        """What its last letter belongs to; None where it is empty."""
        return next((token for token in reversed(self.tokens) if token.nesting == 0), None)

    @property
    def ends_in_paragraph(self) -> bool:
        """Whether its last letter belongs to a paragraph, and not to a heading or a table."""
        inner = [token.type for token in self.tokens if token.nesting >= 0]
        return inner[-2:] == ["paragraph_open", "inline"]


class _State(StateInline):
    """Where emphasis may begin and end: as in CommonMark, and at a letter of a script without spaces.

    The rules are those of https://github.com/tats-u/markdown-cjk-friendly.
    """

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803 markdown-it's names
        end = start
        while end < self.posMax and self.src[end] == self.src[start]:
            end += 1
        before = self.src[start - 1] if start else " "
        after = self.src[end] if end < self.posMax else " "
        left = not isWhiteSpace(ord(after)) and (not _is_mark(after) or _is_edge(before))
        right = not isWhiteSpace(ord(before)) and (not _is_mark(before) or _is_edge(after))
        opens = left and (canSplitWord or not right or _is_mark(before))
        closes = right and (canSplitWord or not left or _is_mark(after))
        return Scanned(opens, closes, end - start)


def _is_mark(letter: str) -> bool:
    return isPunctChar(letter) and not UNSPACED.match(letter)


def _is_edge(letter: str) -> bool:
    return isWhiteSpace(ord(letter)) or isPunctChar(letter) or bool(UNSPACED.match(letter))


class _Inline(ParserInline):
    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        state = _State(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


class _Parser(MarkdownIt):
    def __init__(self) -> None:
        super().__init__("zero")
        self.inline = _Inline()
        self.configure("commonmark", {"html": False, "maxNesting": DEEPEST})
        self.enable(["table", "strikethrough"])
        # A definition may stand far from its reference, in text that is not there yet: both are shown as written.
        self.disable(["reference", "html_block", "html_inline"])
        use_formulas(self)

    def validateLink(self, url: str) -> bool:  # noqa: N802 markdown-it's name
        return bool(GOOD_LINK.match(url))

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return link


_PARSER = _Parser()


def units(text: str) -> list[Unit]:
    """The text's blocks with their lines; what stands within a line is read by `read_line`."""
    tokens: list[Token] = []
    _PARSER.block.parse(text, _PARSER, {}, tokens)
    parts = list(_parts(tokens))
    if not parts:
        return []
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    starts = [0, *(_first_line(part) for part, _ in parts[1:])]
    ends = [*starts[1:], len(lines)]
    return [
        Unit(part, "".join(lines[start:end]), marker)
        for (part, marker), start, end in zip(parts, starts, ends, strict=True)
    ]


def read_line(content: str) -> list[Token]:
    """What stands within a line, or the lines of a paragraph."""
    tokens: list[Token] = []
    if content.count("[") > MOST_BRACKETS:
        return [Token("text", "", 0, content=content)]
    return _PARSER.inline.parse(content, _PARSER, {}, tokens)


def too_deep(tokens: list[Token]) -> bool:
    """Whether something may have been left out because it is nested too deeply."""
    return any(token.level >= DEEPEST - 1 for token in tokens)


def _parts(tokens: list[Token]) -> Iterator[tuple[list[Token], str]]:
    """Top-level blocks, and items of top-level lists with their markers."""
    begun = 0
    for index, token in enumerate(tokens):
        in_list = token.level == 1 and token.type == "list_item_close"
        if in_list or (token.level == 0 and token.nesting < 1):
            if not token.type.endswith("_list_close"):
                yield tokens[begun : index + 1], token.markup if in_list else ""
            begun = index + 1
        elif token.level == 0 and token.type.endswith("_list_open"):
            begun = index + 1


def _first_line(part: list[Token]) -> int:
    where = part[0].map
    assert where is not None, part[0]
    return where[0]
