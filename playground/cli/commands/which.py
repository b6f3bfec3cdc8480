"""`which`: the members in the order in which they suit a task on some memory, with the reasons."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from playground.cli.display import output
from playground.config import ConfigError
from playground.models.catalog import catalog
from playground.models.device import Kind
from playground.models.device import device as this_device
from playground.models.family import hardware
from playground.models.family.hardware import Hardware
from playground.models.family.tasks import MEDIA, TASKS, First
from playground.models.family.which import Choice, Need
from playground.models.family.which import which as ranked
from playground.questions.faults import BadCall


def tasks(incomplete: str) -> list[str]:
    """The tasks' names, for shells that complete."""
    return [key for key in TASKS if key.startswith(incomplete.lower())]


def which(
    task: Annotated[
        str,
        typer.Option("--task", metavar="TASK", help=f"{', '.join(TASKS)}.", autocompletion=tasks),
    ],
    media: Annotated[
        list[str] | None,
        typer.Option(
            "--media", metavar="KIND", help="What its prompts hold: image, audio, video. Repeat it."
        ),
    ] = None,
    longest: Annotated[
        int | None,
        typer.Option("--longest", metavar="N", min=1, help="Longest input, in tokens."),
    ] = None,
    memory: Annotated[
        str | None,
        typer.Option(
            "--memory", metavar="SIZE", help="16GB, or '2 x 24 GB'; this machine's if not said."
        ),
    ] = None,
    device: Annotated[
        Kind | None, typer.Option("--device", help="What it runs on; this machine's if not said.")
    ] = None,
    first: Annotated[
        First | None, typer.Option("--first", help="What comes first; else as the task has it.")
    ] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="No hosted service, whatever fits.")
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="A JSON list on standard output and nothing else.")
    ] = False,
) -> int:
    """Say which member suits a task on this machine or another, and why."""
    if task.lower() not in TASKS:
        raise BadCall(f"There is no task {task!r}: {', '.join(TASKS)}.")
    if stray := set(media or ()) - set(MEDIA):
        raise BadCall(f"There are no {', '.join(sorted(stray))} media: {', '.join(MEDIA)}.")
    where = _hardware(memory, device)
    kinds = frozenset(one for one in MEDIA if one in (media or ()))
    wanted = Need(task.lower(), where, kinds, longest, first, offline)
    choices = ranked(wanted, catalog())
    if json:
        output.write_json([_plain(one) for one in choices])
        return 0
    output.write(f"{wanted.job.title}, {where.words} ({where.kind}):\n")
    for number, one in enumerate(choices, 1):
        state = one.verdict if one.able else "can't"
        name = f"{one.variant} in {one.precision}" if one.able else one.variant
        output.write(f"\n{number}. {name}: {state}\n")
        output.write("".join(f"   {reason}\n" for reason in one.reasons))
    if wanted.job.note:
        output.write(f"\n{wanted.job.note}\n")
    return 0


def _hardware(memory: str | None, kind: Kind | None) -> Hardware:
    try:
        if memory is not None:
            return hardware.typed(memory, kind or this_device().kind)
        here = hardware.here()
    except (ValueError, ConfigError) as error:
        raise BadCall(str(error)) from None
    return here if kind in (None, here.kind) else Hardware(here.each, kind or here.kind)


def _plain(one: Choice) -> dict[str, Any]:
    return {
        "variant": one.variant,
        "precision": one.precision,
        "fits": one.fits,
        "able": one.able,
        "verdict": one.verdict,
        "score": round(one.score, 4),
        "bytes_per_token": one.bytes_per_token,
        "needs_bytes": one.needs,
        "spec": one.spec,
        "reasons": list(one.reasons),
    }
