"""The desk: checks before anything runs, finds comparisons again, asks one contender once more, forgets the oldest."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import psutil
import pytest

from playground import desk as module
from playground.comparisons import shelf
from playground.comparisons.answer import Answer
from playground.comparisons.comparison import Comparison
from playground.comparisons.contender import Contender, contenders
from playground.desk import Desk, TooMany, open_desk
from playground.engines.local import LocalEngine
from playground.engines.recital import EVERYTHING, Recital, reciter
from playground.engines.roster import specs
from playground.engines.workers import Workers
from playground.models.model import Model
from playground.models.servers import Server
from playground.prompt.conversation import Audio, Conversation, Image, Settings
from tests.servers.hostile import serving
from tests.waiting import ended

SOUND = Audio("voice.wav", b"RIFF", 2.0)
PICTURE = Image("dot.png", b"png", 10, 10)


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk(lambda model: Recital(model, "one two three"), budget_bytes=1)
    yield made
    made.close()


def columns(*names: str, deaf: tuple[str, ...] = ()) -> tuple[Contender, ...]:
    deafness = replace(EVERYTHING, audio=False)
    return contenders(
        [(reciter(n, deafness if n in deaf else EVERYTHING), Settings()) for n in names]
    )


def wait(watched: Comparison) -> tuple[Answer, ...]:
    return ended(watched).answers


def test_who_cannot_take_it_is_refused_and_the_others_answer(desk: Desk) -> None:
    asked = Conversation.ask("Listen.", (SOUND,))
    able, deaf = wait(desk.start(asked, columns("a", "b", deaf=("b",))))
    assert able.state == "done"
    assert (deaf.state, deaf.reason) == ("refused", "b has no audio encoder.")
    assert [mend.action for mend in deaf.mends] == ["without_audio"]


def test_the_refused_one_answers_once_it_is_mended(desk: Desk) -> None:
    comparison = desk.start(
        Conversation.ask("Listen.", (SOUND, PICTURE)), columns("a", "b", deaf=("b",))
    )
    able, deaf = wait(comparison)
    desk.again(comparison, "b", deaf.mends[0])
    same, mended = wait(comparison)
    assert same is able
    assert mended.state == "done"
    assert [part.kind for part in mended.conversation.media()] == ["image"]
    assert [part.kind for part in comparison.conversation.media()] == ["image", "audio"]


def test_a_comparison_is_found_by_its_id(desk: Desk) -> None:
    comparison = desk.start(Conversation.ask("x"), columns("a"))
    assert desk.find(comparison.id) is comparison
    assert desk.find("something else") is None
    wait(comparison)
    assert desk.find(comparison.id) is comparison


def test_the_oldest_are_forgotten_by_number(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "KEPT", 3)
    made = [desk.start(Conversation.ask(str(n)), columns("a")) for n in range(3)]
    for comparison in made:
        wait(comparison)
    last = desk.start(Conversation.ask("last"), columns("a"))
    assert [desk.find(comparison.id) is not None for comparison in [*made, last]] == [
        False,
        True,
        True,
        True,
    ]


def test_the_oldest_are_forgotten_by_bytes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "KEPT_BYTES", 100)
    large = replace(PICTURE, data=b"x" * 90)
    first = desk.start(Conversation.ask("1", (large,)), columns("a"))
    wait(first)
    second = desk.start(Conversation.ask("2", (large,)), columns("a"))
    assert desk.find(first.id) is None
    assert desk.find(second.id) is second


def test_a_visitor_has_so_many_comparisons_at_a_time_and_others_have_theirs() -> None:
    slow = Desk(lambda model: Recital(model, "word " * 500, tokens_per_second=10), budget_bytes=1)
    asked = Conversation.ask("x")
    made = [slow.start(asked, columns("a"), owner="visitor") for _ in range(module.PENDING)]
    with pytest.raises(TooMany, match="4 of your comparisons are running or waiting"):
        slow.start(asked, columns("a"), owner="visitor")
    slow.start(asked, columns("a"), owner="another")
    slow.start(asked, columns("a"))
    made[0].stop()
    again = slow.start(asked, columns("a"), owner="visitor")
    with pytest.raises(TooMany):
        slow.again(made[0], made[0].contenders[0].id)
    slow.again(again, again.contenders[0].id)
    slow.close()


def test_ids_can_not_be_guessed(desk: Desk) -> None:
    ids = {desk.start(Conversation.ask("x"), columns("a")).id for _ in range(20)}
    assert len(ids) == 20
    assert all(len(id) >= 12 for id in ids)


def test_who_is_asked_is_expected() -> None:
    expected: list[Model] = []
    made = Desk(lambda model: Recital(model, "one"), 10**12, expect=expected.extend)
    wait(made.start(Conversation.ask("x"), columns("a", "b")))
    made.close()
    assert [model.variant for model in expected] == ["a", "b"]


def test_no_host_of_workers_is_started_for_a_server_alone() -> None:
    before = set(psutil.Process().children(recursive=True))
    opened = open_desk()
    far = replace(
        reciter("far"), engine="server", server=Server("far", "http://127.0.0.1:9", "vllm")
    )
    (answer,) = wait(opened.start(Conversation.ask("x"), contenders([(far, Settings())])))
    assert answer.state == "failed" and "can't be reached" in answer.reason
    started = set(psutil.Process().children(recursive=True)) - before
    assert all("courier" in one.cmdline()[-1] for one in started), "it receives what servers answer"
    opened.close()


def test_the_operators_patience_reaches_the_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_PATIENCE_S", "0.5")
    with serving() as hostile:
        lab = Server("lab", hostile.url, "vllm")
        model = replace(reciter("stall"), weights="stall", engine="server", server=lab)
        opened = open_desk()
        (answer,) = wait(opened.start(Conversation.ask("x"), contenders([(model, Settings())])))
        opened.close()
    assert answer.reason.endswith("fell silent for 0.5 s in the middle of the answer.")
    assert answer.text == "One two three."


def test_two_models_that_do_not_fit_together_answer_one_after_the_other(workers: Workers) -> None:
    """Two people, two models of the demo family, room for the larger one alone: a load evicts the other, all answer."""
    pair = [specs.find(f"demo:{name}") for name in ("E2B", "31B")]
    budget = max(model.needs_bytes for model in pair)
    assert sum(model.needs_bytes for model in pair) > budget
    held: list[int] = []
    made = Desk(lambda model: LocalEngine(model, workers), budget)
    try:
        for _ in range(2):
            asked = [
                made.start(Conversation.ask("Hello!"), contenders([(model, Settings())]))
                for model in pair
            ]
            while not all(one.ended for one in asked):
                for one in asked:
                    one.watch()
                held.append(sum(engine.model.needs_bytes for engine in made.pool.loaded()))
                time.sleep(0.02)
            assert [one.answers[0].state for one in asked] == ["done", "done"]
    finally:
        made.close()
    assert max(held) <= budget
