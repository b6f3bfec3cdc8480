"""What a server says of one of its models, in the words of its kind, as what is known of that model. Asks nothing.

Sources: the documentation and code of each kind of server as of November 2026.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from playground.models import sampling
from playground.models.sampling import UNKNOWN, Sampling

Json = dict[str, Any]

SILENT_TYPES = frozenset(
    {"embedding", "embeddings", "image", "rerank", "moderation", "audio", "transcribe", "video"}
)
"""What lists call models that write no text."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a description says; None, or empty, where it says nothing.

    `talks` is False for models that write no text (embeddings, pictures). `final` is False where loading the model may
    still change it.
    """

    talks: bool | None = None
    image: bool | None = None
    audio: bool | None = None
    thinking: bool | None = None
    tools: bool | None = None
    schema: bool | None = None
    context: int | None = None
    precision: str = ""
    sampling: Sampling = UNKNOWN
    final: bool = True


def told(kind: str, entry: Json, name: str) -> Told:
    """What a server of that kind says of the model of that name. `entry` is what it lists, and under "about" what it
    says elsewhere.
    """
    about = entry.get("about")
    more = about if isinstance(about, dict) else {}
    match kind:
        case "llama.cpp":
            return _llama_cpp(more)
        case "ollama":
            return _ollama(more)
        case "lmstudio":
            return _lm_studio(more)
        case "sglang":
            return _sglang(entry, more)
    return _listed(entry, name)


def _llama_cpp(props: Json) -> Told:
    """`/props`. Whether it thinks and calls tools follows from its chat template."""
    modalities, settings = (
        _object(props.get("modalities")),
        _object(props.get("default_generation_settings")),
    )
    template = props.get("chat_template")
    reads = template if isinstance(template, str) and template else None
    return Told(
        image=_yes(modalities.get("vision")),
        audio=_yes(modalities.get("audio")),
        thinking=None if reads is None else bool(re.search(r"\benable_thinking\b", reads)),
        tools=None if reads is None else bool(re.search(r"\btools\b", reads)),
        context=_whole(settings.get("n_ctx")),
        sampling=_of_llama_cpp(props),
    )


def _ollama(shown: Json) -> Told:
    """`/api/show`, and under "running" the model's entry in `/api/ps`: loaded, it holds what it was loaded with, and
    not what it could hold.
    """
    able, details = shown.get("capabilities"), _object(shown.get("details"))
    facts, running = _object(shown.get("model_info")), _object(shown.get("running"))
    can = set(map(str, able)) if isinstance(able, list) and able else None
    architecture = facts.get("general.architecture")
    lengths = [value for key, value in facts.items() if key.endswith("context_length")]
    most = _whole(facts.get(f"{architecture}.context_length")) or _whole(_first(lengths))
    chosen = re.search(r"(?m)^\s*num_ctx\s+(\d{1,9})\b", str(shown.get("parameters", "")))
    context = _whole(running.get("context_length"))
    if context is None and chosen:
        context = min(int(chosen[1]), most or int(chosen[1])) or None
    return Told(
        talks=None if can is None else "completion" in can,
        image=None if can is None else "vision" in can,
        audio=None if can is None else "audio" in can,
        thinking=None if can is None else "thinking" in can,
        tools=None if can is None else "tools" in can,
        context=context or most,
        precision=_words(details.get("quantization_level")),
        sampling=_of_ollama(shown),
        final=bool(running),
    )


def _lm_studio(entry: Json) -> Told:
    """The model's entry in `/api/v0/models`."""
    kind, able = _words(entry.get("type")), entry.get("capabilities")
    return Told(
        talks=kind in ("llm", "vlm") if kind else None,
        image=kind == "vlm" if kind else None,
        tools="tool_use" in able if isinstance(able, list) else None,
        context=_whole(entry.get("loaded_context_length"))
        or _whole(entry.get("max_context_length")),
        precision=_words(entry.get("quantization")),
        final=not entry or "loaded_context_length" in entry,
    )


def _sglang(entry: Json, info: Json) -> Told:
    """`/get_model_info`; the context stands in the list."""
    return Told(
        talks=_yes(info.get("is_generation")),
        image=_yes(info.get("has_image_understanding")),
        audio=_yes(info.get("has_audio_understanding")),
        context=_whole(entry.get("max_model_len")),
    )


def _listed(entry: Json, name: str) -> Told:
    """What stands in the list itself: vLLM's length, and what routers and hosts say (Hugging Face, OpenRouter, Mistral,
    Together, Groq, Gemini).
    """
    kinds = _object(entry.get("architecture"))
    takes, gives = kinds.get("input_modalities"), kinds.get("output_modalities")
    able, parameters = _object(entry.get("capabilities")), entry.get("supported_parameters")
    hosts = _hosts(entry.get("providers"), name)
    contexts = [length for host in hosts if (length := _whole(host.get("context_length")))]
    lengths = (
        "max_model_len", "context_length", "context_window", "max_context_length", "inputTokenLimit",
    )  # fmt: skip
    tools = _any(host.get("supports_tools") for host in hosts)
    schema = _any(host.get("supports_structured_output") for host in hosts)
    if isinstance(parameters, list):
        tools, schema = "tools" in parameters, "structured_outputs" in parameters
    talks = "text" in gives if isinstance(gives, list) else _yes(able.get("completion_chat"))
    methods = entry.get("supportedGenerationMethods")  # Gemini's own list
    if isinstance(methods, list):
        talks = "generateContent" in methods
    return Told(
        talks=False if str(entry.get("type")) in SILENT_TYPES else talks,
        image="image" in takes if isinstance(takes, list) else _yes(able.get("vision")),
        audio="audio" in takes if isinstance(takes, list) else None,
        tools=_yes(able.get("function_calling")) if tools is None else tools,
        schema=schema,
        # Whichever of them answers, so much fits.
        context=min(contexts)
        if contexts
        else _first(filter(None, map(_whole, map(entry.get, lengths)))),
    )


def _hosts(providers: Any, name: str) -> list[Json]:
    """Those that may answer for a model behind a router: the one that its name ends in, else all that are up."""
    there = [_object(one) for one in providers] if isinstance(providers, list) else []
    named = [one for one in there if one.get("provider") == name.rpartition(":")[2]]
    return named or [one for one in there if one.get("status", "live") == "live"] or there


def _object(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _yes(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _any(values: Iterable[Any]) -> bool | None:
    """Whether one says yes; None where nobody says anything."""
    said = [value for value in values if isinstance(value, bool)]
    return any(said) if said else None


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _words(value: Any) -> str:
    return value[:40] if isinstance(value, str) and value.lower() != "unknown" else ""


def _first(values: Iterable[Any]) -> Any:
    return next(iter(values), None)


def _of_llama_cpp(props: Json) -> Sampling:
    """How llama.cpp draws tokens where a request says nothing."""
    return sampling.told(_object(_object(props.get("default_generation_settings")).get("params")))


def _of_ollama(shown: Json) -> Sampling:
    """The same of Ollama, which says it a line each: "top_k    64"."""
    lines = shown.get("parameters")
    pairs = [line.split() for line in lines.splitlines()] if isinstance(lines, str) else []
    return sampling.told({pair[0]: _number(pair[1]) for pair in pairs if len(pair) == 2})


def _number(said: str) -> float | None:
    try:
        return float(said)
    except ValueError:
        return None
