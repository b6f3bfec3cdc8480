"""The small text files of a checkpoint directory: settings as JSON, the chat template. Never its weights.

Knows what the files are called and nothing of what they mean.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def settings(path: Path, name: str) -> dict[str, Any]:
    """What a JSON file of the directory holds; nothing when the file is missing or no JSON object."""
    try:
        if not (path / name).is_file():  # a pipe would be waited for without end
            return {}
        held = json.loads((path / name).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return held if isinstance(held, dict) else {}


def chat_template(path: Path) -> str:
    """The checkpoint's own chat template, empty when it has none.

    Looked for where transformers looks, newest place first: a file of its own, the processor's settings, the
    tokenizer's.
    """
    try:
        return (path / "chat_template.jinja").read_text("utf-8")
    except (OSError, ValueError):
        pass
    for name in ("chat_template.json", "processor_config.json", "tokenizer_config.json"):
        template = settings(path, name).get("chat_template")
        if isinstance(template, list):
            named = [one for one in template if isinstance(one, dict)]
            template = next((t.get("template") for t in named if t.get("name") == "default"), None)
        if isinstance(template, str):
            return template
    return ""
