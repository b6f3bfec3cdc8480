"""The program as a whole: its commands, its help, what shells complete, and how it is installed."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import zipfile
from importlib import import_module
from pathlib import Path

import pytest

from playground import __version__
from playground.archive.export import FORMATS
from playground.cli.app import COMMANDS, application, function
from tests.cli.conftest import Call

ROOT = Path(__file__).parents[2]


def test_every_file_of_a_command_is_registered() -> None:
    files = (ROOT / "playground" / "cli" / "commands").glob("*.py")
    assert {file.stem.rstrip("_") for file in files} - {"init", "__init"} == set(COMMANDS)


def test_help_has_a_line_for_each_command_in_its_group(call: Call) -> None:
    lines = call("--help", env={"COLUMNS": "80"}).stdout.splitlines()
    group = ""
    seen = {}
    for line in lines:
        if line.startswith("╭"):
            group = line.strip("╭─╮ ")
        words = line.strip("│ ").split()
        if words and words[0] in COMMANDS:
            seen[words[0]] = group
            assert line.rstrip("│ ").endswith("."), f"{words[0]} takes more than a line"
    assert seen == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(command: str, call: Call) -> None:
    done = call(command, "--help")
    assert done.exit_code == 0
    assert (function(command).__doc__ or "").splitlines()[0] in done.stdout


def test_the_docs_tell_of_every_command_and_every_format() -> None:
    page = (ROOT / "docs" / "terminal.md").read_text("utf-8")
    assert {one for one in COMMANDS if f"playground {one}" not in page} == set()
    assert {one for one in FORMATS if f"`{one}`" not in page} == set()


def test_the_version(call: Call) -> None:
    done = call("--version")
    assert (done.exit_code, done.stdout) == (0, f"playground {__version__}\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Missing command. (playground --help)"),
        (("aks",), "No such command 'aks'. Did you mean 'ask'? (playground --help)"),
        (("bench",), "Missing option '--shape'. (playground bench --help)"),
        (("bench", "--shape", "E2B", "--precision", "INT8"), "Invalid value for '--precision'"),
        (("bench", "--shape", "E2B", "--pairs", "x"), "Invalid value for '--pairs'"),
        (("download",), "Missing argument 'MODEL'"),
        (("download", "some one/else"), "neither a variant nor a repository's id"),
        (("delete", "../.."), "neither a variant nor a repository's id"),
        (("models", "--jsno"), "No such option: --jsno"),
    ],
)
def test_a_bad_call_is_one_line_and_exit_2(
    arguments: tuple[str, ...], words: str, call: Call
) -> None:
    done = call(*arguments)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("playground: ") and words in done.stderr


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("playground ", {"ask", "models"}),
        ("playground ask --image-", {"--image-tokens"}),
        ("playground ask --on demo:E", {"demo:E2B", "demo:E4B"}),
        ("playground ask --on E2B@in", {"E2B@int8", "E2B@int4"}),
        ("playground download 2", {"26B-A4B"}),
    ],
)
def test_shells_complete(typed: str, offered: set[str]) -> None:
    words = typed.split()
    told = {
        "_PLAYGROUND_COMPLETE": "complete_bash",
        "COMP_WORDS": typed,
        "COMP_CWORD": str(len(words) - (not typed.endswith(" "))),
    }
    done = subprocess.run(
        [sys.executable, "-m", "playground"],
        cwd=ROOT, env={**os.environ, **told}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert offered <= set(done.stdout.split()), done.stderr


def test_only_the_named_command_is_imported() -> None:
    script = (
        "import sys; from playground.cli.app import run; run(['variants', '--json'])\n"
        "print('playground.cli.commands.bench' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stderr == "False\n"


def test_the_version_stands_in_one_place() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert "version" not in project["project"] and project["project"]["dynamic"] == ["version"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "playground.__version__"}


def test_installed_is_a_command_and_no_page(tmp_path: Path) -> None:
    """Builds what `pip install -e .` installs, and looks into it."""
    script = (
        f"from setuptools import build_meta; print(build_meta.build_editable({str(tmp_path)!r}))"
    )
    copy = tmp_path / "checkout"
    copy.mkdir()
    for name in ("pyproject.toml", "playground", "app.py", "pages", "components"):
        (copy / name).symlink_to(ROOT / name)
    subprocess.run(
        [sys.executable, "-c", script], cwd=copy, capture_output=True, check=True, text=True
    )
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.startswith(f"gemma4_playground-{__version__}-")
    with zipfile.ZipFile(wheel) as held:
        (entries,) = [name for name in held.namelist() if name.endswith("entry_points.txt")]
        (tops,) = [name for name in held.namelist() if name.endswith("top_level.txt")]
        assert held.read(tops).decode().split() == ["playground"]
        assert "playground = playground.__main__:program" in held.read(entries).decode()


def test_the_command_and_the_module_are_the_same_program() -> None:
    from playground import __main__ as module

    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    where, _, name = scripts["playground"].partition(":")
    assert getattr(import_module(where), name) is module.program


def test_the_registered_names_are_the_functions_names() -> None:
    names = {
        command.callback.__name__.rstrip("_")
        for command in application().registered_commands
        if command.callback
    }
    assert names == set(COMMANDS)
