r"""Which dollars and brackets of a model's Markdown are formulas: rules for markdown-it.

`$…$`, `\(…\)`, `$$…$$` and `\[…\]` become the tokens `formula` (within a line) and `display` (lines of
their own). Money, shell variables and whole sentences between two dollars stay what they are.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

MOST_LINES = 40
"""A display formula that is not closed within so many lines is none."""

CLOSERS = {"$$": "$$", r"\[": r"\]"}

INLINE = re.compile(
    r"""
      \$\$(?!\$)(?P<doubled>[^$`]+?)\$\$(?!\$)
    | (?<!\$)\$(?![\s$])(?P<dollars>(?:\\.|[^$\\\n`])+)(?<!\s)\$(?![\d$])
    | \\\((?P<rounded>[^`]{1,600}?)\\\)
    | \\\[(?P<squared>[^`]{1,600}?)\\\]
    """,
    re.VERBOSE | re.DOTALL,
)
FENCE = re.compile("```|~~~")
MARK = re.compile(r"[\\^_{]")
"""What a formula has and a sentence has not."""

WORDS = re.compile(
    r"[^\W\d_]{2,}[,.;:!?]?\s+[^\W_] | [^\W_][,.;:!?]?\s+[^\W\d_]{2,}"
    r" | [\u0e00-\u0fff\u2e80-\ud7ff\uff00-\uffef]",
    re.VERBOSE,
)
"""Two words side by side, or a letter of a script without spaces: a sentence."""

ENDING = re.compile(r"(?:th|st|nd|rd|s|d|D|NN)\b")
"""What is written straight behind a formula of one letter: the $n$th of the $k$NNs."""

AMOUNT = re.compile(r"\\\$\s?\d[\d.,]*(?:\s?[A-Za-z%]+)?")
r"""An amount that a model dressed as a formula, as Gemma does: $\$0.60$."""


def use_formulas(parser: MarkdownIt) -> None:
    """Teach a parser to tell formulas from money."""
    parser.inline.ruler.before("escape", "formula", _inline)
    parser.block.ruler.before(
        "fence", "display", _display, {"alt": ["paragraph", "blockquote", "list"]}
    )


def opens_display(text: str) -> bool:
    """Whether a display formula in dollars begins in the text and may still be closed."""
    opening = re.search(r"^ {0,3}\$\$", text, re.MULTILINE)
    if not opening:
        return False
    rest = text[opening.start() :]
    return rest.count("$$") % 2 == 1 and rest.count("\n") < MOST_LINES


def _inline(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] not in "$\\":
        return False
    match = INLINE.match(state.src, state.pos, state.posMax)
    if not match or not match.lastgroup:
        return False
    content = " ".join(match[match.lastgroup].split())
    amount = AMOUNT.fullmatch(content)
    if not amount and not _is_formula(content):
        return False
    if match.lastgroup == "dollars" and not _stands_alone(content, match):
        return False
    if not silent:
        token = state.push("text" if amount else "formula", "", 0)
        token.content = content.replace("\\$", "$") if amount else content
    state.pos = match.end()
    return True


def _is_formula(content: str) -> bool:
    """Whether this can be mathematics; a sentence that happens to stand between two dollars is not."""
    if not any(map(str.isalnum, content)) or _ends_escaping(content) or FENCE.search(content):
        return False
    return bool(MARK.search(content)) or not WORDS.search(content)


def _stands_alone(content: str, match: re.Match[str]) -> bool:
    """Whether a word touches the dollars only where people write so: 2$\\times$, H$_2$O, the $n$th."""
    source = match.string
    before = source[match.start() - 1] if match.start() else " "
    if content[0] in "\\^_":
        return True
    if before.isascii() and before.isalnum():
        return False
    after = source[match.end() : match.end() + 1]
    touched = after.isascii() and after.isalpha()
    return not touched or (len(content) == 1 and bool(ENDING.match(source, match.end())))


def _ends_escaping(content: str) -> bool:
    """Whether the closing dollar would be escaped."""
    return (len(content) - len(content.rstrip("\\"))) % 2 == 1


def _display(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start):
        return False
    first = state.bMarks[start] + state.tShift[start]
    opener = state.src[first : first + 2]
    closer = CLOSERS.get(opener)
    if closer is None or state.src.find(closer, first + 2) < 0:
        return False
    lines = []
    for number in range(start, min(end, start + MOST_LINES)):
        if state.isEmpty(number) and opener == r"\[":
            return False
        if not state.isEmpty(number) and state.sCount[number] < state.blkIndent:
            return False
        line = state.getLines(number, number + 1, state.blkIndent, False)
        if number == start:
            line = line.lstrip()[2:]
        body, closed, rest = line.partition(closer)
        lines.append(body)
        if closed:
            return _push_display(state, start, number + 1, "\n".join(lines), rest.strip(), silent)
    return False


def _push_display(
    state: StateBlock, start: int, end: int, body: str, rest: str, silent: bool
) -> bool:
    """The stop behind a formula is set with it; any other word behind makes it part of a line."""
    content = body.strip()
    if rest not in ("", ".", ",", ";", ":") or not _is_formula(content):
        return False
    if not silent:
        token = state.push("display", "", 0)
        token.content = content + rest
        token.map = [start, end]
        state.line = end
    return True
