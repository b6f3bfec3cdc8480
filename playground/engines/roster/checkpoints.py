"""Weights on this machine's disk as a model, described by their own files alone: what it takes, its size, its drafter.

Knows no spec's meaning; `specs` does.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from playground.models import capabilities, checkpoint, fit, sampling, weight_files
from playground.models.catalog import Variant, variants
from playground.models.damage import damage_of_weights
from playground.models.hub import cache
from playground.models.model import Model, ModelError
from playground.models.precision import PRECISIONS, Precision


def model(path: Path, spec: str, weights: str, variant: str = "") -> Model:
    """The model in that directory, called `spec` and `weights`; its variant is told from its shape if it is not said.

    Raises ModelError where the directory holds none that this program can run.
    """
    try:
        takes = capabilities.read(path, weights)
    except ValueError as error:
        raise ModelError(str(error), "Give the weights of a Gemma 4 model.") from None
    made = Model(
        spec=spec,
        variant=variant or _variant_of(path) or path.name,
        weights=weights,
        engine="local",
        capabilities=takes,
        revision=cache.commit(path)[:8],
        stored=_stored_dtype(path),
        path=path,
        bytes=_size(path),
        drafter=_drafter(weights),
        sampling=sampling.read(path),
    )
    return loaded_as(made, made.stored)


def cached(repo: str, spec: str) -> Model | None:
    """A repository in the Hugging Face cache; None where it is not here. Raises ModelError where it is damaged."""
    found = cache.snapshot(repo)
    if found is not None:
        return model(found, spec, repo)
    if wrong := cache.damaged(repo):
        raise ModelError(
            f"{repo} is here but damaged: {wrong}.",
            f"Download it again (python -m playground download {repo}), or delete it.",
        )
    return None


def loaded_as(model: Model, name: str) -> Model:
    """The model in a precision, with what it then needs."""
    precision, stored = PRECISIONS.get(name), PRECISIONS.get(model.stored)
    dtype, said = "auto", model.stored
    if precision and stored and precision != stored:
        dtype, said = precision.dtype, f"{stored.name} weights, {precision.name} in memory"
    return replace(model, dtype=dtype, precision=said, needs_bytes=_needs(model, precision))


def drafter_of(model: Model) -> str:
    """The repository of the drafter that belongs to published weights; empty for others."""
    known = _published(model.weights)
    return known.weights.drafter if known else ""


def fingerprint(path: Path) -> str:
    """The first eight digits of the SHA-256 of a checkpoint that is one file."""
    file = path / "model.safetensors"
    stat = file.stat()
    return _digest(file, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=32)
def _digest(file: Path, modified: int, size: int) -> str:
    """Of the whole file; the other arguments are there to notice a change."""
    return hashlib.sha256(file.read_bytes()).hexdigest()[:8]


def _needs(model: Model, precision: Precision | None) -> int:
    """Bytes that it takes with a picture in a usual context, as fit foresees them. Where that is not to be told, its
    files and a fifth on top: the overhead that Google's own memory table includes.
    """
    assert model.path is not None
    if precision is not None:
        with suppress(LookupError, TypeError, ValueError, AttributeError, ArithmeticError):
            config = checkpoint.settings(model.path, "config.json")
            return fit.need(config, precision, fit.CONTEXT, 1).total
    return model.bytes * 6 // 5


def _drafter(repo: str) -> Path | None:
    """Where the drafter of published weights lies, when it is whole in the Hugging Face cache."""
    known = _published(repo)
    return cache.snapshot(known.weights.drafter, damage_of_weights) if known else None


def _published(repo: str) -> Variant | None:
    return next((one for one in variants() if one.weights.instruct == repo), None)


def _variant_of(path: Path) -> str | None:
    """The member whose text model has this shape: names of repositories and directories prove nothing."""
    config = checkpoint.settings(path, "config.json")
    text = config.get("text_config") or config
    shape = (text.get("num_hidden_layers"), text.get("hidden_size"))
    return next(
        (one.name for one in variants() if shape == (one.shape.layers, one.shape.hidden)), None
    )


def _size(path: Path) -> int:
    return sum(file.stat().st_size for file in weight_files.files(path))


def _stored_dtype(path: Path) -> str:
    """The most frequent dtype in the first safetensors file, in the words of the field ("bf16")."""
    dtypes = weight_files.header(weight_files.files(path)[0]).dtypes
    names = {"BF16": "bf16", "F16": "fp16", "F32": "fp32"}
    most = max(set(dtypes), key=dtypes.count) if dtypes else ""
    return names.get(most, most.lower())
