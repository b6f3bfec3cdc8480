"""What one contender gives, kept by the thread that gets it; a plain object that one writes and anybody reads.

Knows engines through the pool, and no screen.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

from playground.comparisons import steps, summed
from playground.comparisons.contender import Contender
from playground.comparisons.figures import Figures, Stage, Timeline
from playground.comparisons.pool import Turn
from playground.comparisons.steps import Called, Standing, Step
from playground.comparisons.transcript import Transcript
from playground.engines.base import Engine
from playground.engines.events import (
    Chunk,
    Event,
    Finished,
    FinishReason,
    Progress,
    Requested,
)
from playground.prompt import piecewise
from playground.prompt.conversation import Conversation, Settings
from playground.prompt.cost import PromptTokens
from playground.prompt.mend import Mend
from playground.tools import results
from playground.tools.toolbox import Outcome, wrong

State = Literal[
    "waiting",
    "loading",
    "reading",
    "thinking",
    "answering",
    "calling",
    "done",
    "stopped",
    "refused",
    "failed",
]
ENDED: frozenset[State] = frozenset({"done", "stopped", "refused", "failed"})

_READ_ANEW = ("_script", "reason", "remedy", "finish_reason", "interrupted", "_contended")
"""What changes while an answer comes, but for its state."""


class Answer:
    """What one contender gives, as it comes: a state, chunks in order, and time stamps.

    `reason` and `remedy` are one sentence each, for refused and failed answers and for those that
    were cut off; `mends` are the remedies that one click can apply. An answer that calls tools has several steps; one
    that `ends_at_calls` leaves them to whoever asked. `answering` writes to it, and nobody else. One that is `retold`
    was given before, here or elsewhere.
    """

    def __init__(
        self,
        contender: Contender,
        conversation: Conversation,
        abandoned: Callable[[], bool] = lambda: False,
    ) -> None:
        self.contender = contender
        self.conversation = conversation
        self.state: State = "waiting"
        self.reason = ""
        self.remedy = ""
        self.mends: tuple[Mend, ...] = ()
        self.finish_reason: FinishReason | None = None
        self.asked_at = time.time()
        self.interrupted = False
        self.ends_at_calls = False
        self.retold = False
        self._went_before = 0
        self._script = Transcript(time.perf_counter(), contender.settings.begun, self._pieces)
        self._turn: Turn | None = None
        self._contended = False
        self._engine: Engine | None = None
        self._calling: tuple[Called, ...] = ()
        self._given = threading.Event()
        self._abandoned = abandoned
        self._asked_to_stop = threading.Event()
        self._over = threading.Event()
        self._afterwards: list[Callable[[], None]] = []
        self._writing = threading.Lock()

    @classmethod
    def going_on(
        cls, cut: Answer, contender: Contender, abandoned: Callable[[], bool] = lambda: False
    ) -> Answer:
        """An answer that goes on where another ended, which it holds as its steps so far."""
        answer = cls(contender, cut.conversation, abandoned)
        script = answer._script
        past = script.accepted - cut.steps[-1].until
        script.take_over([steps.later(step, past) for step in cut.steps])
        answer._went_before, answer.retold = len(cut.steps), cut.retold
        answer.asked_at -= script.accepted - script.called[0].line.accepted
        answer._contended = cut.contended
        script.started = None
        return answer

    @classmethod
    def restored(
        cls,
        contender: Contender,
        conversation: Conversation,
        *,
        state: State,
        reason: str,
        remedy: str,
        finish_reason: FinishReason | None,
        asked_at: float,
        timeline: Timeline,
        chunks: list[Chunk],
        prompt: PromptTokens | None,
        last: Finished | None,
        contended: bool,
        interrupted: bool,
        live: bool = False,
        called: Sequence[Step] = (),
    ) -> Answer:
        """An answer of which nothing more will come: one that had not ended was interrupted. A `live` one is answered
        in another program; `become` brings it up to date. `called` are its steps before the last.
        """
        answer = cls(contender, conversation)
        script = answer._script
        script.take_over(called)
        for chunk in chunks[len(script.chunks) :]:
            script.write(chunk)
        answer.asked_at, answer.retold = asked_at, True
        answer.interrupted = interrupted or (state not in ENDED and not live)
        answer.state = "stopped" if answer.interrupted else state
        answer.reason, answer.remedy, answer.finish_reason = reason, remedy, finish_reason
        script.accepted, script.started = timeline.accepted, timeline.started
        script.requested, script.read = timeline.requested, timeline.read
        script.finished = timeline.finished
        script.prompt, script.last, answer._contended = prompt, last, contended
        if live:
            return answer
        if script.finished is None:
            script.finished = chunks[-1].at if chunks else timeline.accepted
        answer._over.set()
        return answer

    def become(self, other: Answer) -> None:
        """What the same answer is by now, read anew: for one that is answered in another program."""
        with self._writing:
            for name in _READ_ANEW:
                setattr(self, name, getattr(other, name))
            self.state = other.state  # last: who sees the end finds everything
            if self.ended:
                self._over.set()

    @property
    def chunks(self) -> list[Chunk]:
        """Every piece that came, in order."""
        return self._script.chunks

    @property
    def thinking(self) -> str:
        """Its thoughts."""
        return self._script.thinking

    @property
    def text(self) -> str:
        """Its words."""
        return self._script.text

    @property
    def tool_call(self) -> str:
        """What it wrote to call tools."""
        return self._script.tool_call

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self.state in ENDED

    @property
    def ahead(self) -> int:
        """How many answers, of anybody, come before this one while it waits."""
        return self._turn.ahead if self._turn and self.state == "waiting" else 0

    @property
    def steps(self) -> tuple[Step, ...]:
        """Its requests in order: those whose calls were answered, and the one that runs or ended it."""
        with self._writing:
            return self._script.steps

    @property
    def fresh(self) -> tuple[Step, ...]:
        """Its steps without those of the answer that it goes on with, if it does: what was computed for it."""
        return self.steps[self._went_before :]

    @property
    def number(self) -> int:
        """How many steps it has so far."""
        return len(self._script.called) + 1

    @property
    def calling(self) -> tuple[Called, ...]:
        """The calls of the step that runs, and what was given back so far."""
        return self._calling

    @property
    def prompt_tokens(self) -> PromptTokens | None:
        """What the prompt cost, as soon as it is known; where recordings are heard one by one, of all of them."""
        script = self._script
        if self._pieces():
            return self.figures().prompt_tokens if self.ended else None
        return script.called[0].prompt if script.called else script.prompt

    @property
    def last(self) -> Finished | None:
        """What the engine told at the end."""
        return self._script.last

    @property
    def progress(self) -> Progress | None:
        """How far loading or reading is; None in other states, or where nobody tells."""
        if self.state == "loading":
            return self._engine.loading if self._engine else None
        return self._script.reading if self.state == "reading" else None

    @property
    def contended(self) -> bool:
        """Whether another answer ran on the same device meanwhile."""
        return self._contended or bool(self._turn and self._turn.contended)

    @property
    def settings(self) -> Settings:
        """The settings as used: what the person left open is the model's own."""
        return self.contender.settings.settled(self.contender.model.sampling)

    @property
    def timeline(self) -> Timeline:
        """When its stages began; those of its first step, where it has several."""
        script = self._script
        first = script.called[0].line if script.called else script.line
        return replace(first, finished=script.finished)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader should know of it, a sentence each: what the server did wrong, or got otherwise."""
        told = (*(step.last for step in self._script.called), self._script.last)
        return tuple(dict.fromkeys(remark for last in told if last for remark in last.remarks))

    def elapsed(self) -> float:
        """Seconds since it was asked for, until its end."""
        return (self._script.finished or time.perf_counter()) - self._script.accepted

    def figures(self) -> Figures:
        """The figures of what there is so far."""
        return summed.figures(self.steps, self.contended)

    def stages(self) -> tuple[Stage, ...]:
        """Where its time went so far."""
        return summed.time_stages(self.steps)

    def stop(self) -> None:
        """End it now; what came so far stays. The engine notices a moment later."""
        self._asked_to_stop.set()
        self.end("stopped")

    def interrupt(self) -> None:
        """The program ends before it: what came so far stays, and that there was more to come is known."""
        self.end("stopped", interrupted=True)
        self._asked_to_stop.set()

    def is_set(self) -> bool:
        """For engines and the pool (it is their `Stop`): should it end?"""
        return self._asked_to_stop.is_set() or self._abandoned()

    def refuse(self, reason: str, remedy: str, mends: tuple[Mend, ...] = ()) -> None:
        """End it before anything was sent."""
        self.end("refused", reason, remedy, mends)

    def give(self, number: int, typed: str) -> None:
        """A person's result for one of the calls that wait: JSON, or words."""
        self._by_person(number, Outcome(results.typed(typed)))

    def decline(self, number: int) -> None:
        """A person lets one of the calls that wait go unanswered; the model is told so."""
        self._by_person(number, wrong("The person who was asked refused this call."))

    def leave(self) -> None:
        """End it at calls that nobody will answer."""
        self.end("done")

    def begin(self, turn: Turn, engine: Engine) -> None:
        """Its turn came, the first one or one more."""
        self._contended = self.contended
        self._turn, self._engine = turn, engine
        self._script.started = time.perf_counter()
        self.enter("reading" if engine.loaded else "loading")

    def waits(self, turn: Turn) -> None:
        """It stands in the line."""
        self._contended = self.contended
        self._turn = turn

    def call(self, calls: tuple[Called, ...]) -> None:
        """The step that runs made these calls."""
        self._calling = calls
        self.enter("calling")

    def put(self, number: int, call: Called) -> None:
        """What came of one of its calls."""
        with self._writing:
            self._put(number, call)

    def wait_for_person(self) -> bool:
        """Until a person answered every call that waits; False when it is to end before that."""
        while any(call.standing == "waiting" for call in self._calling):
            if self.is_set() or self.ended:
                return False
            self._given.wait(0.1)
            self._given.clear()
        return True

    def next_step(self) -> None:
        """The calls are answered: what comes now is of the next step."""
        with self._writing:
            self._script.close(replace(self._script.step, calls=self._calling))
            self._calling = ()

    def _by_person(self, number: int, outcome: Outcome) -> None:
        with self._writing:
            call = self._calling[number] if number < len(self._calling) else None
            if call is None or call.standing != "waiting" or self.ended:
                return
            standing: Standing = "refused" if outcome.wrong else "given"
            self._put(number, call.given(outcome.result, standing, time.perf_counter()))
        self._given.set()

    def _pieces(self) -> tuple[str, ...]:
        """The recordings that are heard one by one, if any are."""
        return piecewise.names(self.conversation, self.contender.settings)

    def _put(self, number: int, call: Called) -> None:
        calls = self._calling
        self._calling = (*calls[:number], call, *calls[number + 1 :])

    def take(self, event: Event) -> None:
        """What its engine tells."""
        with self._writing:
            if self.ended:
                return
            self._script.take(event)
            match event:
                case Requested():
                    self.state = "reading"
                case Chunk(channel):
                    self.state = "thinking" if channel == "thinking" else "answering"
                case Finished(_, reason):
                    self.finish_reason = reason

    def enter(self, state: State) -> None:
        """It comes to a state, unless it ended."""
        with self._writing:
            if not self.ended:
                self.state = state

    def end(
        self,
        state: State,
        reason: str = "",
        remedy: str = "",
        mends: tuple[Mend, ...] = (),
        interrupted: bool = False,
    ) -> None:
        """Nothing more will come; the first end is the one that counts."""
        with self._writing:
            if self.ended:
                return
            self.interrupted = interrupted
            self._script.finished = time.perf_counter()
            if state == "stopped":
                self.finish_reason = "stopped"
            self.reason, self.remedy, self.mends = reason, remedy, mends
            self.state = state
        try:
            for act in self._afterwards:
                act()
        finally:
            self._over.set()  # who waits for it finds all of that done

    def then(self, act: Callable[[], None]) -> None:
        """Call `act` once it has ended, in the thread that ends it; now if it has."""
        with self._writing:
            if not self.ended:
                self._afterwards.append(act)
                return
        act()

    def wait(self) -> None:
        """Return once it has ended."""
        self._over.wait()
