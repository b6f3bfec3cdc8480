"""What several runs say together: medians, spreads, percentiles, and lines of a table."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from playground.comparisons.figures import percentile


def spread(values: Sequence[float], digits: int = 2) -> str:
    """ "1.23 (1.10 to 1.31)": the median and the range of the middle half."""
    ordered = sorted(values)
    low, high = percentile(ordered, 0.25), percentile(ordered, 0.75)
    return f"{median(ordered):.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows as columns of equal width; the first is the heading."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )
