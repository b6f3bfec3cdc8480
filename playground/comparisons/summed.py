"""The figures of all steps of an answer together, and where its time went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from playground.comparisons.figures import (
    Figures,
    Percentiles,
    Stage,
    percentile,
    spoken,
    stages,
)
from playground.comparisons.steps import Step
from playground.engines.events import OutputTokens
from playground.prompt.cost import PromptTokens, least_sure
from playground.prompt.tokens import together


def figures(steps: Sequence[Step], contended: bool) -> Figures:
    """The figures of all steps together.

    What the models took is added up, tokens and times; TTFT is the first step's, and what tools took stands apart, as
    queueing and loading do. Speeds and gaps are those within the steps.
    """
    each = [step.figures(contended) for step in steps]
    if len(each) == 1:
        return each[0]
    values: dict[str, Any] = {}
    sources = {
        name: least_sure(one.sources[name] for one in each if name in one.sources)
        for name in {name for one in each for name in one.sources}
    }
    for name in ("queue_s", "load_s", "media_s", "e2e_s"):
        values[name] = _sum([getattr(one, name) for one in each])
    values["ttft_s"] = each[0].ttft_s
    values["prompt_tokens"] = _prompt(each)
    values["output_tokens"] = _output(each)
    paced = [(1 / one.output_tps, _later(one)) for one in each if one.output_tps and _later(one)]
    tokens, seconds = sum(count for _, count in paced), sum(pace * count for pace, count in paced)
    if tokens and seconds:  # imported times may lie nearer to each other than a number can say
        values["tpot_ms"], values["output_tps"] = 1000 * seconds / tokens, tokens / seconds
    read = [(one.prefill_tps, _uncached(one)) for one in each if one.prefill_tps]
    seconds = sum(count / speed for speed, count in read)
    if all(count for _, count in read) and seconds:
        values["prefill_tps"] = sum(count for _, count in read) / seconds
    gaps = sorted(gap for step in steps for gap in _gaps(step))
    if gaps:
        values["itl_ms"] = Percentiles(*(percentile(gaps, share) for share in (0.5, 0.95, 0.99)))
        values["itl_per_token"] = all(one.itl_per_token for one in each if one.itl_ms)
    for name in ("peak_memory_bytes", "peak_device_bytes", "weight_bytes_per_token"):
        values[name] = max((v for one in each if (v := getattr(one, name))), default=None)
    shares = [
        one.bandwidth_share / one.output_tps
        for one in each
        if one.bandwidth_share and one.output_tps
    ]
    if shares and values.get("output_tps"):
        values["bandwidth_share"] = shares[-1] * values["output_tps"]
    drafted = sum(step.last.drafted for step in steps if step.last)
    if drafted:
        accepted = sum(step.last.accepted for step in steps if step.last)
        values["acceptance"] = accepted / drafted
    values["steps"] = len(steps)
    values["calls"] = sum(len(step.calls) for step in steps)
    values["tools_s"] = _sum([_took(step) for step in steps])
    there = {name: value for name, value in values.items() if value is not None}
    kept = {name: sources.get(name, "measured") for name in there if name != "itl_per_token"}
    return Figures(contended=contended, sources=kept, **there)


def time_stages(steps: Sequence[Step]) -> tuple[Stage, ...]:
    """Where the time of all steps went, counted from the moment the answer was asked for."""
    start = steps[0].line.accepted
    found: list[Stage] = []
    for step in steps:
        output = step.last.output if step.last else None
        shift = step.line.accepted - start
        found += [
            replace(one, start=one.start + shift)
            for one in stages(step.line, step.chunks, bool(output and output.hidden))
        ]
        if (took := _took(step)) is not None:
            begun = min(call.at for call in step.calls)
            found.append(Stage("tools", begun - start, took))
    return tuple(found)


def _took(step: Step) -> float | None:
    """Seconds from its first call to the last result."""
    if not step.calls:
        return None
    return max(0.0, step.until - min(call.at for call in step.calls))


def _sum(values: Sequence[float | None]) -> float | None:
    there = [value for value in values if value is not None]
    return sum(there) if there else None


def _later(one: Figures) -> float:
    """Tokens behind the first one, as far as they were seen."""
    output = one.output_tokens
    return max(0, output.total - output.hidden - 1) if output else 0


def _uncached(one: Figures) -> int:
    prompt = one.prompt_tokens
    return prompt.total - (prompt.cached or 0) if prompt else 0


def _gaps(step: Step) -> list[float]:
    said = spoken(step.chunks)
    return [1000 * (b.at - a.at) for a, b in pairwise(said)]


def _prompt(each: Sequence[Figures]) -> PromptTokens | None:
    """All that was read; None where a step does not say."""
    there = [one.prompt_tokens for one in each if one.prompt_tokens]
    return together(there) if there else None


def _output(each: Sequence[Figures]) -> OutputTokens | None:
    there = [one.output_tokens for one in each if one.output_tokens]
    if not there:
        return None
    first = [one.first for one in there]
    return replace(
        there[-1],
        thinking=sum(one.thinking for one in there),
        answer=sum(one.answer for one in there),
        hidden=sum(one.hidden for one in there),
        first=None if None in first else sum(one or 0 for one in first),
        source=least_sure(one.source for one in there),
    )
