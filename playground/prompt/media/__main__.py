"""The decoding process: pickled (name, data, limits) in, parts or the words of the fault out, until its input ends."""

from __future__ import annotations

import os
import pickle
import sys
import warnings

from playground.prompt.conversation import Media
from playground.prompt.limits import Limits
from playground.prompt.media import clips, pictures
from playground.prompt.media.faults import MediaError
from playground.prompt.media.formats import recognise


def decode(name: str, data: bytes, limits: Limits) -> tuple[Media, ...]:
    """The parts in one file. Raises MediaError and nothing else."""
    try:
        format = recognise(name, data)
        if format.picture:
            return (pictures.read(name, data, format, limits),)
        return clips.read(name, data, format, limits)
    except MediaError:
        raise
    except MemoryError:
        raise MediaError(name, "needs more memory than there is.") from None
    except Exception:
        # Decoders raise nearly anything on hostile bytes.
        raise MediaError(name, "is damaged and can't be read.") from None


def main() -> None:
    """Answer one request after the other."""
    warnings.simplefilter("ignore")
    # Decoders may print; nothing but replies goes to the page's process.
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while True:
        try:
            name, data, limits = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            reply: tuple[Media, ...] | str = decode(name, data, limits)
        except MediaError as error:
            reply = error.fault
        pickle.dump(reply, replies)
        replies.flush()


if __name__ == "__main__":
    main()
