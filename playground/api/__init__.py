"""The playground as a service: comparisons over HTTP, and any contender as OpenAI's clients ask one.

One more face of the same core, beside the page and the terminal, whose question and whose JSON it takes. Knows who may
call it from hosting/, and nothing of the page.
"""
