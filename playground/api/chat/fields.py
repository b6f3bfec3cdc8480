"""The fields of a request for chat completions: what each means here, which are ignored, and which can't be had.

A field that would change the answer and can't be had is refused by its name, never passed over in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from playground.api.chat.messages import conversation
from playground.api.chat.tools import tools
from playground.api.faults import wrong
from playground.models.capabilities import IMAGE_BUDGETS
from playground.prompt.conversation import LONGEST_ANSWER, Conversation, Settings
from playground.prompt.schema.reading import SchemaError, check

MOST_STOPS = 16
LONGEST_STOP = 200

IGNORED = frozenset(
    {
        "metadata",
        "parallel_tool_calls",
        "prompt_cache_key",
        "prompt_cache_retention",
        "safety_identifier",
        "service_tier",
        "user",
    }
)
"""Clients send these of themselves, and no answer depends on them."""

NEUTRAL: Mapping[str, tuple[Any, ...]] = {
    "frequency_penalty": (0,),
    "logit_bias": ({},),
    "logprobs": (False,),
    "min_p": (0,),
    "modalities": (["text"],),
    "n": (1,),
    "presence_penalty": (0,),
    "repetition_penalty": (1,),
    "top_logprobs": (0,),
}
"""What can't be had, and the values that ask for nothing of it."""

EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh")
NO_THOUGHT = ("none", "minimal")

TAKEN = frozenset(
    {
        "chat_template_kwargs",
        "image_tokens",
        "max_completion_tokens",
        "max_tokens",
        "messages",
        "model",
        "reasoning_effort",
        "response_format",
        "seed",
        "stop",
        "store",
        "stream",
        "stream_options",
        "temperature",
        "tool_choice",
        "tools",
        "top_k",
        "top_p",
    }
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, understood. `model` is a spec; `stops` are texts before which the answer ends; `usage` asks for a last
    piece with the figures, `store` keeps it in the archive.
    """

    model: str
    conversation: Conversation
    settings: Settings
    stops: tuple[str, ...]
    stream: bool
    usage: bool
    store: bool


def asked(told: Mapping[str, Any], admit: Callable[[int], None] = lambda size: None) -> Asked:
    """`admit` is asked for the bytes of each file. Raises Fault, which names the field."""
    for name, said in told.items():
        if (
            name in NEUTRAL
            and said is not None
            and not any(_same(said, one) for one in NEUTRAL[name])
        ):
            raise wrong(name, f"{name} can't be had here; leave it out.")
        if name not in TAKEN | IGNORED | NEUTRAL.keys():
            raise wrong(name, f"{name[:60]} is not supported here; leave it out.")
    model = _text(told, "model")
    if not model:
        raise wrong("model", "Name a model; /v1/models lists those that there are.")
    stream = _yes(told, "stream")
    return Asked(
        model,
        conversation(told.get("messages"), admit),
        _settings(told),
        _stops(told.get("stop")),
        stream,
        _usage(told.get("stream_options")) and stream,
        _yes(told, "store"),
    )


def _settings(told: Mapping[str, Any]) -> Settings:
    chosen: dict[str, Any] = {"thinking": _thinking(told)}
    for name in ("temperature", "top_p"):
        if (number := told.get(name)) is not None:
            if not isinstance(number, int | float) or isinstance(number, bool):
                raise wrong(name, f"{name} must be a number.")
            chosen[name] = number
    for name in ("top_k", "seed"):
        if (whole := _whole(told, name)) is not None:
            chosen[name] = 0 if name == "top_k" and whole == -1 else whole
    for name in ("max_tokens", "max_completion_tokens"):  # where both are told the newer counts
        if (whole := _whole(told, name)) is not None:
            if not 1 <= whole <= LONGEST_ANSWER:
                raise wrong(name, f"{name} is from 1 to {LONGEST_ANSWER:,}.")
            chosen["max_tokens"] = whole
    if (budget := _whole(told, "image_tokens")) is not None:
        if budget not in IMAGE_BUDGETS:
            raise wrong(
                "image_tokens", f"A picture takes {', '.join(map(str, IMAGE_BUDGETS))} tokens."
            )
        chosen["image_tokens"] = budget
    chosen["tools"] = tools(told.get("tools"), told.get("tool_choice"))
    chosen["schema"] = _schema(told.get("response_format"))
    try:
        return Settings(**chosen)
    except ValueError as error:
        said = str(error)
        fields = {"temperature": "temperature", "top-p": "top_p", "top-k": "top_k", "seed": "seed"}
        param = next(name for word, name in fields.items() if word in said)
        raise wrong(param, f"{said[:1].upper()}{said[1:]}.") from None


def _thinking(told: Mapping[str, Any]) -> bool:
    """As OpenAI's clients say it, or as those of vLLM and SGLang do."""
    template, effort = told.get("chat_template_kwargs"), told.get("reasoning_effort")
    if effort is not None and effort not in EFFORTS:
        raise wrong("reasoning_effort", f"reasoning_effort is one of {', '.join(EFFORTS)}.")
    if template is not None:
        if not isinstance(template, dict) or template.keys() - {"enable_thinking"}:
            raise wrong("chat_template_kwargs", "chat_template_kwargs takes enable_thinking alone.")
        if "enable_thinking" in template:
            return _yes(template, "enable_thinking")
    return effort is not None and effort not in NO_THOUGHT


def _schema(said: Any) -> dict[str, Any] | None:
    match said:
        case None | {"type": "text"}:
            return None
        case {"type": "json_object"}:
            return {"type": "object"}
        case {"type": "json_schema", "json_schema": {"schema": dict(schema)}}:
            try:
                check(schema)
            except SchemaError as fault:
                raise wrong("response_format", f"The schema can't be used. {fault}") from None
            return schema
    raise wrong(
        "response_format", "response_format is text, json_object, or json_schema with a schema."
    )


def _stops(said: Any) -> tuple[str, ...]:
    if said is None:
        return ()
    stops = [said] if isinstance(said, str) else said
    fit = isinstance(stops, list) and len(stops) <= MOST_STOPS
    if not fit or not all(isinstance(one, str) and 0 < len(one) <= LONGEST_STOP for one in stops):
        raise wrong("stop", f"stop is a text or up to {MOST_STOPS} of them, none of them empty.")
    return tuple(stops)


def _usage(said: Any) -> bool:
    if said is None:
        return False
    if not isinstance(said, dict):
        raise wrong("stream_options", "stream_options is an object.")
    return _yes(said, "include_usage")


def _text(told: Mapping[str, Any], name: str) -> str:
    said = told.get(name) or ""
    if not isinstance(said, str):
        raise wrong(name, f"{name} must be text.")
    return said


def _yes(told: Mapping[str, Any], name: str) -> bool:
    said = told.get(name)
    if said is not None and not isinstance(said, bool):
        raise wrong(name, f"{name} must be true or false.")
    return bool(said)


def _whole(told: Mapping[str, Any], name: str) -> int | None:
    said = told.get(name)
    if said is not None and (not isinstance(said, int) or isinstance(said, bool)):
        raise wrong(name, f"{name} must be a whole number.")
    return said


def _same(said: Any, neutral: Any) -> bool:
    """Whether a value is that one; true is no number."""
    return isinstance(said, bool) == isinstance(neutral, bool) and said == neutral
