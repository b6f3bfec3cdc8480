"""What each visitor has used of what the operator allows, and who is told to wait.

A question is charged when it is put, its tokens and its time when its answers end, an upload when it has arrived; to
draw a page charges nothing. Counted by the package `limits`, in memory or in Redis; where that can't be reached, or
says nothing, everybody may go on, and /readyz says so.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any, TypeVar

from playground.comparisons import summed
from playground.comparisons.answer import Answer
from playground.comparisons.comparison import Comparison
from playground.comparisons.contender import Contender
from playground.comparisons.witnesses.witness import TooMany, Witness
from playground.hosting.allowance import Allowance, Left, Resource, soon
from playground.hosting.people.visitor import USER
from playground.hosting.visitors import SHAPE
from playground.prompt.conversation import Conversation

OF_ONE_ADDRESS = 5
"""As many visitors' allowances the visitors of one address have together: an office may sit behind it, and whoever
throws the cookie away is no new visitor without end."""

REMEMBERED = 100_000
"""Visitors whose address is known at a time."""

PATIENCE_S = 1.0
"""A Redis server that says nothing for so long is away."""

AWAY_S = 5.0
"""For so long a store that is away is not asked again: every question and every page would wait for it."""

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Coming:
    """An upload of so many bytes on its way, and where it will be counted."""

    visitor: str
    size: int
    places: frozenset[str]


class Limits(Witness):
    """`store` is "memory://" or the URL of a Redis server. `exempt` tells by their keys whose use is not counted."""

    def __init__(
        self,
        allowed: Sequence[Allowance],
        store: str = "memory://",
        exempt: Callable[[str], bool] = lambda key: False,
    ) -> None:
        self.allowed = tuple(allowed)
        self._exempt = exempt
        self._items = import_module("limits")
        self._fault = import_module("limits.errors").StorageError
        make = import_module("limits.storage").storage_from_string
        patience = {"socket_timeout": PATIENCE_S, "socket_connect_timeout": PATIENCE_S}
        self._store = make(
            store, wrap_exceptions=True, **(patience if store.startswith("redis") else {})
        )
        self._counts = import_module("limits.strategies").FixedWindowRateLimiter(self._store)
        self._addresses: OrderedDict[str, str] = OrderedDict()
        self._coming: list[_Coming] = []
        self._away_until = float("-inf")
        self._charging = threading.Lock()

    def seen(self, visitor: str, address: str) -> None:
        """From which address a visitor comes; empty where that is not known."""
        if address and self._addresses.get(visitor) != address:
            self._addresses[visitor] = address
            while len(self._addresses) > REMEMBERED:
                self._addresses.popitem(last=False)

    def admit(self, owner: str, contenders: Sequence[Contender], asked: Conversation) -> None:
        """Charge one question. Raises TooMany, and then charges nothing."""
        if not owner:
            return
        with self._charging:
            for one in self.left(owner):
                if one.counted < 1 and one.allowance.resource != "upload_mb":
                    raise TooMany(f"{one.allowance.words} are used; ask again {soon(one.back_s)}.")
            self._charge(owner, "runs", 1)

    def ended(self, comparison: Comparison, answer: Answer) -> None:
        """Charge its tokens, and the time from its turn to its end; what it goes on with was charged before."""
        if not comparison.owner:
            return
        steps = answer.fresh
        figures = summed.figures(steps, answer.contended)
        read, said = figures.prompt_tokens, figures.output_tokens
        tokens = (read.total if read else 0) + (said.total if said else 0)
        self._charge(comparison.owner, "tokens", tokens)
        started, finished = steps[0].line.started, answer.timeline.finished
        if started is not None and finished is not None:
            self._charge(comparison.owner, "minutes", math.ceil(finished - started))

    def may_upload(self, visitor: str, address: str, size: int) -> bool:
        """Whether so many bytes may come. If so they count as on their way, until `uploaded` says what became of them:
        several that come at once may not be more together than one after the other.
        """
        self.seen(visitor, address)
        with self._charging:
            places = set()
            for one in () if self._exempt(visitor) else self.allowed:
                if one.resource != "upload_mb":
                    continue
                for key, left, _ in self._standing(visitor, one):
                    before = sum(other.size for other in self._coming if key in other.places)
                    if before + size > left:
                        return False
                    places.add(key)
            self._coming.append(_Coming(visitor, size, frozenset(places)))
            return True

    def uploaded(self, visitor: str, size: int, arrived: bool = True) -> None:
        """An upload is on its way no longer; charge it if it has arrived."""
        with self._charging:
            if arrived:
                self._charge(visitor, "upload_mb", size)
            known = [one for one in self._coming if (one.visitor, one.size) == (visitor, size)]
            if known:
                self._coming.remove(known[0])

    def left(self, visitor: str) -> tuple[Left, ...]:
        """What a visitor has left of each allowance; of what visitors of the same address share, if that is less.
        Nothing for who has no limits.
        """
        found = []
        for one in () if self._exempt(visitor) else self.allowed:
            stands = [
                Left(one, min(one.counted, left), back)
                for _, left, back in self._standing(visitor, one)
            ]
            found.append(min(stands, key=lambda stand: stand.counted))
        return tuple(found)

    def fault(self) -> str:
        """Why nothing can be counted now, one sentence; empty when all is well."""
        return "" if self._store.check() else "The store of the limits can't be reached."

    def _standing(self, visitor: str, one: Allowance) -> Iterator[tuple[str, int, float]]:
        """For each place where an allowance is counted its key, what is left, and seconds until all of it is again."""
        for item, key in self._places(visitor, one):
            all_of_it = (time.time(), item.amount)
            back, left = self._ask(partial(self._counts.get_window_stats, item, key), all_of_it)
            yield key, left, max(0.0, back - time.time())

    def _charge(self, visitor: str, resource: Resource, cost: int) -> None:
        if self._exempt(visitor):
            return
        for one in self.allowed:
            if one.resource != resource or cost < 1:
                continue
            for item, key in self._places(visitor, one):
                self._ask(partial(self._counts.hit, item, key, cost=cost), True)

    def _ask(self, ask: Callable[[], T], instead: T) -> T:
        """What the store says; `instead` where it is away."""
        if time.monotonic() < self._away_until:
            return instead
        try:
            return ask()
        except self._fault as fault:
            self._away_until = time.monotonic() + AWAY_S
            log.warning("the store of the limits can't be reached: %r", fault)
            return instead

    def _places(self, visitor: str, one: Allowance) -> Iterator[tuple[Any, str]]:
        """Where a visitor's use of an allowance is counted: by cookie, else by address; and for all of an address."""
        address = self._addresses.get(visitor, "")
        known = SHAPE.fullmatch(visitor) or visitor.startswith(USER)
        own = visitor if known or not address else f"at {address}"
        kind = {"hour": self._items.RateLimitItemPerHour, "day": self._items.RateLimitItemPerDay}
        whole = one.counted
        yield kind[one.period](whole, namespace=f"playground-{one.resource}"), own
        if address:
            item = kind[one.period](
                whole * OF_ONE_ADDRESS, namespace=f"playground-{one.resource}-of-all"
            )
            yield item, address
