"""Files that go along with a question, and those that it names."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from playground.prompt import media
from playground.prompt.conversation import Media
from playground.prompt.media.faults import base_name
from playground.prompt.media.wishes import Wish
from playground.questions.faults import BadCall

KINDS = ("image", "audio", "video", "file")
"""What files can be given as; a file as such is whatever it holds."""

Opened = Callable[[str, int], bytes]
"""The bytes of the file of a name, at most so many of them. Raises BadCall."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that was sent along: `sha256` of its bytes as they came, `made` what became of them."""

    kind: str
    name: str
    bytes: int
    sha256: str
    made: tuple[Media, ...]


def file(kind: str, name: str, data: bytes, wish: Wish) -> File:
    """A file that is given as one of KINDS, read. Raises MediaError when it is not of that kind."""
    made = parts(kind, name, data, wish)
    return File(made[0].kind, base_name(name), len(data), hashlib.sha256(data).hexdigest(), made)


def parts(kind: str, name: str, data: bytes, wish: Wish) -> tuple[Media, ...]:
    """What is in a file that is given as one of KINDS. Raises MediaError when it is not of that kind."""
    found = media.read(name, data, wish=replace(wish, still=kind == "image"))
    if kind == "file":
        return found
    if not any(part.kind == kind for part in found):
        raise media.MediaError(name, f"is not {'an' if kind[0] in 'ai' else 'a'} {kind} file.")
    return tuple(part for part in found if part.kind == kind or kind == "video")


def text(name: str, opened: Opened, most: int) -> str:
    """The words of a file, the first `most` bytes of them. Raises BadCall."""
    try:
        return opened(name, most).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadCall(f"{name} is not UTF-8 text.") from None
