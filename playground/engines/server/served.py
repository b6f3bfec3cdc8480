"""The models of servers: which member of the family each one is and what it takes, known once and remembered.

Capabilities come from the server's description where it gives one, else from a trial. Only which member of the family
a model is comes from its name: nobody else tells.
"""

from __future__ import annotations

import re
from typing import Any

from playground.capabilities import Capabilities
from playground.catalog import variant, variants
from playground.engines.base import Model
from playground.engines.server.look import Seen, looks
from playground.engines.server.remembered import Remembered
from playground.engines.server.trial import takes
from playground.sampling import UNKNOWN, Sampling, told
from playground.servers import Server

UNKNOWN_CONTEXT = 131_072
"""Tokens; taken where nobody tells: the server itself refuses what is too long."""


def model(server: Server, name: str) -> Model:
    """A model of a server, with what it takes. Raises ServerError."""
    return _models.get((server, name))


def forget(server: Server) -> None:
    """Ask for its models anew the next time."""
    seen = looks.known(server)
    for name in seen.names if seen else ():
        _models.forget((server, name))
    looks.forget(server)


def _described(key: tuple[Server, str]) -> Model:
    server, name = key
    seen = looks.get(server)
    return Model(
        spec=f"server:{server.name}/{name}",
        variant=variant_of(name) or name.rstrip("/").rpartition("/")[2],
        weights=name,
        engine="server",
        capabilities=_capabilities(seen, name),
        precision=_precision(name),
        sampling=_sampling(seen.told.get(name, {})),
        server=seen.server,
    )


_models = Remembered(_described)


def variant_of(name: str) -> str | None:
    """The member of the family that a served model's name means: "google/gemma-4-E2B-it", "gemma4:26b"."""
    plain = name.lower().replace("_", "-")
    found = re.search(r"gemma-?4[-:n]*(e2b|e4b|12b|26b|31b)", plain)
    if found is None:
        return None
    return next((one.name for one in variants() if one.name.lower().startswith(found[1])), None)


def _precision(name: str) -> str:
    """What the name says of the weights' precision ("Q4_K_M", "fp8"), for the person who reads it."""
    found = re.search(r"(?i)\b(q\d(?:_[0-9a-z]+)*|fp8|nvfp4|int4|int8|awq|gptq|bf16|fp16)\b", name)
    return found[0] if found else "as served"


def _sampling(said: dict[str, Any]) -> Sampling:
    """How the server draws tokens where a request says nothing, as far as it tells."""
    props, parameters = said.get("props"), said.get("parameters")
    if isinstance(props, dict):  # llama.cpp
        settings = props.get("default_generation_settings")
        params = settings.get("params") if isinstance(settings, dict) else None
        return told(params if isinstance(params, dict) else {})
    if isinstance(parameters, str):  # Ollama, a line each: "top_k    64"
        pairs = [line.split() for line in parameters.splitlines()]
        return told({pair[0]: _number(pair[1]) for pair in pairs if len(pair) == 2})
    return UNKNOWN


def _number(said: str) -> float | None:
    try:
        return float(said)
    except ValueError:
        return None


def _capabilities(seen: Seen, name: str) -> Capabilities:
    """From the server's description where it gives one, else by trying."""
    told, profile = seen.told.get(name, {}), seen.profile
    known = variant(variant_of(name) or "")
    context = known.shape.context if known else UNKNOWN_CONTEXT
    thinking = profile.thinking != "fixed"
    tools = profile.tools
    props, shown = told.get("props"), told.get("capabilities")
    if isinstance(props, dict) and isinstance(props.get("modalities"), dict):
        image, sound = (bool(props["modalities"].get(one)) for one in ("vision", "audio"))
        settings = props.get("default_generation_settings")
        context = _whole(settings.get("n_ctx") if isinstance(settings, dict) else None) or context
        template = str(props.get("chat_template", ""))
        if template:
            thinking = re.search(r"\benable_thinking\b", template) is not None
            tools = re.search(r"\btools\b", template) is not None
    elif isinstance(shown, list) and shown:  # Ollama
        image, sound = "vision" in shown, "audio" in shown and profile.sound
        thinking, tools = "thinking" in shown, "tools" in shown
        facts = told.get("model_info")
        lengths = (
            [v for k, v in facts.items() if k.endswith("context_length")]
            if isinstance(facts, dict)
            else []
        )
        context = _whole(lengths[0] if lengths else None) or context
    else:
        context = _whole(told.get("max_model_len")) or _whole(told.get("context_length")) or context
        image, sound = takes(seen, name)
    return Capabilities(
        image=image,
        audio=sound,
        video=image,
        thinking=thinking,
        tools=tools,
        schema=profile.schema,
        context=context,
        image_budget=profile.image_tokens != "fixed",
    )


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
