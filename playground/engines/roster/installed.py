"""The models on this machine's disk: those that can run, and what is here and damaged."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from playground.engines.roster import checkpoints, demo_files, gguf_models
from playground.models.catalog import Variant, variants
from playground.models.model import Model, ModelError
from playground.models.weight_files import Spoilt


@dataclass(frozen=True, slots=True)
class Damaged:
    """Weights of a variant that are here and can't be used: why, and what would help, one sentence each."""

    variant: str
    weights: str
    reason: str
    remedy: str


def models() -> tuple[Model, ...]:
    """Every model that can run: the real ones first, each in the family's order."""
    return tuple(one for one in _all() if isinstance(one, Model))


def damaged() -> tuple[Damaged, ...]:
    """What can't run, in the same order."""
    return tuple(one for one in _all() if isinstance(one, Damaged))


def published(wanted: Variant) -> Model | Damaged | None:
    """The published weights of a variant, or what is wrong with them; None where they are not here."""
    repo = wanted.weights.instruct
    return _looked_at(wanted, repo, lambda: checkpoints.cached(repo, f"local:{repo}"))


def gguf_files() -> list[Model]:
    """The family's and the demo family's, in their order."""
    found = []
    for one, spec in gguf_models.installed():
        with suppress(OSError, Spoilt):  # somebody is deleting it
            found.append(gguf_models.model(one, spec))
    order = [one.name for one in variants()]
    family = [model for model in found if model.variant in order]
    return sorted(family, key=lambda model: order.index(model.variant))


def _all() -> list[Model | Damaged]:
    files = gguf_files()
    found: list[Model | Damaged | None] = [
        *map(published, variants()),
        *(one for one in files if not one.demo),
        *map(_demo, variants()),
        *(one for one in files if one.demo),
    ]
    return [one for one in found if one is not None]


def _demo(wanted: Variant) -> Model | Damaged | None:
    if not demo_files.path(wanted).is_dir():
        return None
    return _looked_at(wanted, demo_files.name(wanted), lambda: demo_files.model(wanted))


def _looked_at(
    wanted: Variant, weights: str, look: Callable[[], Model | None]
) -> Model | Damaged | None:
    try:
        return look()
    except ModelError as error:
        return Damaged(wanted.name, weights, error.reason, error.remedy)
    except (OSError, Spoilt):  # somebody is deleting it
        return None
