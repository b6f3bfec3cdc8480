"""What one contender gives, kept by the thread that gets it; a plain object that one writes and anybody reads.

Knows engines through the pool, and no screen.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Literal

from playground.comparisons.contender import Contender
from playground.comparisons.figures import Figures, Stage, Timeline, compute, stages
from playground.comparisons.pool import Pool, Stopped, Turn
from playground.engines.base import Engine, EngineError
from playground.engines.events import (
    Chunk,
    Event,
    Finished,
    FinishReason,
    Progress,
    Read,
    Requested,
)
from playground.prompt.conversation import Conversation, Settings
from playground.prompt.cost import PromptTokens
from playground.prompt.mend import Mend, longer

State = Literal[
    "waiting", "loading", "reading", "thinking", "answering", "done", "stopped", "refused", "failed"
]
ENDED: frozenset[State] = frozenset({"done", "stopped", "refused", "failed"})

NEARLY = 0.9
"""Of the longest answer; one that was cut at less was not cut for its sake. Servers' counts differ by a few tokens."""

_READ_ANEW = (
    "chunks", "thinking", "text", "tool_call", "reason", "remedy", "finish_reason", "interrupted", "_accepted",
    "_started", "_requested", "_read", "_finished", "_prompt", "_last", "_contended",
)  # fmt: skip
"""What changes while an answer comes, but for its state."""

log = logging.getLogger(__name__)


class Answer:
    """What one contender gives, as it comes: a state, chunks in order, and time stamps.

    `reason` and `remedy` are one sentence each, for refused and failed answers and for those that
    were cut off; `mends` are the remedies that one click can apply. `thinking` and `text` are all
    chunks of their channel joined.
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
        self.asked_at = time.time()
        self.interrupted = False
        self._accepted = time.perf_counter()
        self._started: float | None = None
        self._requested: float | None = None
        self._read: float | None = None
        self._finished: float | None = None
        self._prompt: PromptTokens | None = None
        self._last: Finished | None = None
        self._turn: Turn | None = None
        self._contended = False
        self._engine: Engine | None = None
        self._reading: Progress | None = None
        self._abandoned = abandoned
        self._asked_to_stop = threading.Event()
        self._over = threading.Event()
        self._writing = threading.Lock()

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
    ) -> Answer:
        """An answer of which nothing more will come: one that had not ended was interrupted. A `live` one is answered
        in another program; `become` brings it up to date.
        """
        answer = cls(contender, conversation)
        for chunk in chunks:
            answer._append(chunk.channel, chunk.text)
        answer.chunks = chunks
        answer.asked_at = asked_at
        answer.interrupted = interrupted or (state not in ENDED and not live)
        answer.state = "stopped" if answer.interrupted else state
        answer.reason, answer.remedy, answer.finish_reason = reason, remedy, finish_reason
        answer._accepted, answer._started = timeline.accepted, timeline.started
        answer._requested, answer._read = timeline.requested, timeline.read
        answer._finished = timeline.finished
        answer._prompt, answer._last, answer._contended = prompt, last, contended
        if live:
            return answer
        if answer._finished is None:
            answer._finished = chunks[-1].at if chunks else timeline.accepted
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
    def last(self) -> Finished | None:
        """What the engine told at the end."""
        return self._last

    @property
    def progress(self) -> Progress | None:
        """How far loading or reading is; None in other states, or where nobody tells."""
        if self.state == "loading":
            return self._engine.loading if self._engine else None
        return self._reading if self.state == "reading" else None

    @property
    def contended(self) -> bool:
        """Whether another answer ran on the same device meanwhile."""
        return self._turn.contended if self._turn else self._contended

    @property
    def settings(self) -> Settings:
        """The settings as used: what the person left open is the model's own."""
        return self.contender.settings.settled(self.contender.model.sampling)

    @property
    def timeline(self) -> Timeline:
        """When its stages began."""
        return Timeline(self._accepted, self._started, self._requested, self._read, self._finished)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader should know of it, a sentence each: what the server did wrong, or got otherwise."""
        return self._last.remarks if self._last else ()

    def elapsed(self) -> float:
        """Seconds since it was asked for, until its end."""
        return (self._finished or time.perf_counter()) - self._accepted

    def figures(self) -> Figures:
        """The figures of what there is so far."""
        return compute(self.timeline, tuple(self.chunks), self._prompt, self._last, self.contended)

    def stages(self) -> tuple[Stage, ...]:
        """Where its time went so far."""
        output = self._last.output if self._last else None
        return stages(self.timeline, tuple(self.chunks), bool(output and output.hidden))

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
        for event in engine.stream(self.conversation, self.contender.settings, self):
            self._take(event)
        if self.finish_reason == "length":
            self._end("done", *self._cut_off())
        else:
            self._end("stopped" if self.finish_reason == "stopped" else "done")

    def _cut_off(self) -> tuple[str, str, tuple[Mend, ...]]:
        """Why it ended at its longest length, what would help, and the buttons for that."""
        settings, read = self.contender.settings, self._prompt
        most, output = settings.max_tokens, self.figures().output_tokens
        spent = output.total if output else most
        room = self.contender.model.capabilities.context - (read.total if read else 0)
        more = longer(settings, room)
        full = spent < NEARLY * most  # the server's own context, whatever was allowed
        thought = bool(self.thinking.strip()) or bool(output and output.thinking)
        if thought and not (self.text.strip() or self.tool_call):
            reason = f"The thought took all {spent:,} tokens, and no answer was begun."
            # Some servers think though nobody asked them to.
            without = (Mend("no_thinking"),) if settings.thinking else ()
            if full:
                return reason, "Ask without thinking, or shorten the prompt.", without
            remedy = "Allow a longer answer, or ask without thinking."
            return reason, remedy if without else "Allow a longer answer.", (*more, *without)
        if full:
            reason = f"Cut off after {spent:,} of {most:,} tokens: there was no room for more."
            return reason, "Shorten the prompt.", ()
        return f"Cut off at {most:,} tokens, the longest answer set.", "", more

    def _take(self, event: Event) -> None:
        with self._writing:
            if self.ended:
                return
            match event:
                case Requested(at):
                    self._requested, self.state = at, "reading"
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
            self._over.set()

    def wait(self) -> None:
        """Return once it has ended."""
        self._over.wait()

    def begin(self, pool: Pool, shared: bool, owner: str = "", job: str = "") -> Callable[[], None]:
        """Take a place in the line; returns what starts the waiting thread."""
        try:
            turn = pool.turn(self.contender.model, self, shared, owner, job)
        except EngineError as error:
            self.refuse(error.reason, error.remedy)
            return lambda: None
        name = f"answer of {self.contender.label}"
        return threading.Thread(target=self.run, args=(turn,), name=name, daemon=True).start
