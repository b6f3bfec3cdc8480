"""Calls in this process, answered by reciting engines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from playground.cli.app import application
from tests.cli.reciting import desk

Call = Callable[..., Result]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Call:
    """Calls a command and gives its result; `says` and `thinks` are what every model answers."""

    def call(*arguments: str, says: str = "By heart.", thinks: str = "", **more: Any) -> Result:
        monkeypatch.setattr("playground.cli.follow.open_desk", lambda: desk(says, thinks))
        return CliRunner().invoke(application(), arguments, catch_exceptions=False, **more)

    return call
