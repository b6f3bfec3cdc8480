"""A model's Markdown as blocks that are safe to draw with Streamlit.

Model text is hostile: it may ask the reader's browser to fetch a picture, draw a diagram that does,
or run Streamlit's own directives. What comes out of here does none of that. Knows no screen: it
returns strings and says which of them are code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

JOINER = "\u2060"
"""An invisible character (word joiner) that keeps two others from meaning something together."""

ENOUGH = 600
"""Characters from which on a piece ends at the next blank line. Every piece is an element that the browser keeps
track of, and the last one is drawn again with each tick: few and short ones are quick.
"""

FENCE = re.compile(r"(?:(?P<ticks>`{3,})(?P<info>[^`\n]*)|(?P<tildes>~{3,})(?P<label>[^\n]*))$")
INDENTED_FENCE = re.compile(r"[ \t]+(`{3,}|~{3,})")
GOOD_LINK = r"[ \t]*<?(?:https?://|mailto:)"

SPECIAL = re.compile(
    rf"""
      (?P<code>(?<!`)(?P<run>`+)(?!`)[^\n]*?[^`\n](?P=run)(?!`))
    | \$\$(?P<display>[^$]+?)\$\$
    | \\\[(?P<bracketed>(?:[^\n]|\n(?!\s*\n))+?)\\\]
    | \\\((?P<rounded>(?:[^\n]|\n(?!\s*\n))+?)\\\)
    | \$(?![\s$])(?P<inline>(?:\\.|[^$\\\n])*?)(?<!\s)\$(?![\d$])
    | (?P<escape>\\[!-/:-@\[-`{{-~])
    | (?P<url>(?<![A-Za-z])(?:https?://|mailto:)[^\s<>`|\[\]()]*)
    | (?P<image>!\[(?P<alt>[^\[\]\n]*)\]\((?={GOOD_LINK}))
    | (?P<link>\]\((?!{GOOD_LINK}))
    | (?P<definition>\]:(?!{GOOD_LINK}))
    | (?P<angle><(?!https?://|mailto:)(?=[A-Za-z/!?]))
    | (?P<symbol>:(?=[+-]?\w[\w+-]*:|material/))
    | (?P<directive>:(?=[A-Za-z]))
    | (?P<dollar>\$)
    """,
    re.VERBOSE | re.DOTALL,
)
AMOUNT = re.compile(r"\\\$\s?\d[\d.,]*(?:\s?[A-Za-z%]+)?")
HEADING = re.compile(r"^( {0,3})(#{1,6})(?=[ \t])", re.MULTILINE)
UNDERLINED = re.compile(r"^(?![ \t>|#*+-]|\d+[.)])(.+)\n(?:=+|-+)[ \t]*$", re.MULTILINE)
DIAGRAM = re.compile(r"^([ \t>*+\-\d.)]*)(`{3,}|~{3,})[ \t]*(?=mermaid|[^\n]*&)[^\n]*", re.M)


@dataclass(frozen=True, slots=True)
class Block:
    """One piece to draw by itself: `prose` is Markdown, `code` is plain text in a language."""

    kind: Literal["prose", "code"]
    text: str
    language: str = ""


def blocks(text: str, growing: bool = False) -> tuple[Block, ...]:
    """The text as blocks, split at blank lines outside code and formulas, and around code.

    As the text grows every block but the last stays as it is, so that each is drawn once. While it
    is `growing`, marks that the last block has opened and not yet closed are closed for display.
    """
    raw = split(text)
    drawn = []
    for index, piece in enumerate(raw):
        fence = FENCE.match(piece.partition("\n")[0])
        if fence:
            drawn.append(_code(piece, fence))
        elif growing and index == len(raw) - 1:
            drawn.append(Block("prose", safe(close(piece))))
        else:
            drawn.append(Block("prose", safe(piece)))
    return tuple(drawn)


def split(text: str) -> list[str]:
    """The raw text in pieces that joined give the text again; a piece that opens with a fence is
    code, every other one is prose.
    """
    pieces: list[str] = []
    lines: list[str] = []
    fence = ""
    formula = gap = False

    length = 0

    def flush() -> None:
        nonlocal length
        if lines:
            pieces.append("".join(lines))
            lines.clear()
        length = 0

    for line in re.findall(r"[^\n]*\n|[^\n]+", text.replace("\r\n", "\n").replace("\r", "\n")):
        bare = line.rstrip("\n")
        opening = FENCE.match(bare)
        if fence:
            lines.append(line)
            length += len(line)
            if re.fullmatch(rf" {{0,3}}{fence[0]}{{{len(fence)},}}[ \t]*", bare):
                flush()
                fence = ""
            continue
        if opening:
            flush()
            fence = opening["ticks"] or opening["tildes"]
            formula = gap = False
        elif not bare.strip():
            gap = not formula
        else:
            if gap and not bare[0].isspace() and length >= ENOUGH:
                flush()
            gap = False
            formula = _formula_open(bare, formula)
        lines.append(line)
        length += len(line)
    flush()
    return pieces


@lru_cache(maxsize=4096)
def safe(text: str) -> str:
    """Markdown outside of fences that shows what was written, and fetches and executes nothing.

    Formulas come out as `$…$` and `$$` blocks in whichever way they were written; every other
    dollar is a dollar. Headings shrink to what fits in a pane. Pictures become links. Links lead to
    the web or to a mail address, or are text.
    """
    calm = DIAGRAM.sub(r"\1\2text", text)
    parts: list[str] = []
    prose: list[str] = []
    fence = ""
    for line in calm.split("\n"):
        mark = INDENTED_FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            parts += [_inline("\n".join(prose)), line] if prose else [line]
            prose, fence = [], "" if fence else mark[1]
        elif fence:
            parts.append(line)
        else:
            prose.append(line)
    if prose:
        parts.append(_inline("\n".join(prose)))
    # Whatever a line was taken for above, no picture syntax is left in it.
    return "\n".join(parts).replace("![", f"!{JOINER}[")


def close(text: str) -> str:
    """The beginning of a block, with what its last line left open closed or held back."""
    before, newline, line = text.rpartition("\n")
    line = re.sub(r"^\s*(?:[-=*+#>~`|]+|\d+[.)])\s*$", "", line)
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
    content = re.sub(r"^\s*[*+-]\s+", "", bare)
    for mark in ("**", "~~"):
        if content.count(mark) % 2:
            if line.rstrip().endswith(mark):
                return line.rstrip().removesuffix(mark)
            half = line.endswith(mark[0])
            return line + mark[0] if half else line.rstrip() + mark
    single = content.replace("**", "")
    if single.count("*") % 2 and re.search(r"\*\S[^*]*$", single):
        return line.rstrip() + "*"
    return line.removesuffix("*") if single.endswith("*") and single.count("*") % 2 else line


def _code(piece: str, fence: re.Match[str]) -> Block:
    mark = fence["ticks"] or fence["tildes"]
    info = (fence["info"] or fence["label"] or "").split()
    body = piece.partition("\n")[2]
    body = re.sub(rf"(?:^|\n) {{0,3}}{mark[0]}{{{len(mark)},}}[ \t]*\n*\Z", "", body)
    language = info[0].lower() if info and re.fullmatch(r"[\w+#.-]+", info[0]) else ""
    return Block("code", body, language)


def _formula_open(line: str, opened: bool) -> bool:
    """Whether a display formula is open after this line."""
    if line.count("$$") % 2:
        return not opened
    if opened:
        return r"\]" not in line
    return line.lstrip().startswith(r"\[") and r"\]" not in line


def _inline(text: str) -> str:
    text = UNDERLINED.sub(r"# \1", text)
    text = HEADING.sub(lambda m: m[1] + ("####" if len(m[2]) < 3 else "#####"), text)
    return SPECIAL.sub(_replace, text)


def _replace(match: re.Match[str]) -> str:
    whole = match[0]
    match match.lastgroup:
        case "display" | "bracketed":
            return _display(match, match[match.lastgroup])
        case "rounded" | "inline":
            return _formula(match[match.lastgroup])
        case "url":
            return re.sub(r"(?<!^mailto):(?=[A-Za-z])", "%3A", whole)
        case "image":
            return f"[{_inline(match['alt']) or 'picture'}]("
        case "link":
            return r"]\("
        case "definition":
            return r"]\:"
        case "angle":
            return r"\<"
        case "symbol":
            return f":{JOINER}"
        case "directive":
            return r"\:"
        case "dollar":
            return r"\$"
        case _:
            return whole


def _formula(content: str) -> str:
    """A formula within a line; an amount that the model dressed as one is an amount."""
    content = " ".join(content.split())
    if AMOUNT.fullmatch(content):
        return content
    return f"${_tex(content)}$" if content else ""


def _display(match: re.Match[str], content: str) -> str:
    """A formula of its own where the line holds nothing before it, else one within the line."""
    before = match.string[: match.start()].rpartition("\n")[2]
    if before.strip():
        return _formula(content)
    return f"$$\n{before}{_tex(content.strip())}\n{before}$$\n{before}"


def _tex(content: str) -> str:
    r"""KaTeX gets no dollar within a formula: remark ends the formula at `\$` too."""
    return content.replace(r"\$", r"\text{\textdollar}").replace("$", r"\text{\textdollar}")
