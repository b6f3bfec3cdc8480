"""The one object that a running program shares among all its visitors: the pool, the downloads and
the recent comparisons.

Checks every contender before anything is sent, starts comparisons and finds them again. Knows no
screen.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from itertools import dropwhile

from playground.archive.archive import Archive
from playground.archive.copying import copy
from playground.comparisons.answer import Answer
from playground.comparisons.comparison import Comparison
from playground.comparisons.contender import Contender, found_again
from playground.comparisons.going_on import was_cut, why_not
from playground.comparisons.history import conversation
from playground.comparisons.loads import Loads
from playground.comparisons.pool import Pool
from playground.comparisons.round import Round
from playground.comparisons.shelf import Shelf
from playground.comparisons.steps import put
from playground.comparisons.witnesses.admission import forbidden, refusal, verdicts
from playground.comparisons.witnesses.paces import Paces
from playground.comparisons.witnesses.waits import Waits
from playground.comparisons.witnesses.witness import TooMany as TooMany
from playground.comparisons.witnesses.witness import Witness
from playground.config import patience, read
from playground.engines.base import Engine
from playground.engines.making import Engines
from playground.models.budget import memory_budget
from playground.models.hub.downloads import Downloads
from playground.models.model import Model
from playground.prompt.check import Refused
from playground.prompt.conversation import Conversation, Settings
from playground.prompt.limits import LIMITS
from playground.prompt.mend import Mend, apply
from playground.tools.mcp.asking import outside
from playground.tools.toolbox import Toolbox

PENDING = 4
"""Comparisons of one visitor that may run or wait at a time where nothing else is said: one runs, the others wait."""


log = logging.getLogger(__name__)


class Desk:
    """Where comparisons are handed in. `make` builds the engine of a model, `release` ends what they share, `expect` is
    told of models that somebody chose, and `engines_fault` says in a sentence why none of this machine's could be
    started now, nothing when all is well (`engines/making.py`). `witnesses` are told of every question and answer.
    """

    def __init__(
        self,
        make: Callable[[Model], Engine],
        budget_bytes: int,
        release: Callable[[], None] = lambda: None,
        archive: Archive | None = None,
        expect: Callable[[Iterable[Model]], None] = lambda models: None,
        engines_fault: Callable[[], str] = lambda: "",
    ) -> None:
        self.pool = Pool(make, budget_bytes)
        self.toolbox = Toolbox(outside())
        self.downloads = Downloads()
        self.archive = archive
        self.waits = Waits()
        self.witnesses: list[Witness] = [self.waits]
        self.engines_fault = engines_fault
        self.closing = False
        self.pending = PENDING
        self._release = release
        self.expect = expect
        self.loads = Loads(self.pool, expect)
        self._shelf = Shelf()

    def start(
        self,
        asked: Conversation,
        contenders: Sequence[Contender],
        all_at_once: bool = False,
        owner: str = "",
        keep: bool = True,
    ) -> Comparison:
        """Check every contender, refuse those who can't, set the others to work. Returns at
        once. The archive gets nothing of it where it is not to `keep` it. Raises TooMany.
        """
        _bounded(contenders)
        self._make_sure(owner, contenders, asked)
        comparison = Comparison(asked, contenders, all_at_once, owner)
        self._open(comparison, keep)
        return comparison

    def ask_one(
        self, told: Conversation, contender: Contender, owner: str = "", keep: bool = True
    ) -> Comparison:
        """The same for one contender and a conversation that it had elsewhere, told as it stands; calls are left to
        whoever asked. Raises TooMany."""
        self._make_sure(owner, (contender,), told)
        asked = [one for one in told.messages if one.role == "user"][-1:]
        system = [one for one in told.messages if one.role == "system"]
        comparison = Comparison(Conversation((*system, *asked)), (contender,), False, owner)
        comparison.last.put(contender, told).ends_at_calls = True
        self._open(comparison, keep)
        return comparison

    def let_go(self, comparison: Comparison) -> None:
        """Nobody comes back to one that is not kept: it is stopped and forgotten."""
        if self._shelf.unkept(comparison.id):
            comparison.stop()
            self._shelf.drop((comparison.id,))

    def _open(self, comparison: Comparison, keep: bool) -> None:
        self._shelf.add(comparison, self.archive is not None, unkept=not keep)
        self._begin(comparison)

    def ask_on(
        self,
        comparison: Comparison,
        asked: Conversation,
        contenders: Sequence[Contender],
        catching_up: Collection[str] = (),
    ) -> None:
        """One more round: every contender goes on with its own history, new ones begin here. Returns at once.

        Those whose ids are in `catching_up` answer the questions first that they missed since they were asked last.
        Raises TooMany.
        """
        _bounded(contenders)
        self._make_sure(comparison.owner, contenders, asked, comparison)
        comparison.last.stop()
        late = [one for one in contenders if one.id in catching_up]
        missed = [comparison.missed(one.id) for one in late]
        round = comparison.ask(asked, contenders)
        chains = [(*rounds, round) for rounds in missed]
        for contender, chain in zip(late, chains, strict=True):
            self._catch_up(comparison, contender, chain)
        others = [one for one in contenders if one.id not in catching_up]
        self._begin(
            comparison,
            {contender.id for contender in late} | self._hold_back(comparison, round, others),
        )

    def ask_instead(
        self,
        comparison: Comparison,
        round: Round,
        asked: Conversation,
        contenders: Sequence[Contender],
    ) -> None:
        """Put a question in the place of a round; that one and what followed it stay as a branch. Returns at once.

        Raises TooMany.
        """
        _bounded(contenders)
        found = [found_again(one) for one in contenders]
        self._make_sure(comparison.owner, found, asked, comparison)
        made = comparison.ask_instead(round, asked, found)
        self._begin(comparison, self._hold_back(comparison, made, found))

    def again(self, comparison: Comparison, id: str, mend: Mend | None = None) -> None:
        """Put the last question to one contender once more, as it was or mended; the other answers stay.
        Returns at once. Raises TooMany.
        """
        before = comparison.last.answer(id)
        if before is None:
            return
        contender = found_again(before.contender)
        conversation, settings = before.conversation, contender.settings
        if mend is not None:
            conversation, settings = apply(mend, conversation, settings)
            contender = replace(contender, settings=settings)
        self._make_sure(comparison.owner, (contender,), comparison.last.asked, comparison)
        comparison.watch()
        self._shelf.hold(comparison)
        answer = comparison.last.put(contender, conversation)
        self._asked(comparison)
        if behind := _unended(comparison.last, id):
            self._keep(comparison)
            self._catch_up(comparison, contender, (comparison.last,), behind, mend)
            return
        self._admit(comparison, answer)
        self._keep(comparison)
        if not answer.ended:
            comparison.begin(answer, self.pool, self.toolbox)()

    def go_on(self, comparison: Comparison, id: str) -> str:
        """Let one contender go on with its last answer, which was cut; the other answers stay. Returns at once, with a
        sentence where it can't. Raises TooMany.
        """
        cut = comparison.last.answer(id)
        if cut is None or not was_cut(cut):
            return "There is nothing to go on with."
        contender = found_again(cut.contender)
        if not contender.model.here:
            return f"{contender.model.weights} is not here any more."
        if why := why_not(cut):
            return why
        (verdict,) = verdicts(put(cut.conversation, cut.steps), (contender,))
        if isinstance(verdict, Refused):
            return f"{verdict.reason} {verdict.remedy}".strip()
        if (refused := forbidden(contender, self.witnesses)) is not None:
            return f"{refused.reason} {refused.remedy}"
        self._make_sure(comparison.owner, (contender,), comparison.last.asked, comparison)
        comparison.watch()
        self._shelf.hold(comparison)
        answer = comparison.last.go_on(contender)
        if answer is not None:
            self._asked(comparison)
            answer.then(lambda: self._ended(comparison, answer))
            self._keep(comparison)
            comparison.begin(answer, self.pool, self.toolbox)()
        return ""

    def _make_sure(
        self,
        owner: str,
        contenders: Sequence[Contender],
        asked: Conversation,
        comparison: Comparison | None = None,
    ) -> None:
        """That the visitor has room for one more; one that goes on already has it. Nobody begins once it closes."""
        if self.closing:
            raise TooMany("The playground is about to start anew; ask again in a minute.")
        theirs = [one for one in self._shelf.running() if one.owner == owner]
        if owner and comparison not in theirs and len(theirs) >= self.pending:
            raise TooMany(
                f"{self.pending} of your comparisons are running or waiting; "
                "stop one of them, or wait until it is done."
            )
        for witness in self.witnesses:
            witness.admit(owner, contenders, asked)

    def _begin(self, comparison: Comparison, but: Collection[str] = ()) -> None:
        """Write the last question down, refuse those who can't take it and set the others to work."""
        self.expect(contender.model for contender in comparison.contenders)
        self._shelf.hold(comparison)
        self._keep(comparison)
        self._asked(comparison)
        for answer in comparison.answers:
            if answer.contender.id not in but:
                self._admit(comparison, answer)
        comparison.run(self.pool, but, self.toolbox)

    def _keep(self, comparison: Comparison) -> None:
        if self.archive is not None and not self._shelf.unkept(comparison.id):
            self.archive.writer.acknowledge(comparison)

    def _asked(self, comparison: Comparison) -> None:
        for witness in self.witnesses:
            witness.asked(comparison)

    def _ended(self, comparison: Comparison, answer: Answer) -> None:
        for witness in self.witnesses:
            try:
                witness.ended(comparison, answer)
            except Exception:  # an answer's thread must not break for who only looks on
                log.exception("the end of an answer of %s was not taken", answer.contender.label)

    def _admit(self, comparison: Comparison, answer: Answer) -> None:
        """Refuse an answer whose contender may not or can't give it."""
        answer.then(lambda: self._ended(comparison, answer))
        why = refusal(answer.contender, answer.conversation, self.witnesses)
        if why is not None:
            answer.refuse(why.reason, why.remedy, why.mends)

    def _hold_back(
        self, comparison: Comparison, round: Round, contenders: Sequence[Contender]
    ) -> set[str]:
        """Let those who still catch up on earlier questions answer those first; returns their ids."""
        behind = {one.id: _unended(round, one.id) for one in contenders}
        held = [one for one in contenders if behind[one.id]]
        for contender in held:
            self._catch_up(comparison, contender, (round,), behind[contender.id])
        return {one.id for one in held}

    def _catch_up(
        self,
        comparison: Comparison,
        contender: Contender,
        chain: Sequence[Round],
        behind: Sequence[Round] = (),
        mend: Mend | None = None,
    ) -> None:
        """Put the questions of some rounds to a contender one after the other, in the background, once the rounds are
        over that it is `behind` with. What is put to it is what it knows by then, mended where that is wished.
        """
        answers = [round.answer(contender.id) or round.put(contender) for round in chain]

        def run() -> None:
            for one in behind:
                if (before := one.answer(contender.id)) is not None:
                    before.wait()
                    if not before.text.strip():  # stopped before it was told what it knows
                        before.conversation = conversation(one.asked, contender, one.before)
            for round, answer in zip(chain, answers, strict=True):
                told = conversation(round.asked, contender, round.before)
                answer.conversation = told if mend is None else apply(mend, told, Settings())[0]
                self._admit(comparison, answer)
                if not answer.ended:
                    comparison.begin(answer, self.pool, self.toolbox)()
                answer.wait()

        threading.Thread(target=run, name=f"{contender.label} catches up", daemon=True).start()

    def find(self, id: str, visitor: str | None = None) -> Comparison | None:
        """The comparison of that id: running, not long ended, or kept; None when there is none, or its link was
        withdrawn and the visitor is somebody else. None as a visitor may see everything. Raises ArchiveError.
        """
        if self.archive is None:
            return self._shelf.get(id)
        held = self._shelf.looked_at(id)
        return held if self._shelf.unkept(id) else self.archive.find(id, visitor, held)

    def make_own(self, comparison: Comparison, owner: str) -> Comparison:
        """A copy of an ended comparison that its new owner can go on with. Names and notes stay with the first."""
        made = copy(comparison, owner)
        self._shelf.add(made, self.archive is not None)
        self._keep(made)
        return made

    def remove(self, ids: Sequence[str]) -> None:
        """Delete comparisons from the archive, those that run stopped. `archive.keeping.restore` takes them back.

        Raises ArchiveError.
        """
        from playground.archive import keeping

        if self.archive is None:
            return
        for id in ids:
            if (held := self._shelf.looked_at(id)) is not None:
                held.stop()
        with self.archive.writing() as connection:
            keeping.remove(connection, ids)
        self._shelf.drop(ids)

    def forget_own(self, owner: str | None) -> int:
        """Stop and forget for good every comparison of somebody, and their kept line-ups; None: everybody's, on one's
        own machine. Returns how many comparisons went. Raises ArchiveError.
        """
        from playground.archive import keeping
        from playground.archive.sets.lineups import Lineups

        theirs = self._shelf.of(owner)
        for comparison in theirs:
            comparison.stop()
            if self.archive is not None:
                self.archive.writer.forget(comparison.id)
        gone = len(theirs)
        if self.archive is not None:
            Lineups(self.archive.media, owner or "").forget_all()
            with self.archive.writing() as connection:
                gone = keeping.forget_own(connection, self.archive.store, owner)
        self._shelf.drop(comparison.id for comparison in theirs)
        return gone

    def running(self) -> tuple[Comparison, ...]:
        """The comparisons of which more will come."""
        return self._shelf.running()

    def close(self) -> None:
        """Stop every comparison and unload every model. What was not whole is kept as interrupted."""
        self.closing = True
        for comparison in self.running():
            comparison.interrupt()
        if self.archive is not None:
            self.archive.close()
        self.pool.close()
        self._release()


def _unended(round: Round, id: str) -> tuple[Round, ...]:
    """The rounds before that one in which a contender still has to answer, and those behind them."""

    def over(one: Round) -> bool:
        answer = one.answer(id)
        return answer is None or answer.ended

    return tuple(dropwhile(over, round.path[:-1]))


def _bounded(contenders: Sequence[Contender]) -> None:
    """Raises TooMany where one question would get more answers than it may."""
    if len(contenders) > LIMITS.answers:
        raise TooMany(
            f"{LIMITS.answers} answers to one question are the most, and these are {len(contenders)}."
        )


def open_desk() -> Desk:
    """The desk of a running program: models on this machine, whose worker processes get ready once such a model is
    chosen, and models on servers. Raises ValueError where an operator set something that makes no sense.
    """
    engines = Engines(patience())
    made = Desk(
        engines.make, memory_budget(), engines.close, open_archive(), engines.expect, engines.fault
    )
    made.witnesses.append(Paces())
    return made


def open_archive() -> Archive | None:
    """Where comparisons are kept, as the operator set it; None where nothing is. Raises ValueError."""
    held = read()
    return Archive(held.archive, held.media) if held.archive else None
