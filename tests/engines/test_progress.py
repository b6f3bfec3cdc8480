"""How far loading and reading are, as an answer tells it and a pane shows it; whatever engine it comes from."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from components.compare.answering.standing import progress
from playground.comparisons.answer import Answer
from playground.comparisons.answering import begin
from playground.comparisons.contender import Contender
from playground.comparisons.pool import Pool
from playground.engines.base import Stop
from playground.engines.events import Chunk, Event, Finished, Progress, Requested
from playground.engines.recital import Recital
from playground.models.model import Model
from playground.prompt.conversation import Conversation, Settings
from tests.comparisons.test_comparison import ASK, reciter


def how_far(done: int, total: int, took_s: float, what: str = "prompt") -> Progress:
    now = time.perf_counter()
    return Progress(now, what, done, total, now - took_s)  # type: ignore[arg-type]


def test_the_time_left_goes_on_as_it_went() -> None:
    told = Progress(110.0, "weights", 25, 100, 100.0)
    assert told.share == 0.25
    assert told.left_s(110.0) == 30.0
    assert told.left_s(120.0) == 20.0, "it runs down between two tellings"
    assert told.left_s(200.0) == 0.0
    for early in (0, 4):
        assert Progress(110.0, "weights", early, 100, 100.0).left_s(110.0) is None
    assert Progress(110.0, "prompt", 0, 0, 100.0).share == 0.0


class Slow(Recital):
    """Tells how far it is, and what its answer showed meanwhile."""

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self.answer: Answer | None = None
        self.shown: list[str] = []
        self.told: Progress | None = None

    @property
    def loading(self) -> Progress | None:
        return self.told

    def load(self, stop: Stop) -> None:
        self.told = how_far(3_200_000_000, 10_200_000_000, 6.0, "weights")
        self._show()
        self.told = how_far(10_170_000_000, 10_200_000_000, 9.0, "weights")
        self._show()
        super().load(stop)

    def stream(self, conversation: Conversation, settings: Settings, stop: Stop) -> Iterator[Event]:
        yield Requested(time.perf_counter())
        self._show()
        yield how_far(31, 100, 90.0)
        self._show()
        yield Chunk("answer", "Hi", 1, time.perf_counter())
        self._show()
        yield Finished(time.perf_counter(), "stop")

    def _show(self) -> None:
        assert self.answer is not None
        self.shown.append(progress(self.answer))


@pytest.fixture
def shown() -> list[str]:
    model = reciter("slow")
    engine = Slow(model)
    answer = engine.answer = Answer(Contender(model, Settings(), "slow"), ASK)
    pool = Pool(lambda _: engine, 10**12)
    begin(answer, pool, False)()
    answer.wait()
    assert answer.state == "done" and answer.progress is None
    return engine.shown


def test_a_pane_shows_the_share_and_the_time_left(shown: list[str]) -> None:
    loading, loaded, reading, read, answering = shown
    assert "Loading the weights · 3.2 GB of 10.2 GB · 13 s left" in loading
    assert "Loading the weights · all read, getting ready" in loaded
    assert "Reading the prompt]" in reading, "nobody told yet"
    assert "Reading the prompt · 31% · 3 min left" in read
    assert "Answering" in answering and "left" not in answering
