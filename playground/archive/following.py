"""A comparison that another program answers, brought up to what that one wrote down while somebody looks at it."""

from __future__ import annotations

import time
from collections.abc import Callable

from playground.archive import record
from playground.archive.restoring import again
from playground.archive.restoring.asked import Fetch
from playground.comparisons.comparison import Comparison
from playground.comparisons.round import Round

EVERY_S = 1.0


class Following:
    """What `Comparison.follow` wants: reads anew, at most once a second, until nothing more will come."""

    def __init__(
        self, here: Comparison, read: Callable[[], record.Comparison | None], fetch: Fetch
    ) -> None:
        self._here = here
        self._read = read
        self._fetch = fetch
        self._due = 0.0

    def __call__(self) -> bool:
        """Whether more may come. What can't be read now is read the next time."""
        if time.monotonic() < self._due:
            return True
        self._due = time.monotonic() + EVERY_S
        kept = self._read()
        if kept is None:
            return not self._here.ended
        self._bring_up(kept)
        return not self._here.ended

    def _bring_up(self, kept: record.Comparison) -> None:
        fresh: list[Round] = []
        for one in kept.rounds:
            known = self._here.find(one.id)
            if known is None:
                before = next((r for r in fresh if r.id == one.before), None)
                before = before or (self._here.find(one.before) if one.before else None)
                fresh.append(again.round_(one, before, self._fetch, live=True))
                continue
            for answer in one.answers:
                read = again.answer(answer, self._fetch, live=True)
                there = known.answer(read.contender.id)
                if there is None or there.asked_at != read.asked_at:
                    known.replace(read)
                elif not there.ended:
                    there.become(read)
        self._here.catch_up(fresh, kept.last)
