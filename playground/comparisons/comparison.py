"""Contenders and rounds in order, kept by threads that outlive the page that started them.

A round that is asked anew stands beside the one that was there, with all that followed it: a branch that one can go
back to. Knows engines through the pool, and no screen.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Collection, Sequence

from playground.comparisons import answering
from playground.comparisons.answer import Answer
from playground.comparisons.contender import Contender
from playground.comparisons.pool import Pool
from playground.comparisons.round import Round
from playground.prompt.conversation import Conversation
from playground.tools.toolbox import Toolbox

LEASE_S = 65.0
"""A comparison that nobody watched for so long stops itself: a little longer than Streamlit keeps a
session whose connection broke (disconnectedSessionTTL), so that a gap in the network ends nothing.
"""


class Comparison:
    """One conversation with several contenders. It runs as long as somebody watches.

    Made with its first question, which `run` puts to every contender that was not refused. `owner` is the visitor's
    name or key; empty where everything is one person's.
    """

    def __init__(
        self,
        asked: Conversation,
        contenders: Sequence[Contender],
        all_at_once: bool = False,
        owner: str = "",
    ) -> None:
        self.id = secrets.token_urlsafe(9)
        self.owner = owner
        self.all_at_once = all_at_once
        self._watched = time.monotonic()
        self._read_anew: Callable[[], bool] | None = None
        self._every: list[Round] = []
        self._last = self._add(asked, contenders, None)

    @classmethod
    def restored(
        cls, id: str, rounds: Sequence[Round], last: Round, all_at_once: bool, owner: str
    ) -> Comparison:
        """A comparison that ended some time ago, in which one can ask on."""
        comparison = cls(last.asked, (), all_at_once, owner)
        comparison.id = id
        comparison._every, comparison._last = list(rounds), last
        for round in rounds:
            round.lease(comparison._is_abandoned)
        return comparison

    @property
    def every_round(self) -> tuple[Round, ...]:
        """The rounds of all branches, in the order in which they were asked."""
        return tuple(self._every)

    @property
    def rounds(self) -> tuple[Round, ...]:
        """The rounds of the branch that is shown, first to last."""
        return self._last.path

    @property
    def last(self) -> Round:
        """The round that is answered now, or was answered last."""
        return self._last

    @property
    def conversation(self) -> Conversation:
        """The system prompt and the question of the last round."""
        return self._last.asked

    @property
    def contenders(self) -> tuple[Contender, ...]:
        """Those who were asked in the last round."""
        return self._last.contenders

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The answers of the last round."""
        return self._last.answers

    @property
    def ended(self) -> bool:
        """Whether every answer of every round has ended."""
        return all(round.ended for round in self._every)

    def ask(self, asked: Conversation, contenders: Sequence[Contender]) -> Round:
        """One more round after the last, not yet begun."""
        self._last = self._add(asked, contenders, self._last)
        return self._last

    def ask_instead(
        self, round: Round, asked: Conversation, contenders: Sequence[Contender]
    ) -> Round:
        """A round in the place of another, not yet begun; that one is kept as a branch with what followed it, as far as
        that came.
        """
        for one in self._every:
            if round in one.path:
                one.stop()
        self._last = self._add(asked, contenders, round.before)
        return self._last

    def branches(self, round: Round) -> tuple[Round, ...]:
        """The rounds that were asked in that place, the given one among them, oldest first."""
        return tuple(one for one in self._every if one.before is round.before)

    def show(self, round: Round) -> None:
        """Go to the branch of that round, as far as it was followed last."""
        self._last = next(one for one in reversed(self._every) if round in one.path)

    def missed(self, id: str) -> tuple[Round, ...]:
        """The rounds at the end of the branch that is shown in which a contender was not asked."""
        asked = [round.number for round in self.rounds if round.answer(id) is not None]
        return self.rounds[max(asked, default=0) :]

    def find(self, id: str) -> Round | None:
        """The round of that id."""
        return next((one for one in self._every if one.id == id), None)

    @property
    def elsewhere(self) -> bool:
        """Whether another program is answering it: it can be watched here, and not changed."""
        return self._read_anew is not None

    def follow(self, read_anew: Callable[[], bool]) -> None:
        """It is answered in another program: `watch` calls `read_anew`, until that says that nothing more will come."""
        self._read_anew = read_anew

    def catch_up(self, rounds: Sequence[Round], last: str) -> None:
        """Rounds that came elsewhere, and the id of the one that is shown now."""
        self._every += rounds
        self._last = self.find(last) or self._last

    def watch(self) -> None:
        """Say that somebody looks at it: the lease runs anew."""
        self._watched = time.monotonic()
        if self._read_anew is not None and not self._read_anew():
            self._read_anew = None

    def stop(self) -> None:
        """End every answer now; what came so far stays."""
        for round in self._every:
            round.stop()

    def interrupt(self) -> None:
        """The program ends: end every answer that is not whole, as one that was cut."""
        for round in self._every:
            round.interrupt()

    def run(self, pool: Pool, but: Collection[str] = (), toolbox: Toolbox | None = None) -> None:
        """Put the last round's question to every contender that was not refused, in their order. Returns at once.

        Those whose ids are in `but` are left to others. `toolbox` runs the tools that they call.
        """
        self.watch()
        starts = [
            self.begin(answer, pool, toolbox)
            for answer in self.answers
            if not answer.ended and answer.contender.id not in but
        ]
        for start in starts:
            start()

    def begin(
        self, answer: Answer, pool: Pool, toolbox: Toolbox | None = None
    ) -> Callable[[], None]:
        """Take a place in the line for one of its answers; returns what starts the waiting."""
        return answering.begin(answer, pool, self.all_at_once, self.owner, self.id, toolbox)

    def _add(
        self, asked: Conversation, contenders: Sequence[Contender], before: Round | None
    ) -> Round:
        made = Round(asked, contenders, before, self._is_abandoned)
        self._every.append(made)
        return made

    def _is_abandoned(self) -> bool:
        return time.monotonic() - self._watched > LEASE_S
