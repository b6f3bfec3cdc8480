"""The media that come with a record from elsewhere: there, what their names say, and what they are used as."""

from __future__ import annotations

import binascii
from collections.abc import Callable, Iterator, Sequence

from playground.archive import record
from playground.archive.importing.faults import ImportFault
from playground.archive.recording import digest
from playground.prompt.conversation import Audio, Image
from playground.prompt.limits import LIMITS
from playground.prompt.media.faults import MediaError

Decode = Callable[[str, bytes], object]
"""Reads a medium by its name and bytes, or raises MediaError: `prompt.media.read`."""

Given = Callable[[str], bytes]
"""The bytes that a file gives for a digest. Raises KeyError, or ValueError when they are not readable."""


def parts(kept: record.Comparison) -> Iterator[record.Part]:
    """Everything that was asked and put to somebody."""
    for round in kept.rounds:
        for messages in (round.asked, *(answer.messages for answer in round.answers)):
            for message in messages:
                yield from message.parts


def held(name: str, kept: record.Comparison, given: Given, decode: Decode) -> dict[str, bytes]:
    """The bytes of all media by their digests. Raises ImportFault."""
    uses: dict[str, set[str]] = {}
    for part in parts(kept):
        for wanted in part.media:
            uses.setdefault(wanted, set()).add(part.kind)
    return {
        wanted: _medium(name, wanted, sorted(uses[wanted]), given, decode)
        for wanted in sorted(uses)
    }


def _medium(name: str, wanted: str, uses: Sequence[str], given: Given, decode: Decode) -> bytes:
    """The bytes of a medium, which are what it is used as: what this program writes of that kind, or a file's words."""
    try:
        data = given(wanted)
    except KeyError:
        raise ImportFault(f"{name} lacks the medium {wanted[:12]}.") from None
    except (binascii.Error, TypeError, ValueError):
        raise ImportFault(f"{name}: the medium {wanted[:12]} is not base64.") from None
    if digest(data) != wanted:
        raise ImportFault(f"{name}: the medium {wanted[:12]} is not what its name says.")
    for use in uses:
        if use == "document":
            _check_words(name, wanted, data)
            continue
        try:
            found = decode(wanted[:12], data)
        except MediaError as error:
            raise ImportFault(f"{name}: {error}") from None
        if isinstance(found, tuple) and not any(_same_kind(use, one, data) for one in found):
            what = "recording" if use == "audio" else "picture"
            raise ImportFault(f"{name}: the medium {wanted[:12]} is no {what} of this program's.")
    return data


def _check_words(name: str, wanted: str, data: bytes) -> None:
    try:
        characters = len(data.decode())
    except UnicodeDecodeError:
        raise ImportFault(f"{name}: the medium {wanted[:12]} is not UTF-8 text.") from None
    if characters > LIMITS.document_characters:
        raise ImportFault(f"{name}: the medium {wanted[:12]} is longer than a text can be.")


def _same_kind(use: str, found: object, data: bytes) -> bool:
    """Whether it was decoded to what it is used as, and is in the format in which that is kept."""
    kind = Audio if use == "audio" else Image
    return isinstance(found, kind) and found.data[:4] == data[:4]
