"""A model in several files: "name-00001-of-00003.gguf" and those after it, as llama.cpp's gguf-split writes them.

llama.cpp is given the first and finds the others beside it by their names.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from playground.models.gguf import header
from playground.models.gguf.header import Header
from playground.models.weight_files import Spoilt

NAMED = re.compile(r"(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})\.gguf")
MOST = 1000


def of(name: str) -> list[str]:
    """The names of all parts of the model that a file belongs to, itself among them; it alone where it is whole."""
    found = NAMED.fullmatch(name)
    count = int(found["count"]) if found else 0
    if not found or not 0 < count <= MOST:
        return [name]
    return [f"{found['stem']}-{one:05d}-of-{found['count']}.gguf" for one in range(1, count + 1)]


def files(file: Path) -> list[Path]:
    """The same beside it on the disk."""
    return [file.with_name(name) for name in of(file.name)]


def is_later(name: str) -> bool:
    """Whether it is a part, and not the first."""
    return of(name)[0] != name


def whole(file: Path) -> Header:
    """What a model's only or first file says of itself, with the tensors of all its parts. Raises Spoilt."""
    first = header.read(file)
    count = first.whole("split.count", 1)
    if count < 2:
        return first
    names = of(file.name)
    if len(names) != count:
        raise Spoilt(f"{file.name} is one of {count:,} parts of a model, and its name is no part's")
    if first.whole("split.no") or is_later(file.name):
        raise Spoilt(f"{file.name} is a later part of a model, whose first is {names[0]}")
    told = [first, *map(header.read, files(file)[1:])]
    if any(
        one.whole("split.no") != number or one.whole("split.count", 1) != count
        for number, one in enumerate(told)
    ):
        raise Spoilt(f"{file.name} and the parts beside it do not belong together")
    tensors = tuple(tensor for one in told for tensor in one.tensors)
    if len({tensor.name for tensor in tensors}) < len(tensors):
        raise Spoilt(f"{file.name} and its parts name a tensor twice")
    if len(tensors) != first.whole("split.tensors.count", len(tensors)):
        raise Spoilt(f"{file.name} and its parts lack some of their tensors")
    return replace(first, tensors=tensors)
