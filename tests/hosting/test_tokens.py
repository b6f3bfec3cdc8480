"""Tokens: shown once, kept as hashes, one visitor's own, and gone when they are revoked."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.archive.archive import ArchiveError
from playground.hosting import tokens as keeping
from playground.hosting.tokens import Tokens

ONE, OTHER = "v" * 22, "user:abc"


def test_a_token_leads_to_its_visitor_and_no_other_text_does(tmp_path: Path) -> None:
    tokens = Tokens(str(tmp_path))
    mine, others = tokens.make(ONE, "mine"), tokens.make(OTHER, "theirs")
    assert (tokens.owner(mine), tokens.owner(others)) == (ONE, OTHER)
    mark, id, secret = keeping.SHAPE.fullmatch(mine).groups()  # type: ignore[union-attr]
    mark2, id2, secret2 = keeping.SHAPE.fullmatch(others).groups()  # type: ignore[union-attr]
    for wrong in (
        "",
        "gp_",
        mine[:-1],
        f"{mine} ",
        f"gp_{mark2}_{id2}_{secret}",
        f"gp_{mark}_{id}_{secret2}",
        f"gp_{mark}_{id2}_{secret2}",
        f"gp_../{mark[3:]}_{id}_{secret}",
    ):
        assert tokens.owner(wrong) is None


def test_only_a_hash_is_kept(tmp_path: Path) -> None:
    token = Tokens(str(tmp_path)).make(ONE, "mine")
    secret = token.rpartition("_")[2]
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert secret[:20] not in file.read_text()
    assert ONE not in token


def test_they_are_listed_with_their_last_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = Tokens(str(tmp_path))
    now = 1_000_000.0
    monkeypatch.setattr(keeping.time, "time", lambda: now)
    first = tokens.make(ONE, "  a \n b ")
    now += 10
    tokens.make(ONE, "")
    tokens.make(OTHER, "theirs")
    new, old = tokens.of(ONE)
    assert (old.name, old.made, old.used, new.name) == ("a b", 1_000_000.0, None, "token")
    tokens.owner(first)
    now += 30
    tokens.owner(first)
    assert tokens.of(ONE)[1].used == 1_000_010.0  # not written with every request
    now += 60
    tokens.owner(first)
    assert tokens.of(ONE)[1].used == 1_000_100.0


def test_revoking_is_for_ones_own_and_for_good(tmp_path: Path) -> None:
    tokens = Tokens(str(tmp_path))
    token = tokens.make(ONE, "mine")
    tokens.owner(token)
    (one,) = tokens.of(ONE)
    tokens.revoke(OTHER, one.id)
    assert tokens.owner(token) == ONE
    tokens.revoke(ONE, one.id)
    tokens.revoke(ONE, one.id)
    assert tokens.owner(token) is None and tokens.of(ONE) == ()
    again = tokens.make(ONE, "again")
    tokens.forget_all(ONE)
    assert tokens.owner(again) is None


def test_there_is_an_end_to_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST", 2)
    tokens = Tokens(str(tmp_path))
    for _ in range(2):
        tokens.make(ONE, "x")
    with pytest.raises(ArchiveError, match="2 tokens are the most"):
        tokens.make(ONE, "x")


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "tokens").write_text("a file")
    with pytest.raises(ArchiveError, match="can't"):
        Tokens(str(tmp_path)).make(ONE, "x")


def test_a_token_opens_where_its_use_can_not_be_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a full disk: what is kept can be read all the same."""
    tokens = Tokens(str(tmp_path))
    token = tokens.make(ONE, "mine")

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(tokens._files, "write", full)
    assert tokens.owner(token) == ONE
    with pytest.raises(ArchiveError):
        tokens.make(ONE, "another")


def test_they_work_in_a_bucket() -> None:
    tokens = Tokens("memory://tokens-test")
    token = tokens.make(ONE, "mine")
    assert tokens.owner(token) == ONE and len(tokens.of(ONE)) == 1
    tokens.revoke(ONE, tokens.of(ONE)[0].id)
    assert tokens.owner(token) is None
