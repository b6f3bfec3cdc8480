"""A comparison drawn: where the time went, and tokens over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from components import colours
from components.compare.figures import seconds
from playground.comparisons.answer import Answer
from playground.comparisons.figures import arrivals

if TYPE_CHECKING:
    import altair as alt

DASHES = ([1, 0], [6, 3], [2, 2], [8, 2, 2, 2])
STAGES = ("queue", "load", "media", "prefill", "thinking", "answer", "tools")


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
