"""When each picture of a clip is on the screen, told by its packets, and what must be decoded to see some of them.

Nothing is decoded here: a packet tells its time and whether it needs others before it. Times are seconds from the first
picture on.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from playground.prompt.media import containers

MOST_PICTURES = 200_000
"""In one clip: ten minutes at 240 a second are fewer."""

MOST_REORDERED = 16
"""Pictures that are decoded before one that is shown earlier (H.264, annex A: the size of the picture buffer)."""

EPSILON = Fraction(1, 1000)
"""Containers that count milliseconds are right to one of them."""

WHOLE = Fraction(1, 100)
"""A length this near to whole seconds is whole: its container rounded, or it has 30,000 / 1,001 pictures a second."""


class TooManyPictures(Exception):
    """More than any clip has."""


@dataclass(frozen=True, slots=True)
class Run:
    """Packets from `first` to `last` that are decoded in one go, and the moments to look at meanwhile.

    `wanted` are the packets that may be on the screen at those moments; the others only help to decode them.
    """

    first: int
    last: int
    moments: tuple[float, ...]
    wanted: frozenset[int]

    def joined_to(self, later: Run) -> Run:
        """Both in one."""
        last = max(self.last, later.last)
        return Run(self.first, last, self.moments + later.moments, self.wanted | later.wanted)


@dataclass(frozen=True, slots=True)
class Timeline:
    """A clip's pictures as packets in the order of decoding, with the time of each, and how long all that lasts.

    `shown` are the packets that come on the screen, by time: what an edit list cuts away is not among them. `start` is
    the first one's time on the clip's own clock; `sound` is when the sound begins and ends, None where there is none.
    `reordered` tells that times are in the order of decoding whatever the order on the screen (AVI knows no other).
    """

    start: Fraction
    end: Fraction
    times: tuple[Fraction, ...]
    keys: tuple[bool, ...]
    shown: tuple[int, ...]
    sound: tuple[Fraction, Fraction] | None
    reordered: bool

    def runs(self, moments: Sequence[float]) -> tuple[Run, ...]:
        """What to decode to see what is on the screen at those moments: the last picture that began until then."""
        begun = [self.times[packet] for packet in self.shown]
        packets = [self.shown[_place(begun, moment)] for moment in moments]
        return self._joined(moments, packets, [self._key(packet) for packet in packets])

    def key_frames(self, moments: Sequence[float]) -> tuple[Run, ...]:
        """The same with the key frame before each moment, which needs no other, at its own time."""
        keys = [packet for packet in self.shown if self.keys[packet]]
        begun = [self.times[packet] for packet in keys]
        places = sorted({_place(begun, moment) for moment in moments}) if keys else []
        chosen = [keys[place] for place in places]
        return self._joined([float(begun[place]) for place in places], chosen, chosen)

    def _key(self, packet: int) -> int:
        """Where to begin decoding. What is shown before a key frame may be stored behind it, and needs one before."""
        for before in range(packet, -1, -1):
            if self.keys[before] and self.times[before] <= self.times[packet]:
                return before
        return 0

    def _joined(
        self, moments: Sequence[float], packets: Sequence[int], firsts: Sequence[int]
    ) -> tuple[Run, ...]:
        """One run for all that hangs together."""
        runs: list[Run] = []
        for moment, packet, first in zip(moments, packets, firsts, strict=True):
            last, wanted = packet, frozenset({packet})
            if self.reordered:
                last = min(packet + MOST_REORDERED, len(self.times) - 1)
                wanted = frozenset(range(first, last + 1))
            run = Run(first, last, (moment,), wanted)
            runs.append(runs.pop().joined_to(run) if runs and first <= runs[-1].last else run)
        return tuple(runs)


def of(container: Any, film: Any, sound: Any | None) -> Timeline:
    """Read from the packets: some containers do not say how long they last, and some lie. Raises TooManyPictures."""
    reordered = container.format.name == "avi" and bool(film.codec_context.has_b_frames)
    times: list[Fraction] = []
    keys: list[bool] = []
    shown: list[int] = []
    ends: list[Fraction] = []
    heard: tuple[Fraction, Fraction] | None = None
    for packet in containers.packets(container, film, sound):
        stamp = packet.dts if reordered or packet.pts is None else packet.pts
        at = Fraction(stamp or 0) * packet.time_base
        until = at + Fraction(packet.duration or 0) * packet.time_base
        if packet.stream_index != film.index:
            if not packet.is_discard:
                heard = (min(at, heard[0]), max(until, heard[1])) if heard else (at, until)
            continue
        if not packet.is_discard:
            shown.append(len(times))
            ends.append(until)
        times.append(at)
        keys.append(bool(packet.is_keyframe))
        if len(times) > MOST_PICTURES:
            raise TooManyPictures
    shown.sort(key=times.__getitem__)
    start = times[shown[0]] if shown else Fraction(0)
    end = max(ends, default=start)
    if shown and end == times[shown[-1]]:
        # The last picture does not say how long it stays: as long as the others.
        end += (end - start) / max(1, len(shown) - 1)
    return Timeline(
        start,
        end,
        tuple(at - start for at in times),
        tuple(keys),
        tuple(shown),
        heard,
        reordered,
    )


def whole(seconds: Fraction) -> float:
    """Seconds, whole where only the container's rounding keeps them from being so."""
    nearest = round(seconds)
    return float(nearest if nearest and abs(seconds - nearest) <= WHOLE else seconds)


def _place(begun: Sequence[Fraction], moment: float) -> int:
    """Which of the pictures, by when they begin, is on the screen at that moment."""
    return max(0, bisect_right(begun, Fraction(moment) + EPSILON) - 1)
