"""The figures of all contenders as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from playground.comparisons.answer import Answer


def table(answers: Sequence[Answer], of: Sequence[str] = ()) -> None:
    """One row an answer; the units stand in the headings. `of` says for each answer which comparison it is of, where
    there are several.
    """
    rows = [_row(answer) for answer in answers]
    for row, name in zip(rows, of, strict=False):
        row["of"] = name
    number = st.column_config.NumberColumn
    st.dataframe(
        rows,
        hide_index=True,
        column_order=[name for name in _COLUMNS if any(row.get(name) is not None for row in rows)],
        column_config={
            "contender": st.column_config.TextColumn("Contender", pinned=True),
            "of": st.column_config.TextColumn("Comparison"),
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
            "calls": number("Calls of tools", format="localized"),
            "tools": number("Tools (s)", format="%.2f"),
            "memory": number("Peak memory (GB)", format="%.2f"),
            "contended": st.column_config.CheckboxColumn("Shared device"),
        },
        placeholder="–",
        alt="The figures of every contender",
    )


_COLUMNS = (
    "contender",
    "of",
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
    "calls",
    "tools",
    "memory",
    "contended",
)


def _ms(value: float | None) -> float | None:
    return None if value is None else 1000 * value


def _row(answer: Answer) -> dict[str, Any]:
    f = answer.figures()
    return {
        "contender": answer.contender.label,
        "state": _state(answer),
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
        "calls": f.calls,
        "tools": f.tools_s,
        "memory": None if f.peak_memory_bytes is None else f.peak_memory_bytes / 1e9,
        "contended": f.contended or None,
    }


def _state(answer: Answer) -> str:
    """How it ended, in a word or two; those who gave nothing stand in the table too."""
    if answer.state == "stopped" and not answer.chunks:
        return "stopped before anything came"
    return answer.state
