"""What a visitor may have: what is charged, what is not, and who is told to wait."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

import pytest

from playground import config, settings
from playground.comparisons import summed
from playground.comparisons.witnesses.waits import Waits
from playground.desk import Desk, TooMany
from playground.engines.recital import Recital
from playground.hosting import limits as counting
from playground.hosting.allowance import Allowance, Left, Resource, allowed, soon
from playground.hosting.asgi import Receive, Scope, Send
from playground.hosting.clients import Clients
from playground.hosting.limits import Limits
from playground.hosting.uploads import Ledger, Uploads
from playground.models.precision import PRECISIONS
from playground.prompt.conversation import Conversation
from tests.archive.kept import columns
from tests.hosting.test_hosting import Shelf, ask, page, put, uploading

ASKED = Conversation.ask("Say it.")
ONE, OTHER = "v" * 22, "w" * 22


def desk_with(limits: Limits, text: str = "one two three") -> Desk:
    desk = Desk(lambda model: Recital(model, text, load_s=0.05), budget_bytes=1)
    desk.witnesses.append(limits)
    return desk


def ran(desk: Desk, owner: str = ONE, *names: str) -> None:
    for one in desk.start(ASKED, columns(*(names or "a")), owner=owner).answers:
        one.wait()


def left(limits: Limits, visitor: str = ONE) -> dict[tuple[str, str], int]:
    return {
        (one.allowance.resource, one.allowance.period): one.counted for one in limits.left(visitor)
    }


@pytest.fixture
def limits() -> Iterator[Limits]:
    yield Limits(
        [
            Allowance("runs", 3, "hour"),
            Allowance("runs", 100, "day"),
            Allowance("tokens", 1000, "hour"),
            Allowance("minutes", 2, "hour"),
        ]
    )


def test_a_question_is_charged_once_whatever_its_columns_and_to_its_visitor(limits: Limits) -> None:
    desk = desk_with(limits)
    ran(desk, ONE, "a", "b", "c")
    held = left(limits)
    assert held["runs", "hour"] == 2 and held["runs", "day"] == 99
    assert held["tokens", "hour"] < 1000
    assert 60 < held["minutes", "hour"] < 120, "in seconds"
    assert left(limits, OTHER) == {
        ("runs", "hour"): 3,
        ("runs", "day"): 100,
        ("tokens", "hour"): 1000,
        ("minutes", "hour"): 120,
    }
    desk.close()


def test_who_has_used_all_is_told_when_it_returns_and_nobody_else_waits(limits: Limits) -> None:
    desk = desk_with(limits)
    comparison = desk.start(ASKED, columns("a"), owner=ONE)
    comparison.answers[0].wait()
    desk.ask_on(comparison, ASKED, columns("a"))
    comparison.answers[0].wait()
    desk.again(comparison, "a")
    comparison.answers[0].wait()
    for ask_more in (
        lambda: desk.start(ASKED, columns("a"), owner=ONE),
        lambda: desk.again(comparison, "a"),
        lambda: desk.ask_on(comparison, ASKED, columns("a")),
    ):
        with pytest.raises(TooMany, match=r"3 questions an hour are used; ask again in 60 min\."):
            ask_more()
    assert left(limits)["runs", "day"] == 97, "what was refused is not charged"
    ran(desk, OTHER)
    ran(desk, "")  # nobody in particular: a terminal
    desk.close()


def test_an_hour_begins_with_the_first_use_and_then_all_is_there_again(
    limits: Limits, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits.admit(ONE, columns("a"), ASKED)
    now = counting.time.time()
    monkeypatch.setattr("time.time", lambda: now + 3500)
    assert left(limits)["runs", "hour"] == 2
    monkeypatch.setattr("time.time", lambda: now + 3700)
    assert left(limits)["runs", "hour"] == 3
    assert left(limits)["runs", "day"] == 99


def test_tokens_are_charged_at_the_end_and_the_next_question_waits() -> None:
    limits = Limits([Allowance("tokens", 3, "hour")])
    desk = desk_with(limits)
    ran(desk)
    with pytest.raises(TooMany, match="3 tokens an hour are used"):
        ran(desk)
    desk.close()


def test_by_address_where_there_is_no_cookie_and_together_where_there_are_many() -> None:
    limits = Limits([Allowance("runs", 2, "hour")])
    for tab in ("session-1", "session-2"):
        limits.seen(tab, "203.0.113.9")
        limits.admit(tab, columns("a"), ASKED)
    limits.seen("session-3", "203.0.113.9")
    with pytest.raises(TooMany):
        limits.admit("session-3", columns("a"), ASKED)
    admitted = 0
    for number in range(20):  # throws its cookie away each time
        fresh = f"{number:022}"
        limits.seen(fresh, "203.0.113.9")
        try:
            limits.admit(fresh, columns("a"), ASKED)
            admitted += 1
        except TooMany:
            break
    assert admitted == 2 * counting.OF_ONE_ADDRESS - 2
    limits.seen(ONE, "203.0.113.10")
    limits.admit(ONE, columns("a"), ASKED)


def test_uploads_are_charged_when_they_have_arrived() -> None:
    limits = Limits([Allowance("upload_mb", 1, "hour")])
    shelf = Shelf()
    app = Uploads(uploading(shelf), Ledger(lambda: shelf), lambda: limits)
    broken = Uploads(uploading(shelf, 400), Ledger(lambda: shelf), lambda: limits)
    assert put(broken, "tab", "x", 900_000, ONE) == 400
    assert put(app, "tab", "a", 400_000, ONE) == 204
    assert put(app, "tab", "b", 700_000, ONE) == 429
    assert put(app, "tab", "c", 700_000, OTHER) == 204


def test_uploads_that_come_at_once_may_not_be_more_than_one_after_the_other() -> None:
    limits = Limits([Allowance("upload_mb", 1, "hour")])
    shelf = Shelf()
    inner: list[int] = []

    async def while_another_comes(scope: Scope, receive: Receive, send: Send) -> None:
        inner.append(await asyncio.to_thread(put, app, "tab", "b", 600_000, ONE))
        inner.append(await asyncio.to_thread(put, app, "tab", "c", 400_000, ONE))
        await uploading(shelf)(scope, receive, send)

    app = Uploads(uploading(shelf), Ledger(lambda: shelf), lambda: limits)
    outer = Uploads(while_another_comes, Ledger(lambda: shelf), lambda: limits)
    assert put(outer, "tab", "a", 600_000, ONE) == 204
    assert inner == [429, 204]
    assert left(limits) == {("upload_mb", "hour"): 0}


def test_visitors_of_one_address_may_upload_at_once_what_each_of_them_may() -> None:
    limits = Limits([Allowance("upload_mb", 1, "hour")])
    office = [f"{number:022}" for number in range(counting.OF_ONE_ADDRESS + 1)]
    may = [limits.may_upload(one, "203.0.113.9", 900_000) for one in office]
    assert may == [True] * counting.OF_ONE_ADDRESS + [False]
    limits.uploaded(office[0], 900_000, arrived=False)
    assert limits.may_upload(office[-1], "203.0.113.9", 900_000)


def test_what_is_gone_on_with_is_charged_once() -> None:
    limits = Limits([Allowance("tokens", 1000, "hour"), Allowance("minutes", 60, "hour")])
    desk = desk_with(limits, "one two three four")
    comparison = desk.start(ASKED, columns("a", max_tokens=2), owner=ONE)
    comparison.answers[0].wait()
    before = left(limits)
    spent = 1000 - before["tokens", "hour"]
    assert spent == comparison.answers[0].figures().prompt_tokens.total + 2  # type: ignore[union-attr]
    assert desk.go_on(comparison, "a") == ""
    comparison.answers[0].wait()
    more = summed.figures(comparison.answers[0].fresh, False)
    assert more.prompt_tokens is not None and more.output_tokens is not None
    charged = before["tokens", "hour"] - left(limits)["tokens", "hour"]
    assert charged == more.prompt_tokens.total + more.output_tokens.total
    assert before["minutes", "hour"] - left(limits)["minutes", "hour"] == 1
    desk.close()


def test_a_store_that_says_nothing_holds_nobody_up_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It takes the connection and never answers, as one does that is stopped, or behind a wall."""
    monkeypatch.setattr(counting, "PATIENCE_S", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        limits = Limits(
            [Allowance("runs", 1, "hour"), Allowance("tokens", 1, "day")],
            f"redis://127.0.0.1:{silent.getsockname()[1]}",
        )
        for _ in range(100):  # it is asked once
            limits.admit(ONE, columns("a"), ASKED)
        assert limits.fault() == "The store of the limits can't be reached."


def test_a_store_that_is_away_stops_nobody_and_is_told() -> None:
    limits = Limits([Allowance("runs", 1, "hour")], "redis://127.0.0.1:1/0?socket_timeout=1")
    limits.admit(ONE, columns("a"), ASKED)
    limits.admit(ONE, columns("a"), ASKED)
    assert limits.fault() == "The store of the limits can't be reached."
    assert Limits([]).fault() == ""


# What an operator says


def test_limits_are_off_by_default_and_on_where_strangers_come() -> None:
    assert allowed(config.read({})) == () and not config.read({}).limited
    hosted = config.read({"PLAYGROUND_HOSTED": "1"})
    assert hosted.limited
    assert [one.words for one in allowed(hosted)][:2] == [
        "30 questions an hour",
        "200 questions a day",
    ]
    off = dict.fromkeys(config.HOSTED_RATES, "off")
    assert not config.read({"PLAYGROUND_HOSTED": "1", **off}).limited
    said = config.read({"PLAYGROUND_MOST_RUNS": "5 an hour, 20/day"})
    assert said.most_runs == ((5, "hour"), (20, "day"))


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        ("PLAYGROUND_MOST_RUNS", "many"),
        ("PLAYGROUND_MOST_RUNS", "5/week"),
        ("PLAYGROUND_MOST_TOKENS", "0/hour"),
        ("PLAYGROUND_LIMITS_STORE", "http://x"),
        ("PLAYGROUND_TRUSTED_PROXIES", "10.0.0.1/8"),
        ("PLAYGROUND_PRECISIONS", "int3"),
        ("PLAYGROUND_MOST_CONTENDERS", "0"),
    ],
)
def test_what_makes_no_sense_is_one_line_at_the_start(variable: str, said: str) -> None:
    with pytest.raises(config.ConfigError, match=variable):
        config.check({variable: said})


def test_precisions_are_the_operators_choice_where_strangers_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert tuple(PRECISIONS) == settings.PRECISIONS
    assert config.may_choose(["int4"])
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    monkeypatch.setenv("PLAYGROUND_PRECISIONS", "int8, bf16")
    assert config.may_choose(["int8"]) and config.may_choose([])
    assert not config.may_choose(["int4"]) and not config.may_choose(["int8", "nodraft"])


def test_what_is_left_in_words() -> None:
    one = Allowance("runs", 30, "hour")
    assert Left(one, 12, 1380).words == (
        "12 of 30 questions left this hour, all of them again in 23 min"
    )
    assert Left(one, 30, 0).words == "30 of 30 questions left this hour"


@pytest.mark.parametrize(
    ("resource", "counted", "words"),
    [
        ("upload_mb", 500_000_000, "500 of 500 MB of uploads left today"),
        (
            "upload_mb",
            499_990_000,
            "499.9 of 500 MB of uploads left today, all of them again in 2 h",
        ),
        (
            "upload_mb",
            90_000,
            "less than 0.1 of 500 MB of uploads left today, all of them again in 2 h",
        ),
        ("upload_mb", 0, "0 of 500 MB of uploads left today, all of them again in 2 h"),
        (
            "minutes",
            29_970,
            "499.5 of 500 minutes of computing left today, all of them again in 2 h",
        ),
    ],
)
def test_what_is_left_of_what_is_counted_finer_than_it_is_said(
    resource: Resource, counted: int, words: str
) -> None:
    assert Left(Allowance(resource, 500, "day"), counted, 7200.0).words == words


def test_the_rest_of_a_megabyte_can_be_uploaded_and_the_rest_of_a_minute_asked_in() -> None:
    limits = Limits([Allowance("upload_mb", 2, "hour"), Allowance("minutes", 1, "hour")])
    limits.uploaded(ONE, 300_000)
    assert limits.may_upload(ONE, "", 1_700_000) and not limits.may_upload(ONE, "", 1_700_001)
    limits._charge(ONE, "minutes", 59)
    limits.admit(ONE, columns("a"), ASKED)
    limits._charge(ONE, "minutes", 1)
    with pytest.raises(TooMany, match="1 minutes of computing an hour are used"):
        limits.admit(ONE, columns("a"), ASKED)


def test_soon() -> None:
    assert [soon(s) for s in (0.2, 89, 120, 7200)] == ["in 1 s", "in 89 s", "in 2 min", "in 2 h"]


# The line


def test_the_wait_is_the_median_of_recent_answers_for_each_before_it() -> None:
    desk = Desk(lambda model: Recital(model, "a " * 5, tokens_per_second=50), budget_bytes=1)
    for _ in range(3):
        ran(desk, "x")
    first, second = (desk.start(ASKED, columns("a"), owner=name) for name in "yz")
    waiting = second.answers[0]
    expected = desk.waits.expected_s(waiting)
    assert waiting.ahead == 1 and expected is not None and 0.05 < expected < 5
    assert Waits().expected_s(waiting) is None
    second.stop()
    waiting.wait()
    assert desk.pool.waiting() == 0 or first.answers[0].state != "done"
    assert desk.waits.expected_s(waiting) is None, "who left the line waits for nothing"
    desk.close()


def test_only_what_is_asked_is_charged() -> None:
    """Drawing, looking and moving a slider go through none of these."""
    limits = Limits([Allowance("runs", 3, "hour")])
    for _ in range(20):
        limits.seen(ONE, "203.0.113.9")
        limits.left(ONE)
        assert ask(Clients(page, []))[0] == 200
    assert left(limits)["runs", "hour"] == 3
