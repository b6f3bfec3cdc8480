"""Line-ups that are kept by a name: each person's own, whole, bounded, and nobody's harm when a file is spoilt."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.archive.archive import ArchiveError
from playground.archive.sets.lineups import LONGEST, MOST, Lineups
from playground.comparisons.lineup.entry import Entry, entries, written
from playground.prompt.overrides import Overrides


def test_each_person_has_their_own(tmp_path: Path) -> None:
    mine, theirs = Lineups(str(tmp_path), "ada"), Lineups(str(tmp_path), "eve")
    mine.keep("  budgets\n", "E2B,31B")
    mine.keep("Amounts", "E4B")
    mine.keep("budgets", "E2B")
    assert list(mine.all().items()) == [("Amounts", "E4B"), ("budgets", "E2B")]
    assert theirs.all() == {}
    mine.forget("budgets")
    mine.forget("never was")
    assert list(Lineups(str(tmp_path), "ada").all()) == ["Amounts"]
    assert "ada" not in "".join(str(path) for path in tmp_path.rglob("*"))


def test_what_no_address_carries_is_kept_whole(tmp_path: Path) -> None:
    long = (Entry("E2B", Overrides.of(system="你" * 2000), repeats=3),)
    held = Lineups(f"file://{tmp_path}", "")
    with pytest.raises(ArchiveError, match="too long to be kept"):
        held.keep("long", "x" * (LONGEST + 1))
    held.keep("long", written(long, whole=True))
    assert entries(held.all()["long"]) == long


def test_bounds_and_spoilt_files_are_said(tmp_path: Path) -> None:
    held = Lineups(str(tmp_path), "")
    with pytest.raises(ArchiveError, match="give it one"):
        held.keep(" \n", "E2B")
    for number in range(MOST):
        held.keep(f"n{number}", "E2B")
    with pytest.raises(ArchiveError, match=f"{MOST} line-ups are the most"):
        held.keep("one more", "E2B")
    (file,) = tmp_path.rglob("*.json")
    file.write_text("[1")
    with pytest.raises(ArchiveError, match="can't be read"):
        held.all()
