"""Beginnings of conversations that were read already, kept for the next question, within a bound.

Two prompts share what has the same token ids and, where a picture or a recording lies, the same bytes of it. The bound
is what the fit reckons for the KV cache: what is kept goes, the longest unused first, as an answer needs the room.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from transformers import DynamicCache

from playground.engines.worker.prefix import cache as caches
from playground.engines.worker.prefix.cache import SLACK, Pair, Place

MOST_PLACES = 4
"""Of one conversation to come back to: its end, the end of its last prompt, where that went on from, one before."""

Names = np.ndarray[Any, np.dtype[np.int64]]
"""(tokens,): what each token is, its id or a number for the medium that it is a part of."""


@dataclass(slots=True, eq=False)
class Reading:
    """An answer's cache, which held the first `known` tokens of the prompt already. It needs up to `needs` bytes.

    `places` are those before, to come back to; the last one is where this prompt went on from.
    """

    cache: DynamicCache
    names: Names
    needs: int
    known: int = 0
    places: list[Place] = field(default_factory=list)
    read: Place | None = None
    """Where the prompt ended."""


@dataclass(slots=True, eq=False)
class _Entry:
    names: Names
    prompt: int
    whole: tuple[Pair, ...]
    places: list[Place]

    @property
    def bytes(self) -> int:
        return sum(map(caches.size, self.whole)) + _bytes(self.places)


class Kept:
    """What is kept of one model's conversations: at most `room` bytes together with what an answer needs."""

    def __init__(self, model: Any, room: int) -> None:
        self._model = model
        self._room = room
        self._entries: list[_Entry] = []

    @property
    def bytes(self) -> int:
        """What all of it takes."""
        return sum(entry.bytes for entry in self._entries)

    @torch.inference_mode()
    def begin(self, names: Names, most: int, needs: int) -> Reading:
        """A cache for a prompt with what is known of its first `most` tokens. `needs`: bytes that it will take."""
        reading = Reading(caches.fresh(self._model), names, needs)
        if (found := self._longest(names, most)) is not None:
            entry, at, reading.known = found
            self._entries.remove(entry)
            caches.put_back(reading.cache, entry.whole, at, reading.known)
            reading.places = [one for one in entry.places if one.length < reading.known]
            self._note(reading, caches.place(reading.cache))
            if _shared(entry.names, names) < entry.prompt - SLACK:
                self._entries.append(entry)  # it leads elsewhere: an earlier question was changed
            del entry, at, found  # what the new cache outgrows is let go as it grows
        self._within(self._room - needs - _bytes(reading.places))
        return reading

    @torch.inference_mode()
    def read(self, reading: Reading) -> None:
        """The prompt stands in the cache."""
        place = caches.place(reading.cache)
        if _needed(reading) + place.bytes <= self._room:
            reading.read = place
            self._within(self._room - _needed(reading))

    @torch.inference_mode()
    def end(self, reading: Reading, names: Names, thought: bool) -> None:
        """Keep what the cache holds of the tokens `names`, prompt and answer.

        `thought`: the history will be without what came right after the prompt, so its end is wanted first.
        """
        length = min(len(names), reading.cache.get_seq_length())
        reading.cache.crop(length - reading.cache.get_seq_length())
        if not length:
            return
        ends = [caches.place(reading.cache), *([reading.read] if reading.read else [])]
        if thought:
            ends.reverse()
        whole = tuple(map(caches.compact, caches.full(reading.cache)))
        entry = _Entry(names[:length], min(len(reading.names), length), whole, [])
        for one in (*ends, *reversed(reading.places)):
            if any(other.reach(one.length) == one.length for other in entry.places):
                continue
            slim = Place(one.length, one.window, tuple(map(caches.compact, one.sliding)))
            if len(entry.places) < MOST_PLACES and entry.bytes + slim.bytes <= self._room:
                entry.places.append(slim)
        if entry.places:
            self._entries.append(entry)
            self._within(self._room)

    def clear(self) -> None:
        """Give everything back."""
        self._entries.clear()

    def _longest(self, names: Names, most: int) -> tuple[_Entry, Place, int] | None:
        """What leads furthest into a prompt, and how far; of several the newest."""
        best: tuple[_Entry, Place, int] | None = None
        for entry in self._entries:
            shared = min(_shared(entry.names, names), most)
            for place in entry.places:
                reach = place.reach(shared)
                if reach is not None and (best is None or reach >= best[2]):
                    best = entry, place, reach
        return best

    def _note(self, reading: Reading, place: Place) -> None:
        reading.places.append(place)
        while _needed(reading) > self._room and reading.places:
            del reading.places[0]

    def _within(self, room: int) -> None:
        """Let go what was kept longest until the rest takes no more than `room` bytes."""
        while self._entries and self.bytes > room:
            del self._entries[0]


def _needed(reading: Reading) -> int:
    """Bytes that an answer takes with the places that it may come back to."""
    ended = [reading.read] if reading.read else []
    return reading.needs + _bytes([*reading.places, *ended])


def _bytes(places: list[Place]) -> int:
    return sum(place.bytes for place in places)


def _shared(one: Names, other: Names) -> int:
    """How many tokens two prompts begin with alike."""
    length = min(len(one), len(other))
    unlike = np.flatnonzero(one[:length] != other[:length])
    return int(unlike[0]) if len(unlike) else length
