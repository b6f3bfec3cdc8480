"""What is said of a file that can't be read, and the guard that turns a decoder's every failure into that."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

log = logging.getLogger(__name__)

_decoding = threading.Lock()
"""One file at a time: it bounds the memory, and Python's warning filters are the whole process's."""


class MediaError(Exception):
    """A file that can't become a part. Its text is one sentence: the file's name, then the fault.

    `fault` continues the sentence after the name ("is empty.").
    """

    def __init__(self, name: str, fault: str) -> None:
        super().__init__(f"{name} {fault}")
        self.name = name
        self.fault = fault


def base_name(name: str) -> str:
    """The name without folders, control characters or excessive length; a nameless file is called "the file"."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(letter for letter in last if letter.isprintable()).strip()
    return (clean if len(clean) <= 80 else f"{clean[:60]}…{clean[-16:]}") or "the file"


@contextmanager
def guarded(name: str) -> Iterator[None]:
    """While it lasts, decoders keep their warnings to themselves and fail with nothing but a MediaError."""
    with _decoding, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except MediaError:
            raise
        except MemoryError:
            raise MediaError(name, "needs more memory than there is.") from None
        except Exception as error:
            # Decoders raise nearly anything on hostile bytes; the log keeps what it was.
            log.info("%s could not be decoded: %r", name, error)
            raise MediaError(name, "is damaged and can't be read.") from None
