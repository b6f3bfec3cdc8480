"""Answers for a terminal: as JSON for programs, side by side for people."""

from __future__ import annotations

import shutil
import textwrap
from typing import Any

from playground.comparison import Answer, Comparison

NARROWEST = 28
"""Columns of text below which answers stand one after the other instead of side by side."""


def as_dict(comparison: Comparison) -> dict[str, Any]:
    """Plain data of all answers, in the order asked; what is absent is left out of the figures."""
    return {
        "answers": [
            {
                "contender": answer.contender.label,
                "model": _model(answer),
                "state": answer.state,
                "reason": answer.reason,
                "remedy": answer.remedy,
                "text": answer.text,
                "thinking": answer.thinking,
                **({"tool_call": answer.tool_call} if answer.tool_call else {}),
                "finish_reason": answer.finish_reason,
                **({"remarks": list(answer.remarks)} if answer.remarks else {}),
                "figures": answer.figures().as_dict(),
            }
            for answer in comparison.answers
        ]
    }


def side_by_side(comparison: Comparison, width: int | None = None) -> str:
    """All answers in columns where the terminal is wide enough, else one after the other."""
    width = width or shutil.get_terminal_size((100, 24)).columns
    count = len(comparison.answers)
    column = (width - 3 * (count - 1)) // count
    if column < NARROWEST:
        return "\n\n".join("\n".join(_pane(answer, width)) for answer in comparison.answers)
    panes = [_pane(answer, column) for answer in comparison.answers]
    height = max(len(pane) for pane in panes)
    rows = [[*pane, *[""] * (height - len(pane))] for pane in panes]
    return "\n".join(
        " │ ".join(cell.ljust(column) for cell in cells).rstrip()
        for cells in zip(*rows, strict=True)
    )


def _pane(answer: Answer, width: int) -> list[str]:
    model = answer.contender.model
    lines = [answer.contender.label, "─" * min(width, 40)]
    about = f"{model.weights} {model.revision}".strip() + f", {model.place}"
    if model.demo:
        about += ", not Gemma 4"
    lines += textwrap.wrap(about, width)
    lines.append("")
    if answer.thinking:
        lines += [*_wrap(f"(thinks: {answer.thinking.strip()})", width), ""]
    lines += _wrap("\n\n".join(filter(None, (answer.text, answer.tool_call))), width)
    if answer.reason:
        ended = "" if answer.state == "done" else f"{answer.state.capitalize()}: "
        lines += _wrap(f"{ended}{answer.reason} {answer.remedy}".strip(), width)
    elif answer.state == "stopped":
        lines.append("(stopped)")
    for remark in answer.remarks:
        lines += _wrap(f"({remark})", width)
    figures = answer.figures()
    facts = []
    if figures.ttft_s is not None:
        facts.append(f"TTFT {figures.ttft_s * 1000:.0f} ms")
    if figures.output_tps is not None:
        facts.append(f"{figures.output_tps:.1f} tok/s")
    if figures.output_tokens is not None:
        facts.append(f"{figures.output_tokens.total} tok")
    if figures.prompt_tokens is not None:
        facts.append(f"prompt {figures.prompt_tokens.total} tok")
    if figures.contended:
        facts.append("contended")
    if facts:
        lines += ["", *textwrap.wrap(" · ".join(facts), width)]
    return lines


def _model(answer: Answer) -> str:
    """What answered, in words: spec, revision and precision."""
    model = answer.contender.model
    return " ".join(word for word in (model.spec, model.revision, f"({model.precision})") if word)


def _wrap(text: str, width: int) -> list[str]:
    return [piece for line in text.splitlines() for piece in textwrap.wrap(line, width) or [""]]
