"""What a request brings, bounded before it is read: JSON, or a form with files."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from playground.api.faults import Fault
from playground.archive.importing import plain
from playground.prompt.limits import LIMITS, MEGABYTE

MOST_JSON = 64 * MEGABYTE
MOST_FORM = LIMITS.total_bytes + MEGABYTE
MOST_FIELD = MEGABYTE
MOST_VALUES = 1_500_000
MOST_FIELDS = 100
DEEPEST = 40
READ_S = 300.0
"""A body has to be here in that time."""

FORM = "multipart/form-data"
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came: `under` is the name with which it was sent."""

    under: str
    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form that are text, each with all of its values, and its files."""

    fields: dict[str, list[str]]
    files: tuple[Upload, ...]


def kind(request: Request) -> str:
    """What the request says that its body is."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def announced(request: Request) -> int:
    """How many bytes a request says that it brings; as many as it may, where it does not say."""
    most = MOST_FORM if kind(request) == FORM else MOST_JSON
    length = request.headers.get("content-length", "")
    return min(most, int(length[:20])) if length.isdecimal() else most


async def read_json(request: Request) -> bytes:
    """The bytes of a body that says it is JSON. Raises Fault."""
    if kind(request) != JSON:
        raise Fault(415, f"The body has to be {JSON}.")
    data = bytearray()
    async with _bounded(request, MOST_JSON) as bounded:
        async for piece in bounded.stream():
            data += piece
    return bytes(data)


async def read_form(request: Request) -> Form:
    """A form with its files; large ones lie on the disk while they come. Raises Fault."""
    fields: dict[str, list[str]] = {}
    files: list[Upload] = []
    async with _bounded(request, MOST_FORM) as bounded:
        try:
            made = bounded.form(
                max_files=LIMITS.files, max_fields=MOST_FIELDS, max_part_size=MOST_FIELD
            )
            async with made as form:
                for name, value in form.multi_items():
                    if isinstance(value, UploadFile):
                        files.append(Upload(name, value.filename or "", await value.read()))
                    else:
                        fields.setdefault(name, []).append(value)
        except HTTPException as fault:
            raise Fault(400, f"The form can't be read: {fault.detail}") from None
    return Form(fields, tuple(files))


def value(data: bytes) -> dict[str, Any]:
    """The JSON object in a body, of which everything can be written down again. Raises Fault."""
    if plain.values(data) > MOST_VALUES:
        raise Fault(413, f"The body holds too much: {MOST_VALUES:,} values are the most.")
    try:
        held = json.loads(data.decode(), parse_constant=_no_number)
    except UnicodeDecodeError:
        raise Fault(400, "The body is not UTF-8 text.") from None
    except RecursionError:
        raise Fault(400, "The body is nested too deeply.") from None
    except ValueError as error:
        raise Fault(400, f"The body is no JSON: {str(error)[:200]}.") from None
    if not isinstance(held, dict):
        raise Fault(400, "The body has to be a JSON object.")
    sound(held)
    return held


def sound(held: Any) -> None:
    """That a value is not too deep and that all of its texts are text. Raises Fault."""
    if said := plain.fault(held, DEEPEST):
        raise Fault(400, f"The body {said}.")


@asynccontextmanager
async def _bounded(request: Request, most: int) -> AsyncIterator[Request]:
    """The same request, with an end to how much of it comes, and how slowly."""
    too_much = Fault(413, f"The body is too large: {most // MEGABYTE:,} MB are the most.")
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > most:
        raise too_much
    came = 0

    async def receive() -> Message:
        nonlocal came
        message = await request.receive()
        came += len(message.get("body", b""))
        if came > most:
            raise too_much
        return message

    try:
        async with asyncio.timeout(READ_S):
            yield Request(request.scope, receive)
    except TimeoutError:
        raise Fault(408, f"The body did not come within {READ_S:.0f} s.") from None


def _no_number(said: str) -> Any:
    raise ValueError(f"{said} is no number")
