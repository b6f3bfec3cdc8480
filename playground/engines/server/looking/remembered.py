"""Answers to questions that are worth asking once: what came is kept, what failed or may change is kept for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from playground.models.servers import ServerError

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

FAULT_KEPT_S = 30.0
"""A page is drawn anew with every click; a server that does not answer is not to be waited for each time."""


@dataclass(frozen=True, slots=True)
class Passing(Generic[V]):
    """An answer that holds for as long as a fault does: it is to be asked for again."""

    value: V


class Remembered(Generic[K, V]):
    """`make` answers for a key or raises ServerError; two who ask for the same key at once wait for one answer."""

    def __init__(self, make: Callable[[K], V | Passing[V]]) -> None:
        self._make = make
        self._values: dict[K, V] = {}
        self._until: dict[K, float] = {}
        self._faults: dict[K, tuple[float, ServerError]] = {}
        self._asking: dict[K, threading.Lock] = {}

    def get(self, key: K) -> V:
        """The answer, asked for if it is not known. Raises ServerError."""
        with self._asking.setdefault(key, threading.Lock()):
            fault = self.fault(key)
            if fault is not None:
                raise fault
            if key not in self._values or time.monotonic() > self._until.get(key, float("inf")):
                try:
                    self._keep(key, self._make(key))
                except ServerError as error:
                    self._faults[key] = time.monotonic(), error
                    raise
            return self._values[key]

    def known(self, key: K) -> V | None:
        """The answer, if it was asked for before."""
        return self._values.get(key)

    def fault(self, key: K) -> ServerError | None:
        """What went wrong not long ago."""
        when, error = self._faults.get(key, (0.0, None))
        return error if error is not None and time.monotonic() - when < FAULT_KEPT_S else None

    def forget(self, key: K) -> None:
        """Ask again the next time."""
        for held in (self._values, self._until, self._faults):
            held.pop(key, None)

    def _keep(self, key: K, made: V | Passing[V]) -> None:
        self._until.pop(key, None)
        if isinstance(made, Passing):
            self._until[key] = time.monotonic() + FAULT_KEPT_S
            made = made.value
        self._values[key] = made
