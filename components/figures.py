"""Figures on the screen: the line under an answer, all of them with their sources, the table, the charts.

Absent figures stay absent, estimated ones carry "≈". Knows no engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from components import colours
from components.media import NOUNS
from playground.comparison import Answer
from playground.events import PromptTokens
from playground.figures import Figures, arrivals

if TYPE_CHECKING:
    import altair as alt

DASHES = ([1, 0], [6, 3], [2, 2], [8, 2, 2, 2])
STAGES = ("queue", "load", "media", "prefill", "thinking", "answer")


def seconds(value: float) -> str:
    """ "182 ms", "1.24 s", "2 min 5 s"."""
    if value < 0.9995:
        return f"{1000 * value:.0f} ms"
    if value < 99.5:
        return f"{value:.2f} s" if value < 9.995 else f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest} s"


def rate(value: float) -> str:
    """Three digits: "8.42", "84.2", "842", "1,842"."""
    digits = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return f"{value:,.{digits}f}"


def reads(prompt: PromptTokens) -> str:
    """ "386 tokens = 266 picture + 101 sound + 19 text", with icons, in Markdown."""
    kinds = [(kind, getattr(prompt, kind)) for kind in ("image", "audio", "video", "text")]
    there = [(kind, tokens) for kind, tokens in kinds if tokens]
    total = f"{_about(prompt.source)}{prompt.total:,} tokens"
    if len(there) < 2:
        return total
    return f"{total} = " + " + ".join(f"{tokens:,} {NOUNS[kind]}" for kind, tokens in there)


def line(figures: Figures) -> None:
    """The figures that matter most, in one row."""
    shown: list[tuple[str, str]] = []
    if figures.ttft_s is not None:
        shown.append(("TTFT", _marked(figures, "ttft_s", seconds(figures.ttft_s))))
    if figures.output_tps is not None:
        shown.append(("tok/s", _marked(figures, "output_tps", rate(figures.output_tps))))
    if figures.output_tokens is not None:
        shown.append(("tokens", f"{figures.output_tokens.total:,}"))
    if figures.e2e_s is not None:
        shown.append(("E2E", _marked(figures, "e2e_s", seconds(figures.e2e_s))))
    with st.container(horizontal=True, gap="medium"):
        for label, value in shown:
            st.metric(label, value, width="content")
    if figures.contended:
        st.caption(":material/groups: while another model used the same device")


def details_button(figures: Figures) -> None:
    """A button that opens every figure there is, with what it means and how it is known."""
    popover = st.popover("All figures", icon=":material/query_stats:", type="tertiary")
    with popover.container(width=420):
        _details(figures)


def _details(figures: Figures) -> None:
    rows = ["| Figure | Value | How it is known |", "|:--|--:|:--|"]
    for name, label, value in _all(figures):
        source = figures.sources.get(name, "measured")
        rows.append(f"| {label} | {_about(source)}{value} | :gray[{source}] |")
    st.markdown("\n".join(rows))
    st.caption(
        "First token and the total count from the moment the model was in memory and got the "
        "prompt: waiting in line and loading are apart."
    )


def _all(figures: Figures) -> list[tuple[str, str, str]]:
    """(field, label, value) of every figure that there is."""
    f = figures
    gaps = "between tokens" if f.itl_per_token else "between chunks"
    timed = (
        ("queue_s", "in line", f.queue_s),
        ("load_s", "loading", f.load_s),
        ("media_s", "reading the media", f.media_s),
        ("ttft_s", "time to first token (TTFT)", f.ttft_s),
        ("ttfa_s", "time to first answer token", f.ttfa_s),
        ("e2e_s", "request to last token (E2E)", f.e2e_s),
    )
    rows = [(name, label, seconds(value)) for name, label, value in timed if value is not None]
    if f.tpot_ms is not None:
        rows.append(("tpot_ms", "time per output token (TPOT)", f"{f.tpot_ms:.1f} ms"))
    if f.output_tps is not None:
        rows.append(("output_tps", "output speed", f"{rate(f.output_tps)} tok/s"))
    if f.prefill_tps is not None:
        rows.append(("prefill_tps", "prefill speed", f"{rate(f.prefill_tps)} tok/s"))
    if f.itl_ms is not None:
        spread = f"{f.itl_ms.p50:.0f} / {f.itl_ms.p95:.0f} / {f.itl_ms.p99:.0f} ms"
        rows.append(("itl_ms", f"time {gaps}, p50 / p95 / p99", spread))
    if f.prompt_tokens is not None:
        rows.append(("prompt_tokens", "prompt tokens", f"{f.prompt_tokens.total:,}"))
        if f.prompt_tokens.cached:
            rows.append(("prompt_tokens", "of them cached", f"{f.prompt_tokens.cached:,}"))
    if f.output_tokens is not None:
        if f.output_tokens.thinking:
            kept = ", not shown by the server" if f.output_tokens.hidden else ""
            rows.append(
                ("output_tokens", f"thinking tokens{kept}", f"{f.output_tokens.thinking:,}")
            )
        rows.append(("output_tokens", "answer tokens", f"{f.output_tokens.answer:,}"))
    if f.peak_memory_bytes is not None:
        rows.append(("peak_memory_bytes", "peak memory", f"{f.peak_memory_bytes / 1e9:.2f} GB"))
    if f.weight_bytes_per_token is not None:
        read = f"{f.weight_bytes_per_token / 1e6:,.1f} MB"
        rows.append(("weight_bytes_per_token", "weights read for each token", read))
    if f.bandwidth_share is not None:
        share = f"{100 * f.bandwidth_share:.0f} %"
        rows.append(("bandwidth_share", "share of the memory bandwidth", share))
    if f.acceptance is not None:
        rows.append(("acceptance", "drafted tokens accepted", f"{100 * f.acceptance:.0f} %"))
    if f.peak_device_bytes is not None:
        rows.append(
            ("peak_device_bytes", "peak on the device", f"{f.peak_device_bytes / 1e9:.2f} GB")
        )
    return rows


def table(answers: Sequence[Answer]) -> None:
    """One row a contender; the units stand in the headings."""
    rows = [_row(answer) for answer in answers]
    number = st.column_config.NumberColumn
    st.dataframe(
        rows,
        hide_index=True,
        column_order=[name for name in _COLUMNS if any(row.get(name) is not None for row in rows)],
        column_config={
            "contender": st.column_config.TextColumn("Contender", pinned=True),
            "state": st.column_config.TextColumn("State"),
            "prompt": number("Prompt (tokens)", format="localized"),
            "thinking": number("Thinking (tokens)", format="localized"),
            "answer": number("Answer (tokens)", format="localized"),
            "queue": number("In line (s)", format="%.2f"),
            "load": number("Loading (s)", format="%.2f"),
            "media": number("Media (ms)", format="%.0f"),
            "ttft": number("TTFT (ms)", format="%.0f"),
            "ttfa": number("First answer token (ms)", format="%.0f"),
            "tpot": number("TPOT (ms)", format="%.1f"),
            "speed": number("Speed (tok/s)", format="%.1f"),
            "prefill": number("Prefill (tok/s)", format="%.0f"),
            "e2e": number("E2E (s)", format="%.2f"),
            "memory": number("Peak memory (GB)", format="%.2f"),
            "contended": st.column_config.CheckboxColumn("Shared device"),
        },
        placeholder="–",
        alt="The figures of every contender",
    )


_COLUMNS = (
    "contender",
    "state",
    "ttft",
    "ttfa",
    "speed",
    "tpot",
    "prefill",
    "e2e",
    "prompt",
    "thinking",
    "answer",
    "queue",
    "load",
    "media",
    "memory",
    "contended",
)


def _ms(value: float | None) -> float | None:
    return None if value is None else 1000 * value


def _row(answer: Answer) -> dict[str, Any]:
    f = answer.figures()
    return {
        "contender": answer.contender.label,
        "state": answer.state,
        "prompt": f.prompt_tokens and f.prompt_tokens.total,
        "thinking": f.output_tokens and (f.output_tokens.thinking or None),
        "answer": f.output_tokens and f.output_tokens.answer,
        "queue": f.queue_s,
        "load": f.load_s,
        "media": _ms(f.media_s),
        "ttft": _ms(f.ttft_s),
        "ttfa": _ms(f.ttfa_s),
        "tpot": f.tpot_ms,
        "speed": f.output_tps,
        "prefill": f.prefill_tps,
        "e2e": f.e2e_s,
        "memory": None if f.peak_memory_bytes is None else f.peak_memory_bytes / 1e9,
        "contended": f.contended or None,
    }


def time_chart(answers: Sequence[Answer]) -> alt.Chart | None:
    """Where the time went: a bar a contender, its parts in the order in which they happened."""
    import altair as alt

    rows = [
        {
            "contender": answer.contender.label,
            "stage": stage.name,
            "start": stage.start,
            "end": stage.start + stage.seconds,
            "took": seconds(stage.seconds),
        }
        for answer in answers
        for stage in answer.stages()
    ]
    if not rows:
        return None
    names = [answer.contender.label for answer in answers]
    there = [name for name in STAGES if any(row["stage"] == name for row in rows)]
    return (
        alt.Chart(alt.Data(values=rows), height=alt.Step(34))
        .mark_bar(size=18)
        .encode(
            x=alt.X("start:Q", title="seconds since it was asked", axis=alt.Axis(tickCount=8)),
            x2="end:Q",
            y=alt.Y("contender:N", sort=names, title=None),
            color=alt.Color(
                "stage:N",
                sort=there,
                scale=alt.Scale(domain=list(STAGES)),
                legend=alt.Legend(orient="top", title=None, values=there),
            ),
            tooltip=["contender:N", "stage:N", alt.Tooltip("took:N", title="time")],
        )
    )


def token_chart(answers: Sequence[Answer]) -> alt.Chart | None:
    """Tokens over time: how many had come after so many seconds, counted from each one's request."""
    import altair as alt

    rows = [row for answer in answers for row in _steps(answer)]
    if not rows:
        return None
    names = [answer.contender.label for answer in answers]
    variants = [answer.contender.model.variant for answer in answers]
    shades = [colours.chart(variant) for variant in variants]
    # A variant that answers twice has one colour and two kinds of line.
    dashes = [DASHES[variants[:at].count(name) % 4] for at, name in enumerate(variants)]
    return (
        alt.Chart(alt.Data(values=rows), height=280)
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(
            x=alt.X(
                "second:Q",
                title="seconds since the model got the prompt",
                axis=alt.Axis(tickCount=8),
            ),
            y=alt.Y("tokens:Q", title="tokens"),
            color=alt.Color(
                "contender:N",
                sort=names,
                scale=alt.Scale(domain=names, range=shades),
                legend=alt.Legend(orient="top", title=None),
            ),
            strokeDash=alt.StrokeDash(
                "contender:N", sort=names, scale=alt.Scale(domain=names, range=dashes), legend=None
            ),
            tooltip=["contender:N", "tokens:Q", alt.Tooltip("second:Q", format=".2f")],
        )
    )


def _steps(answer: Answer) -> list[dict[str, Any]]:
    """At most some hundreds of points of (seconds since the request, tokens so far); none where nobody counted."""
    start, chunks = answer.timeline.requested, tuple(answer.chunks)
    so_far = arrivals(chunks, answer.figures().output_tokens)
    if start is None or not so_far:
        return []
    label = answer.contender.label
    points = [{"contender": label, "second": 0.0, "tokens": 0}]
    every = max(1, len(chunks) // 400)
    for number, (chunk, tokens) in enumerate(zip(chunks, so_far, strict=True)):
        if number % every == 0 or number == len(chunks) - 1:
            second = round(chunk.at - start, 4)
            points.append({"contender": label, "second": second, "tokens": round(tokens)})
    return points


def _marked(figures: Figures, name: str, value: str) -> str:
    return _about(figures.sources.get(name, "measured")) + value


def _about(source: str) -> str:
    return "≈" if source == "estimated" else ""
