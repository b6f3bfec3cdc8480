"""Keeps how quick models of this machine are, as their answers show it."""

from __future__ import annotations

from playground.comparisons.answer import Answer
from playground.comparisons.comparison import Comparison
from playground.comparisons.witnesses.witness import Witness
from playground.engines.roster import speeds


class Paces(Witness):
    """Notes the speeds of each whole answer that had its device to itself."""

    def ended(self, comparison: Comparison, answer: Answer) -> None:
        """One more, where its figures say something."""
        model, told = answer.contender.model, answer.figures()
        here = model.engine == "local" and answer.state == "done" and len(answer.steps) == 1
        if not here or told.contended or told.prompt_tokens is None or told.output_tokens is None:
            return
        read = told.prompt_tokens.total - (told.prompt_tokens.cached or 0)
        speeds.note(
            model,
            told.prefill_tps if read >= speeds.FEWEST_READ else None,
            told.output_tps if told.output_tokens.total >= speeds.FEWEST_WRITTEN else None,
        )
