"""The family as data: what each member is, takes and costs, read from assets/catalog.toml.

Facts only, each with its source. What a checkpoint on this machine can do is read from the checkpoint itself
(`capabilities`); this is what the page shows of those that are not here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from playground.models.family import published
from playground.models.family.published import Published, Source
from playground.models.family.reading import CatalogError, made, unsourced

__all__ = ["CatalogError", "able", "catalog", "variant", "variants"]

T = TypeVar("T")

PATH = Path(__file__).resolve().parents[2] / "assets" / "catalog.toml"


@dataclass(frozen=True, slots=True)
class Weights:
    """Repository ids on the Hugging Face hub."""

    instruct: str
    base: str
    drafter: str
    qat: tuple[str, ...]
    source: str

    def gguf(self, kind: str) -> str:
        """The official repository of a GGUF file in that type ("q4_0"); empty where there is none."""
        return next((one for one in self.qat if one.endswith(f"-{kind}-gguf")), "")


@dataclass(frozen=True, slots=True)
class Parameters:
    """Numbers of weights: `stored` of all towers, `effective` without the per-layer embeddings, `active` for a token.

    `read_per_token` is what the next token of text reads. `bf16_gb` is the size of the bf16 checkpoint in GB.
    """

    stored: int
    stored_source: str
    bf16_gb: float
    bf16_gb_source: str
    read_per_token: int
    read_per_token_source: str
    effective: int | None = None
    effective_source: str | None = None
    active: int | None = None
    active_source: str | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """Where the stored numbers lie, as `footprint.Footprint` has them."""

    embedding: int
    per_layer_embedding: int
    layers: int
    experts: int
    vision: int
    audio: int
    source: str


@dataclass(frozen=True, slots=True)
class Phone:
    """Repositories of builds for phones and small boards."""

    builds: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Hosted:
    """Its name at a service that runs it for anybody."""

    name: str
    at: str
    source: str


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
    """GB that it takes to load, by precision, by Google's own table (a fifth of overhead in, KV cache not).

    `mobile` is the build for phones, `mobile_text` that without encoders; `gguf_q4_file` is a file's size.
    """

    bf16: float
    fp8: float
    q4: float
    source: str
    gguf_q4_file: float
    gguf_q4_file_source: str
    mobile: float | None = None
    mobile_text: float | None = None


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
    parts: Parts
    shape: Shape
    encoders: Encoders
    memory_gb: Memory
    phone: Phone | None = None
    hosted: Hosted | None = None

    @property
    def hears(self) -> bool:
        """Whether it takes sound."""
        return self.encoders.audio is not None


@dataclass(frozen=True, slots=True)
class Image:
    """Soft tokens that a picture may cost."""

    budgets: tuple[int, ...]
    default_budget: int
    source: str


@dataclass(frozen=True, slots=True)
class Audio:
    """The longest recording in seconds, and its tokens a second."""

    seconds: int
    tokens_per_second: int
    source: str


@dataclass(frozen=True, slots=True)
class Video:
    """The longest clip in seconds; its most frames, and the tokens of one."""

    seconds: int
    frames: int
    frame_tokens: int
    source: str


@dataclass(frozen=True, slots=True)
class Sampling:
    """What Google recommends."""

    temperature: float
    top_p: float
    top_k: int
    source: str


@dataclass(frozen=True, slots=True)
class Family:
    """What all members share."""

    licence: str
    licence_source: str
    vocabulary: int
    vocabulary_source: str
    training_cutoff: str
    training_cutoff_source: str
    image: Image
    audio: Audio
    video: Video
    sampling: Sampling


@dataclass(frozen=True, slots=True)
class Catalog:
    """The family, its members in order of size, what is published of them, and the sources that all of it names."""

    family: Family
    variants: tuple[Variant, ...]
    published: Published
    sources: Mapping[str, Source]


MEMBER = {
    "weights": Weights,
    "parameters": Parameters,
    "parts": Parts,
    "shape": Shape,
    "encoders": Encoders,
    "memory_gb": Memory,
    "phone": Phone,
    "hosted": Hosted,
}
SHARED = {"image": Image, "audio": Audio, "video": Video, "sampling": Sampling}


@cache
def catalog(path: Path = PATH) -> Catalog:
    """The catalogue; read once. Raises CatalogError."""
    try:
        held = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise CatalogError(f"{path.name} can't be read: {error}") from error
    if bare := next(unsourced(held), None):
        raise CatalogError(f"{bare}: a number without a source.")
    sources = {
        name: made(Source, one, f"sources.{name}", {})
        for name, one in held.get("sources", {}).items()
    }
    members = tuple(
        _whole(Variant, entry, MEMBER, entry.get("name", "a variant without a name"), sources)
        for entry in held.get("variant", [])
    )
    if not members:
        raise CatalogError(f"{path.name} has no variants.")
    family = _whole(Family, held.get("family", {}), SHARED, "family", sources)
    others = published.read(held, {one.name for one in members}, sources)
    return Catalog(family, members, others, sources)


def _whole(
    kind: type[T], values: Mapping[str, Any], parts: Mapping[str, type], where: str, sources: Any
) -> T:
    """A dataclass from a table with tables in it."""
    plain = {
        key: made(parts[key], value, f"{where}.{key}", sources) if key in parts else value
        for key, value in values.items()
    }
    return made(kind, plain, where, sources)


def variants() -> tuple[Variant, ...]:
    """The members, the smallest first."""
    return catalog().variants


def variant(name: str) -> Variant | None:
    """The member of that name, in any case of letters."""
    return next((one for one in variants() if one.name.lower() == name.lower()), None)


def able(need: str) -> tuple[str, ...]:
    """The members that can do it: sound is the only thing that not all of them take."""
    return tuple(one.name for one in variants() if need != "audio" or one.hears)
