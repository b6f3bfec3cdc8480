"""The header of a GGUF file: its facts by name, and its tensors without their numbers.

A file may come from anywhere. Nothing it says is believed before it is seen to fit into the file, nothing is set aside
for a count that it merely names, and what is long is passed over and not kept. Format: ggml/docs/gguf.md, versions 2
and 3.
"""

from __future__ import annotations

import math
import struct
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, TypeVar

from playground.models.gguf.types import TYPES, Stored
from playground.models.weight_files import Spoilt, looked_into, opening

MAGIC = b"GGUF"
VERSIONS = (2, 3)

LONGEST_HEADER = 128 << 20
"""Bytes; that of a vocabulary of 262,144 tokens with its merges takes about 16 MB."""

READ_AT_ONCE = 1 << 20
MOST_FACTS = 4096
MOST_TENSORS = 1 << 16
MOST_DIMENSIONS = 4
LONGEST_NAME = 512
LONGEST_KEPT = 1 << 18
"""Bytes of a text, among them a chat template, that are kept."""

LONGEST_LIST = 4096
"""Entries of a list that are kept: those of a layer each are, those of a vocabulary's tokens take 10 MB."""

ARCHITECTURE, ALIGNMENT = "general.architecture", "general.alignment"

SCALARS = {
    0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d",
}  # fmt: skip
WHOLE, TEXT, LIST = 4, 8, 9
U32, U64 = struct.Struct("<I"), struct.Struct("<Q")

Told = TypeVar("Told")

Fact = bool | int | float | str | tuple[bool | int | float, ...]


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor's name, its sides (the innermost first), and how its numbers lie."""

    name: str
    sides: tuple[int, ...]
    stored: Stored

    @property
    def numbers(self) -> int:
        """How many it holds."""
        return math.prod(self.sides)

    @property
    def bytes(self) -> int:
        """What it takes in the file, and in memory where nobody rearranges it."""
        return self.numbers // self.stored.numbers * self.stored.bytes


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of itself. `facts` leaves out texts and lists that are long; `lengths` has how many entries
    each list has, those that are left out too. `file` is its name.
    """

    facts: dict[str, Fact]
    lengths: dict[str, int]
    tensors: tuple[Tensor, ...]
    file: str = "it"

    @property
    def architecture(self) -> str:
        """What kind of model it says it is: "gemma4", of the encoders' file "clip"."""
        return str(self.facts.get(ARCHITECTURE, ""))

    def whole(self, name: str, default: int = 0) -> int:
        """A fact that must be a whole number, or a list of them, whose first counts. Raises Spoilt where it is none."""
        value = self.facts.get(name, default)
        if isinstance(value, tuple) and value:
            value = value[0]
        if not isinstance(value, int) or not 0 <= value < 1 << 32:
            raise Spoilt(f"{self.file} has a {name} that makes no sense")
        return int(value)

    def each(self, name: str, count: int, default: int = 0) -> tuple[int, ...]:
        """A fact with one whole number for each layer, or one for all. Raises Spoilt where it is neither."""
        value = self.facts.get(name, default)
        if not isinstance(value, tuple):
            return (self.whole(name, default),) * count
        if len(value) < count or not all(
            isinstance(one, int) and 0 <= one < 1 << 32 for one in value
        ):
            raise Spoilt(f"{self.file} has a {name} that makes no sense")
        return tuple(int(one) for one in value[:count])


def read(file: Path) -> Header:
    """What a file says of itself. Raises Spoilt, the end of a sentence about it."""
    return looked_into(file, _read)


def architecture(file: Path) -> str:
    """What kind of model a file says it holds, without reading on behind that. Raises Spoilt."""
    return looked_into(file, _read_architecture)


def _read(file: Path, size: int) -> Header:
    return replace(_told(file, size, _Reading.header), file=file.name)


def _read_architecture(file: Path, size: int) -> str:
    return _told(file, size, _Reading.architecture)


def _told(file: Path, size: int, read: Callable[[_Reading], Told]) -> Told:
    if opening(file, size)[: len(MAGIC)] != MAGIC:
        raise Spoilt(f"{file.name} is no GGUF file")
    with file.open("rb") as stream:
        try:
            return read(_Reading(stream, size))
        except _Short as short:
            cut = (
                "is cut off within its header"
                if short.at_end
                else "has a header that is no model's"
            )
            raise Spoilt(f"{file.name} {cut}") from None
        except _Wrong as wrong:
            raise Spoilt(f"{file.name} {wrong}") from None


class _Short(Exception):
    """The file, or what is read of it, ends before what it names."""

    def __init__(self, at_end: bool) -> None:
        self.at_end = at_end


class _Wrong(Exception):
    """Something that no header holds, as the end of a sentence."""


class _Reading:
    """Goes through a header once, from its first byte on."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self._size = size
        self._held = bytearray()
        self._at = 0

    def architecture(self) -> str:
        told: dict[str, Fact] = {}
        _, facts = self._counts()
        for _ in range(facts):
            if self._fact(self._name(), told, {}) == ARCHITECTURE:
                break
        return str(told.get(ARCHITECTURE, ""))

    def header(self) -> Header:
        tensors, facts = self._counts()
        told: dict[str, Fact] = {}
        lengths: dict[str, int] = {}
        named = [self._fact(self._name(), told, lengths) for _ in range(facts)]
        found = [self._tensor() for _ in range(tensors)]
        for names in (named, [tensor.name for tensor, _ in found]):
            if twice := next((name for name, count in Counter(names).items() if count > 1), ""):
                raise _Wrong(f"names {twice[:80]!r} twice")
        self._whole_file(found, told)
        return Header(told, lengths, tuple(tensor for tensor, _ in found))

    def _counts(self) -> tuple[int, int]:
        """Of tensors and of facts."""
        self._pass(len(MAGIC))
        version = self._u32()
        if int.from_bytes(U32.pack(version), "big") in VERSIONS:
            raise _Wrong("is written for machines of the other byte order")
        if version not in VERSIONS:
            raise _Wrong(f"is of GGUF version {version}, and only 2 and 3 are known")
        tensors, facts = self._u64(), self._u64()
        if tensors > MOST_TENSORS or facts > MOST_FACTS:
            raise _Wrong(f"names {tensors:,} tensors and {facts:,} facts, which no model has")
        return tensors, facts

    def _whole_file(self, found: list[tuple[Tensor, int]], told: dict[str, Fact]) -> None:
        """That all numbers which the header names are there."""
        step = told.get(ALIGNMENT, 32)
        if not isinstance(step, int) or not 0 < step <= 1 << 16 or step & (step - 1):
            raise _Wrong("has an alignment that makes no sense")
        begin = -(-self._at // step) * step
        end = max((begin + offset + tensor.bytes for tensor, offset in found), default=0)
        if end > self._size:
            raise _Wrong(f"is cut off: {self._size:,} of its {end:,} bytes are there")
        due = 0
        for tensor, offset in found:
            if offset != due:
                raise _Wrong(
                    f"does not store its tensors one behind the other ({tensor.name[:80]!r})"
                )
            due += -(-tensor.bytes // step) * step

    def _tensor(self) -> tuple[Tensor, int]:
        name = self._name()
        count = self._u32()
        if not 0 < count <= MOST_DIMENSIONS:
            raise _Wrong(f"has a tensor of {count:,} dimensions")
        sides = tuple(self._u64() for _ in range(count))
        kind, offset = self._u32(), self._u64()
        stored = TYPES.get(kind)
        if stored is None:
            raise _Wrong(f"stores numbers of a type that is not known here ({kind})")
        if not all(sides) or math.prod(sides) >> 48 or sides[0] % stored.numbers:
            raise _Wrong("has a tensor whose shape makes no sense")
        return Tensor(name, sides, stored), offset

    def _fact(self, name: str, told: dict[str, Fact], lengths: dict[str, int]) -> str:
        """Read what a fact is; returns its name."""
        kind = self._u32()
        if name == ALIGNMENT and kind != WHOLE:  # llama.cpp ends its process over another
            raise _Wrong("has an alignment that makes no sense")
        if kind in SCALARS:
            told[name] = self._numbers(kind, 1)[0]
        elif kind == TEXT:
            length = self._u64()
            if length <= LONGEST_KEPT:
                told[name] = self._take(length).decode("utf-8", "replace")
            else:
                self._pass(length)
        elif kind == LIST:
            inner, count = self._u32(), self._u64()
            lengths[name] = count
            if inner == TEXT:
                self._pass_texts(count)
            elif inner not in SCALARS:
                raise _Wrong("has a list of lists in its header, which no model has")
            elif count <= LONGEST_LIST:
                told[name] = self._numbers(inner, count)
            else:
                self._pass(count * struct.calcsize("<" + SCALARS[inner]))
        else:
            raise _Wrong(f"has a fact of an unknown kind ({kind}) in its header")
        return name

    def _pass_texts(self, count: int) -> None:
        """Go past so many texts, which are the tokens of a vocabulary. Each takes 8 bytes at least."""
        if count * 8 > LONGEST_HEADER:
            raise _Short(at_end=self._at + count * 8 > self._size)
        held, at, there = self._held, self._at, len(self._held)
        for _ in range(count):  # a vocabulary has a million of them
            if at + 8 > there:
                self._at = at
                self._need(8)
                there = len(held)
            (length,) = U64.unpack_from(held, at)
            at += 8
            if at + length > there:
                self._at = at
                self._need(length)
                there = len(held)
            at += length
        self._at = at

    def _numbers(self, kind: int, count: int) -> tuple[bool | int | float, ...]:
        form = struct.Struct(f"<{count}{SCALARS[kind]}")
        return form.unpack(self._take(form.size))

    def _name(self) -> str:
        length = self._u64()
        if length > LONGEST_NAME:
            raise _Wrong(f"has a name of {length:,} bytes in its header")
        return self._take(length).decode("utf-8", "replace")

    def _u32(self) -> int:
        self._need(4)
        (value,) = U32.unpack_from(self._held, self._at)
        self._at += 4
        return int(value)

    def _u64(self) -> int:
        self._need(8)
        (value,) = U64.unpack_from(self._held, self._at)
        self._at += 8
        return int(value)

    def _take(self, length: int) -> bytes:
        self._need(length)
        self._at += length
        return bytes(self._held[self._at - length : self._at])

    def _pass(self, length: int) -> None:
        self._need(length)
        self._at += length

    def _need(self, length: int) -> None:
        """Have so many bytes more at hand. Raises _Short."""
        end = self._at + length
        if end <= len(self._held):
            return
        if end > min(self._size, LONGEST_HEADER):
            raise _Short(at_end=end > self._size)
        while len(self._held) < end:
            more = self._stream.read(max(READ_AT_ONCE, end - len(self._held)))
            if not more:
                raise _Short(at_end=True)
            self._held += more
