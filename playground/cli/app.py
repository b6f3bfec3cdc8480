"""The commands, registered, and how a run of one ends: its exit code, and one line for whatever went wrong."""

from __future__ import annotations

import contextlib
import keyword
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from playground import __version__, config
from playground.cli.display import output
from playground.cli.display.notes import PROGRAM, fault, finish
from playground.cli.interrupts import Interrupted
from playground.questions.faults import BadCall

ASK, KEPT, FAMILY = "Ask", "What was asked before", "Know the family"
WEIGHTS, MEASURE = "Weights", "Measure"
COMMANDS = {
    "ask": ASK,
    "look": ASK,
    "chat": ASK,
    "history": KEPT,
    "show": KEPT,
    "replay": KEPT,
    "export": KEPT,
    "import": KEPT,
    "variants": FAMILY,
    "which": FAMILY,
    "models": FAMILY,
    "download": WEIGHTS,
    "delete": WEIGHTS,
    "bench": MEASURE,
}
"""Every command and the group of `--help` that it stands in. `commands/NAME.py` holds the function NAME; a word of
Python's own gets an underscore there.
"""


class Group(TyperGroup):
    """The program's commands. Every fault is one line on standard error."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run one command; returns its exit code, or ends the process with it in standalone mode."""

        output.prepare()

        def command() -> int:
            config.check()
            code = super(Group, self).main(
                args, PROGRAM, complete_var, False, windows_expand_args, **extra
            )
            return int(code or 0)

        code = _ended(command)
        if standalone_mode:
            sys.exit(code)
        return code


def application(names: Sequence[str] = tuple(COMMANDS)) -> typer.Typer:
    """The program with those commands."""
    app = typer.Typer(
        cls=Group,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["--help", "-h"]},
    )
    app.callback()(_program)
    for name in names:
        app.command(name, rich_help_panel=COMMANDS[name])(function(name))
    return app


def function(name: str) -> Callable[..., int]:
    """What a command calls."""
    called = f"{name}_" if keyword.iskeyword(name) else name
    found: Callable[..., int] = getattr(import_module(f"playground.cli.commands.{called}"), called)
    return found


def run(arguments: Sequence[str]) -> int:
    """Run the command that the arguments name; returns the exit code. Other commands are not even imported."""
    first = next(iter(arguments), "")
    app = application([first] if first in COMMANDS else tuple(COMMANDS))
    return int(typer.main.get_command(app).main(list(arguments), standalone_mode=False))


def _version(wanted: bool) -> None:
    if wanted:
        output.write(f"{PROGRAM} {__version__}\n")
        raise typer.Exit


def _program(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", is_eager=True, callback=_version),
    ] = False,
) -> None:
    """Put a prompt, pictures and sound to several Gemma 4 variants and see the difference."""


def _ended(command: Callable[[], int]) -> int:
    """Run it; returns the exit code, and says what went wrong."""
    try:
        return command()
    except (BadCall, config.ConfigError) as bad:
        fault(str(bad))
        return 2
    except Interrupted as interrupted:
        finish()
        return interrupted.code
    except output.Unwritable as unwritable:
        return _unwritten(unwritable)
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        help = f"{context.command_path if context else PROGRAM} --help"
        fault(f"{error.format_message()} ({help})")
        sys.exit(error.exit_code)
    except OSError as error:  # help that can't be written, a disk that breaks
        output.silence()
        fault(f"{error.strerror or error}.")
        return 1


def _unwritten(unwritable: output.Unwritable) -> int:
    """What could not be written goes to standard error: it may have taken minutes to compute."""
    if unwritable.text:
        fault(f"standard output can't be written: {unwritable.reason}. It would have been:")
        with contextlib.suppress(OSError, ValueError, AttributeError):
            sys.stderr.write(unwritable.text)
            sys.stderr.flush()
    return 1
