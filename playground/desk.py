"""The one object that a running program shares among all its visitors: the pool, the downloads and
the recent comparisons.

Checks every contender before anything is sent, starts comparisons and finds them again. Knows no
screen.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from playground import catalog, tokens
from playground.budget import memory_budget
from playground.capabilities import Accepted, Refused, check
from playground.comparison import Comparison, Contender
from playground.config import patience
from playground.conversation import Conversation, weight
from playground.downloads import Downloads
from playground.engines.base import Engine, EngineError, Model
from playground.engines.local import LocalEngine
from playground.engines.workers import Workers
from playground.mend import Mend, apply
from playground.pool import Pool

KEPT = 24
KEPT_BYTES = 500_000_000
"""Comparisons, and bytes of their media, that stay findable by their id after they ended; running
ones always are."""


class Desk:
    """Where comparisons are handed in. `make` builds the engine of a model, `release` ends what they share, `warm`
    begins what models on this machine need, before the first of them is asked.
    """

    def __init__(
        self,
        make: Callable[[Model], Engine],
        budget_bytes: int,
        release: Callable[[], None] = lambda: None,
        warm: Callable[[], None] = lambda: None,
    ) -> None:
        self.pool = Pool(make, budget_bytes)
        self.downloads = Downloads()
        self.faults: dict[Model, EngineError] = {}
        self._release = release
        self._warm, self._warmed = warm, False
        self._comparisons: OrderedDict[str, Comparison] = OrderedDict()
        self._changing = threading.Lock()

    def expect(self, models: Iterable[Model]) -> None:
        """Somebody chose these models: what those on this machine need begins to get ready. Returns at once."""
        if not self._warmed and any(model.engine == "local" for model in models):
            self._warmed = True
            self._warm()

    def start(
        self,
        conversation: Conversation,
        contenders: Sequence[Contender],
        all_at_once: bool = False,
    ) -> Comparison:
        """Check every contender, refuse those who can't, set the others to work. Returns at
        once.
        """
        self.expect(contender.model for contender in contenders)
        comparison = Comparison(conversation, contenders, all_at_once)
        for answer, verdict in zip(
            comparison.answers, verdicts(conversation, contenders), strict=True
        ):
            if isinstance(verdict, Refused):
                answer.refuse(verdict.reason, verdict.remedy, verdict.mends)
        with self._changing:
            self._comparisons[comparison.id] = comparison
            self._forget()
        comparison.run(self.pool)
        return comparison

    def again(self, comparison: Comparison, index: int, mend: Mend | None = None) -> None:
        """Put the prompt to one contender once more, as it was or mended; the other answers stay.
        Returns at once.
        """
        before = comparison.answers[index]
        conversation, settings = before.conversation, before.contender.settings
        if mend is not None:
            conversation, settings = apply(mend, conversation, settings)
        contender = replace(before.contender, settings=settings)
        answer = comparison.renew(index, contender, conversation)
        (verdict,) = verdicts(conversation, (contender,))
        if isinstance(verdict, Refused):
            answer.refuse(verdict.reason, verdict.remedy, verdict.mends)
        else:
            answer.begin(self.pool, comparison.all_at_once, comparison.id)()

    def load(self, model: Model) -> None:
        """Bring a model into memory in the background; a fault is kept in `faults`. Returns at once."""
        self.faults.pop(model, None)
        self.expect((model,))

        def load() -> None:
            try:
                self.pool.load(model, threading.Event())
            except EngineError as error:
                self.faults[model] = error

        threading.Thread(target=load, name=f"loading {model.variant}", daemon=True).start()

    def find(self, id: str) -> Comparison | None:
        """The comparison of that id, running or not long ended."""
        return self._comparisons.get(id)

    def close(self) -> None:
        """Stop every comparison and unload every model."""
        for comparison in list(self._comparisons.values()):
            comparison.stop()
        self.pool.close()
        self._release()

    def _forget(self) -> None:
        kept = self._comparisons
        size = sum(_size(comparison) for comparison in kept.values())
        for id, comparison in list(kept.items())[:-1]:
            if len(kept) <= KEPT and size <= KEPT_BYTES:
                return
            if comparison.ended:
                size -= _size(comparison)
                del kept[id]


def _size(comparison: Comparison) -> int:
    """Bytes of its media."""
    return sum(map(weight, comparison.conversation.media()))


def verdicts(
    conversation: Conversation, contenders: Sequence[Contender]
) -> tuple[Accepted | Refused, ...]:
    """For each contender whether it can take the conversation, and if not, why and what would
    help.
    """
    return tuple(
        check(
            conversation,
            contender.settings,
            contender.model.capabilities,
            tokens.count(conversation, contender.settings, contender.model),
            contender.label,
            catalog.able,
        )
        for contender in contenders
    )


def open_desk() -> Desk:
    """The desk of a running program: models on this machine, whose worker processes get ready once such a model is
    chosen, and models on servers. Raises ValueError where an operator set something that makes no sense.
    """
    budget, silence = memory_budget(), patience()
    workers = Workers()

    def make(model: Model) -> Engine:
        if model.server is None:
            return LocalEngine(model, workers)
        # An HTTP client, if it is needed.
        from playground.engines.server.engine import ServerEngine
        from playground.engines.server.wire import Patience

        return ServerEngine(model, Patience(first_token_s=silence, silence_s=silence))

    return Desk(make, budget, workers.close, workers.start)
