"""What a record from elsewhere says of settings, models and counts: of the right kinds, or not taken in.

The record holds these as plain data that later versions may add to; figures and pages reckon with them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any

from playground.archive import record
from playground.engines.events import Finished
from playground.models.capabilities import Capabilities
from playground.models.sampling import Sampling
from playground.prompt.conversation import Settings
from playground.prompt.cost import PromptTokens
from playground.tools import declared

if TYPE_CHECKING:
    from pydantic import TypeAdapter


def fault(answer: record.Answer) -> str:
    """What is wrong with them, one sentence without a full stop; empty when nothing is."""
    from pydantic import ValidationError

    for place, kind, told in _told(answer):
        known = {field.name for field in fields(kind)}
        try:
            _adapter(kind).validate_python({k: v for k, v in told.items() if k in known})
        except ValidationError as error:
            first = error.errors()[0]
            return f"{'.'.join(map(str, (place, *first['loc'])))}: {first['msg']}"
    tools = answer.contender.settings.get("tools") or ()
    try:
        if list(declared.several(tools)) != list(tools):
            return "settings.tools: they are not declared as they must be"
    except declared.DeclaredFault as said:
        return f"settings.tools: {str(said).rstrip('.')}"
    return ""


def _told(answer: record.Answer) -> Iterator[tuple[str, type, Mapping[str, Any]]]:
    """The place, the kind and the values of each."""
    model = answer.contender.model
    yield "settings", Settings, answer.contender.settings
    yield "capabilities", Capabilities, model.capabilities
    yield "sampling", Sampling, model.sampling
    requests: tuple[record.Answer | record.Step, ...] = (answer, *answer.steps)
    for one in requests:
        if one.prompt is not None:
            yield "prompt", PromptTokens, one.prompt
        if one.last is not None:
            yield "last", Finished, one.last


@cache
def _adapter(kind: type) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(kind)
