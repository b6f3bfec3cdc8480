"""What a question would cost in a conversation that goes on: what it adds, and the history before it."""

from __future__ import annotations

import re

import pytest

from components.compare.asking import costs
from playground.comparisons.answering import begin
from playground.comparisons.contender import contenders
from playground.comparisons.pool import Pool
from playground.comparisons.round import Round
from playground.desk import Desk
from playground.engines.local import LocalEngine
from playground.engines.recital import Recital, reciter
from playground.engines.roster import specs
from playground.engines.workers import Workers
from playground.models.model import Model
from playground.prompt.conversation import Conversation, Settings
from playground.prompt.cost import PromptTokens

COLUMNS = contenders([(reciter(name), Settings()) for name in ("E2B", "31B")])
ASKED = Conversation.ask("x" * 360)


@pytest.fixture
def first() -> Round:
    """A round in which E2B said forty letters and 31B eighty."""

    def play(model: Model) -> Recital:
        return Recital(model, "x" * (40 if model.variant == "E2B" else 80))

    asked, pool = Round(Conversation.ask("Say it."), COLUMNS), Pool(play, 1)
    for answer in asked.answers:
        begin(answer, pool, True)()
        answer.wait()
    return asked


def test_what_it_adds_and_each_history_stand_apart(first: Round) -> None:
    assert costs.said(ASKED, COLUMNS, None) == ["All would read ≈100 tokens"]
    assert costs.said(ASKED, COLUMNS, first) == [
        "All would read ≈95 tokens",
        "after histories of ≈28 tokens (E2B) and ≈38 (31B)",
    ]


def test_one_history_needs_no_name(first: Round) -> None:
    assert costs.said(ASKED, COLUMNS[:1], first)[1] == "after a history of ≈28 tokens"
    newcomer = contenders([(reciter("E4B"), Settings())])
    assert costs.said(ASKED, (*COLUMNS[:1], *newcomer), first)[-1] == (
        "after a history of ≈28 tokens (E2B)"
    )


@pytest.mark.slow
def test_what_is_foreseen_of_a_cache_is_what_it_keeps(workers: Workers) -> None:
    """On the demo family: what the page says before the third question, against what was spent."""
    desk = Desk(lambda model: LocalEngine(model, workers), 10**10)
    columns = contenders([(specs.find("demo:E2B"), Settings(temperature=0, max_tokens=12))])
    going = desk.start(Conversation.ask("Turn round: lamp"), columns)
    going.answers[0].wait()
    for words in ("Turn round: tree", "Turn round: moon"):
        asked = Conversation.ask(words)
        foreseen = costs.said(asked, columns, going.last)
        desk.ask_on(going, asked, columns)
        going.answers[0].wait()
    desk.close()
    spent = going.answers[0].figures().prompt_tokens
    assert spent is not None and spent.cached
    (words,) = (line for line in foreseen if "cache" in line)
    kept = int(re.findall(r"≈([\d,]+)", words)[0])
    (history,) = (line for line in foreseen if "history" in line)
    before = int(re.findall(r"[\d,]+", history)[0])
    (more,) = (line for line in foreseen if "would read" in line)
    assert before + int(re.findall(r"\d+", more)[0]) == spent.total
    assert abs(kept - spent.cached) <= 4, "a turn's marks"


def test_what_a_cache_keeps_is_foreseen_where_one_was_seen(first: Round) -> None:
    assert not any("cache" in line for line in costs.said(ASKED, COLUMNS, first))
    first.answers[0]._script.prompt = PromptTokens(text=15, cached=10)
    assert costs.said(ASKED, COLUMNS, first)[-1] == "a cache should keep ≈16 of them (E2B)"
