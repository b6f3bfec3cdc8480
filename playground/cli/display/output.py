"""Standard output that loses nothing: signs that its encoding lacks are written as escapes, and what can't be written
at all is handed back instead of being lost in a traceback.
"""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import sys
from typing import Any

STRANGE = {code: f"\\u{code:04x}" for code in (*range(0x7F, 0xA0), 0x2028, 0x2029)}
"""Signs that JSON may hold as they are, but that move a terminal's cursor or that programs take for a line's end."""


CONTROLS = {
    **{code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\n\t\r"},
    **dict.fromkeys(range(0x7F, 0xA0), "\N{REPLACEMENT CHARACTER}"),
    ord("\r"): None,
}
"""What models, servers and imported comparisons say is hostile: control characters are shown and never reach the
terminal.
"""


class Unwritable(Exception):
    """Standard output can't be written; `text` is what did not get out, empty when nobody misses it."""

    def __init__(self, text: str, error: Exception) -> None:
        super().__init__(str(error))
        self.text = text
        self.reason = getattr(error, "strerror", None) or str(error)
        self.gone = isinstance(error, BrokenPipeError)


def prepare() -> None:
    """Let standard output write what its encoding lacks as \\u escapes, as standard error does."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def clean(text: str) -> str:
    """The text without power over the terminal."""
    return text.translate(CONTROLS)


def on_terminal() -> bool:
    """Whether a person looks at standard output."""
    return sys.stdout is not None and sys.stdout.isatty()


def write(text: str, computed: bool = False) -> None:
    """Write and flush. `computed`: models were at work for it. Nobody misses the rest where a reader has gone.

    Raises Unwritable.
    """
    stream = sys.stdout
    try:
        if stream is None:  # closed before this program began
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        stream.write(text)
        stream.flush()
    except (OSError, ValueError) as error:
        silence()
        missed = computed or not isinstance(error, BrokenPipeError)
        raise Unwritable(text if missed else "", error) from None


def write_json(plain: Any, computed: bool = False) -> None:
    """Write one line of JSON that survives whatever it is written to. Raises Unwritable. `computed` as for `write`."""
    text = json.dumps(plain, ensure_ascii=False)
    write((text.translate(STRANGE) if fits(text) else json.dumps(plain)) + "\n", computed)


def fits(text: str) -> bool:
    """Whether the encoding of standard output has these signs."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def silence() -> None:
    """Give up on standard output: Python would complain once more when it flushes at its end."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
