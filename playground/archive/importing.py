"""Our own JSON and OpenAI `messages` read again, as hostile input: checked before anything of it is believed.

Media are decoded once by the media process, so that nothing that it would refuse gets in.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from playground.archive import record
from playground.archive.export.json_file import digests
from playground.archive.recording import digest
from playground.archive.restoring import comparison

LARGEST = 300_000_000
"""Bytes of a file."""

MOST_ROUNDS, MOST_ANSWERS, MOST_CHUNKS = 1000, 64, 200_000

Decode = Callable[[str, bytes], object]
"""Reads a medium by its name and bytes, or raises ValueError: `prompt.media.read`."""


class ImportFault(Exception):
    """What was given can't be imported: one sentence that names the place."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A record and the bytes of its media."""

    kept: record.Comparison
    media: dict[str, bytes]


def own_json(name: str, data: bytes, decode: Decode) -> Imported:
    """A comparison from our own JSON. Raises ImportFault."""
    from pydantic import TypeAdapter, ValidationError

    plain = _json(name, data)
    if not isinstance(plain, dict) or plain.get("format") != "gemma4-playground/comparison":
        raise ImportFault(f"{name} is no comparison of this program.")
    if plain.get("version") != 1:
        raise ImportFault(f"{name} was written by a newer version of this program.")
    encoded = plain.pop("media", {})
    try:
        kept = TypeAdapter(record.Comparison).validate_python(plain)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ImportFault(f"{name} can't be imported: {place}: {first['msg']}.") from None
    if len(kept.rounds) > MOST_ROUNDS or any(
        len(one.answers) > MOST_ANSWERS for one in kept.rounds
    ):
        raise ImportFault(f"{name} holds more than a comparison can.")
    if sum(len(answer.chunks) for one in kept.rounds for answer in one.answers) > MOST_CHUNKS:
        raise ImportFault(f"{name} holds more words than a comparison can.")
    media = _media(name, kept, encoded, decode)
    try:
        comparison(kept, media.__getitem__)
    except (ValueError, TypeError, KeyError) as error:
        raise ImportFault(f"{name} can't be imported: {error}.") from None
    return Imported(kept, media)


def _json(name: str, data: bytes) -> Any:
    if len(data) > LARGEST:
        raise ImportFault(f"{name} is larger than {LARGEST // 1_000_000} MB.")
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise ImportFault(f"{name} is not JSON.") from None


def _media(name: str, kept: record.Comparison, encoded: Any, decode: Decode) -> dict[str, bytes]:
    if not isinstance(encoded, dict):
        raise ImportFault(f"{name} can't be imported: media: it is no object.")
    found: dict[str, bytes] = {}
    for wanted in sorted(set(digests(kept))):
        try:
            data = base64.b64decode(encoded[wanted], validate=True)
        except KeyError:
            raise ImportFault(f"{name} lacks the medium {wanted[:12]}.") from None
        except (binascii.Error, TypeError, ValueError):
            raise ImportFault(f"{name}: the medium {wanted[:12]} is not base64.") from None
        if digest(data) != wanted:
            raise ImportFault(f"{name}: the medium {wanted[:12]} is not what its name says.")
        try:
            decode(wanted[:12], data)
        except ValueError as error:
            raise ImportFault(f"{name}: {error}") from None
        found[wanted] = data
    return found


def renamed(imported: Imported, id: str) -> Imported:
    """The same under another id, with ids of its own for its rounds: nobody's comparison is written over."""
    kept = imported.kept

    def fresh(round: str) -> str:
        return digest(f"{id} {round}".encode())[:12]

    rounds = tuple(
        replace(one, id=fresh(one.id), before=fresh(one.before) if one.before else None)
        for one in kept.rounds
    )
    return replace(imported, kept=replace(kept, id=id, rounds=rounds, last=fresh(kept.last)))
