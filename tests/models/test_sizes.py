"""Bytes in words, from nothing to what a large model weighs."""

from __future__ import annotations

import pytest

from playground.models.sizes import size


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 MB"),
        (12_345, "12 kB"),
        (999_499, "999 kB"),
        (999_500, "1 MB"),
        (35_600_000, "36 MB"),
        (50_000_000, "0.1 GB"),
        (10_240_000_000, "10.2 GB"),
    ],
)
def test_bytes_in_words(count: int, words: str) -> None:
    assert size(count) == words
