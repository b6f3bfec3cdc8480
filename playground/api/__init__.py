"""The playground as a service: comparisons over HTTP, and any contender as OpenAI's clients ask one.

One more face of the same core, beside the page and the terminal, with which it shares questions/: what is asked, and
the JSON that comes back. Knows who may call it from hosting/, and nothing of the page.
"""
