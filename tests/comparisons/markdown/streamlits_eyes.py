"""How Streamlit's front end reads Markdown, as far as it can do harm: for tests without a browser.

Read in StreamlitMarkdown.js of 1.67: remark with GFM, `$` formulas, directives of a name with a label and attributes;
then names between colons and signs such as `->` in each text by itself; raw HTML is a node. tests/browser/test_text.py
asks the real one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

DIRECTIVE = re.compile(r":(?P<name>[^\W_][\w-]*)(?:\[(?P<label>[^\]]*)\])?(?:\{[^}]*\})?")
FORMULA = re.compile(r"(\$+)(?!\$)(.+?)(?<!\$)\1(?!\$)", re.DOTALL)
SIGN = re.compile(r"(?:^|\s)(?:<->|->|<-|--|>=|<=|~=)(?:\s|$)")
NAME = re.compile(r":[\w+-]+:")


@dataclass
class Seen:
    """What is drawn: words, codes, formulas, the directives and nodes that do something."""

    words: str = ""
    codes: list[str] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)
    directives: list[str] = field(default_factory=list)
    harm: list[str] = field(default_factory=list)


def see(markdown: str) -> Seen:
    """What Streamlit makes of it."""
    seen = Seen()
    markdown = markdown.replace(":material/", ":material_")
    for token in _parser().parse(markdown):
        if token.type in ("fence", "code_block"):
            seen.codes.append(token.content.removesuffix("\n"))
            seen.words += token.content
            if token.info.strip().lower().startswith(("mermaid", "math")) or "&" in token.info:
                seen.harm.append(token.info)
        elif token.type == "display":
            seen.formulas.append(token.content.strip())
        elif token.type == "html_block":
            seen.harm.append(token.content)
        elif token.type == "inline":
            _look(token.children or [], seen)
            seen.words += "\n"
    return seen


def _look(tokens: list[Token], seen: Seen) -> None:
    for token in tokens:
        match token.type:
            case "text":
                seen.words += token.content
                seen.harm += SIGN.findall(token.content)
                seen.harm += [
                    name for name in NAME.findall(token.content) if not name[1:-1].isdigit()
                ]
            case "code_inline":
                seen.words += token.content
                seen.codes.append(token.content)
            case "formula":
                seen.formulas.append(token.content)
            case "directive":
                seen.directives.append(token.content)
            case "softbreak" | "hardbreak":
                seen.words += "\n"
            case "image" | "html_inline":
                seen.harm.append(token.type + token.content)
            case "link_open":
                if not re.match(r"https?://|mailto:", str(token.attrs["href"]), re.IGNORECASE):
                    seen.harm.append(str(token.attrs["href"]))


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    parser.inline.ruler.before("escape", "directive", _directive)
    parser.inline.ruler.before("escape", "formula", _formula)
    parser.block.ruler.before("fence", "display", _display, {"alt": ["paragraph", "list"]})
    return parser


def _directive(state: StateInline, silent: bool) -> bool:
    match = DIRECTIVE.match(state.src, state.pos)
    return _take(state, "directive", match, match[0] if match else "", silent)


def _formula(state: StateInline, silent: bool) -> bool:
    match = FORMULA.match(state.src, state.pos)
    return _take(state, "formula", match, match[2] if match else "", silent)


def _take(
    state: StateInline, kind: str, match: re.Match[str] | None, content: str, silent: bool
) -> bool:
    if not match:
        return False
    if not silent:
        state.push(kind, "", 0).content = content
    state.pos = match.end()
    return True


def _display(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    lines = [state.getLines(n, n + 1, state.blkIndent, False).strip() for n in range(start, end)]
    if lines[0] != "$$" or state.is_code_block(start):
        return False
    if not silent:
        last = lines.index("$$", 1) if "$$" in lines[1:] else len(lines) - 1
        state.push("display", "", 0).content = "\n".join(lines[1:last])
        state.line = start + last + 1
    return True
