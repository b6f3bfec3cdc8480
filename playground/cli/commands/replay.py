"""`replay`: a comparison's answers once more, with their true timing."""

from __future__ import annotations

from typing import Annotated

import typer

from playground.cli import options


def replay(
    id: options.Id,
    speed: Annotated[
        float,
        typer.Option("--speed", metavar="N", min=0.1, max=1000, help="So many times as fast."),
    ] = 1.0,
) -> int:
    """Watch a comparison again at the speed at which it happened."""
    from playground.cli import interrupts, playing
    from playground.cli.kept import archive, find

    with archive() as opened:
        kept = find(opened, id)
    with interrupts.noticed() as interruption:
        return playing.play(kept, speed, interruption)
