"""Our own JSON read again, one comparison or a zip of several, as hostile input: checked before it is believed.

Media are decoded once by the media process, so that nothing that it would refuse gets in.
"""

from __future__ import annotations

import base64
import binascii
import io
import json
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from playground.archive import record
from playground.archive.export.bundle import MEDIA
from playground.archive.export.json_file import digests
from playground.archive.importing import facts
from playground.archive.recording import digest
from playground.archive.restoring import comparison
from playground.prompt.media.faults import MediaError

LARGEST = 300_000_000
"""Bytes of a file, and of all that a zip holds."""

MOST_FILES = 10_000
MOST_LABELS, LONGEST_NAME = 100, 100
LATEST = 253_402_300_800.0
"""The first moment of the year 10000, seconds since 1970: no clock shows it."""

MOST_ROUNDS, MOST_ANSWERS, MOST_CHUNKS = 1000, 64, 200_000
MOST_STEPS = 64
"""Of an answer; also calls of a step."""

Decode = Callable[[str, bytes], object]
"""Reads a medium by its name and bytes, or raises MediaError: `prompt.media.read`."""

Given = Callable[[str], bytes]
"""The bytes that a file gives for a digest. Raises KeyError, or ValueError when they are not readable."""


class ImportFault(Exception):
    """What was given can't be imported: one sentence that names the place."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A record and the bytes of its media."""

    kept: record.Comparison
    media: dict[str, bytes]


def own(name: str, data: bytes, decode: Decode) -> tuple[Imported, ...]:
    """The comparisons in a file of our own: JSON, or a zip of such. Raises ImportFault."""
    if data.startswith(b"PK"):
        return _zip(name, data, decode)
    return (own_json(name, data, decode),)


def own_json(name: str, data: bytes, decode: Decode) -> Imported:
    """A comparison from our own JSON. Raises ImportFault."""
    plain = _json(name, data)
    encoded = plain.pop("media", {}) if isinstance(plain, dict) else {}
    if not isinstance(encoded, dict):
        raise ImportFault(f"{name} can't be imported: media: it is no object.")
    return _comparison(
        name, plain, lambda digest: base64.b64decode(encoded[digest], validate=True), decode
    )


def _zip(name: str, data: bytes, decode: Decode) -> tuple[Imported, ...]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as files:
            held = files.infolist()
            if len(held) > MOST_FILES or sum(one.file_size for one in held) > LARGEST:
                raise ImportFault(f"{name} holds more than can be imported at once.")
            written = [one.filename for one in held if not one.filename.startswith(MEDIA)]
            found = tuple(
                _comparison(
                    f"{one} in {name}",
                    _json(f"{one} in {name}", files.read(one)),
                    lambda digest: files.read(MEDIA + digest),
                    decode,
                )
                for one in written
            )
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
        raise ImportFault(f"{name} is damaged, or no zip that can be read.") from None
    if not found:
        raise ImportFault(f"{name} holds no comparison.")
    return found


def _comparison(name: str, plain: Any, given: Given, decode: Decode) -> Imported:
    """A comparison from plain data, whose media `given` has."""
    from pydantic import TypeAdapter, ValidationError

    if not isinstance(plain, dict) or plain.get("format") != "gemma4-playground/comparison":
        raise ImportFault(f"{name} is no comparison of this program.")
    if plain.get("version") != 1:
        raise ImportFault(f"{name} was written by a newer version of this program.")
    try:
        kept = TypeAdapter(record.Comparison).validate_python(plain)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ImportFault(f"{name} can't be imported: {place}: {first['msg']}.") from None
    return check(name, kept, given, decode)


def check(name: str, kept: record.Comparison, given: Given, decode: Decode) -> Imported:
    """A record from elsewhere with its media, if it can be kept and shown. Raises ImportFault."""
    _check_fields(name, kept)
    if len(kept.rounds) > MOST_ROUNDS or any(
        len(one.answers) > MOST_ANSWERS for one in kept.rounds
    ):
        raise ImportFault(f"{name} holds more than a comparison can.")
    if sum(len(answer.chunks) for one in kept.rounds for answer in one.answers) > MOST_CHUNKS:
        raise ImportFault(f"{name} holds more words than a comparison can.")
    for answer in (answer for one in kept.rounds for answer in one.answers):
        counts = [step.chunks for step in answer.steps]
        calls = max((len(step.calls) for step in answer.steps), default=0)
        if min(counts, default=0) < 0 or sum(counts) > len(answer.chunks):
            raise ImportFault(f"{name} can't be imported: an answer's steps are not its own.")
        if max(len(counts), calls) > MOST_STEPS:
            raise ImportFault(f"{name} holds more calls than an answer can.")
        if wrong := facts.fault(answer):
            raise ImportFault(f"{name} can't be imported: {wrong}.")
    media = _media(name, kept, given, decode)
    try:
        comparison(kept, media.__getitem__)
    except (ValueError, TypeError, KeyError) as error:
        raise ImportFault(f"{name} can't be imported: {error}.") from None
    return Imported(kept, media)


def _check_fields(name: str, kept: record.Comparison) -> None:
    """What has the right type and still can't be kept or shown."""
    answers = [answer for round in kept.rounds for answer in round.answers]
    moments = (kept.created, *(answer.asked_at for answer in answers))
    if not all(0 <= moment < LATEST for moment in moments):
        raise ImportFault(f"{name} can't be imported: it was made at a time that there is not.")
    if not kept.rounds or not all(round.asked for round in kept.rounds):
        raise ImportFault(f"{name} can't be imported: a comparison needs at least one question.")
    short = (*kept.labels, *(answer.contender.id for answer in answers))
    if any(len(one) > LONGEST_NAME for one in short) or len(kept.labels) > MOST_LABELS:
        raise ImportFault(f"{name} can't be imported: it has a label or a contender too long.")
    for round in kept.rounds:
        ids = [answer.contender.id for answer in round.answers]
        if len(ids) != len(set(ids)):
            raise ImportFault(f"{name} can't be imported: a contender answers twice in a round.")


def _json(name: str, data: bytes) -> Any:
    if len(data) > LARGEST:
        raise ImportFault(f"{name} is larger than {LARGEST // 1_000_000} MB.")
    try:
        return json.loads(data, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise ImportFault(f"{name} is not JSON.") from None


def _no_number(said: str) -> Any:
    raise ValueError(f"{said} is no number of JSON")


def _media(name: str, kept: record.Comparison, given: Given, decode: Decode) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for wanted in sorted(set(digests(kept))):
        try:
            data = given(wanted)
        except KeyError:
            raise ImportFault(f"{name} lacks the medium {wanted[:12]}.") from None
        except (binascii.Error, TypeError, ValueError):
            raise ImportFault(f"{name}: the medium {wanted[:12]} is not base64.") from None
        if digest(data) != wanted:
            raise ImportFault(f"{name}: the medium {wanted[:12]} is not what its name says.")
        try:
            decode(wanted[:12], data)
        except MediaError as error:
            raise ImportFault(f"{name}: {error}") from None
        found[wanted] = data
    return found


def renamed(kept: record.Comparison, id: str) -> record.Comparison:
    """The same under another id, with ids of its own for its rounds: nobody's comparison is written over."""

    def fresh(round: str) -> str:
        return digest(f"{id} {round}".encode())[:12]

    rounds = tuple(
        replace(one, id=fresh(one.id), before=fresh(one.before) if one.before else None)
        for one in kept.rounds
    )
    return replace(kept, id=id, rounds=rounds, last=fresh(kept.last))
