"""Answers one below another, written as they come: for pipes, files and terminals too narrow for columns."""

from __future__ import annotations

from collections.abc import Sequence

from playground.cli.display import output
from playground.cli.display.notes import View
from playground.cli.display.output import clean
from playground.cli.display.pane import about, called, ending, facts, marks
from playground.comparisons.answer import Answer
from playground.comparisons.comparison import Comparison
from playground.comparisons.steps import Step, whole
from playground.engines.events import Chunk

OPENINGS = {"thinking": "(thinks: ", "answer": "", "tool_call": ""}
CLOSINGS = {"thinking": ")\n\n", "answer": "\n", "tool_call": "\n"}


class Stream:
    """Writes the first answer that has not ended; what the others say meanwhile is written when it is their turn.

    `notes` tells what is waited for as long as there is nothing to write. A reader who has gone ends it at once.
    """

    def __init__(self, notes: View) -> None:
        self._notes = notes
        self._marks = marks()
        self._written: list[str] = []
        self._broken: output.Unwritable | None = None
        self._place = 0
        self._step = self._chunks = 0
        self._channel = ""

    def draw(self, comparison: Comparison) -> None:
        """Write what came since the last time."""
        for answer in comparison.answers[self._place :]:
            ended = answer.ended  # first: what came before its end is among the chunks
            if not ended and not answer.chunks:
                self._notes.draw(comparison)
                return
            self._notes.clear()
            self._go_on(answer)
            if not ended:
                return
            self._end(answer)
            self._place += 1

    def clear(self) -> None:
        """Text stays where it was written."""
        self._notes.clear()

    def end(self, comparison: Comparison) -> None:
        """Write the rest. Raises Unwritable with the whole text if any of it could not be written."""
        self.draw(comparison)
        if self._broken is not None:
            self._broken.text = "".join(self._written)
            raise self._broken

    def _go_on(self, answer: Answer) -> None:
        if not self._step and not self._chunks and not self._channel:
            self._begin(answer)
            self._name_piece(answer.steps[0])
        every = whole(answer.steps)
        for step in every[self._step : -1]:
            self._say(step.chunks[self._chunks :])
            self._write("\n" + "".join(f"{called(call)}\n" for call in step.calls) + "\n")
            self._step, self._chunks, self._channel = self._step + 1, 0, ""
            self._name_piece(every[self._step])
        self._say(every[-1].chunks[self._chunks :])

    def _name_piece(self, step: Step) -> None:
        """Which recording it heard, where recordings are heard one by one."""
        if step.piece:
            self._write(f"[{clean(step.piece)}]\n")

    def _say(self, chunks: Sequence[Chunk]) -> None:
        for chunk in chunks:
            self._chunks += 1
            text = clean(chunk.text)
            if chunk.channel != self._channel:
                text = text.lstrip()
                if not text:
                    continue
                text = CLOSINGS.get(self._channel, "") + OPENINGS[chunk.channel] + text
                self._channel = chunk.channel
            self._write(text)

    def _begin(self, answer: Answer) -> None:
        label = clean(answer.contender.label)
        before = "\n" if self._place else ""
        rule = self._marks.rule * len(label)
        self._write(f"{before}{label}\n{rule}\n{about(answer)}\n\n")
        if begun := answer.contender.settings.begun:
            self._write(clean(begun))
            self._channel = "answer"

    def _end(self, answer: Answer) -> None:
        rest = CLOSINGS.get(self._channel, "")
        if words := ending(answer):
            rest += f"{words}\n"
        if words := facts(answer, self._marks.dot):
            rest += f"\n{words}\n"
        self._write(rest)
        self._step, self._chunks, self._channel = 0, 0, ""

    def _write(self, text: str) -> None:
        self._written.append(text)
        if self._broken is not None:
            return
        try:
            output.write(text)
        except output.Unwritable as error:
            error.text = ""
            if error.gone:
                raise
            self._broken = error
