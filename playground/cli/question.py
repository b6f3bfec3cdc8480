"""What is asked from the terminal: files are named there, and lie on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playground.cli.interrupts import raised
from playground.models.model import Model
from playground.prompt.limits import LIMITS
from playground.prompt.media.faults import MediaError
from playground.questions.faults import BadCall
from playground.questions.files import KINDS, File, file
from playground.questions.question import Question, good, reading
from playground.questions.question import question as made


def question(wishes: Mapping[str, Any], kept: dict[str, Model] | None = None) -> Question:
    """A question from plain values, with the files that they name, of the models that are `kept`. Raises BadCall."""
    return made(wishes, read_files(good(wishes)), opened=opened, kept=kept)


def read_files(given: Mapping[str, Any]) -> tuple[File, ...]:
    """The files that are given as images, recordings, clips or as such, read as is wished. Raises BadCall."""
    wish = reading(given)
    found = []
    for kind in KINDS:
        for name in given.get(kind, ()):
            data = opened(name, LIMITS.file_bytes + 1)
            try:
                with raised():  # a clip may take minutes
                    found.append(file(kind, Path(name).name, data, wish))
            except MediaError as error:
                raise BadCall(str(error)) from None
    return tuple(found)


def opened(name: str, most: int) -> bytes:
    """The first bytes of a file. Raises BadCall."""
    try:
        with raised(), Path(name).open("rb") as stream:  # a pipe may be waited for without end
            return stream.read(most)
    except (OSError, ValueError) as error:  # a name with a zero in it is a ValueError
        reason = getattr(error, "strerror", None) or error
        raise BadCall(f"{name} can't be read: {reason}.") from None
