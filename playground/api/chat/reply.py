"""An answer in OpenAI's pieces: deltas as it comes, its end, what it cost with the figures under a key of their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playground.api.chat.stops import Stops
from playground.api.chat.tools import made
from playground.api.faults import Fault
from playground.comparisons.answer import Answer

FIGURES = "playground"
"""The key in `usage` for what OpenAI has no fields for."""

FIELDS = {"answer": "content", "thinking": "reasoning_content"}


@dataclass(slots=True)
class Reply:
    """What of an answer was told so far."""

    answer: Answer
    stops: Stops
    calls: list[dict[str, Any]] = field(default_factory=list)
    done: bool = False
    """All that counts was told: the rest is not waited for."""
    _chunks: int = 0
    _begun: set[str] = field(default_factory=set)

    def more(self) -> list[dict[str, Any]]:
        """The deltas since, neighbours of one kind in one; after its end the last ones. Raises Fault."""
        over = self.answer.ended  # first: what came before its end is among the chunks
        chunks = self.answer.chunks[self._chunks :]
        self._chunks += len(chunks)
        deltas: list[dict[str, Any]] = []
        for chunk in chunks:
            if chunk.channel in FIELDS:
                self._add(deltas, FIELDS[chunk.channel], chunk.text)
        if (over or self.stops.hit) and not self.done:
            self.done = True
            self._end(deltas)
        return deltas

    @property
    def finish_reason(self) -> str:
        """In OpenAI's words."""
        if self.calls:
            return "tool_calls"
        return "length" if self.answer.finish_reason == "length" and not self.stops.hit else "stop"

    def _add(self, deltas: list[dict[str, Any]], name: str, text: str) -> None:
        if name not in self._begun:
            text = text.lstrip("\n")
        if name == "content":
            text = self.stops.take(text)
        self._tell(deltas, name, text)

    def _tell(self, deltas: list[dict[str, Any]], name: str, text: str) -> None:
        if not text:
            return
        self._begun.add(name)
        if deltas and name in deltas[-1]:
            deltas[-1][name] += text
        else:
            deltas.append({name: text})

    def _end(self, deltas: list[dict[str, Any]]) -> None:
        self._tell(deltas, "content", self.stops.rest())
        written = "" if self.stops.hit else self.answer.tool_call
        self.calls = made(written, self.answer.settings.tools)
        if self.calls:
            told = [{"index": number, **call} for number, call in enumerate(self.calls)]
            deltas.append({"tool_calls": told})
        else:
            self._tell(deltas, "content", written)
        if fault := self._fault():
            raise fault

    def _fault(self) -> Fault | None:
        answer = self.answer
        said = f"{answer.reason} {answer.remedy}".strip()
        if answer.state == "refused":
            return Fault(400, said, "messages", "refused")
        if answer.state == "failed":
            return Fault(502, said, code="failed")
        if answer.state == "stopped" and not self.stops.hit:
            return Fault(503, "The answer was stopped before its end.", code="stopped")
        return None


def usage(answer: Answer) -> dict[str, Any] | None:
    """What it cost; None where nobody counted. The figures, each with its source, stand under FIGURES."""
    figures = answer.figures()
    prompt, output = figures.prompt_tokens, figures.output_tokens
    if prompt is None or output is None:
        return None
    details: dict[str, Any] = {"audio_tokens": prompt.audio}
    if prompt.cached is not None:
        details["cached_tokens"] = prompt.cached
    model = answer.contender.model
    return {
        "prompt_tokens": prompt.total,
        "completion_tokens": output.total,
        "total_tokens": prompt.total + output.total,
        "prompt_tokens_details": details,
        "completion_tokens_details": {"reasoning_tokens": output.thinking},
        FIGURES: {
            **figures.as_dict(),
            "model": model.spec,
            "weights": model.weights,
            "revision": model.revision,
            "precision": model.precision,
            "place": model.place,
            "demo": model.demo,
            "remarks": list(answer.remarks),
        },
    }
