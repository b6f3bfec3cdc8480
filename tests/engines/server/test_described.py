"""What is read from the descriptions that servers give of their models."""

from __future__ import annotations

from typing import Any

import pytest

from playground.engines.server.looking.described import Told, told


def test_nothing_said_is_nothing_known() -> None:
    for kind in ("vllm", "sglang", "llama.cpp", "other"):
        assert told(kind, {}, "m") == Told()
    assert told("ollama", {}, "m") == Told(final=False), "it may be loaded yet"


@pytest.mark.parametrize(
    ("able", "talks"),
    [(["completion", "vision"], True), (["embedding"], False), (["image"], False), ([], None)],
)
def test_ollama_tells_embeddings_and_painters_apart(able: list[str], talks: bool | None) -> None:
    assert told("ollama", {"about": {"capabilities": able}}, "m").talks is talks


@pytest.mark.parametrize(
    ("parameters", "context"),
    [
        ("num_ctx                        8192\ntop_k 64", 8192),
        ("num_ctx 999999", 131072),
        (f"num_ctx {'9' * 5000}", 131072),
        ("", 131072),
    ],
)
def test_ollama_loads_with_what_its_model_file_says(parameters: str, context: int) -> None:
    facts = {
        "general.architecture": "gemma4",
        "gemma4.vision.context_length": 256,
        "gemma4.context_length": 131072,
    }
    about = {"parameters": parameters, "model_info": facts}
    assert told("ollama", {"about": about}, "m").context == context


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"max_model_len": 4096}, Told(context=4096)),
        # OpenRouter
        (
            {
                "context_length": 131072,
                "architecture": {"input_modalities": ["text", "image", "audio"], "output_modalities": ["text"]},
                "supported_parameters": ["tools", "top_k"],
            },
            Told(True, True, True, tools=True, schema=False, context=131072),
        ),
        # Mistral
        (
            {
                "max_context_length": 32768,
                "capabilities": {"completion_chat": True, "vision": False, "function_calling": True},
            },
            Told(True, False, tools=True, context=32768),
        ),
        ({"capabilities": {"completion_chat": False}}, Told(False)),
        # Together
        ({"type": "chat", "context_length": 8192}, Told(context=8192)),
        ({"type": "embedding", "context_length": 512}, Told(False, context=512)),
        ({"type": "image", "context_length": 0}, Told(False)),
        # What makes no sense
        ({"context_length": "many", "architecture": 7, "providers": "all", "capabilities": [1]}, Told()),
        ({"type": ["chat"], "max_model_len": True, "architecture": {"input_modalities": 3}}, Told()),
    ],
)  # fmt: skip
def test_lists_of_all_kinds(entry: dict[str, Any], expected: Told) -> None:
    assert told("other", entry, "m") == expected


@pytest.mark.parametrize("kind", ["llama.cpp", "ollama", "lmstudio", "sglang"])
def test_a_description_that_makes_no_sense_breaks_nothing(kind: str) -> None:
    strange = {
        "modalities": 3,
        "chat_template": 7,
        "capabilities": {"a": 1},
        "model_info": [],
        "details": "x",
        "running": 5,
        "type": ["llm"],
        "is_generation": "yes",
        "quantization": {"name": "Q4"},
        "loaded_context_length": "8192",
    }
    found = told(kind, {"about": strange}, "m")
    assert (found.talks, found.image, found.context, found.precision) == (None, None, None, "")


@pytest.mark.parametrize(
    ("methods", "talks"),
    [
        (["generateContent", "countTokens"], True),
        (["embedContent"], False),
        (None, None),
        ("x", None),
    ],
)
def test_geminis_list_says_who_writes_text(methods: Any, talks: bool | None) -> None:
    entry = {"id": "models/m", "inputTokenLimit": 32768, "supportedGenerationMethods": methods}
    found = told("gemini", entry, "models/m")
    assert (found.talks, found.context) == (talks, 32768)
