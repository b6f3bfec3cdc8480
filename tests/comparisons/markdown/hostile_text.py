"""Texts made to break what draws Markdown, and the letters that a reader has to see of them."""

from __future__ import annotations

import random
import re

from markdown_it.token import Token

from playground.comparisons.markdown.line import BREAK
from playground.comparisons.markdown.reader import read_line, units

FRAGMENTS = (
    *("plain words, ", "Word", "word", "1", "2.", "é", "漢字", "「", "」", "。", "🙂", "ไทย", "한국어"),
    *("שלום", "مرحبا", "\u2028", "\t", "  ", "\n", "\n\n", "\n\n", "\n\n    ", " \t\n", "\r\n"),
    *("![cat](https://evil.example/x.png)", "![a][b]", "\n[b]: https://evil.example/y.png\n"),
    *("[click](javascript:alert(1))", "[click]( <data:text/html,x>)", "[a]()", "[^1]", "\n[^1]: note\n"),
    *("[fine](https://good.example/Talk:Page)", '[f *e* `c`](<https://good.example/a b> "ti\\"tle")'),
    *("<img src=https://evil.example/z.png>", "<script>", "<b>", "<br>", "<!-- c -->", "\n<div>\n"),
    *("<https://a.example/x_y>", "https://x.example/a*b*c?d=1&copy=2", "www.example.com/a_b", "a_b@c.example"),
    *(":red[x]", ":red[", ":material/home:", ":smile:", ":+1:", ":a:b:", "::leaf[x]{a=b}", "10:30[1]"),
    *("\n:::box\n", "\n::leaf[x]\n", "&#58;red[x]", "&lt;b>", "&amp;", "&#32;", "&nbsp;"),
    *("\n```python\n", "\n```\n", "\n~~~mermaid\n", "\n   ```mer&#109;aid\n", "\n> ```bash\n", "\n- ```\n"),
    *("\n  ```\n", "\n1. ```x\n", "```", "`", "``", "` `", "`a|b`", "`\\|`", "`a`"),
    *("$", "$$", r"\$", r"$\$0.60$", r"\(x\)", r"\[y\]", "$x$", "$a_1$", "\n$$\n"),
    *("**", "*", "_", "__", "~~", "~", "\\", "\\\n", "  \n", "(", ")", "[", "]", "{", "}", "|", "!", "@"),
    *("# ", "\n# ", "\n## h #", "\n===\n", "\n---\n", "\n1. ", "\n2) ", "\n- ", "\n  - ", "\n* ", "\n+ "),
    *("\n> ", "> ", "\n    ", "[ ] ", "[x] ", "- [ ] t\n", "\n| a | `b` |\n|:--|:-:|\n", "| c | d |\n"),
    *("->", " -> ", " -- ", "<-> ", ">= ", " ~= ", "-", "=", "+", "#", "^", '"', "'"),
)  # fmt: skip


def nasty(seed: int) -> str:
    """Some of them in a row."""
    choice = random.Random(seed)
    return "".join(choice.choice(FRAGMENTS) for _ in range(choice.randrange(1, 35)))


def letters(text: str) -> str:
    """What a reader has to see of it, without white space; `\\1` stands for a formula."""
    seen = []
    for unit in units(text):
        before = ["", ""]
        for token in unit.tokens:
            if token.type in ("fence", "code_block"):
                seen.append(token.content)
            elif token.type == "display":
                seen.append("\1")
            elif token.type == "inline":
                said = _said(read_line(token.content))
                if before == ["list_item_open", "paragraph_open"]:
                    said = re.sub(r"^\[[ xX]\] ", "", said)
                seen.append(BREAK.sub("", said) if before[1] in ("th_open", "td_open") else said)
            before = [before[1], token.type]
    return flat("".join(seen))


def flat(text: str) -> str:
    """Without white space."""
    return re.sub(r"[\s\u200b]+", "", text)


def _said(tokens: list[Token]) -> str:
    words = []
    target = ""
    for token in tokens:
        match token.type:
            case "text" | "text_special":
                words.append(token.content)
            case "code_inline":
                ticks = token.markup if ":material/" in token.content else ""
                words.append(f"{ticks}{token.content}{ticks}")
            case "image":
                words.append(_said(token.children or []) or "picture")
            case "link_open":
                target = str(token.attrs["href"])
                words.append("" if target else "[")
            case "link_close":
                words.append("" if target else "]()")
            case "formula":
                words.append("\1")
            case "softbreak" | "hardbreak":
                words.append(" ")
    return "".join(words)
