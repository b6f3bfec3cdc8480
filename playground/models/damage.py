"""What is wrong with a checkpoint directory: files that are missing, cut off or something else than they are called.

Quick enough to be asked whenever models are listed: weights are judged by their headers, large files by both ends.
"""

from __future__ import annotations

from pathlib import Path

from playground.models import checkpoint, weight_files
from playground.models.weight_files import Spoilt, opening

PROCESSORS = ("processor_config.json", "preprocessor_config.json")
TOKENIZERS = ("tokenizer.json", "tokenizer.model")


def damage(path: Path) -> str:
    """Why nobody could be answered from this directory ("model.safetensors is empty"); nothing when all is there."""
    found = damage_of_weights(path)
    if found:
        return found
    try:
        for names in (TOKENIZERS, ("tokenizer_config.json",), PROCESSORS):
            _one_of(path, names)
    except Spoilt as spoilt:
        return str(spoilt)
    return "" if checkpoint.chat_template(path) else "it has no chat template"


def damage_of_weights(path: Path) -> str:
    """The same for a model that nobody asks directly, as drafters are: its configuration and its weights."""
    try:
        _json(path / "config.json")
        if not checkpoint.settings(path, "config.json"):
            return "config.json holds no settings"
        for file in weight_files.files(path):
            weight_files.header(file)
    except Spoilt as spoilt:
        return str(spoilt)
    return ""


def _one_of(path: Path, names: tuple[str, ...]) -> None:
    """One of these files must be there, and sound. Raises Spoilt."""
    there = [path / name for name in names if (path / name).exists()]
    if not there:
        raise Spoilt(f"{names[0]} is missing")
    if there[0].suffix == ".json":
        _json(there[0])


def _json(file: Path) -> None:
    """Whether a file may hold a JSON object, by its two ends. Raises Spoilt."""
    try:
        size = file.stat().st_size
        if not file.is_file():
            raise Spoilt(f"{file.name} is no file")
        first = opening(file, size)
        with file.open("rb") as stream:
            stream.seek(max(0, size - 64))
            last = stream.read()
    except FileNotFoundError:
        raise Spoilt(f"{file.name} is missing") from None
    except OSError as error:
        raise Spoilt(f"{file.name} can't be read ({error.strerror or error})") from None
    if not (first.lstrip().startswith(b"{") and last.rstrip().endswith(b"}")):
        raise Spoilt(f"{file.name} holds no JSON object, or is cut off")
