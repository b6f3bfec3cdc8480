"""A conversation put to several contenders: their answers, kept by threads that outlive the page
that started them.

Answers are plain objects that one thread writes and anybody reads. Knows engines through the pool,
and no screen.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from playground.conversation import Conversation, Settings
from playground.engines.base import Engine, EngineError, Model
from playground.events import (
    Chunk,
    Event,
    Finished,
    FinishReason,
    Progress,
    PromptTokens,
    Read,
    Requested,
)
from playground.figures import Figures, Stage, Timeline, compute, stages
from playground.mend import Mend
from playground.pool import Pool, Stopped, Turn

State = Literal[
    "waiting", "loading", "reading", "thinking", "answering", "done", "stopped", "refused", "failed"
]
ENDED: frozenset[State] = frozenset({"done", "stopped", "refused", "failed"})

LEASE_S = 10.0
"""A comparison that nobody watched for so long stops itself; reloading a tab takes two or three
seconds.
"""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Contender:
    """A model with its settings, one column; `label` is unique in its comparison."""

    model: Model
    settings: Settings
    label: str


def contenders(models: Sequence[tuple[Model, Settings]]) -> tuple[Contender, ...]:
    """Contenders in that order; a title that comes again is numbered: "E2B", "E2B int8", "E2B (2)"."""
    seen: dict[str, int] = {}
    columns = []
    for model, settings in models:
        seen[model.title] = count = seen.get(model.title, 0) + 1
        label = model.title if count == 1 else f"{model.title} ({count})"
        columns.append(Contender(model, settings, label))
    return tuple(columns)


class Answer:
    """What one contender gives, as it comes: a state, chunks in order, and time stamps.

    `reason` and `remedy` are one sentence each, for refused and failed answers; `mend` is the
    remedy that one click can apply. `thinking` and `text` are all chunks of their channel joined.
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
        self.chunks: list[Chunk] = []
        self.thinking = ""
        self.text = ""
        self.tool_call = ""
        self.finish_reason: FinishReason | None = None
        self._accepted = time.perf_counter()
        self._started: float | None = None
        self._requested: float | None = None
        self._read: float | None = None
        self._finished: float | None = None
        self._prompt: PromptTokens | None = None
        self._last: Finished | None = None
        self._turn: Turn | None = None
        self._engine: Engine | None = None
        self._reading: Progress | None = None
        self._abandoned = abandoned
        self._asked_to_stop = threading.Event()
        self._writing = threading.Lock()

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self.state in ENDED

    @property
    def ahead(self) -> int:
        """How many answers, of anybody, come before this one while it waits."""
        return self._turn.ahead if self._turn and self.state == "waiting" else 0

    @property
    def prompt_tokens(self) -> PromptTokens | None:
        """What the prompt cost, as soon as it is known."""
        return self._prompt

    @property
    def progress(self) -> Progress | None:
        """How far loading or reading is; None in other states, or where nobody tells."""
        if self.state == "loading":
            return self._engine.loading if self._engine else None
        return self._reading if self.state == "reading" else None

    @property
    def settings(self) -> Settings:
        """The settings as used: what the person left open is the model's own."""
        return self.contender.model.sampling.settle(self.contender.settings)

    @property
    def timeline(self) -> Timeline:
        """When its stages began."""
        return Timeline(self._accepted, self._started, self._requested, self._read, self._finished)

    def elapsed(self) -> float:
        """Seconds since it was asked for, until its end."""
        return (self._finished or time.perf_counter()) - self._accepted

    def figures(self) -> Figures:
        """The figures of what there is so far."""
        contended = bool(self._turn and self._turn.contended)
        return compute(self.timeline, tuple(self.chunks), self._prompt, self._last, contended)

    def stages(self) -> tuple[Stage, ...]:
        """Where its time went so far."""
        return stages(self.timeline, tuple(self.chunks))

    def stop(self) -> None:
        """End it now; what came so far stays. The engine notices a moment later."""
        self._asked_to_stop.set()
        self._end("stopped")

    def is_set(self) -> bool:
        """For engines and the pool (it is their `Stop`): should it end?"""
        return self._asked_to_stop.is_set() or self._abandoned()

    def refuse(self, reason: str, remedy: str, mends: tuple[Mend, ...] = ()) -> None:
        """End it before anything was sent."""
        self._end("refused", reason, remedy, mends)

    def run(self, turn: Turn) -> None:
        """Wait for the turn, load, answer. Called once, in a thread of its own; never raises."""
        self._turn = turn
        try:
            with turn as engine:
                self._started = time.perf_counter()
                self._answer(turn, engine)
        except Stopped:
            self._end("stopped")
        except EngineError as error:
            self._end("failed", error.reason, error.remedy)
        except Exception:
            log.exception("an answer of %s broke", self.contender.label)
            self._end("failed", f"{self.contender.label} broke while it answered.", "Run it again.")

    def _answer(self, turn: Turn, engine: Engine) -> None:
        self._engine = engine
        self._enter("loading" if not engine.loaded else "reading")
        turn.load(engine)
        self._enter("reading")
        for event in engine.stream(self.conversation, self.contender.settings, self):
            self._take(event)
        self._end("stopped" if self.finish_reason == "stopped" else "done")

    def _take(self, event: Event) -> None:
        with self._writing:
            if self.ended:
                return
            match event:
                case Requested(at):
                    self._requested = at
                case Read(at, prompt):
                    self._read, self._prompt = at, prompt
                case Progress():
                    self._reading = event
                case Chunk(channel, text, _, _):
                    self._append(channel, text)
                    self.chunks.append(event)
                case Finished(at, reason, prompt):
                    self._last, self.finish_reason = event, reason
                    self._prompt = prompt or self._prompt

    def _append(self, channel: str, text: str) -> None:
        if channel == "thinking":
            self.thinking += text
            self.state = "thinking"
        elif channel == "answer":
            self.text += text
            self.state = "answering"
        else:
            self.tool_call += text
            self.state = "answering"

    def _enter(self, state: State) -> None:
        with self._writing:
            if not self.ended:
                self.state = state

    def _end(
        self, state: State, reason: str = "", remedy: str = "", mends: tuple[Mend, ...] = ()
    ) -> None:
        with self._writing:
            if self.ended:
                return
            self._finished = time.perf_counter()
            if state == "stopped":
                self.finish_reason = "stopped"
            self.reason, self.remedy, self.mends = reason, remedy, mends
            self.state = state

    def begin(self, pool: Pool, shared: bool) -> Callable[[], None]:
        """Take a place in the line; returns what starts the waiting thread."""
        try:
            turn = pool.turn(self.contender.model, self, shared)
        except EngineError as error:
            self.refuse(error.reason, error.remedy)
            return lambda: None
        name = f"answer of {self.contender.label}"
        return threading.Thread(target=self.run, args=(turn,), name=name, daemon=True).start


class Comparison:
    """One conversation, its contenders and their answers. It runs as long as somebody watches."""

    def __init__(
        self,
        conversation: Conversation,
        contenders: Sequence[Contender],
        all_at_once: bool = False,
    ) -> None:
        self.id = secrets.token_urlsafe(9)
        self.conversation = conversation
        self.contenders = tuple(contenders)
        self.all_at_once = all_at_once
        self._watched = time.monotonic()
        self.answers = tuple(
            Answer(contender, conversation, self._is_abandoned) for contender in self.contenders
        )

    @property
    def ended(self) -> bool:
        """Whether every answer has ended."""
        return all(answer.ended for answer in self.answers)

    def watch(self) -> None:
        """Say that somebody looks at it: the lease runs anew."""
        self._watched = time.monotonic()

    def stop(self) -> None:
        """End every answer now; what came so far stays."""
        for answer in self.answers:
            answer.stop()

    def run(self, pool: Pool) -> None:
        """Put the conversation to every contender that was not refused, in their order. Returns at
        once.
        """
        starts = [
            answer.begin(pool, self.all_at_once) for answer in self.answers if not answer.ended
        ]
        for start in starts:
            start()

    def renew(self, index: int, contender: Contender, conversation: Conversation) -> Answer:
        """A fresh answer in that place, not yet begun; the one that was there stops and is
        forgotten.
        """
        self.answers[index].stop()
        answer = Answer(contender, conversation, self._is_abandoned)
        self.watch()
        self.answers = (*self.answers[:index], answer, *self.answers[index + 1 :])
        self.contenders = tuple(answer.contender for answer in self.answers)
        return answer

    def _is_abandoned(self) -> bool:
        return time.monotonic() - self._watched > LEASE_S
