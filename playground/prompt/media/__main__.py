"""The decoding process: pickled requests in, what was made of them or the words of the fault out, to the end."""

from __future__ import annotations

import gc
import os
import pickle
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress

from playground.prompt.conversation import Audio, Media
from playground.prompt.limits import Limits
from playground.prompt.media import clips, pictures
from playground.prompt.media.documents import pages, texts
from playground.prompt.media.faults import MediaError
from playground.prompt.media.formats import (
    GIF,
    MOVING_GIF,
    MOVING_PNG,
    MOVING_WEBP,
    PNG,
    WEBP,
    Format,
    recognise,
    untagged,
)
from playground.prompt.media.moving import apng, webp
from playground.prompt.media.spectra import spectrogram
from playground.prompt.media.wishes import USUAL, Wish

MEMORY_BYTES = 1 << 30
"""The most that a decoder may hold. What it may read needs less; what needs more would press on everything else."""

TOO_MUCH_MEMORY = "needs more than 1 GB of memory to be decoded: send it smaller."


def decode(name: str, data: bytes, limits: Limits, wish: Wish = USUAL) -> tuple[Media, ...]:
    """The parts in one file. Raises MediaError and nothing else."""
    try:
        data = untagged(data)
        format = recognise(name, data)
        if not wish.still and (film := _moving(name, data, format, limits, wish)):
            return film
        if format.kind == "picture":
            return (pictures.read(name, data, format, limits),)
        if format.kind == "text":
            return (texts.read(name, data, limits),)
        if format.kind == "pages":
            return pages.read(name, data, limits, wish)
        return clips.read(name, data, format, limits, wish)
    except MediaError:
        raise
    except MemoryError:
        raise MediaError(name, TOO_MUCH_MEMORY) from None
    except Exception:
        # Decoders raise nearly anything on hostile bytes.
        raise MediaError(name, "is damaged and can't be read.") from None


def _moving(
    name: str, data: bytes, format: Format, limits: Limits, wish: Wish
) -> tuple[Media, ...]:
    """A picture that moves as a clip; nothing where it stands still, or can only be read as a picture."""
    with suppress(MediaError):
        if format == GIF and pictures.moves(data):
            return clips.read(name, data, MOVING_GIF, limits, wish)
        if format == PNG and apng.moves(data):
            return clips.read(name, data, MOVING_PNG, limits, wish)
        if format == WEBP and webp.moves(data):
            film = webp.as_png(name, data, limits, wish)
            return clips.read(name, film, MOVING_WEBP, limits, wish)
    return ()


def look(audio: Audio) -> object:
    """A recording as a picture. Raises MediaError and nothing else."""
    return _sought(audio, spectrogram.look, audio)


def cuts(audio: Audio, seconds: float) -> object:
    """Where to cut a recording. Raises MediaError and nothing else."""
    return _sought(audio, spectrogram.cuts, audio, seconds)


def _sought(audio: Audio, make: Callable[..., object], *arguments: object) -> object:
    try:
        return make(*arguments)
    except Exception:
        raise MediaError(audio.name, "can't be looked at.") from None


TASKS: dict[str, Callable[..., object]] = {"read": decode, "look": look, "cuts": cuts}
"""What may be asked for, by the first word of a request."""


def bound(niceness: int) -> None:
    """Hold this process to its memory, and to its place behind others."""
    with suppress(AttributeError, OSError):
        os.nice(niceness)
    # Only what is written to counts: libraries and reserved addresses cost nothing. A system without such a limit has
    # those of what may be read.
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))


def main() -> None:
    """Answer one request after the other."""
    warnings.simplefilter("ignore")
    bound(int(sys.argv[1]))
    gc.freeze()
    # Decoders may print; nothing but replies goes to the page's process.
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while True:
        try:
            task, arguments = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            reply = TASKS[task](*arguments)
        except MediaError as error:
            reply = error.fault
        # PyAV's containers hold each other, and with them the threads that decode.
        del arguments
        gc.collect()
        pickle.dump(reply, replies)
        replies.flush()
        del reply


if __name__ == "__main__":
    main()
