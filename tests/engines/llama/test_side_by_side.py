"""Both ways of running a model on this machine at once, through the pool that the pages use."""

from __future__ import annotations

import time
from pathlib import Path

import psutil
import pytest

from playground.comparisons.contender import contenders
from playground.desk import Desk
from playground.engines.base import Engine
from playground.engines.llama.engine import LlamaEngine
from playground.engines.local import LocalEngine
from playground.engines.roster import specs
from playground.engines.workers import Workers
from playground.models.model import Model
from playground.prompt.conversation import Conversation, Settings
from tests.engines.llama.conftest import member
from tests.waiting import ended, until

DIGITS = {"type": "array", "items": {"enum": [1, 2]}, "minItems": 200, "maxItems": 200}


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> list[Model]:
    """Two members, each as GGUF and as safetensors."""
    where = tmp_path_factory.mktemp("gguf")
    gguf = [member(name, where) for name in ("E2B", "31B")]
    return [gguf[0], specs.find("demo:E2B"), gguf[1], specs.find("demo:31B")]


def desk(budget: int, workers: Workers) -> Desk:
    def make(model: Model) -> Engine:
        return LlamaEngine(model) if model.runtime == "llama.cpp" else LocalEngine(model, workers)

    return Desk(make, budget)


def test_four_at_once_all_answer_and_stop(four: list[Model], workers: Workers) -> None:
    budget = sum(model.needs_bytes for model in four)
    made = desk(budget, workers)
    try:
        asked = contenders([(model, Settings(temperature=0.0)) for model in four])
        told = made.start(Conversation.ask("What is 3 + 4?"), asked, all_at_once=True)
        ended(told, 240)
        assert [(one.state, one.text) for one in told.answers] == [("done", "7")] * 4
        endless = Settings(temperature=0.0, schema=DIGITS, max_tokens=3000)
        again = made.start(
            Conversation.ask("Count."),
            contenders([(one, endless) for one in four]),
            all_at_once=True,
        )
        until(lambda: all(one.text for one in again.answers), 120, again)
        assert len(made.pool.loaded()) == 4
        assert 0 < sum(engine.memory_bytes() for engine in made.pool.loaded()) <= budget
        again.stop()
        ended(again, 20)
        assert {one.state for one in again.answers} <= {"stopped", "done"}
    finally:
        made.close()


def test_in_turn_a_stop_ends_who_runs_and_who_waits(four: list[Model], workers: Workers) -> None:
    made = desk(10**10, workers)
    try:
        endless = Settings(temperature=0.0, schema=DIGITS, max_tokens=3000)
        asked = contenders([(one, endless) for one in four])
        told = made.start(Conversation.ask("Count."), asked)
        until(lambda: told.answers[0].text, 120, told)
        told.stop()
        ended(told, 20)
        assert [one.state for one in told.answers[1:]] == ["stopped"] * 3
        after = made.start(
            Conversation.ask("What is 3 + 4?"),
            contenders([(one, Settings(temperature=0.0)) for one in four]),
        )
        ended(after, 240)
        assert [(one.state, one.text) for one in after.answers] == [("done", "7")] * 4
    finally:
        made.close()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("raise ModuleNotFoundError('No module named xllamacpp')", "xllamacpp is not installed."),
        (
            "raise ImportError('GLIBC_2.99 not found')",
            "can't be loaded here (GLIBC_2.99 not found).",
        ),
    ],
    ids=["without the package", "with a wheel that does not load"],
)
def test_on_a_machine_where_llama_cpp_does_not_run_the_others_answer(
    code: str,
    words: str,
    four: list[Model],
    workers: Workers,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "xllamacpp.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    made = desk(10**10, workers)
    try:
        asked = contenders([(one, Settings(temperature=0.0)) for one in four])
        told = made.start(Conversation.ask("What is 3 + 4?"), asked, all_at_once=True)
        ended(told, 240)
        assert [one.state for one in told.answers] == ["failed", "done"] * 2
        assert [one.text for one in told.answers] == ["", "7", "", "7"]
        assert all(words in one.reason and one.remedy for one in told.answers[::2])
    finally:
        made.close()


def test_in_turn_within_a_budget_for_one_and_nothing_stays(
    four: list[Model], workers: Workers
) -> None:
    budget = max(model.needs_bytes for model in four)
    made, held = desk(budget, workers), [0]
    try:
        asked = contenders([(model, Settings(temperature=0.0)) for model in four])
        told = made.start(Conversation.ask("What is 3 + 4?"), asked)
        end = time.monotonic() + 240
        while not told.ended:
            assert time.monotonic() < end
            told.watch()
            held.append(sum(engine.model.needs_bytes for engine in made.pool.loaded()))
            time.sleep(0.05)
        assert [(one.state, one.text) for one in told.answers] == [("done", "7")] * 4
        assert max(held) <= budget
    finally:
        made.close()
    left = [
        one
        for one in psutil.Process().children(recursive=True)
        if one.status() != psutil.STATUS_ZOMBIE and "llama" in " ".join(one.cmdline())
    ]
    assert left == []


def test_a_process_that_is_killed_takes_its_own_answer_down_and_no_other(
    four: list[Model], workers: Workers
) -> None:
    made = desk(10**10, workers)
    try:
        endless = Settings(temperature=0.0, schema=DIGITS, max_tokens=3000)
        pair = [four[0], four[2]]
        told = made.start(
            Conversation.ask("Count."),
            contenders([(one, endless) for one in pair]),
            all_at_once=True,
        )
        until(lambda: all(one.text for one in told.answers), 120, told)
        victim = next(one for one in made.pool.loaded() if one.model == pair[0])
        assert isinstance(victim, LlamaEngine) and victim._process is not None
        psutil.Process(victim._process.pid).kill()
        ended(told, 240)
        first, second = told.answers
        assert first.state == "failed" and "was killed (signal 9)" in first.reason and first.text
        assert second.state == "done"
    finally:
        made.close()
