"""`history`: the comparisons that were made, newest first."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from playground.cli import options
from playground.cli.display import output
from playground.cli.display.table import write_table

LONG = 60
"""Characters of a question in the table."""


def history(
    search: Annotated[
        str,
        typer.Option("--search", metavar="WORDS", help="Only those that hold all these words."),
    ] = "",
    json: options.Json = False,
) -> int:
    """List what was asked before."""
    from playground.archive import library
    from playground.archive.library import Wanted
    from playground.cli.kept import archive, text

    wanted = Wanted(words=text(search))
    with archive() as opened, opened.reading() as connection:
        found = library.entries(connection, wanted, library.count(connection, wanted))
    if json:
        output.write_json([_plain(one) for one in found])
    elif found:
        write_table([_row(one) for one in found], ("id", "time", "asked", "answers"))
    return 0


def _plain(one: Any) -> dict[str, Any]:
    return {
        "id": one.id,
        "time": datetime.fromtimestamp(one.created).astimezone().isoformat(timespec="seconds"),
        "prompt": one.question,
        "name": one.name,
        "labels": list(one.labels),
        "pinned": one.pinned,
        "contenders": [line.label for line in one.lines],
        "states": [line.state for line in one.lines],
    }


def _row(one: Any) -> tuple[str, ...]:
    words = " ".join((one.name or one.question).split())
    return (
        one.id,
        f"{datetime.fromtimestamp(one.created):%Y-%m-%d %H:%M}",
        words if len(words) <= LONG else f"{words[: LONG - 1]}…",
        ", ".join(
            line.label + ("" if line.state == "done" else f" ({line.state})") for line in one.lines
        ),
    )
