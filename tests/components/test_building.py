"""Pages are built one after the other, in the order in which they were asked for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from components.building import LONGEST_S, Building
from tests.waiting import PATIENCE_S, until


class Pages:
    """Threads that build, and what they did in order."""

    def __init__(self) -> None:
        self.building = Building()
        self.did: list[str] = []
        self._go: dict[str, threading.Event] = {}
        self._threads: list[threading.Thread] = []

    def begin(self, name: str, then: Callable[[], None] = lambda: None) -> None:
        """A page that is built until it is let go, and then does something more within its turn."""
        go = self._go[name] = threading.Event()
        came = threading.Event()

        def build() -> None:
            came.set()
            with self.building.turn():
                self.did.append(f"{name} begins")
                assert go.wait(30)
                then()
                self.did.append(f"{name} ends")

        thread = threading.Thread(target=build)
        self._threads.append(thread)
        thread.start()
        assert came.wait(30)
        time.sleep(0.02)  # it stands in the line by then

    def go(self, name: str) -> None:
        self._go[name].set()

    def end(self) -> None:
        for go in self._go.values():
            go.set()
        for thread in self._threads:
            thread.join(30)


@pytest.fixture
def pages() -> Iterator[Pages]:
    made = Pages()
    yield made
    made.end()


def test_one_after_the_other_in_order(pages: Pages) -> None:
    for name in "abc":
        pages.begin(name)
    assert pages.did == ["a begins"]
    for name in "cba":  # who is through first has no part in it
        pages.go(name)
    pages.end()
    assert pages.did == [f"{name} {what}" for name in "abc" for what in ("begins", "ends")]


def test_who_only_draws_what_comes_makes_room_and_builds_on_in_turn(pages: Pages) -> None:
    drawn = threading.Event()

    def draw() -> None:
        pages.building.pause()
        pages.building.pause()  # with each drawing
        assert drawn.wait(30)
        pages.building.resume()
        pages.did.append("a builds on")

    pages.begin("a", draw)
    pages.begin("b")
    pages.go("a")
    until(lambda: "b begins" in pages.did)
    pages.begin("c")
    drawn.set()
    time.sleep(0.1)
    assert pages.did == ["a begins", "b begins"]
    for name in "bc":
        pages.go(name)
    pages.end()
    ends = ["b ends", "c begins", "c ends", "a builds on", "a ends"]
    assert pages.did == ["a begins", "b begins", *ends]


def test_who_never_paused_goes_on_at_once(pages: Pages) -> None:
    pages.begin("a", pages.building.resume)
    pages.begin("b")
    pages.go("a")
    until(lambda: "b begins" in pages.did)
    assert pages.did == ["a begins", "a ends", "b begins"]


def test_one_that_takes_long_holds_nobody_up_for_longer_than_that(pages: Pages) -> None:
    pages.begin("a")
    pages.begin("b")
    until(lambda: "b begins" in pages.did, LONGEST_S + 20)
    assert pages.did == ["a begins", "b begins"]


def test_one_that_fails_makes_room(pages: Pages) -> None:
    with pytest.raises(LookupError), pages.building.turn():
        raise LookupError
    pages.begin("a")
    until(lambda: pages.did == ["a begins"])


def test_a_part_of_a_page_that_runs_alone_waits_for_nobody(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("components.building.LONGEST_S", 10 * PATIENCE_S)
    with pages.building.turn():
        pass  # the same thread may have built a page before
    pages.begin("a")
    pages.building.pause()
    pages.building.resume()
    assert pages.did == ["a begins"]
    pages.go("a")
    pages.begin("b")
    until(lambda: "b begins" in pages.did)
