"""What a model on this machine can be held to: a schema as the grammar that its tokens have to follow.

White space is bounded: a blank, or a line break with its indentation, and never two of them in a row, so that no
answer runs on for ever in blanks.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote

from playground.prompt.schema.patterns import bytewise
from playground.prompt.schema.reading import bare

BETWEEN = r" |\n {0,24}"
"""White space at any one place, as a pattern."""

FORMATS = frozenset(
    ("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid", "uri")
)
"""Of strings, those that are held to; any other says nothing, as JSON Schema 2020-12 has it."""

IN_ADDRESSES = "#/$~!&'()*+,;=:@?"

JSON_BEGINS = '{["-0123456789tfn'

KEYS = re.compile(r"Unimplemented keys: \[(.+)\]")
REMEDY = "Leave it out, or ask a server."


def grammar(schema: dict[str, Any]) -> str:
    """The grammar of a schema, as llguidance reads it."""
    from llguidance import LLMatcher

    return LLMatcher.grammar_from_json_schema(
        json.dumps(_plain(bare(schema))),
        overrides={"whitespace_pattern": BETWEEN, "coerce_one_of": False, "lenient": False},
    )


def fault(schema: dict[str, Any]) -> str:
    """Why a model on this machine can't be held to it, one sentence; empty where it can."""
    return _fault(json.dumps(schema))


@lru_cache(maxsize=64)
def _fault(text: str) -> str:
    from llguidance import LLMatcher

    schema = json.loads(text)
    if why := _countless(schema):
        return why
    matcher = LLMatcher(bytewise(), grammar(schema), log_level=0)
    if matcher.is_error():
        return _words(matcher.get_error())
    if not any(matcher.compute_bitmask()) or matcher.is_error():
        return "No answer satisfies the schema: what it asks for never ends, or contradicts itself."
    return ""


def misbegun(schema: dict[str, Any] | None, begun: str) -> str:
    """Why an answer that begins with these words can't satisfy the schema, one sentence; empty where it can.

    Without a schema only whether any JSON begins so: a server's own rules for white space are not known.
    """
    nothing = "The answer's beginning is not that of JSON that the schema allows."
    if schema is None:
        first = begun.lstrip()[:1]
        return "" if first in JSON_BEGINS else nothing
    from llguidance import LLMatcher

    said = begun.encode("utf-8", "replace")
    matcher = LLMatcher(bytewise(), grammar(schema), log_level=0)
    read = matcher.try_consume_tokens(list(said))
    if read == len(said):
        return ""
    good = said[:read].decode("utf-8", "ignore")
    if not good.strip():
        return nothing
    return f"The answer's beginning leaves the schema behind {json.dumps(good[-20:], ensure_ascii=False)}."


def _words(said: str) -> str:
    """An error of llguidance as a sentence."""
    if keys := KEYS.search(said):
        names = " and ".join(json.loads(f"[{keys[1]}]"))
        return f"A model on this machine can't be held to {names}."
    if "oneOf" in said:
        return "A model on this machine can't be held to oneOf where two of its choices overlap: write anyOf."
    if "Unsatisfiable" in said:
        why = said.partition(":")[2].strip().partition("\n")[0].rstrip(".")
        return f"No answer satisfies the schema{': ' if why else ''}{why}."
    line = " ".join(said.split())[:160].rstrip(".")
    return f"A model on this machine can't be held to the schema: {line}."


def _countless(schema: Any) -> str:
    """Keys that are not named may come twice: a least number of them could not be kept."""
    if isinstance(schema, dict):
        least = schema.get("minProperties")
        if isinstance(least, int | float) and not isinstance(least, bool):
            named = schema.get("required")
            sure = len(named) if isinstance(named, list) else 0
            if least > sure + 1:
                return (
                    f"A model on this machine can't be held to minProperties {least:g}, unless required names "
                    "all but one of them."
                )
    inner = (
        schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    )
    return next((why for one in inner if (why := _countless(one))), "")


def _plain(schema: Any) -> Any:
    """Without formats that say nothing, and without settings of llguidance's own."""
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = dict(schema)
    kept.pop("x-guidance", None)
    if isinstance(kept.get("$ref"), str):
        # llguidance takes a reference as an address only, where letters beyond ASCII are spelled out.
        kept["$ref"] = quote(unquote(kept["$ref"]), safe=IN_ADDRESSES)
    if isinstance(kept.get("format"), str) and kept["format"] not in FORMATS:
        del kept["format"]
    return {name: one if name in ("const", "enum") else _plain(one) for name, one in kept.items()}
