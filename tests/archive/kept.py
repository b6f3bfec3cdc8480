"""Comparisons for the archive's tests: recited, with media, rounds and every ending."""

from __future__ import annotations

from playground.archive.archive import Archive
from playground.comparisons.comparison import Comparison
from playground.comparisons.contender import Contender
from playground.desk import Desk
from playground.engines.recital import Recital, reciter
from playground.prompt.conversation import (
    Audio,
    Conversation,
    Document,
    Image,
    Settings,
    Video,
)
from tests.waiting import ended, until

PICTURE = Image("cat.png", b"png of a cat", 40, 30, "JPEG 40×30")
SOUND = Audio("voice.wav", b"RIFF voice", 2.0, "WAV, 2.0 s")
CLIP = Video("clip.mp4", (PICTURE, Image("f", b"png 2", 40, 30)), (0.0, 1.0), 2.0, "MP4", 140)

FILE = Document("notes.md", "# Zwölf\n```\n<b>", "UTF-8, 3 lines")


def columns(*names: str, **settings: object) -> tuple[Contender, ...]:
    return tuple(Contender(reciter(name), Settings(**settings), name) for name in names)  # type: ignore[arg-type]


def desk(archive: Archive, text: str = "one two three", **recital: object) -> Desk:
    return Desk(lambda model: Recital(model, text, **recital), 1, archive=archive)  # type: ignore[arg-type]


def ask(
    held: Desk, words: str = "What is it?", *names: str, owner: str = "", **settings: object
) -> Comparison:
    asked = Conversation.ask(words, (PICTURE, SOUND, CLIP, FILE), "Be kind.")
    return ended(held.start(asked, columns(*(names or "ab"), **settings), owner=owner))


def settled(held: Desk) -> None:
    """Until all that ended is written."""
    archive = held.archive
    assert archive is not None
    until(lambda: not archive.writer.busy)
