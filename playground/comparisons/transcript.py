"""What came of an answer so far: its chunks in order, the steps that they make up, and when each stage began.

Written by its answer, which sees to it that one thread does so at a time. Knows no state and no engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from playground.comparisons.figures import Timeline
from playground.comparisons.steps import Step
from playground.engines.events import Chunk, Event, Finished, Progress, Read, Requested
from playground.prompt.cost import PromptTokens


class Transcript:
    """`thinking`, `text` and `tool_call` are all chunks of their channel joined, `text` behind what it was `begun`
    with. `called` are the steps before the one that runs; the moments are that one's, but for `accepted`. `pieces`
    names the recordings that are heard one by one, a step each.
    """

    def __init__(
        self, accepted: float, begun: str = "", pieces: Callable[[], Sequence[str]] = tuple
    ) -> None:
        self.chunks: list[Chunk] = []
        self.thinking = ""
        self.text = begun
        self.tool_call = ""
        self.accepted = accepted
        self.started: float | None = None
        self.requested: float | None = None
        self.read: float | None = None
        self.finished: float | None = None
        self.prompt: PromptTokens | None = None
        self.last: Finished | None = None
        self.reading: Progress | None = None
        self.called: tuple[Step, ...] = ()
        self._pieces = pieces
        self._first = 0
        self._begins = {"thinking": 0, "text": 0, "tool_call": 0}

    @property
    def steps(self) -> tuple[Step, ...]:
        """All of them, the one that runs as far as it is."""
        return (*self.called, self.step)

    @property
    def line(self) -> Timeline:
        """When the stages of the step that runs began."""
        accepted = self.called[-1].until if self.called else self.accepted
        return Timeline(accepted, self.started, self.requested, self.read, self.finished)

    @property
    def step(self) -> Step:
        """The one that runs, so far."""
        said = [getattr(self, name)[begin:] for name, begin in self._begins.items()]
        if not self._goes_on:
            said = [text.lstrip("\n") for text in said]
        thinking, text, tool_call = said
        pieces, number = self._pieces(), len(self.called)
        return Step(
            self.line,
            tuple(self.chunks[self._first :]),
            thinking,
            text,
            tool_call,
            self.prompt,
            self.last,
            piece=pieces[number] if number < len(pieces) else "",
        )

    @property
    def _goes_on(self) -> bool:
        """Whether the step that runs goes on with words that were cut."""
        return bool(self.called) and not (self.called[-1].calls or self.called[-1].piece)

    def take(self, event: Event) -> None:
        """What an engine tells."""
        match event:
            case Requested(at):
                self.requested = at
            case Read(at, prompt):
                self.read, self.prompt = at, prompt
            case Progress():
                self.reading = event
            case Chunk():
                self.write(event)
            case Finished(_, _, prompt):
                self.last = event
                self.prompt = prompt or self.prompt

    def write(self, chunk: Chunk) -> None:
        """One more piece."""
        name = {"thinking": "thinking", "answer": "text"}.get(chunk.channel, "tool_call")
        said = getattr(self, name)
        fresh = self.called and not self._goes_on and len(said) == self._begins[name]
        if chunk.text and fresh and said.strip():
            said += "\n\n"  # a step before said something
        setattr(self, name, said + chunk.text)
        self.chunks.append(chunk)

    def close(self, step: Step) -> None:
        """The step that runs is over, with these facts; the next one begins."""
        now = self.step
        words = {name: getattr(now, name) for name in ("chunks", "piece", *self._begins)}
        self.called = (*self.called, replace(step, **words))
        self._first = len(self.chunks)
        self._begins = {name: len(getattr(self, name)) for name in self._begins}
        self.started = self.called[-1].until
        self.requested = self.read = self.last = self.prompt = self.reading = None

    def take_over(self, over: Sequence[Step]) -> None:
        """Steps that are over already, with all that was said in them."""
        for step in over:
            for chunk in step.chunks:
                self.write(chunk)
            self.close(step)
