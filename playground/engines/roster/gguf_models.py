"""GGUF files on this machine's disk as models, described by their own headers alone.

Knows no spec's meaning; `specs` does.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from playground.engines.roster import demo_files
from playground.models import sampling
from playground.models.gguf import described, finding, header, need, parts
from playground.models.gguf.finding import Found
from playground.models.gguf.header import Header
from playground.models.hub.cache import commit
from playground.models.model import Model
from playground.models.sampling import Sampling

ALONE = "no mmproj file for it lies beside its GGUF file"


def model(found: Found, spec: str) -> Model:
    """The model in a file, called `spec`. Raises Spoilt, the end of a sentence, where it holds none."""
    told = described.text_model(found.file)
    takes = described.takes(told, found.encoders)
    stored = described.quantisation(told)
    owner = f" ({found.owner})" if found.owner else ""
    demo = demo_files.member(told)
    files = [*parts.files(found.file), *filter(None, [found.encoders])]
    return Model(
        spec=spec,
        variant=described.variant(told) or demo or found.file.stem,
        weights=found.name + owner,
        engine="local",
        capabilities=replace(
            takes,
            context=need.loaded_context(told),
            lacks="" if found.encoders is not None else found.fault or ALONE,
        ),
        revision=commit(found.file)[:8],
        stored=stored,
        precision=f"{stored}, llama.cpp",
        wish=stored,
        demo=bool(demo),
        path=found.file,
        runtime="llama.cpp",
        encoders=found.encoders,
        bytes=sum(file.stat().st_size for file in files),
        needs_bytes=need.need(told, header.read(found.encoders) if found.encoders else None).total,
        sampling=_sampling(told),
    )


def installed() -> list[tuple[Found, str]]:
    """Every GGUF model here that can be told, with its spec: those of the hub first, the demo family last."""
    return [
        *((found, f"local:{found.name}") for found in finding.in_hub()),
        *((found, f"local:{found.file}") for found in finding.of_others()),
        *demo_files.here(),
    ]


def at(path: Path) -> Found:
    """The model in a file, under the name of the program whose folder it lies in. Raises Spoilt."""
    described.text_model(path)
    known = (found for found in finding.of_others() if found.file == path)
    return next(known, None) or finding.paired(path, path.name)


def _sampling(told: Header) -> Sampling:
    """How its header says that tokens are drawn; what that leaves open is the family's."""
    named = {"temperature": "temp", "top_p": "top_p", "top_k": "top_k"}
    said = {key: told.facts.get(f"general.sampling.{name}") for key, name in named.items()}
    return sampling.told(said).or_the_familys()
