"""Several decoding processes: pictures, recordings and texts in one line, clips and PDFs, which take long, in another.

A process is started when those of its line that run are busy. Knows which formats can take long, and no other fact of
them.
"""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty, LifoQueue
from typing import Any

from playground.prompt.conversation import Audio, Media
from playground.prompt.limits import LIMITS, Limits
from playground.prompt.media import waveforms
from playground.prompt.media.decoder import TICK_S, Decoder, nothing
from playground.prompt.media.faults import MediaError, base_name
from playground.prompt.media.formats import recognise, untagged
from playground.prompt.media.spectra.look import Look
from playground.prompt.media.wishes import USUAL, Wish

QUICK = 2
"""Processes for pictures, recordings and texts, which take a second or two."""

SLOW = 2
"""Processes for clips and PDFs."""

BEHIND = 5
"""How nice those are: a clip takes its time, and the page, the models and the pictures go before."""


class Decoders:
    """The processes of a running program."""

    def __init__(self, quick: int = QUICK, slow: int = SLOW) -> None:
        self._quick, self._slow, self._looking = Line(quick, 0), Line(slow, BEHIND), Line(1, BEHIND)

    def read(
        self,
        name: str,
        data: bytes,
        limits: Limits,
        tick: Callable[[], None] = nothing,
        wish: Wish = USUAL,
    ) -> tuple[Media, ...]:
        """The parts in one file, as soon as a process is free. Raises MediaError, and whatever `tick` raises."""
        kind = recognise(name, untagged(data)).kind
        line = self._slow if kind in ("clip", "pages") else self._quick
        found: tuple[Media, ...] = line.ask(name, "read", (name, data, limits, wish), tick)
        return found

    def ask(self, task: str, audio: Audio, *arguments: Any, tick: Callable[[], None]) -> Any:
        """What is made of a recording, in the one process that has librosa. Raises MediaError, as `read` does."""
        return self._looking.ask(audio.name, task, (audio, *arguments), tick)

    def close(self) -> None:
        """End those that are idle; for tests."""
        for line in (self._quick, self._slow, self._looking):
            line.close()


class Line:
    """Processes of equal use, the one that was busy last taken first: the others may never have to start."""

    def __init__(self, count: int, niceness: int) -> None:
        self._idle: LifoQueue[Decoder] = LifoQueue()
        for _ in range(count):
            self._idle.put(Decoder(niceness=niceness))

    def ask(
        self, name: str, task: str, arguments: tuple[Any, ...], tick: Callable[[], None]
    ) -> Any:
        """What one of them makes of a request. `tick` is called also while all processes are busy."""
        decoder = self._take(tick)
        try:
            return decoder.ask(name, task, arguments, tick)
        finally:
            self._idle.put(decoder)

    def close(self) -> None:
        """End the idle processes."""
        for decoder in self._idle.queue:
            decoder.close()

    def _take(self, tick: Callable[[], None]) -> Decoder:
        while True:
            try:
                return self._idle.get(timeout=TICK_S)
            except Empty:
                tick()


_decoders = Decoders()


def read(
    name: str,
    data: bytes,
    limits: Limits = LIMITS,
    tick: Callable[[], None] = nothing,
    wish: Wish = USUAL,
) -> tuple[Media, ...]:
    """The parts in one file: a picture, a recording, a text, a PDF's pages, or a clip and its soundtrack if it has one.

    `wish` says how, where there is a choice.

    `tick` is called ten times a second while the file waits and is decoded; what it raises ends the decoding.
    Raises MediaError, whose text is one sentence that names the file and the fault.
    """
    name = base_name(name)
    if not data:
        raise MediaError(name, "is empty.")
    if len(data) > limits.file_bytes:
        has, most = len(data) / 1e6, limits.file_bytes / 1e6
        raise MediaError(name, f"has {has:,.0f} MB, but a file may have at most {most:,.0f} MB.")
    return _decoders.read(name, data, limits, tick, wish)


def look(audio: Audio, tick: Callable[[], None] = nothing) -> Look:
    """A recording as a picture, drawn as Gemma 4's encoder takes it in. Raises MediaError, as `read` does."""
    found: Look = _decoders.ask("look", audio, tick=tick)
    return found


def split(audio: Audio, seconds: float) -> tuple[Audio, ...]:
    """Pieces of at most so many seconds, cut at silences; together they are the whole."""
    if audio.seconds <= seconds:
        return (audio,)
    try:
        cuts: tuple[int, ...] = _decoders.ask("cuts", audio, seconds, tick=nothing)
    except MediaError:
        cuts = waveforms.cuts(waveforms.waveform(audio), seconds)
    return waveforms.pieces(audio, cuts)
