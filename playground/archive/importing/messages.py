"""OpenAI `messages` as JSON lines, read as hostile input: a line is what one contender was asked and said.

Lines that name the same comparison in their metadata, as our own export does, become one comparison; each other line
becomes one. Media come in with the line or not at all: no address is fetched. There are no times and no figures.
"""

from __future__ import annotations

import base64
import binascii
import re
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from playground.archive import record
from playground.archive.importing import plain
from playground.archive.importing.own import (
    LARGEST,
    MOST_VALUES,
    Decode,
    Imported,
    ImportFault,
    check,
    read_json,
)
from playground.archive.recording import digest
from playground.models.capabilities import Capabilities
from playground.prompt.conversation import Audio, Image, Settings
from playground.prompt.media.faults import MediaError

MOST_LINES = 10_000
DATA = re.compile(r"data:[a-z]+/[a-z0-9.+-]+;base64,")
ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "model"}
NOTHING = Capabilities(False, False, False, False, False, False, 131_072)


_Turn = tuple[tuple[record.Message, ...], str]
"""What was put to a contender, and what it said."""


class _Fault(Exception):
    """What is wrong with a line, as the end of a sentence."""


def is_messages(data: bytes) -> bool:
    """Whether a file looks like lines of messages."""
    first = data.lstrip()[:1_000_000].split(b"\n", 1)[0]
    return first.startswith(b"{") and b'"messages"' in first and b'"format"' not in first[:200]


def messages(name: str, data: bytes, decode: Decode) -> tuple[Imported, ...]:
    """The comparisons in a file of lines. Raises ImportFault, which names the line."""
    if len(data) > LARGEST:
        raise ImportFault(f"{name} is larger than {LARGEST // 1_000_000} MB.")
    if plain.values(data) > MOST_VALUES:
        raise ImportFault(f"{name} holds more than can be imported at once.")
    lines = [line for line in enumerate(data.split(b"\n"), 1) if line[1].strip()]
    if len(lines) > MOST_LINES:
        raise ImportFault(f"{name} has more than {MOST_LINES:,} lines.")
    groups: dict[str, list[tuple[str, list[Any], dict[str, Any]]]] = {}
    for number, line in lines:
        where = f"{name}, line {number}"
        entry = _entry(where, line)
        told = entry.get("metadata")
        about: dict[str, Any] = told if isinstance(told, dict) else {}
        group = about.get("comparison") or f"line {number}"
        groups.setdefault(str(group), []).append((where, entry["messages"], about))
    return tuple(_comparison(name, group, decode) for group in groups.values())


def _entry(where: str, line: bytes) -> dict[str, Any]:
    entry = read_json(where, line)
    if not isinstance(entry, dict) or not isinstance(entry.get("messages"), list):
        raise ImportFault(f"{where} holds no messages.")
    return entry


def _comparison(
    name: str, lines: list[tuple[str, list[Any], dict[str, Any]]], decode: Decode
) -> Imported:
    """One comparison: question and answer pairs are its rounds, each as the line that ends with it tells it."""
    now, media = time.time(), dict[str, bytes]()
    told: dict[str, dict[int, _Turn]] = {}
    contenders: dict[str, record.Contender] = {}
    for where, given, about in lines:
        label = _label(about)
        contenders[label] = _contender(label, about)
        try:
            turns = list(_turns(given, media, decode))
        except _Fault as fault:
            raise ImportFault(f"{where}: {fault}.") from None
        known = told.setdefault(label, {})
        for number, turn in enumerate(turns):
            if number not in known or number == len(turns) - 1:
                known[number] = turn
    rounds: list[record.Round] = []
    for label, known in told.items():
        for number, (asked, text) in sorted(known.items()):
            answer = record.Answer(
                contenders[label],
                asked,
                "done",
                now,
                finish_reason="unsaid",
                finished=0.0,
                chunks=((0.0, "answer", text, 0),) if text else (),
            )
            if number == len(rounds):
                before = rounds[-1].id if rounds else None
                system = tuple(one for one in asked if one.role == "system")
                rounds.append(record.Round(f"r{number}", (*system, asked[-1]), (), before))
            one = rounds[number]
            rounds[number] = record.Round(one.id, one.asked, (*one.answers, answer), one.before)
    kept = record.Comparison("imported", now, tuple(rounds), rounds[-1].id)
    return check(name, kept, media.__getitem__, lambda name, data: None)


def _turns(given: list[Any], media: dict[str, bytes], decode: Decode) -> Iterator[_Turn]:
    """What was put to a contender, and what it said, for each of its answers."""
    told: list[record.Message] = []
    ended = False
    for one in given:
        if not isinstance(one, dict) or one.get("role") not in ROLES:
            raise _Fault("a message has no role that is known: system, user or assistant")
        role = ROLES[one["role"]]
        parts = tuple(_parts(one.get("content"), media, decode))
        if role == "system" and told:
            raise _Fault("only the first message can be the system's")
        if role == "model":
            if not told or told[-1].role != "user":
                raise _Fault("an answer stands where no question came before it")
            text = "\n".join(part.text for part in parts if part.kind == "text")
            yield tuple(told), text
            ended = True
        elif not parts:
            raise _Fault("a message is empty")
        told.append(record.Message(role, parts))  # type: ignore[arg-type]
    if not ended:
        raise _Fault("it holds no answer")


def _parts(content: Any, media: dict[str, bytes], decode: Decode) -> Iterator[record.Part]:
    if content is None:
        return
    if isinstance(content, str):
        if content:
            yield record.Part("text", text=content)
        return
    if not isinstance(content, list):
        raise _Fault("a message's content is neither text nor a list of parts")
    for one in content:
        yield _part(one, media, decode)


def _part(one: Any, media: dict[str, bytes], decode: Decode) -> record.Part:
    match one:
        case {"type": "text", "text": str(text)}:
            return record.Part("text", text=text)
        case {"type": "image_url", "image_url": {"url": str(url)}}:
            found = DATA.match(url)
            if found is None:
                raise _Fault("a picture is named by an address, which is not fetched")
            return _medium(url[found.end() :], media, decode)
        case {"type": "input_audio", "input_audio": {"data": str(data)}}:
            return _medium(data, media, decode)
    raise _Fault("a part of a message is neither text, a picture nor sound")


def _medium(encoded: str, media: dict[str, bytes], decode: Decode) -> record.Part:
    """A medium as the media process makes it: a picture or a recording that every part of this program takes."""
    try:
        data = base64.b64decode(encoded, validate=True)
        found = decode("a medium", data)
    except (binascii.Error, ValueError):
        raise _Fault("a medium is not base64") from None
    except MediaError as error:
        raise _Fault(str(error).rstrip(".")) from None
    for part in found if isinstance(found, tuple) else ():
        if isinstance(part, Image):
            media[name := digest(part.data)] = part.data
            sizes = ((part.width, part.height),)
            return record.Part("image", "", "imported", (name,), sizes, original=part.original)
        if isinstance(part, Audio):
            media[name := digest(part.data)] = part.data
            return record.Part(
                "audio", "", "imported", (name,), seconds=part.seconds, original=part.original
            )
    raise _Fault("a medium is neither a picture nor a recording")


def _label(about: dict[str, Any]) -> str:
    said = about.get("contender") or about.get("model")
    return str(said)[:100] if said else "imported"


def _contender(label: str, about: dict[str, Any]) -> record.Contender:
    weights = str(about.get("model") or label)[:200]
    revision = str(about.get("revision") or "")[:100]
    place = record.Place("imported", "elsewhere")
    spec, takes = f"imported:{weights}", asdict(NOTHING)
    model = record.Model(spec, weights, weights, "server", takes, revision=revision, server=place)
    return record.Contender(label, label, model, asdict(Settings()))
