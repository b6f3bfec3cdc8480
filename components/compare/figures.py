"""Figures on the screen: the line under an answer, and all of them with their sources.

Absent figures stay absent, estimated ones carry "≈". Knows no engine.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components.media import NOUNS
from playground.comparisons.figures import Figures
from playground.models.sizes import counted
from playground.prompt.cost import PromptTokens


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
    """ "386 tokens = 266 picture + 101 sound + 19 text, 300 of them kept in the cache"."""
    kinds = [(kind, getattr(prompt, kind)) for kind in ("image", "audio", "video", "text")]
    there = [(kind, tokens) for kind, tokens in kinds if tokens]
    total = f"{_about(prompt.source)}{counted(prompt.total, 'token')}"
    kept = f", {prompt.cached:,} of them kept in the cache" if prompt.cached else ""
    if len(there) < 2:
        return total + kept
    return f"{total} = " + " + ".join(f"{tokens:,} {NOUNS[kind]}" for kind, tokens in there) + kept


def line(figures: Figures) -> None:
    """The figures that matter most, in one row."""
    shown: list[tuple[str, str]] = []
    if figures.ttft_s is not None:
        shown.append(("TTFT", _marked(figures, "ttft_s", seconds(figures.ttft_s))))
    if figures.output_tps is not None:
        shown.append(("tok/s", _marked(figures, "output_tps", rate(figures.output_tps))))
    if figures.output_tokens is not None:
        total = f"{figures.output_tokens.total:,}"
        shown.append(("tokens", _marked(figures, "output_tokens", total)))
    if figures.calls:
        shown.append(("calls", f"{figures.calls:,}"))
    if figures.e2e_s is not None:
        shown.append(("E2E", _marked(figures, "e2e_s", seconds(figures.e2e_s))))
    with st.container(horizontal=True, gap="medium"):
        for label, value in shown:
            st.metric(label, value, width="content")
    if figures.contended:
        st.caption(":material/groups: while another model used the same device")


def details_button(figures: Figures, steps: Sequence[Figures] = ()) -> None:
    """A button that opens every figure there is, with what it means and how it is known; those of each step below."""
    popover = st.popover("All figures", icon=":material/query_stats:", type="tertiary")
    with popover.container(width=420):
        _details(figures)
        if steps:
            _each(steps)


def _each(steps: Sequence[Figures]) -> None:
    """A row a step."""
    rows = ["| Step | TTFT | tok/s | prompt | output | E2E |", "|:--|--:|--:|--:|--:|--:|"]
    for number, one in enumerate(steps, 1):
        cells = (
            seconds(one.ttft_s) if one.ttft_s is not None else "–",
            rate(one.output_tps) if one.output_tps is not None else "–",
            f"{one.prompt_tokens.total:,}" if one.prompt_tokens else "–",
            f"{one.output_tokens.total:,}" if one.output_tokens else "–",
            seconds(one.e2e_s) if one.e2e_s is not None else "–",
        )
        rows.append(f"| {number} | {' | '.join(cells)} |")
    st.markdown("\n".join(rows))
    st.caption(
        "Above: TTFT is the first step's, tokens and times of all steps are added up, and the time of the tools stands "
        "apart."
    )


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
    if f.steps is not None:
        rows.append(("steps", "steps", f"{f.steps}"))
        rows.append(("calls", "calls of tools", f"{f.calls or 0}"))
    if f.tools_s is not None:
        rows.append(("tools_s", "tools at work, or waited for", seconds(f.tools_s)))
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


def _marked(figures: Figures, name: str, value: str) -> str:
    return _about(figures.sources.get(name, "measured")) + value


def _about(source: str) -> str:
    return "≈" if source == "estimated" else ""
