"""Writes what stands within a line of a model's Markdown: words, emphasis, code, formulas, links.

Streamlit's front end changes text after it has parsed it (StreamlitMarkdown.js): `:name:` becomes a sign,
`:material_name:` an icon, `->` an arrow; and `:material/` anywhere, in code too, before it parses. `SPLIT` and
escapes keep that from happening. Knows no screen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from markdown_it.token import Token

from playground.comparisons.markdown.reader import read_line

SPLIT = ":color[]"
"""A directive that draws nothing: letters with it between them mean nothing together."""

BETWEEN = "\0"
"""Where a `SPLIT` is to stand, in text that is not escaped yet; no text that is read holds it."""

ESCAPES = str.maketrans(
    {BETWEEN: SPLIT} | {letter: f"\\{letter}" for letter in "\\`*_{}[]<>&!~$|:"}
)
REPLACED = re.compile(
    r"""
      (?P<sign>(?<![<>=~-])(?:<->|->|<-|--|>=|<=|~=)(?![<>=~-]))
    | :(?=[\w+-]{1,80}:)(?!(?!100:|1234:)\d+:)
    """,
    re.VERBOSE,
)
FRAGILE = re.compile(r"(:material|www)([/.])", re.IGNORECASE)
"""What is replaced, or taken for an address with its escapes, before the text is parsed."""

LINE_START = re.compile(
    r"^(?:(?P<space>[^\S\n])|(?P<mark>[#+=-])|(?P<number>\d+)(?=[.)])|(?P<ticks>```))", re.MULTILINE
)
MARKS = {"strong": "**", "em": "_", "s": "~~"}
EDGES = frozenset(" \n!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
OPENERS = frozenset("*_~`$")
PHRASE = re.compile(r".{60,}?(?:(?<=\S)(?<!<(?i:br)) (?=\S)|(?<=[。！？]))|.+\Z", re.DOTALL)
"""What is read at once: some words, up to a place where a mark means the same at the start of a line."""

PATIENCE = 4
"""Phrases to wait for the end of what one of them opened."""

BREAK = re.compile(r"<br ?/?>", re.IGNORECASE)
HALF_ESCAPED_PIPE = re.compile(r"(?<!\\)\\(?:\\\\)*\|")
PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
TEX_TRAPS = re.compile(r"(?<=!)(?=\[)|(?<=:)(?=[\w+-]+\[|material/)")


@dataclass(frozen=True, slots=True)
class _Mark:
    """One end of emphasis."""

    sign: str
    opens: bool


def literal(text: str) -> str:
    """Text as Markdown that shows it as it is; for the start of a line see `plain_start`."""
    split = REPLACED.sub(_split, text) if REPLACED.search(text) else text
    return FRAGILE.sub(r"\1\\\2", split.translate(ESCAPES))


def plain_start(line: str) -> str:
    """Written lines, none of which begins a block: each with its first letter kept from being a mark."""
    return LINE_START.sub(_kept_letter, line)


def _kept_letter(match: re.Match[str]) -> str:
    if match["space"]:
        return f"&#{ord(match['space'])};"
    if match["ticks"]:
        # Code within a line, which Streamlit, when it looks for formulas, takes for a fence.
        return f"{SPLIT}{match['ticks']}"
    return f"\\{match['mark']}" if match["mark"] else f"{match['number']}\\"


def tex(content: str, in_cell: bool = False) -> str:
    r"""A formula's source without what remark would see first: it ends a formula at `\$` too.

    Streamlit guesses whether a text has formulas; where it guesses wrong this is Markdown, and has to be harmless.
    """
    safe = content.replace(r"\$", "$").replace("$", r"\text{\textdollar}")
    if in_cell:
        safe = safe.replace(r"\|", r"\Vert{}").replace("|", r"\vert{}")
    return TEX_TRAPS.sub("{}", safe)


def write_line(content: str, in_cell: bool = False) -> str:
    """Words as the model wrote them; while they grow, those that later ones can't change are not read again.

    A cell of a table knows no line break but a reference to one.
    """
    written = []
    begun = tries = 0
    for match in PHRASE.finditer(content):
        phrase, closed = _written(content[begun : match.end()], in_cell)
        if closed or match.end() == len(content):
            written.append(phrase)
            begun, tries = match.end(), 0
        elif (tries := tries + 1) == PATIENCE:
            written.append(_written(content[begun:], in_cell)[0])
            break
    return "".join(written)


@lru_cache(maxsize=4096)
def _written(content: str, in_cell: bool) -> tuple[str, bool]:
    """Some words, and whether all that they opened is closed, so that what follows can't change them."""
    tokens = read_line(content)
    line = _Line(in_cell)
    line.read(tokens)
    return line.joined(), _is_closed(tokens)


def _is_closed(tokens: list[Token]) -> bool:
    brackets = 0
    for token in tokens:
        if token.type == "text_special" and token.markup in (r"\(", r"\["):
            return False
        if token.type == "text":
            if not OPENERS.isdisjoint(token.content) or "](" in token.content:
                return False
            for bracket in re.findall(r"[\[\]]", token.content):
                brackets = brackets + 1 if bracket == "[" else max(0, brackets - 1)
    return brackets == 0


def _split(match: re.Match[str]) -> str:
    return BETWEEN.join(match[0]) if match["sign"] else match[0] + BETWEEN


class _Line:
    def __init__(self, in_cell: bool) -> None:
        self._in_cell = in_cell
        self._pieces: list[str | _Mark] = []
        self._depth = dict.fromkeys(MARKS, 0)
        self._text = ""
        self._link: Token | None = None
        self._inside = 0
        """How many pieces there were when the link's words began."""

    def read(self, tokens: Iterable[Token]) -> None:
        for token in tokens:
            if token.type in ("text", "text_special"):
                self._text += token.content
                continue
            self._end_text()
            kind, _, end = token.type.rpartition("_")
            if kind in MARKS:
                self._mark(kind, end == "open")
            else:
                self._add(self._other(token))
        self._end_text()

    def joined(self) -> str:
        """The pieces, with a `SPLIT` wherever a mark would be taken for text or for a part of another."""
        parts: list[str] = []
        last = ""
        for index, piece in enumerate(self._pieces):
            if isinstance(piece, str):
                parts.append(piece)
            else:
                if index and isinstance(self._pieces[index - 1], _Mark):
                    parts.append(SPLIT)
                    last = SPLIT[-1]
                parts.append(_placed(piece, last, self._letter_after(index)))
            last = parts[-1][-1]
        return "".join(parts)

    def _letter_after(self, index: int) -> str:
        if index + 1 == len(self._pieces):
            return ""
        piece = self._pieces[index + 1]
        return piece[0] if isinstance(piece, str) else SPLIT[0]

    def _add(self, piece: str) -> None:
        if not piece:
            return
        last = self._pieces[-1] if self._pieces else ""
        if isinstance(last, str) and last.endswith("$") and (piece[0] == "$" or piece[0].isdigit()):
            piece = SPLIT + piece
        self._pieces.append(piece)

    def _mark(self, kind: str, opens: bool) -> None:
        """Marks within the same mark draw nothing new, and read again they would end it."""
        self._depth[kind] += 1 if opens else -1
        if self._depth[kind] == (1 if opens else 0):
            self._pieces.append(_Mark(MARKS[kind], opens))

    def _end_text(self) -> None:
        text, self._text = self._text, ""
        if self._in_cell and "<" in text:
            self._add("&#10;".join(literal(part) for part in BREAK.split(text)))
        else:
            self._add(literal(text))

    def _other(self, token: Token) -> str:
        match token.type:
            case "code_inline":
                return self._code(token)
            case "formula":
                return f"${tex(token.content, self._in_cell)}$"
            case "softbreak":
                return "\n"
            case "hardbreak":
                return "\\\n"
            case "link_open":
                self._link, self._inside = token, len(self._pieces) + 1
                return "[" if _address(token) else r"\["
            case "link_close":
                return self._link_end()
            case "image":
                return self._image(token)
        raise AssertionError(f"markdown-it read something unforeseen: {token}")

    def _link_end(self) -> str:
        """A link that leads nowhere is text, and one without words shows where it leads."""
        link, self._link = self._link, None
        if link is None or not _address(link):
            return r"\]()"
        words = literal(_address(link)) if len(self._pieces) == self._inside else ""
        return f"{words}]({_target(link)})"

    def _image(self, token: Token) -> str:
        """A link to it: the reader's browser fetches nothing by itself."""
        inner = _Line(self._in_cell)
        inner._link = token
        inner.read(token.children or ())
        name = inner.joined() or "picture"
        return name if self._link or not _address(token) else f"[{name}]({_target(token)})"

    def _code(self, token: Token) -> str:
        """Code as it is; the rare code that Streamlit would change stands as text between its ticks."""
        content = token.content
        if ":material/" in content or (self._in_cell and HALF_ESCAPED_PIPE.search(content)):
            return literal(f"{token.markup}{content}{token.markup}")
        ticks = "`" * (1 + max(map(len, re.findall("`+", content)), default=0))
        padded = content[:1] == "`" or content[-1:] == "`"
        padded = padded or (content[:1] == content[-1:] == " " and not content.isspace())
        pad = " " if padded else ""
        inside = content.replace("|", r"\|") if self._in_cell else content
        return f"{ticks}{pad}{inside}{pad}{ticks}"


def _placed(mark: _Mark, last: str, following: str) -> str:
    """The mark between two letters, so that it opens or closes there by the rules of CommonMark."""
    inside, outside = (following, last) if mark.opens else (last, following)
    apart = outside and outside not in EDGES and (mark.sign == "_" or not inside.isalnum())
    pieces = (SPLIT if apart else "", mark.sign, SPLIT if inside.isspace() else "")
    return "".join(pieces if mark.opens else reversed(pieces))


def _address(token: Token) -> str:
    return str(token.attrs.get("href") or token.attrs.get("src") or "")


def _target(token: Token) -> str:
    """Where a link leads and what it is called, as they stand between its brackets."""
    address = _address(token).replace(":material/", "%3Amaterial/").replace("&", r"\&")
    title = " ".join(str(token.attrs.get("title") or "").split())
    escaped = PUNCTUATION.sub(r"\\\g<0>", title)
    return f'<{address}> "{escaped}"' if title else f"<{address}>"
