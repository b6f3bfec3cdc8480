"""What each visitor has used of what the operator allows, and who is told to wait.

A question is charged when it is put, its tokens and its time when its answers end, an upload when it has arrived; to
draw a page charges nothing. Counted by the package `limits`, in memory or in Redis; where that can't be reached
everybody may go on, and /readyz says so.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import Any

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

log = logging.getLogger(__name__)


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
        self._store = make(store, wrap_exceptions=True)
        self._counts = import_module("limits.strategies").FixedWindowRateLimiter(self._store)
        self._addresses: OrderedDict[str, str] = OrderedDict()
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
        """Charge its tokens, and the time from its turn to its end."""
        if not comparison.owner:
            return
        figures, line = answer.figures(), answer.timeline
        read, said = figures.prompt_tokens, figures.output_tokens
        tokens = (read.total if read else 0) + (said.total if said else 0)
        self._charge(comparison.owner, "tokens", tokens)
        if line.started is not None and line.finished is not None:
            self._charge(comparison.owner, "minutes", math.ceil(line.finished - line.started))

    def may_upload(self, visitor: str, address: str, size: int) -> bool:
        """Whether so many bytes may come."""
        self.seen(visitor, address)
        uploads = (one for one in self.left(visitor) if one.allowance.resource == "upload_mb")
        return all(size <= one.counted for one in uploads)

    def uploaded(self, visitor: str, size: int) -> None:
        """Charge an upload that has arrived."""
        self._charge(visitor, "upload_mb", size)

    def left(self, visitor: str) -> tuple[Left, ...]:
        """What a visitor has left of each allowance; of what visitors of the same address share, if that is less.
        Nothing for who has no limits.
        """
        found = []
        for one in () if self._exempt(visitor) else self.allowed:
            stands = []
            for item, key in self._places(visitor, one):
                try:
                    back, left = self._counts.get_window_stats(item, key)
                except self._fault as fault:
                    log.warning("the store of the limits can't be reached: %r", fault)
                    back, left = time.time(), item.amount
                stands.append(Left(one, min(one.counted, left), max(0.0, back - time.time())))
            found.append(min(stands, key=lambda stand: stand.counted))
        return tuple(found)

    def fault(self) -> str:
        """Why nothing can be counted now, one sentence; empty when all is well."""
        return "" if self._store.check() else "The store of the limits can't be reached."

    def _charge(self, visitor: str, resource: Resource, cost: int) -> None:
        if self._exempt(visitor):
            return
        for one in self.allowed:
            if one.resource != resource or cost < 1:
                continue
            for item, key in self._places(visitor, one):
                try:
                    self._counts.hit(item, key, cost=cost)
                except self._fault as fault:
                    log.warning("the store of the limits can't be reached: %r", fault)

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
