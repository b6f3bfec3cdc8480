"""One line on the terminal that says what is being done, while it is done."""

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
        words = []
        for answer in comparison.answers:
            state = f"{answer.state} {answer.elapsed():.1f} s" if not answer.ended else answer.state
            if count := sum(chunk.tokens for chunk in tuple(answer.chunks)):
                state += f", {count} tokens"
            elif answer.chunks:
                state += f", {len(answer.chunks)} pieces"
            words.append(f"{answer.contender.label}: {state}")
        self.say("  ".join(words))

    def say(self, words: str) -> None:
        """Put these words in place of those before."""
        if self._shown:
            width = shutil.get_terminal_size().columns - 1
            self._stream.write(f"\r\x1b[K{words[:width]}")
            self._stream.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
