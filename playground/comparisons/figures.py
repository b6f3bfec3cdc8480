"""Numbers computed from an answer's own time stamps and token counts: one definition each, the
field's own.

Every figure is absent (None) when it could not be measured, never zero, and says in `sources`
whether it was measured here, reported by the server or estimated. Knows no engine and no screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from itertools import accumulate, pairwise
from typing import Any, Literal

from playground.engines.events import Chunk, Finished, OutputTokens
from playground.prompt.cost import PromptTokens, Source

StageName = Literal["queue", "load", "media", "prefill", "thinking", "answer", "tools"]


PROMPT_KINDS = ("text", "image", "audio", "video")
OUTPUT_KINDS = ("thinking", "answer")


@dataclass(frozen=True, slots=True)
class Timeline:
    """When an answer's stages began, in seconds of the machine's monotonic clock; None: not (yet)
    known.

    accepted: asked for; started: its turn came; requested: the model was in memory and the engine
    got the request; read: the prompt was tokens; finished: the engine had no more to say.
    """

    accepted: float
    started: float | None = None
    requested: float | None = None
    read: float | None = None
    finished: float | None = None


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Milliseconds under which half, 95 % and 99 % of the gaps lie (linear interpolation)."""

    p50: float
    p95: float
    p99: float


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of an answer's time: `start` and `seconds`, counted from the moment it was asked
    for.
    """

    name: StageName
    start: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of one answer. Seconds (`_s`), milliseconds (`_ms`), tokens a second (`_tps`),
    bytes.

    itl_ms is the gap between two tokens, or between two chunks when `itl_per_token` is False. `steps`, `calls` and
    `tools_s` are for answers that called tools.
    """

    queue_s: float | None = None
    load_s: float | None = None
    media_s: float | None = None
    ttft_s: float | None = None
    ttfa_s: float | None = None
    tpot_ms: float | None = None
    output_tps: float | None = None
    prefill_tps: float | None = None
    itl_ms: Percentiles | None = None
    itl_per_token: bool = True
    e2e_s: float | None = None
    prompt_tokens: PromptTokens | None = None
    output_tokens: OutputTokens | None = None
    peak_memory_bytes: int | None = None
    peak_device_bytes: int | None = None
    weight_bytes_per_token: int | None = None
    bandwidth_share: float | None = None
    acceptance: float | None = None
    steps: int | None = None
    calls: int | None = None
    tools_s: float | None = None
    contended: bool = False
    sources: dict[str, Source] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON: what is absent is left out, except `contended`, which is always
        known.
        """
        plain = {one.name: getattr(self, one.name) for one in fields(self)}
        del plain["itl_per_token"]
        plain["itl_ms"] = self.itl_ms and asdict(self.itl_ms)
        for name, kinds in (("prompt_tokens", PROMPT_KINDS), ("output_tokens", OUTPUT_KINDS)):
            tokens = plain[name]
            plain[name] = tokens and {kind: getattr(tokens, kind) for kind in (*kinds, "total")}
        plain["sources"] = dict(self.sources)
        return {name: value for name, value in plain.items() if value is not None}


def spoken(chunks: Sequence[Chunk]) -> Sequence[Chunk]:
    """The chunks from the first with text to the last with text: what TTFT, TPOT and ITL are about.

    Marks before the first word (an opening of a thought) and after the last one say nothing to the
    reader.
    """
    voiced = [index for index, chunk in enumerate(chunks) if chunk.text]
    return chunks[voiced[0] : voiced[-1] + 1] if voiced else ()


def percentile(sorted_values: Sequence[float], share: float) -> float:
    """The value under which `share` (0 to 1) of the sorted values lie, linearly interpolated
    between neighbours.
    """
    position = share * (len(sorted_values) - 1)
    below = int(position)
    above = min(below + 1, len(sorted_values) - 1)
    return sorted_values[below] + (sorted_values[above] - sorted_values[below]) * (position - below)


def count_output(chunks: Sequence[Chunk]) -> OutputTokens | None:
    """Tokens by channel, counted from the chunks; None when the engine did not say how many they
    hold.
    """
    thinking = sum(chunk.tokens for chunk in chunks if chunk.channel == "thinking")
    total = sum(chunk.tokens for chunk in chunks)
    return OutputTokens(thinking, total - thinking) if total else None


def compute(
    timeline: Timeline,
    chunks: Sequence[Chunk] = (),
    prompt: PromptTokens | None = None,
    finished: Finished | None = None,
    contended: bool = False,
) -> Figures:
    """The figures of an answer, complete or not.

    TTFT is the first token with text minus the request; TTFA the same for the first token of the
    answer, given when a thought came before it. TPOT = (last - first) / (N - 1) with N the tokens
    from the first to the last with text; where the first piece holds several, all of them are taken
    off, and thoughts that never came are not counted. Output speed = 1 / TPOT. E2E is the last token minus the
    request. Bandwidth share = output speed x bytes of weights read for each token / bytes a second
    that the device copies (the KV cache is not counted). Acceptance is the share of a drafter's
    guesses that were right. Prefill speed = uncached prompt tokens /
    time from read to first token, or the engine's own time, or estimated from TTFT; absent where it
    is not known how many were cached, or where a thought that never came stands in TTFT. Queue and
    load are in none of them.
    """
    sources: dict[str, Source] = {}
    values: dict[str, Any] = {}

    def keep(name: str, value: Any, source: Source = "measured") -> None:
        if value is not None:
            values[name] = value
            sources[name] = source

    start, turn = timeline.requested, timeline.started
    keep("queue_s", None if turn is None else turn - timeline.accepted)
    keep("load_s", None if turn is None or start is None else start - turn)
    keep("media_s", None if start is None or timeline.read is None else timeline.read - start)

    counted = count_output(chunks)
    reported = finished.output if finished else None
    output = counted or reported
    if output is not None:
        keep("output_tokens", output, output.source)
    if finished is not None and finished.prompt is not None:
        prompt = finished.prompt
    if prompt is not None:
        keep("prompt_tokens", prompt, prompt.source)

    said = spoken(chunks)
    if said and start is not None:
        first, last = said[0].at, said[-1].at
        keep("ttft_s", first - start)
        keep("e2e_s", last - start)
        answer = next((chunk for chunk in said if chunk.channel != "thinking" and chunk.text), None)
        if answer is not None and said[0].channel == "thinking":
            keep("ttfa_s", answer.at - start)

        hidden = reported.hidden if reported and not counted else 0
        if hidden and answer is not None:  # what is seen of such a thought is a summary
            keep("ttfa_s", answer.at - start)
            paced = last - answer.at
        else:
            paced = last - first
        later, source = _after_the_first(said, reported)
        if later > 0 and paced > 0:
            keep("tpot_ms", 1000 * paced / later, source)
            keep("output_tps", later / paced, source)
        gaps = sorted(1000 * (b.at - a.at) for a, b in pairwise(said))
        if gaps:
            keep("itl_ms", Percentiles(*(percentile(gaps, share) for share in (0.5, 0.95, 0.99))))
            values["itl_per_token"] = all(chunk.tokens == 1 for chunk in said)

        uncached = _uncached(prompt)
        if uncached:
            if finished is not None and finished.prefill_s:
                keep("prefill_tps", uncached / finished.prefill_s, "reported")
            elif timeline.read is not None and first > timeline.read:
                keep("prefill_tps", uncached / (first - timeline.read))
            elif first > start and not hidden:
                keep("prefill_tps", uncached / (first - start), "estimated")

    if finished is not None:
        keep("peak_memory_bytes", finished.peak_memory_bytes)
        keep("peak_device_bytes", finished.peak_device_bytes)
        keep("weight_bytes_per_token", finished.weight_bytes_per_token)
        if finished.drafted:
            keep("acceptance", finished.accepted / finished.drafted)
        speed, bandwidth = values.get("output_tps"), finished.copy_bandwidth
        if speed and bandwidth and finished.weight_bytes_per_token:
            keep("bandwidth_share", speed * finished.weight_bytes_per_token / bandwidth)
    return Figures(contended=contended, sources=sources, **values)


def _uncached(prompt: PromptTokens | None) -> int:
    """Tokens of a prompt that were read; 0 where that is not known, or none was."""
    if prompt is None or prompt.cached is None:
        return 0
    return max(0, prompt.total - prompt.cached)


def _after_the_first(said: Sequence[Chunk], reported: OutputTokens | None) -> tuple[float, Source]:
    """Tokens that came after the first chunk with text, and how they are known."""
    inside = count_output(said)
    if inside is not None:
        return inside.total - (said[0].tokens or 1), "measured"
    if reported is None:
        return 0, "reported"
    source: Source = "reported" if reported.first is None else "estimated"
    return reported.total - reported.hidden - (reported.first or 1), source


def arrivals(chunks: Sequence[Chunk], output: OutputTokens | None) -> list[float]:
    """How many tokens had come with each chunk and those before it.

    As the engine counted them; else the server's total, spread over the chunks of each channel: evenly where each is a
    token, by their characters where they hold several. Empty where nobody counted.
    """
    if count_output(chunks) is not None:
        return list(accumulate(float(chunk.tokens) for chunk in chunks))
    if output is None:
        return []
    each = [1 if output.first is None else len(chunk.text) for chunk in chunks]
    thought = [chunk.channel == "thinking" for chunk in chunks]
    totals = {True: output.thinking - output.hidden, False: output.answer}
    whole = {
        kind: sum(one for one, is_thought in zip(each, thought, strict=True) if is_thought == kind)
        for kind in totals
    }
    return list(
        accumulate(
            totals[kind] * one / whole[kind] if whole[kind] else 0.0
            for one, kind in zip(each, thought, strict=True)
        )
    )


def stages(
    timeline: Timeline, chunks: Sequence[Chunk] = (), hidden: bool = False
) -> tuple[Stage, ...]:
    """Where the time went, in the order in which it went; stages that were not reached are left
    out. `hidden`: there was a thought that never came; then reading the prompt can't be told from
    it and stands in "thinking".
    """
    said = spoken(chunks)
    first = said[0].at if said else None
    answer = next((c.at for c in said if c.channel != "thinking" and c.text), None)
    thought = first is not None and said[0].channel == "thinking"
    last = said[-1].at if said else None
    reading = timeline.read if timeline.read is not None else timeline.requested
    bounds: list[tuple[StageName, float | None, float | None]] = [
        ("queue", timeline.accepted, timeline.started),
        ("load", timeline.started, timeline.requested),
        ("media", timeline.requested, timeline.read),
        ("prefill", None if hidden else reading, first),
        ("thinking", reading if hidden else first if thought else None, answer or last),
        ("answer", answer, last),
    ]
    return tuple(
        Stage(name, begin - timeline.accepted, max(0.0, end - begin))
        for name, begin, end in bounds
        if begin is not None and end is not None
    )
