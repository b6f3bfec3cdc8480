"""The terminal: the same core as the pages, another face. Knows nothing of Streamlit.

`app` is the one place where commands are registered; each has a file in `commands`. A question comes from `question`,
`follow` waits for its answers while a view of `display` shows them, `record` is what `--json` holds.
"""
