"""The thought of an answer: its own clock, its tokens, cut short or unseen, never mixed into the answer."""

from __future__ import annotations

import time

import pytest

from playground.comparisons.answer import Answer, State
from playground.comparisons.contender import Contender
from playground.comparisons.figures import Timeline
from playground.comparisons.findings.thought import Thought, thought, whole
from playground.engines.events import Channel, Chunk, Finished, OutputTokens
from playground.engines.recital import reciter
from playground.prompt.conversation import Conversation, Settings

Pieces = list[tuple[float, Channel, str, int]]
CONTENDER = Contender(reciter("E2B"), Settings(thinking=True), "E2B")


def answer(pieces: Pieces, state: State = "done", output: OutputTokens | None = None) -> Answer:
    return Answer.restored(
        CONTENDER,
        Conversation.ask("x"),
        state=state, reason="", remedy="", finish_reason=None, asked_at=0.0,
        timeline=Timeline(0.0, 0.0, 0.0, 0.0, 9.0),
        chunks=[Chunk(channel, text, tokens, at) for at, channel, text, tokens in pieces],
        prompt=None, last=Finished(9.0, "stop", output=output), contended=False, interrupted=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("pieces", "state", "wanted"),
    [
        ([(1, "answer", "Yes.", 1)], "done", None),
        ([(1, "thinking", "a", 1), (2, "thinking", "b", 1), (4, "answer", "c", 1)], "done", Thought(3, 2)),
        ([(1, "thinking", "a", 1), (2, "thinking", "b", 1)], "stopped", Thought(1, 2, cut=True)),
        ([(1, "thinking", "a", 1), (2, "answer", "", 1)], "stopped", Thought(0, 1, cut=True)),
        (
            [
                (1, "thinking", "a", 2), (3, "tool_call", "call:f{}", 5),
                (5, "thinking", "b", 1), (6, "answer", "c", 1),
            ],
            "done",
            Thought(3, 3),
        ),
    ],
)  # fmt: skip
def test_its_clock_runs_while_it_is_written_and_at_no_other_time(
    pieces: Pieces, state: State, wanted: Thought | None
) -> None:
    assert whole(answer(pieces, state)) == wanted


def test_a_servers_count_is_taken_where_pieces_hold_none() -> None:
    pieces: Pieces = [(1, "thinking", "a", 0), (2, "answer", "b", 0)]
    counted = OutputTokens(40, 2, source="reported")
    assert whole(answer(pieces, output=counted)) == Thought(1, 40)


def test_one_that_is_never_shown_is_said() -> None:
    unseen = OutputTokens(40, 2, source="reported", hidden=40)
    assert whole(answer([(2, "answer", "b", 0)], output=unseen)) == Thought(None, 40, hidden=40)


def test_while_it_comes_the_clock_goes_on() -> None:
    now = time.perf_counter()
    coming = [Chunk("thinking", "hm ", 1, now - 2)]
    found = thought(coming, over=False)
    assert found is not None and found.going and not found.cut
    assert found.seconds is not None and found.seconds >= 2
    found = thought([*coming, Chunk("answer", "Yes.", 1, now)], over=False)
    assert found == Thought(pytest.approx(2.0), 1)
