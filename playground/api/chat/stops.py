"""Texts before which an answer ends. What could be the beginning of one is held back until it is told."""

from __future__ import annotations

from collections.abc import Sequence


class Stops:
    """Follows a text as it comes; `hit` once one of them came."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = tuple(stops)
        self._held = ""
        self.hit = False

    def take(self, text: str) -> str:
        """What is certain to be before any of them."""
        if self.hit:
            return ""
        self._held += text
        found = [place for one in self._stops if (place := self._held.find(one)) >= 0]
        if found:
            self.hit = True
            return self._held[: min(found)]
        keep = max((_overlap(self._held, one) for one in self._stops), default=0)
        said, self._held = (
            self._held[: len(self._held) - keep],
            self._held[len(self._held) - keep :],
        )
        return said

    def rest(self) -> str:
        """What was held back, once nothing more comes."""
        said, self._held = "" if self.hit else self._held, ""
        return said


def _overlap(text: str, stop: str) -> int:
    """Letters at the end of a text with which the stop could begin."""
    most = min(len(text), len(stop) - 1)
    return next((n for n in range(most, 0, -1) if text.endswith(stop[:n])), 0)
