"""What each kind of server takes, and under which names. Knows no request and no network.

Sources: the servers' own documentation and code as read and tried in November 2026; each profile says what is special.
Fields that a kind is not known to take are never sent: some servers answer an unknown field with an error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Profile:
    """The dialect of one kind of server.

    thinking: how it is switched: `template` through chat_template_kwargs.enable_thinking, `effort` through
    reasoning_effort, `fixed` not at all. image_tokens: how the budget of a picture is set for one request: through
    mm_processor_kwargs, through chat_template_kwargs, or `fixed` at the server's start. `usage` tells that token counts
    must be asked for. `top_k` to `schema` tell whether a field, or a kind of part, is taken at all. `closing` tells
    that the token that ends a turn is counted, `keeps` that beginnings of prompts are kept from one request to the
    next, `apart` that each part of a message becomes a message of its own. `thought` is what stands around a thought
    within the text, where that is this kind's own way and not Gemma 4's marks.
    """

    kind: str
    title: str
    thinking: Literal["template", "effort", "fixed"] = "fixed"
    image_tokens: Literal["mm_processor_kwargs", "chat_template_kwargs", "fixed"] = "fixed"
    usage: bool = True
    top_k: bool = False
    seed: bool = True
    sound: bool = True
    tools: bool = True
    schema: bool = True
    closing: bool = False
    keeps: bool = True
    apart: bool = False
    thought: tuple[str, str] | None = None


PROFILES = {
    profile.kind: profile
    for profile in (
        # mm_processor_kwargs only where the server runs with --trust-request-mm-kwargs, else it answers 400.
        Profile(
            "vllm",
            "vLLM",
            thinking="template",
            image_tokens="mm_processor_kwargs",
            top_k=True,
            closing=True,
        ),
        Profile("sglang", "SGLang", thinking="template", top_k=True, closing=True),
        # Thinks unless told not to; --image-max-tokens at its start sets the budget.
        Profile("llama.cpp", "llama.cpp", thinking="template", top_k=True, closing=True),
        # Thinks unless told not to; pictures as data URIs; input_audio is rejected on /v1.
        Profile("ollama", "Ollama", thinking="effort", sound=False, closing=True, apart=True),
        Profile("lmstudio", "LM Studio", top_k=True, sound=False),
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
        ),
        Profile(
            "gemini",
            "Gemini API",
            thinking="effort",
            seed=False,
            sound=False,
            thought=("<thought>", "</thought>"),
        ),
        Profile("huggingface", "Hugging Face router"),
        Profile("other", "OpenAI-compatible server"),
    )
}
