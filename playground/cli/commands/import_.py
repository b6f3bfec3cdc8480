"""`import`: comparisons out of a file that `export` wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from playground.cli.display import output
from playground.questions.faults import BadCall


def import_(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="Exported JSON, a zip of it, or OpenAI messages as JSON lines.",
            show_default=False,
        ),
    ],
) -> int:
    """Bring in what was exported; each comparison gets an id of its own."""
    from playground.archive.importing.file import read
    from playground.archive.importing.own import LARGEST, ImportFault
    from playground.archive.writing.taking_in import take_in
    from playground.cli.kept import archive
    from playground.prompt import media

    try:
        with file.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BadCall(f"{file} can't be read: {reason}.") from None
    with archive() as opened:
        try:
            for one in read(file.name, data, media.read):
                output.write(f"{take_in(opened, one)}\n")
        except ImportFault as fault:
            raise BadCall(str(fault)) from None
    return 0
