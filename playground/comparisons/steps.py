"""The steps of an answer that calls tools: each is one request of its own, with what came and what was given back.

Most answers have one. Knows no engine and no screen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from playground.comparisons.figures import Figures, Timeline, compute
from playground.engines.events import Chunk, Finished
from playground.prompt.conversation import (
    Begun,
    Conversation,
    Message,
    Text,
    ToolCall,
    ToolResult,
)
from playground.prompt.cost import PromptTokens

if TYPE_CHECKING:
    from playground.prompt.schema.judging import Judged

Standing = Literal["waiting", "running", "given", "wrong", "refused"]


@dataclass(frozen=True, slots=True)
class Called:
    """A call of a tool and what was given back for it.

    `standing` is "waiting" for a person, "running", "given", "wrong" where the model was told what went wrong, or
    "refused" by a person. `at` and `given_at` are seconds of the machine's clock.
    """

    name: str
    arguments: dict[str, Any]
    standing: Standing
    at: float
    result: Any = None
    given_at: float | None = None
    by_hand: bool = False

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.standing not in ("waiting", "running")

    def given(self, result: Any, standing: Standing, at: float) -> Called:
        """The same call with what came of it."""
        return replace(self, result=result, standing=standing, given_at=at)


@dataclass(frozen=True, slots=True)
class Step:
    """One request and what came of it; `calls` are empty where it called nothing, or nothing was given back.

    One without calls that is not the last was cut: the next one goes on with it. But where recordings are heard one by
    one, `piece` is the name of its own, and the next one hears the next.
    """

    line: Timeline
    chunks: Sequence[Chunk] = field(default=(), repr=False)
    thinking: str = ""
    text: str = ""
    tool_call: str = ""
    prompt: PromptTokens | None = None
    last: Finished | None = None
    calls: tuple[Called, ...] = ()
    piece: str = ""

    @property
    def until(self) -> float:
        """When all its calls were answered; where it made none, when it ended."""
        ends = [call.given_at for call in self.calls if call.given_at is not None]
        return max(ends, default=self.line.finished or self.line.accepted)

    def figures(self, contended: bool) -> Figures:
        """Its own figures."""
        return compute(self.line, self.chunks, self.prompt, self.last, contended)

    def messages(self, with_thought: bool) -> tuple[Message, ...]:
        """What it adds to the conversation: its words, its calls and their results."""
        words = (Text(self.text.strip()),) if self.text.strip() else ()
        calls = tuple(ToolCall(call.name, call.arguments) for call in self.calls)
        results = tuple(ToolResult(call.name, call.result) for call in self.calls)
        thought = self.thinking.strip() if with_thought else ""
        parts = (*words, *calls, *results)
        return (Message("model", parts, thought),) if parts else ()


def whole(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The same with each step that was cut and gone on with in one piece with what it was gone on with."""
    made: list[Step] = []
    for step in steps:
        if made and not made[-1].calls and not made[-1].piece:
            cut = made.pop()
            step = replace(
                step,
                chunks=(*cut.chunks, *step.chunks),
                thinking=cut.thinking + step.thinking,
                text=cut.text + step.text,
                tool_call=cut.tool_call + step.tool_call,
            )
        made.append(step)
    return tuple(made)


def judged(steps: Sequence[Step], schema: Mapping[str, Any] | None) -> Judged | None:
    """What was said last, held against a schema, also where it was cut and went on.

    None where nothing was wanted, nothing was said, or a tool was called last.
    """
    last = whole(steps)[-1]
    if schema is None or last.tool_call or not last.text.strip():
        return None
    from playground.prompt.schema.judging import judge  # only where somebody wants it

    return judge(last.text, schema)


def cut_off(steps: Sequence[Step]) -> tuple[tuple[Step, ...], Begun | None]:
    """Steps that are over as those whose calls were answered, and what of the answer is to be gone on with."""
    made = whole(steps)
    if not made or made[-1].calls or made[-1].piece:
        return made, None
    return made[:-1], Begun(made[-1].text, made[-1].thinking)


def later(step: Step, seconds: float) -> Step:
    """The same step with its times so much later."""

    def moved(moment: float | None) -> float | None:
        return None if moment is None else moment + seconds

    line = step.line
    return replace(
        step,
        line=Timeline(
            line.accepted + seconds,
            moved(line.started),
            moved(line.requested),
            moved(line.read),
            moved(line.finished),
        ),
        chunks=tuple(replace(chunk, at=chunk.at + seconds) for chunk in step.chunks),
        last=step.last and replace(step.last, at=step.last.at + seconds),
        calls=tuple(
            replace(call, at=call.at + seconds, given_at=moved(call.given_at))
            for call in step.calls
        ),
    )


def turn(steps: Sequence[Step], with_thoughts: bool = False) -> tuple[Message, ...]:
    """What steps add to the conversation. The last words belong to the message of the last calls: that is how the
    family's templates go on in one turn.
    """
    every = whole(steps)
    if every[0].piece:
        said = joined([step.text for step in every])
        return (Message("model", (Text(said),)),) if said.strip() else ()
    *called, last = every
    made = [message for step in called for message in step.messages(with_thoughts)]
    if last.calls or not made:
        return (*made, *last.messages(with_thoughts))
    if last.text.strip():
        made[-1] = replace(made[-1], parts=(*made[-1].parts, Text(last.text)))
    return tuple(made)


def put(asked: Conversation, before: Sequence[Step]) -> Conversation:
    """What is put to the model in a request: the question, and the steps before it with their thoughts."""
    called, begun = cut_off(before)
    made = turn(called, with_thoughts=True) if called else ()
    return Conversation((*asked.messages, *made), begun)


def spent(steps: Sequence[Step]) -> int:
    """Tokens that they gave, as far as those were counted."""
    outputs = [step.figures(False).output_tokens for step in steps]
    return sum(output.total for output in outputs if output)


def joined(texts: Sequence[str]) -> str:
    """What steps said, a blank line between two of them."""
    said = ""
    for text in texts:
        between = "\n\n" if said.strip() and text.strip() and not said.endswith("\n") else ""
        said += between + text
    return said
