"""Whether a variant fits into the free memory at a precision, a context and some pictures, and if not, what would.

Weights from the configuration's own numbers, the KV cache to the byte, and an estimate for what prefill holds on top.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from playground.models.device import Kind
from playground.models.footprint import Config, footprint, kept_bytes, kv_bytes
from playground.models.precision import PRECISIONS, Precision, encoder_bytes, head_bytes

SHAPES = Path(__file__).resolve().parents[2] / "assets" / "shapes.json"

Verdict = Literal["fits", "tight", "does not fit"]

ROOMY = 0.85
"""Of the free memory: above it a model fits only as long as nobody else wants any."""

CONTEXT = 8192
"""Tokens that a model is reckoned with where nobody says how many."""

SHORTEST_CONTEXT = 2048

PROCESS = 300_000_000
"""Bytes that a worker holds beside its model: 0.25 to 0.39 GB were seen (`python -m bench fit`)."""

PICTURE_TOKENS = 282
"""Soft tokens of a picture at the usual budget, with the two around it."""


@dataclass(frozen=True, slots=True)
class Need:
    """Bytes that a model takes: its weights, its KV cache and what is kept of a conversation, what
    prefill holds on top, and its process.
    """

    weights: int
    cache: int
    workspace: int
    process: int = PROCESS

    @property
    def total(self) -> int:
        """All together."""
        return self.weights + self.cache + self.workspace + self.process


@dataclass(frozen=True, slots=True)
class Fit:
    """What a variant needs here, whether there is so much, and in a few words what would do if there is not."""

    need: Need
    verdict: Verdict
    instead: str = ""


@cache
def shapes() -> dict[str, Config]:
    """The configurations of the family, by variant."""
    configs: dict[str, Config] = json.loads(SHAPES.read_text("utf-8"))["configs"]
    return configs


def need(
    config: Config,
    precision: Precision,
    context: int,
    pictures: int = 0,
    kind: Kind | None = None,
) -> Need:
    """What a model of that configuration takes for `context` tokens, `pictures` of them in one prompt.

    `kind` is another machine's device; None: on this machine.
    """
    width = precision.other_bytes
    return Need(
        weights(config, precision, kind),
        kv_bytes(config, context, width) + kept_bytes(config, width),
        _workspace(config, context, pictures) * width,
    )


def weights(config: Config, precision: Precision, kind: Kind | None = None) -> int:
    """Bytes of the weights in memory. `kind` as for `need`."""
    numbers = footprint(config)
    embeddings = numbers.embedding + numbers.per_layer_embedding
    return int(
        (numbers.layers + numbers.experts) * precision.matrix_bytes
        + embeddings * precision.other_bytes
        + numbers.embedding * head_bytes(precision, kind)
        + (numbers.vision + numbers.audio) * encoder_bytes(precision, kind)
    )


def bytes_per_token(config: Config, precision: Precision, kind: Kind | None = None) -> int:
    """Bytes of the weights that the next token of text reads. `kind` as for `need`."""
    numbers = footprint(config)
    matrices = numbers.layers + numbers.experts * numbers.active
    head = head_bytes(precision, kind) or precision.other_bytes
    return int(matrices * precision.matrix_bytes + numbers.embedding * head)


def fit(
    variant: str,
    precision: str,
    context: int,
    pictures: int,
    free: int,
    kind: Kind | None = None,
) -> Fit:
    """Whether a variant fits into `free` bytes. Raises KeyError for a variant or precision that there is not.

    `kind` as for `need`.
    """
    wanted = need(shapes()[variant], PRECISIONS[precision], context, pictures, kind)
    verdict = _verdict(wanted, free)
    instead = (
        _instead(variant, precision, context, pictures, free, kind)
        if verdict == "does not fit"
        else ""
    )
    return Fit(wanted, verdict, instead)


def _verdict(wanted: Need, free: int) -> Verdict:
    if wanted.total <= ROOMY * free:
        return "fits"
    return "tight" if wanted.total <= free else "does not fit"


def _instead(
    variant: str, precision: str, context: int, pictures: int, free: int, kind: Kind | None
) -> str:
    """The least change that makes it fit: a shorter context, fewer bytes a number, a smaller variant."""

    def fits(name: str, stored: str, length: int) -> bool:
        wanted = need(shapes()[name], PRECISIONS[stored], length, pictures, kind)
        return _verdict(wanted, free) == "fits"

    shorter = context // 2
    while shorter >= SHORTEST_CONTEXT:
        if fits(variant, precision, shorter):
            return f"a context of {shorter:,} tokens would"
        shorter //= 2
    smaller = list(PRECISIONS)[list(PRECISIONS).index(precision) + 1 :]
    for stored in smaller:
        if fits(variant, stored, context):
            return f"{stored} would"
    for name in reversed(_before(variant)):
        for stored in (precision, *smaller):
            if fits(name, stored, context):
                return f"{name} in {stored} would"
    return "a server with more memory would"


def _before(variant: str) -> Sequence[str]:
    names = sorted(shapes(), key=lambda name: footprint(shapes()[name]).stored)
    return names[: names.index(variant)]


def _workspace(config: Config, context: int, pictures: int) -> int:
    """Numbers that prefill holds at its widest: a layer's inputs and outputs for all tokens, or an encoder's for all
    patches of all pictures.
    """
    text, vision = config["text_config"], config.get("vision_config") or {}
    layer = context * (8 * text["hidden_size"] + 3 * text["intermediate_size"])
    if not pictures or "intermediate_size" not in vision:
        return int(layer)
    patches = pictures * PICTURE_TOKENS * vision["pooling_kernel_size"] ** 2
    return int(max(layer, patches * (8 * vision["hidden_size"] + 3 * vision["intermediate_size"])))
