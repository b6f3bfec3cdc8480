"""Patterns of strings, in an engine whose time grows with the text alone: schemas and answers come from anybody, and
one pattern of Python's own could hold the program for ever.
"""

from __future__ import annotations

import json
import threading
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llguidance import LLMatcher, LLTokenizer

MOST_CHARACTERS = 500
MOST_SEARCHED = 100_000
"""Characters of a text in which a pattern is looked for; a longer one counts as one that does not hold it."""

_searching = threading.Lock()


@cache
def bytewise() -> LLTokenizer:
    """A tokenizer whose tokens are bytes."""
    from llguidance import LLTokenizer

    return LLTokenizer("byte")


def fault(pattern: str) -> str:
    """Why a pattern can't be used, as the end of a sentence; empty where it can."""
    if len(pattern) > MOST_CHARACTERS:
        return f"it has more than {MOST_CHARACTERS} characters"
    matcher = _matcher(pattern)
    if not matcher.is_error():
        return ""
    said = matcher.get_error()
    for word in ("look-around", "backreferences"):
        if word in said:
            return f"{word} of patterns is not read here"
    return "it is no regular expression that is read here"


def found(pattern: str, text: str) -> bool:
    """Whether the pattern matches anywhere in the text, as JSON Schema means it."""
    if len(text) > MOST_SEARCHED:
        return False
    written = json.dumps(text, ensure_ascii=False).encode("utf-8", "replace")
    with _searching:
        matcher = _matcher(pattern)
        matcher.reset()
        return matcher.try_consume_tokens(list(written)) == len(written) and matcher.is_accepting()


@lru_cache(maxsize=256)
def _matcher(pattern: str) -> LLMatcher:
    from llguidance import LLMatcher

    held = json.dumps({"type": "string", "pattern": pattern})
    return LLMatcher(bytewise(), LLMatcher.grammar_from_json_schema(held), log_level=0)
