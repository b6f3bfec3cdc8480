"""What each kind of server takes, and under which names. Knows no request and no network.

Sources: the servers' own documentation and code as read and tried in November 2026; each profile says what is special.
Fields that a kind is not known to take are never sent: some servers answer an unknown field with an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from playground.models.capabilities import GoesOn
from playground.models.servers import USUALLY_AT_ONCE


@dataclass(frozen=True, slots=True)
class Profile:
    """The dialect of one kind of server.

    thinking: how it is switched: `template` through chat_template_kwargs.enable_thinking, `effort` through
    reasoning_effort, `fixed` not at all. `efforts` are the words for off and on. image_tokens: how the budget of a
    picture is set for one request: through mm_processor_kwargs, through chat_template_kwargs, or `fixed` at the
    server's start. `usage` tells that token counts must be asked for. `no_top_k` is what top-k is called when it is
    off, None where the field is not taken; `plain` are fields that switch off what else would shape the answer, as
    Settings has no word for it. `min_p` to `schema` tell whether a field, or a kind of part, is taken at all, `strict`
    that a schema only holds where it is called that. `closing` tells that the token that ends a turn is counted,
    `keeps` that beginnings of prompts are kept from one request to the next, `progress` that it tells how far it has
    read where it is asked to, `apart` that each part of a message becomes a message of its own. `thought` is what
    stands around a thought within the text, where that is this kind's own way and not Gemma 4's marks. `reasoning` is
    the field of a message in which the thought before a tool call goes back, empty where none is known. `goes_on` tells
    how far it goes on with an answer that was begun: "no", with its words ("answer"), or with its thought too.
    `at_once` is how many answers it gives at a time when its operator chose nothing.
    """

    kind: str
    title: str
    thinking: Literal["template", "effort", "fixed"] = "fixed"
    efforts: tuple[str, str] = ("none", "high")
    image_tokens: Literal["mm_processor_kwargs", "chat_template_kwargs", "fixed"] = "fixed"
    usage: bool = True
    no_top_k: int | None = None
    plain: Mapping[str, Any] = field(default_factory=dict)
    min_p: bool = False
    seed: bool = True
    sound: bool = True
    tools: bool = True
    schema: bool = True
    strict: bool = False
    closing: bool = False
    keeps: bool = True
    progress: bool = False
    apart: bool = False
    thought: tuple[str, str] | None = None
    reasoning: str = ""
    goes_on: GoesOn = "no"
    at_once: int = USUALLY_AT_ONCE


PROFILES = {
    profile.kind: profile
    for profile in (
        # mm_processor_kwargs only where the server runs with --trust-request-mm-kwargs, else it answers 400.
        Profile(
            "vllm",
            "vLLM",
            thinking="template",
            image_tokens="mm_processor_kwargs",
            no_top_k=-1,
            min_p=True,
            closing=True,
            reasoning="reasoning",
            goes_on="answer",
        ),
        # Refuses a top-k of 0.
        Profile(
            "sglang",
            "SGLang",
            thinking="template",
            no_top_k=-1,
            min_p=True,
            closing=True,
            reasoning="reasoning_content",
            goes_on="answer",
        ),
        # Thinks unless told not to; --image-max-tokens at its start sets the budget. Takes a top-k of 40 and a min-p of
        # 0.05 where it is told none; /props tells how many it answers at a time.
        Profile(
            "llama.cpp",
            "llama.cpp",
            thinking="template",
            no_top_k=0,
            min_p=True,
            closing=True,
            progress=True,
            reasoning="reasoning_content",
            goes_on="thought",
        ),
        # Thinks unless told not to; pictures as data URIs; input_audio is rejected on /v1. OLLAMA_NUM_PARALLEL is 1.
        Profile(
            "ollama",
            "Ollama",
            thinking="effort",
            sound=False,
            closing=True,
            apart=True,
            reasoning="reasoning",
            at_once=1,
        ),
        # Punishes repetition unless told not to; its "Max Concurrent Predictions" are 4.
        Profile(
            "lmstudio",
            "LM Studio",
            no_top_k=0,
            plain={"repeat_penalty": 1.0},
            sound=False,
            strict=True,
            at_once=4,
        ),
        # Unknown fields are answered with 422; top_k would replace the whole generation config; usage always comes.
        Profile(
            "transformers",
            "transformers serve",
            thinking="template",
            image_tokens="chat_template_kwargs",
            usage=False,
            schema=False,
            closing=True,
            keeps=False,
            at_once=1,
        ),
        # Gemma 4 there knows two levels and thinks a little on the lower one; thoughts come when they are asked for.
        Profile(
            "gemini",
            "Gemini API",
            thinking="effort",
            efforts=("minimal", "high"),
            plain={"extra_body": {"google": {"thinking_config": {"include_thoughts": True}}}},
            seed=False,
            sound=False,
            thought=("<thought>", "</thought>"),
        ),
        Profile("huggingface", "Hugging Face router", strict=True),
        Profile("other", "OpenAI-compatible server", strict=True),
    )
}
