"""Where GGUF files lie on this machine: the Hugging Face cache, a directory, and the folders of other programs, which
are only read: LM Studio's, Ollama's and llama.cpp's own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Literal

from playground import config
from playground.models.gguf import described, parts
from playground.models.gguf.header import Header
from playground.models.hub import cache
from playground.models.weight_files import Spoilt

Owner = Literal["", "LM Studio", "Ollama", "llama.cpp"]

MOST_LOOKED_AT = 200
"""Files of one folder."""

LONGEST_MANIFEST = 1 << 20
MODEL_LAYER, ENCODERS_LAYER = (
    f"application/vnd.ollama.image.{kind}" for kind in ("model", "projector")
)
EXACT = ("bf16", "f16", "f32")
"""In the names of encoders' files, the best first: sound and pictures suffer most from fewer bits."""


@dataclass(frozen=True, slots=True)
class Found:
    """A text model with the encoders that belong to it; `fault` says why those beside it do not. `name` is what a
    person calls it, `owner` the program whose folder it lies in, empty for the hub's cache and directories.
    """

    file: Path
    name: str
    owner: Owner = ""
    encoders: Path | None = None
    fault: str = ""


def in_repository(repo: str) -> list[Found]:
    """The models in a repository of the Hugging Face cache; several quantisations are several models."""
    there = cache.snapshot(repo, _without_models)
    return (
        [] if there is None else [paired(file, f"{repo}/{file.name}") for file in models_in(there)]
    )


def remove(repo: str, file: str) -> None:
    """Delete one model of a repository in the cache; with the last one goes all of the repository."""
    if [one.file.name for one in in_repository(repo)] == [file]:
        cache.remove(repo)
    else:
        for part in parts.of(file):
            cache.remove_file(repo, part)


def in_hub() -> list[Found]:
    """Every model in the Hugging Face cache."""
    return [found for repo in cache.repositories("*.gguf") for found in in_repository(repo)]


def of_others() -> list[Found]:
    """Models in the folders of other programs, where there are such."""
    home = Path.home()
    studio = [home / ".lmstudio" / "models", home / ".cache" / "lm-studio" / "models"]
    found: list[Found] = []
    for place in studio:
        files = _files(place, "*/*/*.gguf")
        found += [
            _other(file, str(file.relative_to(place)), "LM Studio") for file in _models(files)
        ]
    held = config.read()
    found += _of_ollama(held.ollama_models)
    return found + [_other(file, file.name, "llama.cpp") for file in models_in(held.llama_cache)]


def models_in(directory: Path) -> list[Path]:
    """The files of a directory that hold a text model of the family, whole."""
    return _models(_files(directory, "*.gguf"))


def paired(file: Path, name: str, owner: Owner = "") -> Found:
    """A model with the encoders beside it that are made for it, the most exact ones."""
    try:
        model = described.text_model(file)
    except Spoilt:
        return Found(file, name, owner)
    faults = []
    beside = [one for one in _files(file.parent, "*mmproj*.gguf") if one != file]
    for one in sorted(beside, key=lambda one: (-_alike(one.name, file.name), _exactness(one.name))):
        if not (fault := misfit(one, model)):
            return Found(file, name, owner, one)
        faults.append(fault)
    return Found(file, name, owner, fault=faults[0] if faults else "")


def misfit(encoders: Path, model: Header) -> str:
    """Why a file's encoders can't be used with a model; empty when they can."""
    try:
        described.encoders(encoders, model)
    except Spoilt as spoilt:
        return str(spoilt)
    return ""


def _other(file: Path, name: str, owner: Owner) -> Found:
    return paired(file, name, owner)


def _models(files: list[Path]) -> list[Path]:
    return [file for file in files if "mmproj" not in file.name.lower() and _is_model(file)]


def _is_model(file: Path) -> bool:
    try:
        described.text_model(file)
    except Spoilt:
        return False
    return True


def _without_models(snapshot: Path) -> str:
    return "" if models_in(snapshot) else "it holds no GGUF file of the family"


def _files(place: Path, pattern: str) -> list[Path]:
    try:
        return sorted(place.glob(pattern))[:MOST_LOOKED_AT]
    except OSError:
        return []


def _alike(encoders: str, model: str) -> int:
    """How many letters the names have in common at their beginnings, without "mmproj" and types of numbers."""
    pairs = zip(_bare(encoders), _bare(model), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _bare(name: str) -> str:
    return re.sub(r"[-_.]?(mmproj|model|gguf|i?q\d\w*|bf16|f16|f32)[-_.]?", "", name.lower())


def _exactness(name: str) -> int:
    return next((place for place, kind in enumerate(EXACT) if kind in name.lower()), len(EXACT))


def _of_ollama(place: Path) -> list[Found]:
    """The models that Ollama's manifests name; its files are called after their contents."""
    found = []
    for manifest in _files(place / "manifests", "*/*/*/*"):
        layers = dict(_layers(manifest, place / "blobs"))
        file = layers.get(MODEL_LAYER)
        if file is None or not _is_model(file):
            continue
        encoders = layers.get(ENCODERS_LAYER)
        fault = misfit(encoders, described.text_model(file)) if encoders is not None else ""
        name = f"{manifest.parent.name}:{manifest.name}"
        found.append(Found(file, name, "Ollama", None if fault else encoders, fault))
    return found


def _layers(manifest: Path, blobs: Path) -> Iterator[tuple[str, Path]]:
    """What a manifest names, by its kind. Of one that makes no sense, nothing."""
    try:
        if manifest.stat().st_size > LONGEST_MANIFEST:
            return
        layers = json.loads(manifest.read_text("utf-8")).get("layers", [])
        told = [(str(one["mediaType"]), str(one["digest"])) for one in layers]
    except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return
    for kind, digest in told:
        if re.fullmatch(r"sha256:[0-9a-f]{64}", digest):
            yield kind, blobs / digest.replace(":", "-")
