"""The terminal: the same core as the pages, another face. Knows nothing of Streamlit.

`app` is the one place where commands are registered; each has a file in `commands`. `question` opens the files
that a question names, `follow` waits for its answers while a view of `display` shows them. What a question is and what
`--json` holds stand in questions/.
"""
