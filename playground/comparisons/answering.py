"""The thread in which an answer runs: its turn, its requests one after the other, and the calls between them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from playground.comparisons import steps
from playground.comparisons.answer import Answer
from playground.comparisons.pool import Pool, Stopped, Turn
from playground.comparisons.tool_turn import ToolTurn
from playground.engines.base import Engine, EngineError
from playground.models.sizes import counted
from playground.prompt import piecewise, tokens
from playground.prompt.check import SHORTEST_ANSWER
from playground.prompt.conversation import Conversation, Settings
from playground.prompt.mend import Mend, longer
from playground.tools.toolbox import Toolbox

NEARLY = 0.9
"""Of the longest answer; one that was cut at less was not cut for its sake. Servers' counts differ by a few tokens."""

log = logging.getLogger(__name__)


class Answering:
    """Gives one answer. While a person is waited for its turn is given back; `another` is one to go on in."""

    def __init__(
        self, answer: Answer, another: Callable[[], Turn], toolbox: Toolbox | None = None
    ) -> None:
        self._to = answer
        self._another = another
        self._settings = answer.contender.settings
        self._before = len(answer.steps) - 1
        """Steps of an answer that was cut: their tokens are no part of the length that it may still have."""
        self._pieces = piecewise.requests(answer.conversation, self._settings)
        self._cut: list[str] = []
        """The pieces of a recording whose answers reached their longest length."""
        made = sum(len(step.calls) for step in answer.steps)
        self._using = ToolTurn(self._settings, toolbox or Toolbox(), made)

    def run(self, turn: Turn) -> None:
        """Wait for the turn, load, answer. Called once, in a thread of its own; never raises."""
        answer, label = self._to, self._to.contender.label
        try:
            while True:
                answer.waits(turn)
                with turn as engine:
                    answer.begin(turn, engine)
                    turn.load(engine)
                    self._requests(engine)
                if answer.ended or not (answer.wait_for_person() and self._goes_on()):
                    break
                turn = self._another()
            answer.end("stopped")
        except Stopped:
            answer.end("stopped")
        except EngineError as error:
            answer.end("failed", error.reason, error.remedy)
        except Exception:
            log.exception("an answer of %s broke", label)
            answer.end("failed", f"{label} broke while it answered.", "Run it again.")

    def _requests(self, engine: Engine) -> None:
        """One request after the other, until its end or until a person is waited for."""
        while True:
            asked, settings = self._put_now()
            for event in engine.stream(asked, settings, self._to):
                self._to.take(event)
            if self._next_piece():
                continue
            if not self._calls():
                return
            if any(not call.over for call in self._to.calling) or not self._goes_on():
                return

    def _next_piece(self) -> bool:
        """Go on with the next piece, where recordings are heard one by one and there is one."""
        answer = self._to
        if len(self._pieces) == 1 or answer.is_set() or answer.ended:
            return False
        if answer.finish_reason == "length":
            self._cut.append(answer.steps[-1].piece)
        if answer.number == len(self._pieces):
            return False
        answer.next_step()
        answer.enter("reading")
        return True

    def _calls(self) -> bool:
        """Have the calls answered that the step made, but for those that a person answers; False: it ended without."""
        answer, reason = self._to, self._to.finish_reason
        written = answer.steps[-1].tool_call
        whole = reason in ("tool_call", "stop", "unsaid") and not answer.ended
        if not (self._settings.tools and written.strip() and whole):
            if self._cut:
                answer.finish_reason = "length"
                answer.end("done", *self._cut_pieces())
            elif reason == "length":
                answer.end("done", *self._cut_off())
            else:
                answer.end("stopped" if reason == "stopped" else "done")
            return False
        if answer.ends_at_calls:
            answer.end("done")
            return False
        calls = self._using.made(written, time.perf_counter())
        if not calls:
            answer.end("done", self._using.enough, "Ask on, and it may call them again.")
            return False
        answer.call(calls)
        for number, call in enumerate(calls):
            if call.standing == "running" and not answer.is_set():
                answer.put(number, self._using.run(call, answer))
        return True

    def _goes_on(self) -> bool:
        """Go on with what the tools gave, where there is room for it; False: it ended."""
        answer = self._to
        if answer.is_set():
            raise Stopped
        for number, call in enumerate(answer.calling):
            answer.put(number, self._using.counted(call))
        answer.next_step()
        if self._left() < SHORTEST_ANSWER:
            answer.finish_reason = "length"
            answer.end("done", *self._cut_off())
            return False
        asked, settings = self._put_now()
        model = answer.contender.model
        context = model.capabilities.context
        if tokens.count(asked, settings, model).total + SHORTEST_ANSWER > context:
            reason = (
                f"What the tools gave fills its {counted(context, 'token')}: it could not go on."
            )
            answer.end("done", reason, "Begin anew, or ask for less.")
            return False
        answer.enter("reading")
        return True

    def _put_now(self) -> tuple[Conversation, Settings]:
        """What is put to the model now: the question, and the steps so far with their thoughts."""
        if len(self._pieces) > 1:
            return self._pieces[self._to.number - 1], self._settings
        settings = replace(self._settings, max_tokens=max(1, self._left()))
        return steps.put(self._to.conversation, self._to.steps[:-1]), settings

    def _left(self) -> int:
        """Tokens that it may still have, as far as they were counted."""
        return self._settings.max_tokens - steps.spent(self._to.steps[self._before : -1])

    def _cut_pieces(self) -> tuple[str, str, tuple[Mend, ...]]:
        """The same where recordings are heard one by one, each answered at its longest length."""
        settings, context = self._settings, self._to.contender.model.capabilities.context
        where = ", ".join(self._cut)
        reason = f"Cut off at {counted(settings.max_tokens, 'token')}, the longest answer set, in {where}."
        return reason, "", longer(settings, context)

    def _cut_off(self) -> tuple[str, str, tuple[Mend, ...]]:
        """Why it ended at its longest length, what would help, and the buttons for that."""
        answer, settings, read = self._to, self._settings, self._to.prompt_tokens
        most, output = settings.max_tokens, answer.figures().output_tokens
        spent = steps.spent(answer.steps[self._before :]) if output else most
        room = answer.contender.model.capabilities.context - (read.total if read else 0)
        more = longer(settings, room)
        full = spent < NEARLY * most  # the server's own context, whatever was allowed
        thought = bool(answer.thinking.strip()) or bool(output and output.thinking)
        if thought and not (answer.text.strip() or answer.tool_call):
            reason = f"The thought took all {counted(spent, 'token')}, and no answer was begun."
            # Some servers think though nobody asked them to.
            without = (Mend("no_thinking"),) if settings.thinking else ()
            if full:
                return reason, "Ask without thinking, or shorten the prompt.", without
            remedy = "Allow a longer answer, or ask without thinking."
            return reason, remedy if without else "Allow a longer answer.", (*more, *without)
        if full:
            reason = (
                f"Cut off after {spent:,} of {counted(most, 'token')}: there was no room for more."
            )
            return reason, "Shorten the prompt.", ()
        return f"Cut off at {counted(most, 'token')}, the longest answer set.", "", more


def begin(
    answer: Answer,
    pool: Pool,
    shared: bool,
    owner: str = "",
    job: str = "",
    toolbox: Toolbox | None = None,
) -> Callable[[], None]:
    """Take a place in the line for an answer; returns what starts the thread that waits there."""

    def another() -> Turn:
        return pool.turn(answer.contender.model, answer, shared, owner, job)

    try:
        turn = another()
    except EngineError as error:
        answer.refuse(error.reason, error.remedy)
        return lambda: None
    answering = Answering(answer, another, toolbox)
    name = f"answer of {answer.contender.label}"
    return threading.Thread(target=answering.run, args=(turn,), name=name, daemon=True).start
