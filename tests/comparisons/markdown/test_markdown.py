"""Model text made safe to draw: shown as it was written, code letter by letter, nothing fetched, nothing executed;
and made only where it grew.
"""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as some

from playground.comparisons.markdown import blocks as markdown
from playground.comparisons.markdown import reader as markdown_reader
from playground.comparisons.markdown.blocks import (
    ENOUGH,
    Block,
    Growth,
    blocks,
    fenced,
)
from playground.comparisons.markdown.line import SPLIT, _written, write_line
from playground.comparisons.markdown.writer import RIGHT_TO_LEFT
from tests.comparisons.markdown.hostile_text import FRAGMENTS, flat, letters, nasty
from tests.comparisons.markdown.streamlits_eyes import Seen, see
from tests.examples import many

NOTHING = {SPLIT, RIGHT_TO_LEFT}
"""Directives that draw nothing."""

hostile = some.lists(some.sampled_from(FRAGMENTS), max_size=25).map("".join)
code_letters = some.text(
    some.sampled_from("ab1 :[]{}()<>$*_~\\|!&#-=+.\"'") | some.sampled_from("é漢\u2028:"),
    min_size=1,
)


def prose(text: str) -> str:
    (block,) = blocks(text)
    assert block.kind == "prose"
    return block.text


def shown(text: str) -> Seen:
    """All of it, as a reader sees it."""
    whole = Seen()
    for block in blocks(text):
        if block.kind == "code":
            whole.codes.append(block.text)
            whole.words += f"{block.text}\n"
        else:
            seen = see(block.text)
            whole.words += seen.words
            whole.codes += seen.codes
            whole.formulas += seen.formulas
            whole.directives += seen.directives
            whole.harm += seen.harm
    return whole


# Nothing hostile gets through.


@pytest.mark.parametrize("seed", range(150))
def test_nothing_fetches_executes_or_becomes_something_else(seed: int) -> None:
    text = nasty(seed)
    for growing in (False, True):
        for block in blocks(text, growing):
            if block.kind == "prose":
                seen = see(block.text)
                assert not seen.harm
                assert set(seen.directives) <= NOTHING


@given(hostile)
@many(150)
def test_no_directive_picture_or_tag_is_left_outside_of_code(text: str) -> None:
    seen = shown(text)
    assert not seen.harm
    assert set(seen.directives) <= NOTHING


@pytest.mark.parametrize(
    "hostile",
    [
        ":red[x]",
        ":red[:blue[x]]",
        ":rainbow-background[x]",
        ":color[x]{foreground='red'}",
        "::leaf[x]{a=b}",
        ":::box\nx\n:::",
        ":material/home:",
        ":material_home:",
        ":smile:",
        ":+1:",
        ":streamlit:",
        "&#58;red[x]",
        "<b>x</b>",
        "<img src=https://evil.example/x.png>",
        "<!-- x -->",
        "![x](https://evil.example/x.png)",
        "![x][y]\n\n[y]: https://evil.example/x.png",
        "[![x](https://evil.example/x.png)](https://evil.example)",
        "[x](javascript:alert(1))",
        "[x]: javascript:alert(1)",
        "- ```mermaid\n  flowchart LR\n  ```",
        "> ~~~ Mermaid-x\n> flowchart LR",
        "- ```mer&#109;aid\n  flowchart LR\n  ```",
    ],
)
@pytest.mark.parametrize(
    "before",
    [
        "",
        "- ```bash\n  ls\n  ```\n\n",
        "> ```\n> x\n\n",
        "`a\nb` ",
        "``` `` ```\n",
        "1. ~~~\n   x\n   ~~~\n",
    ],
)
def test_what_follows_code_is_harmless_too(before: str, hostile: str) -> None:
    seen = shown(f"{before}{hostile}")
    assert not seen.harm
    assert set(seen.directives) <= NOTHING
    if "\n" not in hostile and not hostile.startswith(("!", "[!", "<!", "&")):
        assert hostile in seen.words


def test_a_formula_is_harmless_where_streamlit_takes_it_for_none() -> None:
    for formula in ("![x](https://evil.example/p.png)", "a:red[x]", "x :material/home:"):
        (block,) = blocks(f"so $\\alpha {formula}$ is")
        written = block.text.replace("$", "")
        assert not see(written).harm
        assert set(see(written).directives) <= NOTHING


# Code stays letter by letter.

CONSTRUCTS = {
    "inline": lambda code: f"use `{code}` so",
    "inline, two ticks": lambda code: f"use `` {code} `` so",
    "in bold": lambda code: f"**use `{code}` so**",
    "in a heading": lambda code: f"## use `{code}` so",
    "in a link": lambda code: f"[`{code}`](https://good.example)",
    "in a list": lambda code: f"1. a\n   - use `{code}` so",
    "fenced": lambda code: f"```bash\n{code}\n```",
    "fenced, indented": lambda code: f"  ```\n  {code}\n  ```",
    "fenced in a list": lambda code: f"- a\n  ```rust\n  {code}\n  ```",
    "fenced, first in a list": lambda code: f"- ```bash\n  {code}\n  ```",
    "fenced in a long number": lambda code: f"100. ```\n     {code}\n     ```",
    "fenced in a quote": lambda code: f"> ```bash\n> {code}\n> ```",
    "fenced in a quote in a list": lambda code: f"- > ~~~\n  > {code}\n  > ~~~",
    "indented": lambda code: f"a\n\n    {code}",
    "indented in a list": lambda code: f"- a\n\n      {code}",
    "indented in a quote": lambda code: f">     {code}",
}


@pytest.mark.parametrize("construct", CONSTRUCTS)
@pytest.mark.parametrize(
    "code",
    [
        "vec![1]",
        "cat $HOME <in.txt",
        r"a \* b \\",
        ":red[x] :smile: $x$ **b**",
        "x -> y -- z",
        "&amp; &lt;",
    ],
)
def test_code_is_shown_letter_by_letter(construct: str, code: str) -> None:
    seen = shown(f"{CONSTRUCTS[construct](code)}\n\n:red[then] text.")
    assert seen.codes == [code]
    assert ":red[then] text." in seen.words


@given(some.sampled_from(sorted(CONSTRUCTS)), code_letters, hostile)
@many(200)
def test_any_code_in_any_construct_survives(construct: str, code: str, after: str) -> None:
    code = f"x{code}x"
    seen = shown(f"{CONSTRUCTS[construct](code)}\n\nthen\n\n{after}")
    assert code in seen.codes


def test_code_of_several_lines_keeps_them_all() -> None:
    code = "let v = vec![1];\n\n\n\tlet s = '`';\n    // ![x](https://y.example)"
    for indent, start in (("  ", "- a\n  ```rust\n"), ("> ", "> ```rust\n"), ("", "```rust\n")):
        body = "\n".join(f"{indent}{line}".rstrip() for line in code.split("\n"))
        end = f"\n{indent}```"
        assert shown(f"{start}{body}{end}").codes == [code]


def test_ticks_within_code_are_kept() -> None:
    assert prose("``` ``a`` ``` and $x$") == f"{SPLIT}``` ``a`` ``` and $x$"
    assert shown("say `` a`b `` and ```` ``` ````").codes == ["a`b", "```"]
    assert shown("- ````\n  ```\n  ````").codes == ["```"]
    assert shown(fenced("```\nx\n```")).codes == ["```\nx\n```"]


def test_the_first_line_of_code_may_be_empty() -> None:
    """Streamlit drops it once."""
    assert prose("- ```\n\n  x\n  ```") == "-    ```\n\n\n     x\n     ```"


def test_code_in_a_table_keeps_its_bars() -> None:
    assert prose("| a |\n|---|\n| `x \\| y` |").splitlines()[-1] == r"| `x \| y` |"
    # One backslash before a bar can't be said in a table: its ticks are shown.
    assert prose("| a |\n|---|\n| `\\\\|` |").splitlines()[-1] == r"| \`\\\|\` |"


def test_code_that_streamlit_would_change_is_shown_otherwise() -> None:
    """It replaces `:material/` in all of a text before it looks for code."""
    assert prose("use `:material/home:`") == r"use \`\:material\/home\:\`"
    source = "- a\n  ```\n  :material/home:\n  ```"
    assert blocks(source) == (Block("code", source, "markdown"),)
    assert blocks("```\n:material/home:\n```") == (Block("code", ":material/home:"),)


def test_code_is_a_block_of_its_own_at_the_top() -> None:
    look, code, done = blocks("Look:\n```rust\nlet v = vec![1];\n```\nDone.")
    assert (look.text, done.text) == (r"Look\:", "Done.")
    assert code == Block("code", "let v = vec![1];", "rust")
    assert blocks("    cat $HOME") == (Block("code", "cat $HOME"),)


def test_a_diagram_is_shown_as_its_source() -> None:
    assert blocks("```mermaid\nflowchart LR\n```") == (Block("code", "flowchart LR", "mermaid"),)
    assert "mermaid" not in prose("- a\n  ```mermaid\n  flowchart\n  ```")


# Words are shown as they were written.


@pytest.mark.parametrize(
    "words",
    [
        "大约3~5天，价格100~200元",
        "~/src and ~/bin",
        "a~b~c",
        "At 10:30[1] and 11:45[2]",
        "std::vector and 3:2{x}",
        "a -> b <- c <-> d",
        "x -- y",
        "n >= 3, m <= 4, k ~= 5",
        "a@b.example -> c@d.example",
        "It costs 50$, maybe 60$.",
        "Set $HOME/$USER and $PATH_A:$PATH_B",
        "$5 or $10 a box",
        "US$ 5 and R$ 60, A$AP and Ke$ha",
        "costs $20k/year, rent 5k$ more",
        "这本书$5，那本书6$。",
        "price range $$-$$$",
        "snake_case_name and _x",
        "1 < 2 && 3 > 2",
        "R&D &copy me",
        "[a][b] [^1] [ ]",
        "C:\\dir\\*.txt",
        "# not #one",
        "http://localhost:8501: see",
    ],
)
def test_signs_are_shown_as_written(words: str) -> None:
    seen = shown(f"So {words}")
    assert seen.words.strip() == f"So {words}".replace(r"\*", "*").replace("&copy me", "&copy me")
    assert not seen.harm
    assert not seen.formulas
    assert not re.search(r"<del|<s>", seen.words)


def test_a_dollar_before_code_begins_no_formula() -> None:
    seen = shown("Set $x to `$y`, or `$z` to $x")
    assert seen.codes == ["$y", "$z"]
    assert not seen.formulas


@pytest.mark.parametrize(
    ("words", "bold"),
    [
        ("これは**「重要なこと」**です。", "「重要なこと」"),
        ("**重要：**请看", "重要："),
        ("这是**“重要”**的", "“重要”"),
        ("한국어 **스크립트(script)**를", "스크립트(script)"),
        ("ภาษา**(ไทย)**ครับ", "(ไทย)"),
        ("plain **(bold)** text", "(bold)"),
        ("in**si**de", "si"),
    ],
)
def test_bold_may_touch_any_script(words: str, bold: str) -> None:
    (block,) = blocks(words)
    assert re.search(rf"\*\*{re.escape(bold)}\*\*", block.text)
    assert see(block.text).words.strip() == words.replace("**", "")


def test_emphasis_is_read_again_as_it_was() -> None:
    assert prose("***a*** b") == f"_{SPLIT}**a**{SPLIT}_ b"
    assert prose("un*frigging*believable") == f"un{SPLIT}_frigging_{SPLIT}believable"
    assert prose("~~*a*~~") == f"~~{SPLIT}_a_{SPLIT}~~"
    assert prose("**a **b** c**") == "**a b c**"


def test_a_break_in_a_cell_is_a_break_and_elsewhere_as_written() -> None:
    assert prose("| a |\n|---|\n| x<br>y<BR/>z |").splitlines()[-1] == "| x&#10;y&#10;z |"
    assert prose("Use <br> here") == r"Use \<br\> here"


def test_amounts_and_formulas_are_told_apart() -> None:
    said = r"It costs $\$0.60$ a kilo, $5 or $10 a box; $x^2$ and \(a + b\) stay formulas."
    assert prose(said) == (
        r"It costs \$0.60 a kilo, \$5 or \$10 a box; $x^2$ and $a + b$ stay formulas."
    )
    assert prose(r"so $3 \times \$2 = \$6$ in all") == (
        r"so $3 \times \text{\textdollar}2 = \text{\textdollar}6$ in all"
    )
    assert prose(r"\$5") == r"\$5"


@pytest.mark.parametrize(
    ("words", "formulas"),
    [
        (r"2$\times$ the $n$th", [r"\times", "n"]),
        ("H$_2$O and 10$^{-3}$", ["_2", "^{-3}"]),
        ("segment $AB$, $AB = CD$", ["AB", "AB = CD"]),
        ("公式$x^2$的", ["x^2"]),
        (r"\(a\)\(b\)", ["a", "b"]),
        (r"\(x\)2", ["x"]),
        (r"\(see below for details\)", []),
        (r"\[citation needed\]", []),
    ],
)
def test_formulas_of_every_kind(words: str, formulas: list[str]) -> None:
    assert shown(words).formulas == formulas


def test_display_formulas_stand_on_their_own_lines() -> None:
    assert prose(r"\[ E = mc^2 \].").split() == ["$$", "E", "=", "mc^2.", "$$"]
    assert prose("$$\na\n\nb\n$$").split() == ["$$", "a", "b", "$$"]
    assert prose("see $$x$$ here") == "see $x$ here"
    assert prose("1. so:\n   $$x$$").splitlines() == [r"1. so\:", "   $$", "   x", "   $$"]
    assert prose("| a |\n|---|\n| $\\|x\\|$ |").splitlines()[-1] == r"| $\vert{}x\vert{}$ |"


def test_pictures_become_links_and_other_links_lead_nowhere_bad() -> None:
    assert prose("![cat](https://a.example/c.png)") == "[cat](<https://a.example/c.png>)"
    assert prose("![](https://a.example/c.png)") == "[picture](<https://a.example/c.png>)"
    assert prose("[x](javascript:alert(1))") == r"\[x\](javascript\:alert(1))"
    assert prose("[Note]: mind this") == r"\[Note\]\: mind this"
    assert prose("[a](mailto:b@c.example) <https://d.example>") == (
        r"[a](<mailto:b@c.example>) [https\://d.example](<https://d.example>)"
    )
    assert prose("[]() [](https://a.example)") == (
        r"\[\]() [https\://a.example](<https://a.example>)"
    )
    assert prose('[a](https://b.example?c&d "e:f")') == r'[a](<https://b.example?c\&d> "e\:f")'


def test_a_long_link_is_one_link() -> None:
    link = (
        'words words [f *e* `c` and more words](<https://a.example/b c> "d e f g h i j k l m n o")'
    )
    assert prose(link).endswith('(<https://a.example/b%20c> "d e f g h i j k l m n o")')


def test_headings_shrink_to_a_pane() -> None:
    assert prose("# Title #") == "#### Title"
    assert prose("### Part") == "##### Part"
    assert prose("Title\nof two\n=====") == "#### Title of two"
    assert prose(r"# C\#") == r"#### C\#"
    assert prose("# C #&nbsp;") == r"#### C \#"


def test_a_line_that_begins_with_a_mark_of_a_block_is_text() -> None:
    assert prose("\\- a\n\\+ b\n\\# c\n1\\. d\n\\> e") == "\\- a\n\\+ b\n\\# c\n1\\. d\n\\> e"
    # Streamlit strips white space of every kind from both ends.
    assert prose("&nbsp;- a") == r"&#160;- a"
    assert prose("&#32;&#32;&#32;&#32;a") == r"&#32;   a"


def test_lists_and_tables_keep_their_shape() -> None:
    table = "| a | b |\n| :-- | :-: |\n| 1 | 2 |"
    assert prose("a | b\n:-|:-:\n1 | 2") == table
    assert prose("1. one\n\n   more of one\n2. two") == "1. one\n\n   more of one\n2. two"
    assert prose("7) a\n7) b\n   * c\n   * d") == "7) a\n8) b\n   * c\n   * d"
    assert prose("- a\n* b") == "- a\n\n* b"
    assert prose("- [ ] a\n- [x] b\n- [x]\n  c") == "- [ ] a\n- [x] b\n- [x]\n  c"
    assert prose("> a\n>\n> - b\n>   > c") == "> a\n>\n> - b\n>\n>   > c"


def test_a_list_goes_on_with_its_numbers_in_the_next_block() -> None:
    text = "\n".join(f"1. item {number} {'word ' * 20}" for number in range(12))
    first, second = blocks(text)
    last = int(first.text.splitlines()[-1].split(".")[0])
    assert second.text.startswith(f"{last + 1}. item")


def test_what_is_nested_too_deep_is_shown_as_its_source() -> None:
    source = "> " * 60 + "deep"
    assert blocks(source) == (Block("code", source, "markdown"),)


@pytest.mark.parametrize(
    ("text", "leftward"),
    [
        ("مرحبا", True),
        ("**שלום** world", True),
        ("123 שלום", True),
        ("world שלום", False),
        ("plain", False),
    ],
)
def test_text_that_runs_from_right_to_left_is_marked(text: str, leftward: bool) -> None:
    for begin in ("", "# ", "- ", "> "):
        assert (RIGHT_TO_LEFT in prose(begin + text)) is leftward
    assert prose(f"| {text} |\n|---|").startswith(f"| {RIGHT_TO_LEFT}") is leftward
    assert prose(f"- [ ] {text}").startswith(f"- [ ] {RIGHT_TO_LEFT}") is leftward


# Against the specification: what is drawn is what was read.

SPECIFICATION = (
    "\tfoo\tbaz\t\tbim",
    "  - foo\n\n\tbar",
    "- foo\n\n\t\tbar",
    ">\t\tfoo",
    "    foo\n\tbar",
    "\\!\\\"\\#\\$\\%\\&\\'\\(\\)\\*\\+\\,\\-\\.\\/\\:\\;\\<\\=\\>\\?\\@\\[\\\\\\]\\^\\_\\`\\{\\|\\}\\~",
    "\\*not emphasized*\n\\<br/> not a tag\n\\[not a link](/foo)\n\\# not a heading",
    "&nbsp; &amp; &copy; &AElig; &#35; &#1234; &#992; &#0;",
    "- `one\n- two`",
    "***\n---\n___",
    "- foo\n***\n- bar",
    "Foo *bar\nbaz*\n====",
    "`Foo\n----\n`",
    "- Foo\n---",
    "    a simple\n      indented code block",
    "1.  foo\n\n    - bar",
    "````\naaa\n```\n``````",
    "> ```\n> aaa\n\nbbb",
    "```\n\n  \n```",
    "   ```\n   aaa\n    aaa\n  aaa\n   ```",
    "foo\n```\nbar\n```\nbaz",
    "``` aa ```\naaa",
    "<pre>\n**Hello**,\n\n_world_.\n</pre>",
    "aaa\n             bbb\n                                       ccc",
    "| abc | defghi |\n:-: | -----------:\nbar | baz",
    "| f\\|oo  |\n| ------ |\n| b `\\|` az |",
    "> # Foo\n> bar\nbaz",
    "> foo\n    - bar",
    "> > > foo\nbar",
    ">>> foo\n> bar\n>>baz",
    ">     code\n\n>    not code",
    "1.  A paragraph\n    with two lines.\n\n        indented code\n\n    > A block quote.",
    "- one\n\n two",
    "123456789. ok",
    "1234567890. not ok",
    "-1. not ok",
    "-\n  foo\n-\n  ```\n  bar\n  ```\n-\n      baz",
    "- foo\n-\n- bar",
    "- - foo\n1. - 2. bar",
    "- a\n - b\n  - c\n   - d\n    - e",
    "The number of windows in my house is\n14.  The number of doors is 6.",
    "* a\n  > b\n  ```\n  c\n  ```\n* d",
    "`` foo ` bar ``",
    "`   ``   `",
    "`foo\\`bar`",
    "*foo`*`",
    "[not a `link](/foo`)",
    "``foo`bar``",
    "*foo [bar* baz]",
    "**foo*bar**baz*",
    "foo******bar*********baz",
    "_foo_bar_baz_",
    "*(**foo**)*",
    "__foo, __bar__, baz__",
    "[link [foo [bar]]](https://u.example)",
    "[foo <bar attr=\"](baz)\">",
    "![foo ![bar](https://u.example)](https://v.example)",
    "<https://foo.bar.`baz>`",
    "foo  \n     bar\\\nbaz",
    "multiple     spaces",
)  # fmt: skip
"""From the CommonMark and GFM specifications, one or more of each section."""


@pytest.mark.parametrize("text", SPECIFICATION)
def test_examples_of_the_specification(text: str) -> None:
    seen = shown(text)
    assert not seen.harm
    assert flat(seen.words) == letters(text)
    assert not set(seen.directives) - NOTHING


# Only the last block changes, and it costs no more than it grew.


@pytest.mark.parametrize("seed", range(40))
def test_growing_text_changes_no_block_but_the_last_and_ends_as_if_it_came_at_once(
    seed: int,
) -> None:
    text = nasty(seed + 1000)
    growth = Growth()
    before: tuple[Block, ...] = ()
    for end in range(1, len(text) + 1):
        now = growth.blocks(text[:end], True)
        assert now[: max(0, len(before) - 1)] == before[:-1]
        before = now
    ended = growth.blocks(text, False)
    markdown._shelf.cache_clear()
    assert ended == blocks(text)


@given(hostile, hostile)
@many(150)
def test_words_read_one_after_another_are_the_same_as_all_at_once(one: str, two: str) -> None:
    text = f"{one.strip()} {'words ' * 10}{two.strip()} {'words ' * 10}".strip()
    for in_cell in (False, True):
        by_phrases = see(write_line(text, in_cell))
        at_once = see(_written(text, in_cell)[0])
        assert by_phrases == at_once


def test_any_other_text_begins_anew() -> None:
    growth = Growth()
    growth.blocks("one\n\ntwo\n\nthree", True)
    assert growth.blocks("four\n\nfive", True) == blocks("four\n\nfive")
    assert growth.blocks("four\n\nfive", False) == blocks("four\n\nfive")
    assert growth.blocks("four\n\nfive six", True) == blocks("four\n\nfive six")


@pytest.mark.parametrize(
    ("piece", "times", "most"),
    [
        ("Some words that a model says. And a **few** more.\n\n", 200, 12),
        ("- **Item**: some words that a model says\n", 300, 12),
        ("```py\nprint('some words')\n```\n\n", 200, 12),
        ("some words and ", 800, 200),
        ("| some | words |\n", 800, 200),
        ("    print('some words')\n", 800, 200),
    ],
)
def test_only_what_grew_is_read_again(
    monkeypatch: pytest.MonkeyPatch, piece: str, times: int, most: int
) -> None:
    """Every letter is read some times, however long the text becomes; `SHARE` bounds it for one long block."""
    read = 0

    def counting(text: str) -> list[markdown_reader.Unit]:
        nonlocal read
        read += len(text)
        return markdown_reader.units(text)

    monkeypatch.setattr(markdown, "units", counting)
    text = ("| a | b |\n|---|---|\n" if piece[0] == "|" else "") + piece * times
    growth = Growth()
    for end in range(20, len(text), 20):
        growth.blocks(text[:end], True)
    assert read < most * len(text)


def test_a_pause_brings_the_last_words() -> None:
    growth = Growth()
    text = "word " * 2000
    growth.blocks(text, True)
    assert growth.blocks(f"{text}more", True)[-1].text.endswith("word")
    assert growth.blocks(f"{text}more", True)[-1].text.endswith("more")


def test_pieces_are_neither_many_nor_long() -> None:
    text = "\n\n".join(f"Paragraph {number}: {'word ' * 20}" for number in range(100))
    pieces = blocks(text)
    assert len(pieces) < len(text) / ENOUGH
    assert max(len(piece.text) for piece in pieces) < ENOUGH + 200


@pytest.mark.parametrize(
    ("begun", "drawn"),
    [
        ("a **bold", "a **bold**"),
        ("a **bold*", "a **bold**"),
        ("a **", "a"),
        ("a *slant", "a _slant_"),
        ("* item", "* item"),
        ("* item *slant", "* item _slant_"),
        ("1. a\n   - **b", "1. a\n   - **b**"),
        ("run `ls -l", "run `ls -l`"),
        ("run `", "run"),
        ("`**` and **b", "`**` and **b**"),
        ("see [the page](https://exa", "see the page"),
        ("see ![the picture](https://exa", "see the picture"),
        ("line\n-", "line"),
        ("line\n2.", "line"),
        ("There are 3", "There are 3"),
        ("3", "3"),
        ("~~old", "~~old~~"),
        ("| a |\n|---|\n| **b", "| a |\n| --- |\n| **b** |"),
    ],
)
def test_what_is_open_is_closed_while_it_grows(begun: str, drawn: str) -> None:
    growth = Growth()
    for end in range(1, len(begun) + 1):
        (block,) = growth.blocks(begun[:end], True) or (Block("prose", ""),)
    assert block.text.rstrip() == drawn


def test_code_that_grows_is_code_already() -> None:
    assert blocks("```py\nprint(", growing=True) == (Block("code", "print(", "py"),)
    assert blocks("```py\nprint('*", growing=True)[0].text == "print('*"
    assert blocks("```py\na\n---", growing=True)[0].text == "a\n---"
    assert blocks("```py\na\n``", growing=True)[0].text == "a"
    assert prose_growing("- ```\n  a *b") == "-    ```\n     a *b\n     ```"


def prose_growing(text: str) -> str:
    (block,) = blocks(text, growing=True)
    return block.text


@pytest.mark.parametrize(
    "text",
    [
        *(
            "$" * 5000,
            "[" * 5000,
            "`" * 4999 + "a",
            "\\(" * 2500,
            "![" * 2500,
            "*" * 5000,
            "\\[\n" * 2000,
        ),
        *("[" * 400 + "](https://a.example)" * 400, "![" * 400 + "](https://a.example)" * 400),
        *(
            "> " * 3000,
            "- " * 3000,
            "a**b" * 2000,
            ":" + "a" * 5000,
            "[a](" * 2000,
            "$$\nx\n" * 400,
        ),
    ],
    ids=lambda text: f"{text[:6]!r}",
)
def test_text_made_to_be_slow_is_quick(text: str) -> None:
    """Half a second at most on an idle machine; the worst of these took minutes in ways that were tried."""
    begun = time.process_time()
    blocks(text)
    blocks(text, growing=True)
    assert time.process_time() - begun < 10
