"""What ended and is kept leaves the program's memory, but for those who look at it."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable

import pytest

from playground.archive.archive import Archive
from playground.comparisons import shelf as module
from playground.prompt.conversation import Conversation
from tests.archive.kept import ask, columns, desk, settled
from tests.waiting import ended


@pytest.fixture(autouse=True)
def nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT_BYTES_TWICE", 0)


def test_an_ended_one_is_let_go_and_found_in_the_archive(opened: Callable[[], Archive]) -> None:
    held = desk(opened())
    gone = weakref.ref(ask(held, "first"))
    id = gone().id  # type: ignore[union-attr]
    settled(held)
    ask(held, "second")
    settled(held)
    gc.collect()
    assert gone() is None
    found = held.find(id)
    assert found is not None and found.answers[0].text.strip() == "one two three"


def test_all_who_look_at_one_see_the_same(opened: Callable[[], Archive]) -> None:
    held = desk(opened())
    looked_at = ask(held, "first")
    settled(held)
    ask(held, "second")
    settled(held)
    gc.collect()
    assert held.find(looked_at.id, "somebody else") is looked_at
    held.ask_on(looked_at, Conversation.ask("And now?"), columns("a"))
    assert looked_at in held.running() or looked_at.ended
    assert held.find(looked_at.id) is looked_at
    ended(looked_at)
    held.remove([looked_at.id])
    assert held.find(looked_at.id) is None


def test_one_that_is_asked_on_after_it_was_let_go_ends_with_the_program(
    opened: Callable[[], Archive],
) -> None:
    held = desk(opened(), "word " * 500, tokens_per_second=50)
    first = held.start(Conversation.ask("x"), columns("a"))
    first.stop()
    ended(first)
    held.start(Conversation.ask("y"), columns("a")).stop()
    held.ask_on(first, Conversation.ask("And now?"), columns("a"))
    assert first in held.running()
    held.close()
    assert first.answers[0].interrupted
