"""Rows for a terminal, cut to its width; for a pipe as wide as they are."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from playground.cli.display import output

ENDLESS = 10_000
"""Columns of text that no row fills."""


def write_table(
    rows: Sequence[Sequence[str]],
    head: Sequence[str] = (),
    figures: bool = False,
    computed: bool = False,
) -> None:
    """Write the rows under their head. `figures`: all but the first column are numbers. `computed` as for `write`."""
    table = Table(box=None, show_header=bool(head), pad_edge=False, header_style="bold")
    for number in range(len(rows[0])):
        title = Text(head[number]) if head else Text()
        right = figures and number > 0
        table.add_column(title, justify="right" if right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(output.clean(cell)) for cell in row))
    console = Console() if output.on_terminal() else Console(width=ENDLESS, no_color=True)
    with console.capture() as written:
        console.print(table)
    lines = written.get().split("\n")[:-1]
    output.write("".join(f"{line.rstrip()}\n" for line in lines), computed)
