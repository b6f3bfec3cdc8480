"""What visitors have used is counted in a real Redis server, by several programs together."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.comparisons.witnesses.witness import TooMany
from playground.hosting.allowance import Allowance
from playground.hosting.limits import Limits
from tests.hosting.test_limits import ASKED, ONE, OTHER, desk_with, left, ran
from tests.servers.redis import redis

ALLOWED = (Allowance("runs", 2, "hour"), Allowance("upload_mb", 3, "day"))


def test_two_programs_count_together_and_nobody_else_is_charged(tmp_path: Path) -> None:
    with redis(tmp_path) as (url, _):
        here, there = Limits(ALLOWED, url), Limits(ALLOWED, url)
        assert here.fault() == ""
        first, second = desk_with(here), desk_with(there)
        ran(first)
        ran(second)
        with pytest.raises(TooMany, match="2 questions an hour are used; ask again in"):
            first.start(ASKED, (), owner=ONE)
        here.uploaded(ONE, 2_500_000)
        assert not there.may_upload(ONE, "", 1_000_000)
        assert left(there) == {("runs", "hour"): 0, ("upload_mb", "day"): 500_000}
        assert left(there, OTHER) == {("runs", "hour"): 2, ("upload_mb", "day"): 3_000_000}
        first.close()
        second.close()


def test_a_store_that_dies_stops_nobody_and_is_said(tmp_path: Path) -> None:
    with redis(tmp_path) as (url, process):
        limits = Limits(ALLOWED, url)
        desk = desk_with(limits)
        ran(desk)
        process.kill()
        process.wait(30)
        for _ in range(3):
            ran(desk)
        assert limits.fault() == "The store of the limits can't be reached."
        desk.close()
