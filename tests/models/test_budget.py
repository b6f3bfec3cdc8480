"""What models may take of the memory."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from playground import config
from playground.config import ConfigError, patience
from playground.models import budget
from playground.models.budget import available, memory_budget

ROOT = Path(__file__).parents[2]


def test_without_a_word_a_share_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLAYGROUND_MEMORY_GB", raising=False)
    assert 0 < memory_budget() < psutil.virtual_memory().total


def test_gigabytes_are_decimal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_MEMORY_GB", "1.5")
    assert memory_budget() == 1_500_000_000


def test_a_model_may_take_what_is_free_within_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "free", lambda: 3_000_000_000)
    monkeypatch.setenv("PLAYGROUND_MEMORY_GB", "2")
    assert available() == 2_000_000_000
    monkeypatch.setenv("PLAYGROUND_MEMORY_GB", "4")
    assert available() == 3_000_000_000


@pytest.mark.parametrize("said", ["much", "-1", "0", "nan", "inf"])
def test_nonsense_is_one_sentence(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_MEMORY_GB", said)
    with pytest.raises(ValueError, match="give a number of gigabytes"):
        memory_budget()


def test_a_server_may_be_silent_as_long_as_the_operator_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PLAYGROUND_PATIENCE_S", raising=False)
    assert patience() is None, "as long as somebody watches"
    monkeypatch.setenv("PLAYGROUND_PATIENCE_S", "90")
    assert patience() == 90
    for nonsense in ("long", "0", "-5", "nan", "inf"):
        monkeypatch.setenv("PLAYGROUND_PATIENCE_S", nonsense)
        with pytest.raises(ValueError, match="give a number of seconds"):
            patience()


@pytest.mark.parametrize(
    ("variable", "said", "allowed"),
    [
        ("PLAYGROUND_MEMORY_GB", "abc", "give a number of gigabytes"),
        ("PLAYGROUND_HOSTED", "maybe", "say 1 for yes or 0 for no"),
        ("PLAYGROUND_ADD_SERVERS", "2", "say 1 for yes or 0 for no"),
        ("PLAYGROUND_SERVERS", "nowhere.toml", "name a file that is there"),
        ("PLAYGROUND_PATIENCE_S", "-1", "give a number of seconds"),
        ("PLAYGROUND_ARCHIVE", "mysql://db/kept", "give a folder, postgresql://"),
        ("PLAYGROUND_ARCHIVE", "postgresql+psycopg2://db/kept", "give a folder, postgresql://"),
    ],
)
def test_a_wrong_value_is_told_at_the_start(variable: str, said: str, allowed: str) -> None:
    with pytest.raises(ConfigError) as error:
        config.check({variable: said})
    words = str(error.value)
    assert variable in words and repr(said) in words and allowed in words and "\n" not in words


def test_a_wrong_value_is_told_without_its_password() -> None:
    with pytest.raises(ConfigError) as error:
        config.check({"PLAYGROUND_ARCHIVE": "mysql://me:secret@db/kept"})
    assert "secret" not in str(error.value) and "'mysql://...@db/kept'" in str(error.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_meant_however_it_is_written(scheme: str) -> None:
    """By itself SQLAlchemy takes the second for another driver, and does not know the first."""
    found = config.read({"PLAYGROUND_ARCHIVE": f"{scheme}://me:x@db/kept"}).archive
    assert found == "postgresql+psycopg://me:x@db/kept"
    assert config.read({"PLAYGROUND_ARCHIVE": "sqlite:////a.db"}).archive == "sqlite:////a.db"


@pytest.mark.parametrize(("said", "meant"), [("1", True), ("Yes", True), ("0", False), ("", False)])
def test_yes_and_no(said: str, meant: bool) -> None:
    assert config.read({"PLAYGROUND_HOSTED": said}).hosted is meant


def test_where_caches_lie() -> None:
    assert config.read({"XDG_CACHE_HOME": "/x"}).cache == Path("/x/gemma4-playground")
    assert config.read({"XDG_CACHE_HOME": "/x"}).hub_cache == Path("/x/huggingface/hub")
    assert config.read({"XDG_CACHE_HOME": "/x", "HF_HOME": "/y"}).hub_cache == Path("/y/hub")
    assert config.read({"HF_HOME": "/y", "HF_HUB_CACHE": "/z"}).hub_cache == Path("/z")


def test_every_variable_is_told_once_and_in_words() -> None:
    names = [one.variable for one in config.SETTINGS]
    assert len(names) == len(set(names))
    assert all(one.default and one.meaning.endswith(".") for one in config.SETTINGS)


def test_the_environment_is_read_in_one_place() -> None:
    """Handing it on whole, to a process or as a default, reads no variable."""
    for path in [*ROOT.glob("playground/**/*.py"), *ROOT.glob("components/*.py"), ROOT / "app.py"]:
        if path.name == "config.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            what = node.value if isinstance(node, ast.Subscript | ast.Attribute) else None
            assert not (isinstance(what, ast.Attribute) and what.attr == "environ"), path
            assert not (isinstance(node, ast.Attribute) and node.attr == "getenv"), path


@pytest.mark.parametrize(
    "command",
    [("-m", "playground", "variants"), ("-m", "streamlit", "run", "app.py", "--server.port", "0")],
    ids=["terminal", "page"],
)
def test_a_wrong_value_ends_the_program_before_anybody_comes(command: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, *command],
        env={**os.environ, "PLAYGROUND_MEMORY_GB": "abc"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    (line,) = [line for line in done.stderr.splitlines() if "PLAYGROUND" in line]
    assert line == (
        "playground: PLAYGROUND_MEMORY_GB is 'abc'; give a number of gigabytes, such as 16."
    )
    assert "Traceback" not in done.stderr
