"""What models may take of the memory."""

from __future__ import annotations

import psutil
import pytest

from playground.config import patience
from playground.models import budget
from playground.models.budget import available, memory_budget


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
