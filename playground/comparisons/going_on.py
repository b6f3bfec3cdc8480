"""Whether an answer was cut and can be gone on with where it ended. Pure."""

from __future__ import annotations

from playground.comparisons.answer import Answer
from playground.comparisons.steps import whole


def was_cut(answer: Answer) -> bool:
    """Whether it ended in the midst of what it said: at its longest length, because it was stopped, or it broke off."""
    last = whole(answer.steps)[-1]
    there = bool(last.text.strip() or last.thinking.strip()) and not last.tool_call.strip()
    return answer.ended and cut_short(answer.state, answer.finish_reason) and there


def cut_short(state: str, finish_reason: str | None) -> bool:
    """Whether an answer that ended did so before its last word."""
    return state != "refused" and (finish_reason == "length" or state in ("stopped", "failed"))


def why_not(answer: Answer) -> str:
    """Why an answer that was cut can't be gone on with where its model runs, one sentence; empty where it can."""
    if answer.steps[-1].piece:
        return "An answer to recordings one by one can't be gone on with; run it again."
    model = answer.contender.model
    how_far = model.capabilities.goes_on
    where = model.server.name if model.server else model.place
    if how_far == "no":
        return f"{where[:1].upper()}{where[1:]} has no way to go on with an answer."
    if how_far == "answer" and not whole(answer.steps)[-1].text.strip():
        return f"{where[:1].upper()}{where[1:]} has no way to go on within a thought."
    return ""
