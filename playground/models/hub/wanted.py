"""Which files of a repository on the hub are fetched: what loading needs, in one format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playground.models.gguf import parts

ENDINGS = (".json", ".jinja", ".model", ".txt", ".safetensors")
"""Of files that loading may need; code, pickles and other formats stay where they are."""

EXACT = ("bf16", "f16", "f32")
"""In the names of encoders' GGUF files, the best first."""


class NoWeights(Exception):
    """The repository has nothing that can be loaded here."""


class Several(Exception):
    """Several GGUF models, of which one is to be named: their files."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(", ".join(names))
        self.names = tuple(names)


@dataclass(frozen=True, slots=True)
class Remote:
    """A file of a repository; `sha256` is empty for small ones, which the hub keeps in git."""

    name: str
    size: int
    sha256: str = ""


def wanted(siblings: Sequence[Any], gguf: str = "") -> list[Remote]:
    """What loading needs, weights last, so that an index is there before its shards: safetensors and what lies beside
    them; else the GGUF model, which `gguf` names where there are several, and its most exact encoders.

    Raises NoWeights, Several.
    """
    files = [
        Remote(one.rfilename, one.size or 0, one.lfs.sha256 if one.lfs else "")
        for one in siblings
        if "/" not in one.rfilename
    ]
    plain = [file for file in files if file.name.endswith(ENDINGS)]
    if not gguf and any(file.name.endswith(".safetensors") for file in plain):
        return sorted(plain, key=lambda file: (file.name.endswith(".safetensors"), file.name))
    return _gguf([file for file in files if file.name.endswith(".gguf")], gguf)


def _gguf(files: Sequence[Remote], named: str) -> list[Remote]:
    models = {file.name: file for file in files if "mmproj" not in file.name.lower()}
    encoders = sorted((file for file in files if file.name not in models), key=_exactness)
    firsts = [parts.of(named)[0]] if named else [one for one in models if not parts.is_later(one)]
    if len(firsts) > 1:
        raise Several(firsts)
    names = parts.of(firsts[0]) if firsts else []
    if not names or not models.keys() >= set(names):
        raise NoWeights
    return [*encoders[:1], *(models[name] for name in names)]


def _exactness(file: Remote) -> tuple[int, str]:
    name = file.name.lower()
    return next((at for at, kind in enumerate(EXACT) if kind in name), len(EXACT)), name
