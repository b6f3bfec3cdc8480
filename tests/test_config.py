"""What an operator may set."""

from __future__ import annotations

import psutil
import pytest

from playground.config import memory_budget


def test_without_a_word_a_share_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLAYGROUND_MEMORY_GB", raising=False)
    assert 0 < memory_budget() < psutil.virtual_memory().total


def test_gigabytes_are_decimal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_MEMORY_GB", "1.5")
    assert memory_budget() == 1_500_000_000


@pytest.mark.parametrize("said", ["much", "-1", "0", "nan", "inf"])
def test_nonsense_is_one_sentence(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_MEMORY_GB", said)
    with pytest.raises(ValueError, match="give a number of gigabytes"):
        memory_budget()
