"""Where GGUF files lie on this machine: the Hugging Face cache, a directory, and the folders of other programs, which
are only read: LM Studio's, Ollama's and llama.cpp's own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Literal

from playground import config
from playground.models.gguf import described, header, parts
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
OLLAMAS_REGISTRY = "registry.ollama.ai"
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
    found: dict[str, Found] = {}
    for snapshot in cache.snapshots(repo):
        for file in models_in(snapshot):
            found.setdefault(file.name, paired(file, f"{repo}/{file.name}"))
    return sorted(found.values(), key=lambda one: one.name)


def fault(places: Sequence[Path], file: str = "") -> str:
    """Why a file in the first of these directories that has it is no model, or one of its GGUF files where none is
    named; empty where there is no such file, or nothing is wrong.
    """
    for place in places:
        files = [one for one in _files(place, file or "*.gguf") if file or not _may_encode(one)]
        try:
            for one in files:
                described.text_model(one)
        except Spoilt as spoilt:
            return str(spoilt)
        if files:
            break
    return ""


def remove(repo: str, file: str) -> str:
    """Delete one model of a repository in the cache; with the last one goes all of the repository. Why it could not be,
    in a sentence, and nothing once it is gone.
    """
    others = [one.file.name for one in in_repository(repo) if one.file.name != file]
    if not others and not any(cache.folder(repo).glob("snapshots/*/*.safetensors")):
        return cache.remove(repo)
    try:
        for part in parts.of(file):
            cache.remove_file(repo, part)
    except OSError as error:
        return f"{repo}/{file} can't be deleted: {error.strerror or error}."
    return ""


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
    found += [_other(file, file.name, "llama.cpp") for file in models_in(held.llama_cache)]
    return _each_once(found)


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
    beside = [one for one in _files(file.parent, "*.gguf") if one != file and _may_encode(one)]
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
    return [file for file in files if _is_model(file)]


def _is_model(file: Path) -> bool:
    try:
        if header.architecture(file) != described.ARCHITECTURE:
            return False  # and a vocabulary takes a tenth of a second to read through
        described.text_model(file)
    except Spoilt:
        return False
    return True


def _may_encode(file: Path) -> bool:
    """Whether a file is, or is called as if it were, one of encoders."""
    if "mmproj" in file.name.lower():
        return True
    try:
        return header.architecture(file) == described.ENCODERS
    except Spoilt:
        return False


def _each_once(found: list[Found]) -> list[Found]:
    """A file that several names lead to under the first of them, where one has encoders under the first that has."""
    kept: dict[Path, Found] = {}
    for one in found:
        there = one.file.resolve()
        before = kept.get(there)
        if before is None or (before.encoders is None and one.encoders is not None):
            kept[there] = one
    return list(kept.values())


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
        name = _ollamas_name(manifest)
        found.append(Found(file, name, "Ollama", None if fault else encoders, fault))
    return found


def _ollamas_name(manifest: Path) -> str:
    """What Ollama calls the model of a manifest: registry and owner only where they are not the usual ones."""
    registry, owner, model, tag = manifest.parts[-4:]
    usual = registry == OLLAMAS_REGISTRY
    before = (
        "" if usual and owner == "library" else f"{owner}/" if usual else f"{registry}/{owner}/"
    )
    return f"{before}{model}:{tag}"


def _layers(manifest: Path, blobs: Path) -> Iterator[tuple[str, Path]]:
    """What a manifest names, by its kind. Of one that makes no sense, nothing."""
    try:
        if not manifest.is_file() or manifest.stat().st_size > LONGEST_MANIFEST:
            return
        layers = json.loads(manifest.read_text("utf-8")).get("layers", [])
        told = [(str(one["mediaType"]), str(one["digest"])) for one in layers]
    except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return
    for kind, digest in told:
        if re.fullmatch(r"sha256:[0-9a-f]{64}", digest):
            yield kind, blobs / digest.replace(":", "-")
