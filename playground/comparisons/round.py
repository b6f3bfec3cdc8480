"""One question put to the contenders, and what each of them gave."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence

from playground.comparisons.answer import Answer
from playground.comparisons.contender import Contender
from playground.comparisons.history import conversation
from playground.prompt.conversation import Conversation, Message


class Round:
    """`asked` is the system prompt and the question alone; `before` is the round that it goes on from."""

    def __init__(
        self,
        asked: Conversation,
        contenders: Sequence[Contender],
        before: Round | None = None,
        abandoned: Callable[[], bool] = lambda: False,
    ) -> None:
        self.id = secrets.token_urlsafe(6)
        self.asked = asked
        self.before = before
        self._abandoned = abandoned
        self._answers: dict[str, Answer] = {}
        for contender in contenders:
            self.put(contender)

    @classmethod
    def restored(
        cls, id: str, asked: Conversation, answers: Sequence[Answer], before: Round | None
    ) -> Round:
        """A round whose answers have ended."""
        round = cls(asked, (), before)
        round.id = id
        round._answers = {answer.contender.id: answer for answer in answers}
        return round

    @property
    def question(self) -> Message:
        """What was asked, without what came before."""
        return self.asked.messages[-1]

    @property
    def answers(self) -> tuple[Answer, ...]:
        """In the order of the contenders, those that came later last."""
        return tuple(self._answers.values())

    @property
    def contenders(self) -> tuple[Contender, ...]:
        """Those who were asked."""
        return tuple(answer.contender for answer in self.answers)

    @property
    def ended(self) -> bool:
        """Whether every answer has ended."""
        return all(answer.ended for answer in self.answers)

    @property
    def path(self) -> tuple[Round, ...]:
        """The rounds from the first to this one."""
        return (*(self.before.path if self.before else ()), self)

    @property
    def number(self) -> int:
        """Its place on its path, from 1."""
        return len(self.path)

    def answer(self, id: str) -> Answer | None:
        """What the contender of that id gave; None when it was not asked."""
        return self._answers.get(id)

    def put(self, contender: Contender, said: Conversation | None = None) -> Answer:
        """A fresh answer of a contender, not yet begun; one that it gave before stops and is forgotten.

        `said` is what is put to it instead of the question behind its history.
        """
        if (before := self._answers.get(contender.id)) is not None:
            before.stop()
        told = conversation(self.asked, contender, self.before) if said is None else said
        answer = self._answers[contender.id] = Answer(contender, told, self._abandoned)
        return answer

    def go_on(self, contender: Contender) -> Answer | None:
        """An answer that goes on where the contender's last one ended, not yet begun, in its place."""
        cut = self._answers.get(contender.id)
        if cut is None or not cut.ended:
            return None
        answer = self._answers[contender.id] = Answer.going_on(cut, contender, self._abandoned)
        return answer

    def replace(self, answer: Answer) -> None:
        """An answer that was given elsewhere, in the place of what its contender gave before."""
        self._answers[answer.contender.id] = answer

    def lease(self, abandoned: Callable[[], bool]) -> None:
        """Answers that are put from now on end when `abandoned` says so."""
        self._abandoned = abandoned

    def stop(self) -> None:
        """End every answer now; what came so far stays."""
        for answer in self.answers:
            answer.stop()

    def interrupt(self) -> None:
        """The program ends: end every answer that is not whole, as one that was cut."""
        for answer in self.answers:
            answer.interrupt()
