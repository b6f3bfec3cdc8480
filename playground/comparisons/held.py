"""Whether an answer that was to satisfy a schema does, and how that is said. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from playground.comparisons.answer import Answer
from playground.comparisons.steps import Step, whole

if TYPE_CHECKING:
    from playground.prompt.schema.judging import Judged


def judged(answer: Answer) -> Judged | None:
    """What an answer holds; None where nothing was asked for, nothing was said, or a tool was called last."""
    return judged_steps(answer.steps, answer.settings.schema)


def judged_steps(steps: Sequence[Step], schema: Mapping[str, Any] | None) -> Judged | None:
    """The same of steps: what counts is what was said last, also where it was cut and went on."""
    last = whole(steps)[-1]
    if schema is None or last.tool_call or not last.text.strip():
        return None
    from playground.prompt.schema.judging import judge  # only where somebody wants it

    return judge(last.text, schema)


def verdict(found: Judged, cut: bool) -> str:
    """ "valid against the schema", or why not; `cut` tells that the answer did not end by itself."""
    if found.valid:
        return "valid against the schema"
    if cut and not found.whole:
        return "not whole: it was cut short"
    return f"not valid against the schema: {found.faults[0].rstrip('.')}"


def was_cut(state: str, finish_reason: str | None) -> bool:
    """Whether an answer ended before its last word, as far as is known."""
    return finish_reason == "length" or state in ("stopped", "failed")
