"""A comparison as Markdown to read and paste: questions, answers as quoted blocks, a line of figures under each."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

from playground.archive import record
from playground.archive.restoring.answered import every_step, figures
from playground.archive.restoring.asked import Fetch, document
from playground.comparisons.going_on import cut_short
from playground.comparisons.steps import Step, judged, whole
from playground.models.sizes import counted
from playground.prompt.rendering import block

ENDS = re.compile("\r\n?|\n")


def write(kept: record.Comparison, fetch: Fetch) -> bytes:
    """What an answer wrote stays inside its quotation, whatever it is."""
    when = datetime.fromtimestamp(kept.created, UTC)
    lines = [f"# {line(kept.name) or 'Comparison'}", "", f"{when:%Y-%m-%d %H:%M} UTC", ""]
    for number, round in enumerate(kept.rounds, 1):
        lines += [f"## Round {number}", "", *_asked(round.asked[-1], fetch), ""]
        for answer in round.answers:
            lines += [*_answer(answer), ""]
    return ("\n".join(lines).rstrip() + "\n").encode("utf-8", "replace")


def _asked(message: record.Message, fetch: Fetch) -> list[str]:
    lines: list[str] = []
    for part in message.parts:
        if part.kind == "text":
            lines += _lines(part.text)
        elif part.kind == "document":
            fenced = block(document(part, fetch)).split("\n")[1:]
            lines += ["", f"File {line(part.name)}:", "", *fenced, ""]
        else:
            lines.append(f"({part.kind}: {line(part.name)}, {line(part.original)})")
    return _quoted(lines)


def _answer(answer: record.Answer) -> list[str]:
    model = answer.contender.model
    name = f"{model.weights} {model.revision}".strip()
    demo = ", not Gemma 4" if model.demo else ""
    said = [one for step in whole(every_step(answer)) for one in _step(step)] or [
        f"({answer.state}) {answer.reason}".rstrip()
    ]
    return [
        f"### {line(answer.contender.label)}",
        "",
        f"{line(name)}{demo}{_figures(answer)}",
        *_begun(answer),
        *_held(answer),
        "",
        *_quoted(said),
    ]


def _step(step: Step) -> list[str]:
    """What was said and called, and what came back."""
    if step.piece:
        return [f"{line(step.piece)}:", "", *_lines(step.text), ""]
    if not step.calls:
        return _lines("\n\n".join(filter(None, (step.text, step.tool_call))))
    lines = _lines(step.text)
    for call in step.calls:
        given = json.dumps(call.arguments, ensure_ascii=False)
        result = json.dumps(call.result, ensure_ascii=False)
        lines += ["", f"{line(call.name)}: {line(given)} → {line(result)}"]
    return [*lines, ""]


def _lines(text: str) -> list[str]:
    """Its lines as Markdown has them: other signs that end lines elsewhere are a part of what was said."""
    return ENDS.split(text.removesuffix("\n")) if text else []


def _begun(answer: record.Answer) -> list[str]:
    """What somebody began the answer with, where somebody did."""
    begun = str(answer.contender.settings.get("begun") or "")
    return ["", f"Begun for it: {line(begun)}"] if begun else []


def _held(answer: record.Answer) -> list[str]:
    """Whether an answer to a schema satisfies it."""
    schema = answer.contender.settings.get("schema")
    if not isinstance(schema, dict):
        return []
    found = judged(every_step(answer), schema)
    if found is None:
        return []
    from playground.prompt.schema.judging import verdict  # only where somebody wanted it

    words = verdict(found, cut_short(answer.state, answer.finish_reason))
    return ["", f"{line(words[:1].upper() + words[1:])}."]


def _figures(answer: record.Answer) -> str:
    found = figures(answer)
    facts = []
    if found.ttft_s is not None:
        facts.append(f"TTFT {found.ttft_s * 1000:.0f} ms")
    if found.output_tps is not None:
        facts.append(f"{found.output_tps:.1f} tok/s")
    if found.output_tokens is not None:
        facts.append(counted(found.output_tokens.total, "token"))
    return "".join(f" · {fact}" for fact in facts)


def _quoted(lines: list[str]) -> list[str]:
    return [f"> {one}".rstrip() for one in lines]


def line(text: str) -> str:
    """Words in one line, with no mark of Markdown in force."""
    return re.sub(r"([\\`*_{}\[\]()#+!|<>~-])", r"\\\1", " ".join(text.split()))
