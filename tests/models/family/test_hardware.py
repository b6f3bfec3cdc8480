"""Memory as people type it."""

from __future__ import annotations

import pytest

from playground.models.family.hardware import Hardware, here, typed
from playground.models.fit import PROCESS


@pytest.mark.parametrize(
    ("text", "each", "cards"),
    [
        ("16GB", 16 * 10**9, 1),
        (" 16 gb ", 16 * 10**9, 1),
        ("16", 16 * 10**9, 1),
        ("2 x 24 GB", 24 * 10**9, 2),
        ("2x24GB", 24 * 10**9, 2),
        ("4 × 80 GiB", 80 * 2**30, 4),
        ("8*141GB", 141 * 10**9, 8),
        ("7,5 GB", 7_500_000_000, 1),
        ("16,000 MB", 16 * 10**9, 1),
        ("2 x 1,024 GB", 1_024 * 10**9, 2),
        ("1,234.5 MB", 1_234_500_000, 1),
        ("512 MB", 512 * 10**6, 1),
        ("1.5 TB", 1_500 * 10**9, 1),
    ],
)
def test_an_amount_is_read(text: str, each: int, cards: int) -> None:
    found = typed(text)
    assert (found.each, found.cards) == (each, cards)


@pytest.mark.parametrize(
    "text", ["", "much", "GB", "-4 GB", "0 GB", "0 x 24 GB", "16 KB", "nan GB", "1e9 GB", "2 x", "9999999 TB"]
)  # fmt: skip
def test_what_is_no_amount_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"memory.*\.$"):
        typed(text)


def test_every_further_card_has_a_process_of_its_own() -> None:
    assert typed("2 x 24 GB").usable == 48 * 10**9 - PROCESS
    assert typed("2 x 24 GB").words == "2 x 24.0 GB"
    assert Hardware(10**9).usable == 10**9


def test_this_machine_has_some_memory() -> None:
    assert here().usable > 0 and here().cards == 1
