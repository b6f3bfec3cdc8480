"""What stands around one answer in a terminal: who gave it, how it ended, its figures, each as one line of words."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from playground.cli.display import output
from playground.cli.display.output import clean
from playground.comparisons.answer import Answer
from playground.comparisons.findings.thought import whole
from playground.comparisons.going_on import cut_short
from playground.comparisons.steps import Called, judged

LONGEST = 200
"""Characters of a result that are shown."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Signs between words: under a heading, between columns, between figures."""

    rule: str = "─"
    bar: str = "│"
    dot: str = "·"


def marks() -> Marks:
    """Those that standard output can write."""
    return Marks() if output.fits("─│·") else Marks("-", "|", "|")


def about(answer: Answer) -> str:
    """The weights that answer, and where: "demo-sized E2B 0123abcd, this machine, not Gemma 4"."""
    model = answer.contender.model
    words = [f"{model.weights} {model.revision}".strip(), model.place]
    if model.demo:
        words.append("not Gemma 4")
    return clean(", ".join(words))


def doing(answer: Answer) -> str:
    """What it does, how far it is and for how long: "reading · 31% · 12 s left 3.4 s"."""
    told = f" · {answer.progress.words(time.perf_counter())}" if answer.progress else ""
    return f"{answer.state}{told} · {answer.elapsed():.1f} s"


def ending(answer: Answer) -> str:
    """How it ended, when that was not by itself."""
    how = "" if answer.state == "done" else f"{answer.state.capitalize()}: "
    said = [f"{how}{answer.reason} {answer.remedy}".rstrip()] if answer.reason else []
    if answer.state == "stopped" and not said:
        said.append("(stopped)")
    said += [f"({remark})" for remark in (*answer.remarks, _held(answer)) if remark]
    return clean(" ".join(said))


def _held(answer: Answer) -> str:
    """Whether an answer to a schema satisfies it."""
    found = judged(answer.steps, answer.settings.schema) if answer.ended else None
    if found is None:
        return ""
    from playground.prompt.schema.judging import verdict  # only where somebody wants it

    return verdict(found, cut_short(answer.state, answer.finish_reason))


def called(call: Called) -> str:
    """A call and what came of it, on one line: "calculator(expression: 6*7) gave 42"."""
    given = ", ".join(f"{name}: {_short(value)}" for name, value in call.arguments.items())
    words = f"{call.name}({given})"
    if call.over:
        how = {"wrong": "was told", "refused": "was told"}.get(call.standing, "gave")
        words += f" {how} {_short(call.result)}"
    return clean(" ".join(words.split()))


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def facts(answer: Answer, dot: str) -> str:
    """The figures that fit on a line, with a sign before those that are estimated."""
    figures = answer.figures()
    sign = "≈" if output.fits("≈") else "~"
    marked = {name: sign for name, source in figures.sources.items() if source == "estimated"}
    words = []
    if figures.ttft_s is not None:
        words.append(f"TTFT {figures.ttft_s * 1000:.0f} ms")
    if figures.output_tps is not None:
        words.append(f"{marked.get('output_tps', '')}{figures.output_tps:.1f} tok/s")
    if figures.output_tokens is not None:
        words.append(f"{marked.get('output_tokens', '')}{figures.output_tokens.total} tok")
    if (found := whole(answer)) and found.seconds is not None:
        words.append(f"thought {found.seconds:.1f} s" + (", cut short" if found.cut else ""))
    if figures.prompt_tokens is not None:
        words.append(f"prompt {marked.get('prompt_tokens', '')}{figures.prompt_tokens.total} tok")
    if figures.calls:
        words.append(f"{figures.calls} call{'s' if figures.calls > 1 else ''}")
    if figures.contended:
        words.append("contended")
    return f" {dot} ".join(words)
