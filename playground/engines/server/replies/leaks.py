"""What a server left in an answer that is no answer: marks of a chat format, a thought that was not told apart.

It is shown as it came and said as the server's fault; cleaning it away would hide which servers do it. Knows no stream.
"""

from __future__ import annotations

import re

_MARK = re.compile(
    r"<\|?channel\|?>|<\|?turn\|?>|<\|think\|>|<\|?tool(?:_call|_response)?\|?>|<(?:start|end)_of_turn>"
    r"|</?(?:think|thought|thinking)>|<(?:eos|bos|pad|unused\d+)>|<\|im_(?:start|end)\|>"
)
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
"""Where people write about marks."""

_CLOSES = {"<channel|>": "<|channel>", "</think>": "<think>", "</thought>": "<thought>"}
"""What closes a thought, and what should have opened it."""

_BARE = re.compile(r"\s*(?:thought|<\|?channel\|?>thought)\s*\n")


def leak(answer: str, asked: str) -> str:
    """What of the format is left in an answer, as the end of a sentence; nothing where all is well.

    A mark in code, or one that stands in the question, is what the answer is about.
    """
    text = _CODE.sub("", answer)
    marks = dict.fromkeys(m for m in _MARK.findall(text) if m not in asked)
    for closes, opens in _CLOSES.items():
        if closes in marks and opens not in marks:
            return f"did not tell a thought apart: all before {closes} is one"
    if _BARE.match(answer):
        return "began the answer with the bare word “thought”, the name of a channel: a thought may follow"
    if marks:
        return f"left marks of the chat format in the answer: {', '.join(list(marks)[:4])}"
    return ""
