"""The family as data: what each member is, takes and costs, read from assets/catalog.toml.

Facts only, each with its source. What a checkpoint on this machine can do is read from the checkpoint itself
(`capabilities`); this is what the page shows of those that are not here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

PATH = Path(__file__).resolve().parents[2] / "assets" / "catalog.toml"

T = TypeVar("T")


class CatalogError(Exception):
    """The catalogue's file is not what it should be; the text says where."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Repository ids on the Hugging Face hub."""

    instruct: str
    base: str
    drafter: str
    qat: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Parameters:
    """Numbers of weights: `stored` of all towers, `effective` without the per-layer embeddings, `active` for a token.

    `bf16_gb` is the size of the bf16 checkpoint in GB.
    """

    stored: int
    stored_source: str
    bf16_gb: float
    effective: int | None = None
    effective_source: str | None = None
    active: int | None = None
    active_source: str | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """The text model; its KV cache in bf16: bytes a token of the global layers, MiB in all of the sliding ones."""

    layers: int
    hidden: int
    heads: int
    sliding_window: int
    context: int
    kv_bytes_per_token: int
    kv_sliding_mib: int
    source: str


@dataclass(frozen=True, slots=True)
class Encoders:
    """What turns pictures and sound into tokens, in words; None: it takes none."""

    source: str
    vision: str | None = None
    audio: str | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """GB that it takes to load, by precision, by Google's own table (a fifth of overhead in, KV cache not)."""

    bf16: float
    fp8: float
    q4: float
    source: str


@dataclass(frozen=True, slots=True)
class Benchmarks:
    """Published results of the instruction-tuned model with thinking on, in percent."""

    mmlu_pro: float
    aime_2026: float
    livecodebench_v6: float
    gpqa_diamond: float
    mmmu_pro: float
    math_vision: float
    mrcr_128k: float
    source: str


@dataclass(frozen=True, slots=True)
class Variant:
    """One member of the family."""

    name: str
    character: str
    released: str
    architecture: str
    architecture_source: str
    weights: Weights
    parameters: Parameters
    shape: Shape
    encoders: Encoders
    memory_gb: Memory
    benchmarks: Benchmarks

    @property
    def hears(self) -> bool:
        """Whether it takes sound."""
        return self.encoders.audio is not None


@dataclass(frozen=True, slots=True)
class Family:
    """What all members share."""

    licence: str
    licence_source: str
    vocabulary: int
    training_cutoff: str
    image_budgets: tuple[int, ...]
    default_image_budget: int
    image_source: str
    audio_seconds: int
    audio_tokens_per_second: int
    audio_source: str
    video_seconds: int
    video_frames: int
    video_frame_tokens: int
    video_source: str
    temperature: float
    top_p: float
    top_k: int
    sampling_source: str


@dataclass(frozen=True, slots=True)
class Catalog:
    """The family, its members in order of size, and the titles of the sources that the entries name."""

    family: Family
    variants: tuple[Variant, ...]
    sources: Mapping[str, str]


@cache
def catalog(path: Path = PATH) -> Catalog:
    """The catalogue; read once. Raises CatalogError."""
    try:
        held = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise CatalogError(f"{path.name} can't be read: {error}") from error
    sources = held.get("sources", {})
    parts = {
        "weights": Weights,
        "parameters": Parameters,
        "shape": Shape,
        "encoders": Encoders,
        "memory_gb": Memory,
        "benchmarks": Benchmarks,
    }
    variants = []
    for entry in held.get("variant", []):
        name = entry.get("name", "a variant without a name")
        whole = {
            key: _made(parts[key], value, f"{name}.{key}", sources) if key in parts else value
            for key, value in entry.items()
        }
        variants.append(_made(Variant, whole, name, sources))
    if not variants:
        raise CatalogError(f"{path.name} has no variants.")
    family = _made(Family, held.get("family", {}), "family", sources)
    return Catalog(family, tuple(variants), sources)


def variants() -> tuple[Variant, ...]:
    """The members, the smallest first."""
    return catalog().variants


def variant(name: str) -> Variant | None:
    """The member of that name, in any case of letters."""
    return next((one for one in variants() if one.name.lower() == name.lower()), None)


def able(need: str) -> tuple[str, ...]:
    """The members that can do it: sound is the only thing that not all of them take."""
    return tuple(one.name for one in variants() if need != "audio" or one.hears)


def _made(kind: type[T], values: Mapping[str, Any], where: str, sources: Mapping[str, str]) -> T:
    """A dataclass from a table, with every field there, none unknown, and every source listed."""
    known = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]
    unknown = set(values) - set(known)
    missing = {
        name for name, field in known.items() if field.default is MISSING and name not in values
    }
    if unknown or missing:
        words = [f"unknown {name}" for name in sorted(unknown)]
        words += [f"missing {name}" for name in sorted(missing)]
        raise CatalogError(f"{where}: {', '.join(words)}.")
    for name, value in values.items():
        if name.endswith("source") and value not in sources:
            raise CatalogError(f"{where}: the source {value!r} is not in [sources].")
    plain = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
    return kind(**plain)
