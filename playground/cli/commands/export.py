"""`export`: comparisons into a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from playground.archive.export import FORMATS
from playground.cli import options
from playground.cli.display import notes, output
from playground.questions.faults import BadCall


def export(
    ids: options.SomeIds = None,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="FILE", help="The file to write; it must not be there."),
    ] = None,
    all: Annotated[bool, typer.Option("--all", help="Everything that is kept, as a zip.")] = False,
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help=f"{', '.join(FORMATS)}; without it what the file's name says.",
        ),
    ] = None,
) -> int:
    """Write a comparison to a file, or several to a zip."""
    from playground.archive.export import bundle
    from playground.cli.kept import archive, every, find

    if to is None:
        raise BadCall("name the file to write: --to FILE.")
    if bool(ids) == all:
        raise BadCall("name comparisons by their ids, or ask for --all.")
    named = (one for one in FORMATS if FORMATS[one].suffix == to.suffix and not FORMATS[one].apart)
    name = format or next(named, "json")
    if name not in FORMATS:
        raise BadCall(f"there is no format {name!r}; there are {', '.join(FORMATS)}.")
    with archive() as opened:
        kept = every(opened) if all else (find(opened, id) for id in ids or ())
        try:
            if all or len(ids or ()) > 1:
                written = bundle.write(kept, opened.store.get, FORMATS[name], notes.say)
            else:
                written = FORMATS[name].write(next(iter(kept)), opened.store.get)
        except LookupError as error:
            raise BadCall(f"it can't be exported: {error}.") from None
    try:
        with to.open("xb") as file:
            file.write(written)
    except (OSError, ValueError) as error:
        raise BadCall(
            f"{to} can't be written: {getattr(error, 'strerror', None) or error}."
        ) from None
    output.write(f"{to} is written.\n")
    return 0
