"""Whether llama.cpp's package is here, without loading it."""

from __future__ import annotations

from importlib.util import find_spec


def missing() -> str:
    """What is missing and what would help, in a sentence; empty when the package is there."""
    if find_spec("xllamacpp") is not None:
        return ""
    return (
        "GGUF files need llama.cpp, whose package is not installed here: pip install xllamacpp. "
        "Everything else works without it."
    )
