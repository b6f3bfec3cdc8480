"""Holds an answer to a JSON schema: before each choice, tokens that can't follow are ruled out.

Only the answer is held, never the thought before it nor a call of a tool; but a turn can't end within a thought, or
instead of an answer. Knows no model: logits come in, ids go out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import torch

from playground.engines.worker.weights.marks import Marks
from playground.prompt.conversation import Settings
from playground.prompt.schema.grammar import REMEDY, fault, grammar

if TYPE_CHECKING:
    from llguidance import LLMatcher, LLTokenizer

Phase = Literal["before", "thought", "held", "call"]


class Unheld(Exception):
    """Why an answer can't be held to its schema, and what would help, one sentence each."""

    def __init__(self, reason: str, remedy: str = REMEDY) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


class Grammars:
    """Makes constraints for one tokenizer, whose tokens are laid out once: a second for a large vocabulary."""

    def __init__(self, tokenizer: Any, marks: Marks) -> None:
        self._tokenizer = tokenizer
        self._marks = marks
        self._known: LLTokenizer | None = None

    def begin(self, settings: Settings, prompt: Sequence[int], size: int) -> Constraint | None:
        """What holds an answer to the settings' schema, None where they have none. `size` is the number of logits.

        Raises Unheld.
        """
        if settings.schema is None:
            return None
        if why := fault(settings.schema):
            raise Unheld(why)
        from llguidance import LLMatcher

        matcher = LLMatcher(self._laid_out(size), grammar(settings.schema), log_level=0)
        if matcher.is_error():
            raise Unheld("This model's tokenizer can't be held to the schema.")
        return Constraint(matcher, self._marks, settings, prompt)

    def _laid_out(self, size: int) -> LLTokenizer:
        if self._known is None:
            from llguidance import LLTokenizer

            laid_out = self._tokenizer.backend_tokenizer
            ends = self._marks.ends - {self._marks.call_ends}
            count = max(size, len(self._tokenizer))
            self._known = LLTokenizer(laid_out.to_str(), n_vocab=count, eos_token=sorted(ends))
        return self._known


class Constraint:
    """Follows one answer, token by token."""

    def __init__(
        self, matcher: LLMatcher, marks: Marks, settings: Settings, prompt: Sequence[int]
    ) -> None:
        self._matcher = matcher
        self._marks = marks
        self._first = [  # what may come instead of the answer's first token
            id
            for id, wished in (
                (marks.thought_opens, settings.thinking),
                (marks.call_opens, bool(settings.tools)),
            )
            if wished and id is not None
        ]
        self._phase: Phase = "thought" if _in_thought(prompt, marks) else "before"
        if self._phase == "before" and marks.thought_closes in prompt[-2:]:
            self._first = [id for id in self._first if id != marks.thought_opens]

    @property
    def over(self) -> bool:
        """Whether the answer is whole and nothing more can follow."""
        return self._phase == "held" and self._matcher.is_stopped()

    def restrict(self, logits: torch.Tensor) -> None:
        """Rule out what can't follow, in place. Raises Unheld where nothing can."""
        match self._phase:
            case "call":
                return
            case "thought":
                for id in (*self._marks.ends, self._marks.call_opens):
                    if id is not None:
                        logits[id] = -torch.inf
            case _:
                logits.masked_fill_(~self._allowed(logits), -torch.inf)

    def take(self, id: int) -> None:
        """The token that was chosen."""
        marks = self._marks
        if self._phase == "thought":
            if id == marks.thought_closes:
                self._phase = "before"
                self._first = [one for one in self._first if one != marks.thought_opens]
        elif self._phase == "before" and id in self._first:
            self._phase = "thought" if id == marks.thought_opens else "call"
        elif self._phase != "call":
            self._phase = "held"
            self._matcher.consume_token(id)

    def _allowed(self, logits: torch.Tensor) -> torch.Tensor:
        bits = np.frombuffer(self._matcher.compute_bitmask(), dtype=np.uint8)
        may = np.unpackbits(bits, bitorder="little")[: logits.shape[-1]]
        if self._phase == "before":
            may[self._first] = 1
        if self._matcher.is_error() or not may.any():
            raise Unheld(
                "The schema became too intricate to hold the answer to it.",
                "Make it simpler, or ask a server.",
            )
        return torch.from_numpy(may.astype(np.bool_)).to(logits.device)


def _in_thought(prompt: Sequence[int], marks: Marks) -> bool:
    """Whether the template has opened a thought already."""
    for id in reversed(prompt):
        if id == marks.thought_closes:
            return False
        if id == marks.thought_opens:
            return True
    return False
