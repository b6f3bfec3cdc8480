"""Our own JSON read again, one comparison or a zip of several, as hostile input: checked before it is believed.

Media are decoded once by the media process, so that nothing that it would refuse gets in.
"""

from __future__ import annotations

import base64
import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from playground.archive import record
from playground.archive.export.bundle import MEDIA
from playground.archive.importing import facts, media, plain
from playground.archive.importing.faults import ImportFault as ImportFault
from playground.archive.importing.media import Decode as Decode
from playground.archive.importing.media import Given, parts
from playground.archive.recording import digest
from playground.archive.restoring.again import comparison
from playground.prompt.limits import LIMITS

LARGEST = 300_000_000
"""Bytes of a file, and of all that a zip holds."""

MOST_FILES = 10_000

MOST_VALUES = 5_000_000
"""Of JSON, in all of a file or a zip."""

LONGEST_ID, LONGEST_NAME = 200, 2000
"""Characters of a contender's id; of its label, and of a file's name."""

LATEST = 253_402_300_800.0 - 2 * 86_400
"""The end of the year 9999, seconds since 1970, wherever somebody looks at a clock: none shows what is later."""

SHORTEST = -60.0
"""Seconds since an answer was asked for: two clocks may have told them."""

DEEPEST = 100
"""Levels of the whole, of which arguments of tools and schemas may take the most."""

MOST_ROUNDS, MOST_ANSWERS, MOST_CHUNKS, MOST_CHARACTERS = 1000, 64, 200_000, 20_000_000
MOST_STEPS, MOST_SAID = 64, 2_000_000
"""Of an answer, also calls of a step; and characters of an answer, which pages draw."""


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
    held = read_json(name, data)
    encoded = held.pop("media", {}) if isinstance(held, dict) else {}
    if not isinstance(encoded, dict):
        raise ImportFault(f"{name} can't be imported: media: it is no object.")
    return _comparison(
        name, held, lambda digest: base64.b64decode(encoded[digest], validate=True), decode
    )


def _zip(name: str, data: bytes, decode: Decode) -> tuple[Imported, ...]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as files:
            held = files.infolist()
            if len(held) > MOST_FILES or sum(one.file_size for one in held) > LARGEST:
                raise ImportFault(f"{name} holds more than can be imported at once.")
            names = [one.filename for one in held if not one.is_dir()]
            written = [one for one in names if not one.startswith(MEDIA)]
            # Each medium once, however many comparisons hold it: a small zip may name a large one ten thousand times.
            given, once = cache(lambda digest: files.read(MEDIA + digest)), _once(decode)
            found, values = list[Imported](), 0
            for one in written:
                text = files.read(one)
                values += plain.values(text)
                if values > MOST_VALUES:
                    raise ImportFault(f"{name} holds more than can be imported at once.")
                place = f"{one} in {name}"
                found.append(_comparison(place, read_json(place, text), given, once))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
        raise ImportFault(f"{name} is damaged, or no zip that can be read.") from None
    if not found:
        raise ImportFault(f"{name} holds no comparison.")
    return tuple(found)


def _once(decode: Decode) -> Decode:
    """The same, which remembers what it made of the same bytes."""
    known: dict[bytes, object] = {}

    def decoded(name: str, data: bytes) -> object:
        if data not in known:
            known[data] = decode(name, data)
        return known[data]

    return decoded


def _comparison(name: str, held: Any, given: Given, decode: Decode) -> Imported:
    """A comparison from plain data, whose media `given` has."""
    from pydantic import TypeAdapter, ValidationError

    if not isinstance(held, dict) or held.get("format") != "gemma4-playground/comparison":
        raise ImportFault(f"{name} is no comparison of this program.")
    if held.get("version") != 1:
        raise ImportFault(f"{name} was written by a newer version of this program.")
    try:
        kept = TypeAdapter(record.Comparison).validate_python(held)
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
    chunks = [chunk for one in kept.rounds for answer in one.answers for chunk in answer.chunks]
    if len(chunks) > MOST_CHUNKS or sum(len(text) for _, _, text, _ in chunks) > MOST_CHARACTERS:
        raise ImportFault(f"{name} holds more words than a comparison can.")
    for answer in (answer for one in kept.rounds for answer in one.answers):
        if sum(len(text) for _, _, text, _ in answer.chunks) > MOST_SAID:
            raise ImportFault(f"{name} holds more words than an answer can.")
        counts = [step.chunks for step in answer.steps]
        calls = max((len(step.calls) for step in answer.steps), default=0)
        if min(counts, default=0) < 0 or sum(counts) > len(answer.chunks):
            raise ImportFault(f"{name} can't be imported: an answer's steps are not its own.")
        if max(len(counts), calls) > MOST_STEPS:
            raise ImportFault(f"{name} holds more calls than an answer can.")
        if wrong := facts.fault(answer):
            raise ImportFault(f"{name} can't be imported: {wrong}.")
    held = media.held(name, kept, given, decode)
    try:
        comparison(kept, held.__getitem__)
    except (ValueError, TypeError, LookupError) as error:
        raise ImportFault(f"{name} can't be imported: {error}.") from None
    return Imported(kept, held)


def _check_fields(name: str, kept: record.Comparison) -> None:
    """What has the right type and still can't be kept or shown."""
    answers = [answer for round in kept.rounds for answer in round.answers]
    moments = (kept.created, *(answer.asked_at for answer in answers))
    if not all(0 <= moment < LATEST for moment in moments):
        raise ImportFault(f"{name} can't be imported: it was made at a time that there is not.")
    if not kept.rounds or not all(round.asked for round in kept.rounds):
        raise ImportFault(f"{name} can't be imported: a comparison needs at least one question.")
    if not all(SHORTEST <= one < LATEST - a.asked_at for a in answers for one in _moments(a)):
        raise ImportFault(f"{name} can't be imported: an answer took a time that there is not.")
    names = [*((one.contender.id, LONGEST_ID) for one in answers),
             *((one.contender.label, LONGEST_NAME) for one in answers),
             *((one, record.LONGEST["label"]) for one in kept.labels),
             *((part.name, LONGEST_NAME) for part in parts(kept)),
             (kept.name, record.LONGEST["name"]), (kept.note, record.LONGEST["note"])]  # fmt: skip
    if any(len(said) > most for said, most in names) or len(kept.labels) > record.MOST_LABELS:
        raise ImportFault(f"{name} can't be imported: a name, a note or a label in it is too long.")
    systems = [one.contender.system or "" for one in answers]
    if any(len(one) > LIMITS.all_characters for one in (*systems, *(p.text for p in parts(kept)))):
        raise ImportFault(f"{name} can't be imported: what was asked is too long.")
    if not all(one.contender.id.isprintable() for one in answers):
        raise ImportFault(f"{name} can't be imported: a contender has no name that can be shown.")
    if not all(_shaped(part) for part in parts(kept)):
        raise ImportFault(f"{name} can't be imported: a picture or a clip is not whole.")
    for round in kept.rounds:
        ids = [answer.contender.id for answer in round.answers]
        if len(ids) != len(set(ids)):
            raise ImportFault(f"{name} can't be imported: a contender answers twice in a round.")


def _moments(answer: record.Answer) -> Iterator[float]:
    """All its times that are there, in seconds since it was asked for."""
    every: tuple[record.Answer | record.Step, ...] = (answer, *answer.steps)
    calls = [call for step in answer.steps for call in step.calls]
    lines = [(one.started, one.requested, one.read, one.finished) for one in every]
    there = (*(moment for line in lines for moment in line), *(call.given_at for call in calls))
    yield from (moment for moment in there if moment is not None)
    yield from (call.at for call in calls)
    yield from (at for at, *_ in answer.chunks)


def _shaped(part: record.Part) -> bool:
    """Whether a picture is one picture, and every picture has a size that there is."""
    if part.kind == "image" and len(part.media) != 1:
        return False
    return all(0 < side <= LIMITS.side for size in part.sizes for side in size)


def read_json(name: str, data: bytes) -> Any:
    """What a file of JSON holds. Raises ImportFault."""
    if len(data) > LARGEST:
        raise ImportFault(f"{name} is larger than {LARGEST // 1_000_000} MB.")
    if plain.values(data) > MOST_VALUES:
        raise ImportFault(f"{name} holds more than can be imported at once.")
    try:
        held = json.loads(data, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise ImportFault(f"{name} is not JSON.") from None
    if said := plain.fault(held, DEEPEST):
        raise ImportFault(f"{name} can't be imported: it {said}.")
    return held


def _no_number(said: str) -> Any:
    raise ValueError(f"{said} is no number of JSON")


def renamed(kept: record.Comparison, id: str) -> record.Comparison:
    """The same under another id, with ids of its own for its rounds: nobody's comparison is written over."""

    def fresh(round: str) -> str:
        return digest(f"{id} {round}".encode())[:12]

    rounds = tuple(
        replace(one, id=fresh(one.id), before=fresh(one.before) if one.before else None)
        for one in kept.rounds
    )
    return replace(kept, id=id, rounds=rounds, last=fresh(kept.last))
