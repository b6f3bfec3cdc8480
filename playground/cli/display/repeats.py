"""What repeats give together, in words: a few lines for each contender that answered several times."""

from __future__ import annotations

from math import floor, log10

from playground.cli.display import output
from playground.cli.display.output import clean
from playground.comparisons.comparison import Comparison
from playground.comparisons.findings.repeats import Spread, Together, together
from playground.comparisons.lineup.seating import groups

SHOWN = (
    ("ttft_s", "TTFT", 1000.0, "ms"),
    ("output_tps", "speed", 1.0, "tok/s"),
    ("answer_tokens", "answer", 1.0, "tok"),
    ("thinking_tokens", "thought", 1.0, "tok"),
    ("e2e_s", "E2E", 1.0, "s"),
)
"""Figure, name, factor, unit."""

FIRST = 60
"""Characters of a distinct answer that are repeated here: all of it stands above."""


def summary(comparison: Comparison) -> str:
    """For each contender with repeats its distinct answers and the spread of its figures; empty where none has any."""
    lines: list[str] = []
    for group in groups(comparison.contenders):
        if len(group.contenders) > 1:
            answers = [comparison.last.answer(one.id) for one in group.contenders]
            found = together([answer for answer in answers if answer is not None])
            lines += ["", f"{group.label}: {_agreed(found)}", *_distinct(found)]
            if figures := _figures(found):
                lines.append(f"  {figures}")
    return clean("\n".join([*lines, ""])) if lines else ""


def _agreed(found: Together) -> str:
    whole = f"{found.n} of {found.asked} answers came to their end"
    if not found.n:
        return f"{whole}."
    if len(found.distinct) == 1:
        return f"{whole}{', word for word the same' if found.n > 1 else ''}."
    words = f"{whole}, {len(found.distinct)} distinct"
    if found.agreement is None:
        return f"{words}."
    return f"{words}; two have {100 * found.agreement:.0f} % of their words in common."


def _distinct(found: Together) -> list[str]:
    cut = ((" ".join(text.split()), count) for text, count in found.distinct)
    return [
        f"  {count} of {found.n}: {text if len(text) <= FIRST else text[: FIRST - 3] + '...'}"
        for text, count in cut
    ]


def _figures(found: Together) -> str:
    """ "TTFT 182 ± 12 ms (n 5)": means with their 95 % intervals."""
    return ", ".join(
        f"{name} {_spread(found.figures[figure], factor)} {unit} (n {found.figures[figure].n})"
        for figure, name, factor, unit in SHOWN
        if figure in found.figures
    )


def _spread(one: Spread, factor: float) -> str:
    mean = _digits(one.mean * factor, 3)
    sign = "±" if output.fits("±") else "+-"
    return mean if one.half is None else f"{mean} {sign} {_digits(one.half * factor, 2)}"


def _digits(value: float, count: int) -> str:
    """So many digits, and those before the point in any case: "8.42", "1,520"."""
    places = count - 1 - floor(log10(abs(value))) if value else 0
    return f"{value:,.{max(0, places)}f}"
