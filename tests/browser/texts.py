"""A page that draws texts as the panes do, for tests/browser/test_text.py: `streamlit run texts.py`."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[2]))

from components.prose import Prose
from components.shell import STYLE
from components.words import plain
from tests.comparisons.markdown.hostile_text import nasty

CASES = {
    "inline": "use `vec![1]`, `$HOME`, `:red[x]`, `a -> b` and `:smile:`",
    "fence_in_list": "- a\n  ```rust\n  let v = vec![1];\n\n  let w = v;\n  ```\n- b",
    "fence_in_quote": "> ```bash\n> cat $HOME <in.txt\n> ```",
    "indented": "a\n\n    cat $HOME <in.txt\n\nb",
    "fence_at_top": "```\n\n:material/home: `x`\n```",
    "material": "use `:material/home:` or :material/home:",
    "after_fence": "- ```bash\n  ls\n  ```\n\n:red[x] <b>y</b> $x^2$ ![a](https://evil.example/p.png)",
    "after_lines": "`a\nb` :red[x] `c\nd`",
    "tildes": "大约3~5天，价格100~200元",
    "bold": "これは**「重要なこと」**です。",
    "clock": "At 10:30[1] and std::vector",
    "cell": "| a | b |\n|---|---|\n| x<br>y | `a\\|b` |\n| u -> v | $\\|x\\|$ |",
    "money": "It costs 50$, maybe 60$. Set $x to `$y`",
    "arrows": "a -> b -- c >= d <= e <-> f ~= g <- h",
    "names": ":smile: :+1: :material/home: :streamlit: ::leaf[x]{a=b}",
    "diagram": "- ```mermaid\n  flowchart LR\n  ```\n- ```math\n  x^2\n  ```",
    "leftward": "שלום `let x = 1;` עולם\n\n- מרחבא\n- plain\n\n> ציטוט\n\nplain",
    "leftward_table": "| א | ב |\n|---|---|\n| 1 | 2 |",
}
SEEDS = range(120)


def page() -> None:
    """Each text in a container of its own."""
    st.html(STYLE)
    for name, text in CASES.items():
        with st.container(key=f"case_{name}"):
            Prose(st.container()).draw(text, growing=False)
    with st.container(key="case_plain"):
        st.markdown(plain("1. a -> b :smile: at 10:30\n# ![c](https://evil.example/d.png)"))
    for seed in SEEDS:
        with st.container(key=f"nasty_{seed}"):
            Prose(st.container()).draw(nasty(seed), growing=False)
    st.text("all drawn")


if __name__ == "__main__":
    page()
