"""Model text made safe to draw: nothing is fetched, nothing executed, nothing lost, and it grows
in place.
"""

from __future__ import annotations

import random
import re

import pytest

from playground.comparisons.markdown import ENOUGH, JOINER, blocks, close, safe, split

FRAGMENTS = (
    "plain words, ",
    "\n",
    "\n\n",
    "\n\n    ",
    " \t\n",
    "![cat](https://evil.example/x.png)",
    "![a][b]",
    "\n[b]: https://evil.example/y.png\n",
    "\n[c]: javascript:alert(1)\n",
    "[click](javascript:alert(1))",
    "[click]( <data:text/html,x>)",
    "[fine](https://good.example/Talk:Page)",
    "<img src=https://evil.example/z.png>",
    "<script>",
    ":red[x]",
    ":material/home:",
    ":smile:",
    "::leaf[x]{a=b}",
    "\n:::box\n",
    "\n```python\n",
    "\n```\n",
    "\n~~~mermaid\n",
    "\n   ```mer&#109;aid\n",
    "\n> ```mermaid\n",
    "\n- ```\n",
    "```",
    "`",
    "``",
    "$",
    "$$",
    r"\$",
    r"$\$0.60$",
    r"\(x\)",
    r"\[y\]",
    "\\",
    "**",
    "*",
    "# ",
    "\n===\n",
    "| a | `b` |\n|:--|:-:|\n",
    "1. ",
    "\u2028",
    "\r\n",
    "é漢🙂",
)


def nasty(seed: int) -> str:
    choice = random.Random(seed)
    return "".join(choice.choice(FRAGMENTS) for _ in range(choice.randrange(1, 30)))


@pytest.mark.parametrize("seed", range(300))
def test_nothing_in_prose_fetches_executes_or_draws(seed: int) -> None:
    for growing in (False, True):
        for block in blocks(nasty(seed), growing):
            if block.kind == "prose":
                assert "![" not in block.text
                assert not re.search(r"(`{3,}|~{3,})[ \t]*mermaid", block.text)
                if not set("`~$") & set(block.text):
                    assert not re.search(r"(?<!\\):[a-z]+\[", block.text)


@pytest.mark.parametrize("seed", range(300))
def test_pieces_joined_are_the_text(seed: int) -> None:
    text = nasty(seed).replace("\r\n", "\n")
    assert "".join(split(text)) == text


@pytest.mark.parametrize("seed", range(60))
def test_growing_text_changes_no_block_but_the_last(seed: int) -> None:
    text = nasty(seed).replace("\r\n", "\n")
    before: list[str] = []
    for end in range(1, len(text) + 1):
        now = split(text[:end])
        assert now[: max(0, len(before) - 1)] == before[:-1]
        before = now


def prose(text: str) -> str:
    (block,) = blocks(text)
    assert block.kind == "prose"
    return block.text


def test_amounts_and_formulas_are_told_apart() -> None:
    said = r"It costs $\$0.60$ a kilo, $5 or $10 a box; $x^2$ and \(a + b\) stay formulas."
    assert prose(said) == (
        r"It costs \$0.60 a kilo, \$5 or \$10 a box; $x^2$ and $a + b$ stay formulas."
    )
    assert prose(r"so $3 \times \$2 = \$6$ in all") == (
        r"so $3 \times \text{\textdollar}2 = \text{\textdollar}6$ in all"
    )
    assert prose(r"\$5") == r"\$5"


def test_display_formulas_stand_on_their_own_lines() -> None:
    assert prose(r"\[ E = mc^2 \]").split() == ["$$", "E", "=", "mc^2", "$$"]
    assert prose("$$\na\n\nb\n$$").split() == ["$$", "a", "b", "$$"]
    assert prose("see $$x$$ here") == "see $x$ here"
    assert prose("1. so:\n   $$x$$").splitlines()[:4] == ["1. so:", "   $$", "   x", "   $$"]


def test_pictures_become_links_and_other_links_lead_nowhere_bad() -> None:
    assert prose("![cat](https://a.example/c.png)") == "[cat](https://a.example/c.png)"
    assert prose("![](https://a.example/c.png)") == "[picture](https://a.example/c.png)"
    assert prose("[x](javascript:alert(1))").startswith(r"[x]\(")
    assert prose("[1]: javascript:alert(1)").startswith(r"[1]\:")
    assert prose("[Note]: mind this") == r"[Note]\: mind this"
    assert prose("[a](mailto:b@c.example) <https://d.example>") == (
        "[a](mailto:b@c.example) <https://d.example>"
    )
    assert prose("https://e.example/Talk:Page") == "https://e.example/Talk%3APage"


def test_directives_and_tags_are_shown_as_written() -> None:
    assert prose(":red[hot]") == r"\:red[hot]"
    assert prose(":smile: :material/home:") == f":{JOINER}smile: :{JOINER}material/home:"
    assert prose("<b>x</b> and 1 < 2") == r"\<b>x\</b> and 1 < 2"


def test_code_is_left_alone() -> None:
    assert prose("use `:red[x]` and `$a$` here") == "use `:red[x]` and `$a$` here"
    text = "Look:\n```rust\nlet v = vec![1];\n\n// ![x](https://y)\n```\nDone."
    look, code, done = blocks(text)
    assert (look.text, done.text) == ("Look:\n", "Done.")
    assert (code.kind, code.language) == ("code", "rust")
    assert code.text == "let v = vec![1];\n\n// ![x](https://y)"


def test_a_diagram_is_shown_as_its_source() -> None:
    (block,) = blocks("```mermaid\nflowchart LR\n```")
    assert (block.kind, block.language) == ("code", "mermaid")
    assert "mermaid" not in prose("- a\n  ```mermaid\n  flowchart\n  ```")


def test_tables_keep_their_alignment_and_lists_their_paragraphs() -> None:
    table = "| a | b |\n|:--|:-:|\n| 1 | 2 |"
    assert prose(table) == table
    assert len(split("1. one\n\n   more of one\n2. two")) == 1


def test_pieces_are_neither_many_nor_long() -> None:
    text = "\n\n".join(f"Paragraph {number}: {'word ' * 20}" for number in range(100))
    pieces = split(text)
    assert len(pieces) < len(text) / ENOUGH
    assert max(map(len, pieces)) < ENOUGH + 200


def test_headings_shrink_to_a_pane() -> None:
    assert prose("# Title") == "#### Title"
    assert prose("### Part") == "##### Part"
    assert prose("Title\n=====") == "#### Title"


@pytest.mark.parametrize(
    ("begun", "shown"),
    [
        ("a **bold", "a **bold**"),
        ("a **bold*", "a **bold**"),
        ("a **", "a "),
        ("a *slant", "a *slant*"),
        ("* item", "* item"),
        ("* item *slant", "* item *slant*"),
        ("run `ls -l", "run `ls -l`"),
        ("run `", "run "),
        ("`**` and **b", "`**` and **b**"),
        ("see [the page](https://exa", "see the page"),
        ("line\n-", "line\n"),
        ("There are 3", "There are 3"),
        ("3", "3"),
        ("~~old", "~~old~~"),
    ],
)
def test_what_is_open_is_closed_while_it_grows(begun: str, shown: str) -> None:
    assert close(begun).rstrip() == shown.rstrip()


def test_an_open_fence_is_code_already() -> None:
    (block,) = blocks("```py\nprint(", growing=True)
    assert (block.kind, block.text, block.language) == ("code", "print(", "py")


def test_safe_is_quick_on_text_made_to_be_slow() -> None:
    for text in ("$" * 5000, "[" * 5000, "`" * 4999 + "a", "\\(" * 2500, "![" * 2500, "*" * 5000):
        assert safe(text) is not None
        assert close(text) is not None
