"""One line on the terminal that says what every contender is doing, while they do it."""

from __future__ import annotations

import shutil
from typing import TextIO

from playground.comparison import Comparison


class Progress:
    """Draws over its own line; silent when the stream is not a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown = stream.isatty()

    def draw(self, comparison: Comparison) -> None:
        """Say how things stand."""
        if not self._shown:
            return
        words = []
        for answer in comparison.answers:
            state = f"{answer.state} {answer.elapsed():.1f} s" if not answer.ended else answer.state
            if answer.chunks:
                state += f", {len(answer.chunks)} tokens"
            words.append(f"{answer.contender.label}: {state}")
        width = shutil.get_terminal_size().columns - 1
        self._stream.write(f"\r\x1b[K{'  '.join(words)[:width]}")
        self._stream.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
