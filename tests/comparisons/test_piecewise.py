"""Recordings that are heard one by one: a request for each, one answer of all, and figures of each and together."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.archive.archive import Archive
from playground.archive.export import FORMATS, disclosed
from playground.archive.restoring import again, answered
from playground.comparisons.answer import Answer
from playground.comparisons.comparison import Comparison
from playground.comparisons.contender import Contender
from playground.comparisons.going_on import was_cut, why_not
from playground.comparisons.history import history
from playground.desk import Desk
from playground.engines.recital import Recital, reciter
from playground.models.model import Model
from playground.prompt import piecewise, tokens
from playground.prompt.conversation import Audio, Conversation, Image, Message, Settings, Text
from playground.prompt.mend import Mend
from tests.media_files import tone, wav

SECOND = wav(tone(1.0))
NAMES = ("talk.wav (1 of 3)", "talk.wav (2 of 3)", "talk.wav (3 of 3)")


def heard(asked: Conversation) -> str:
    """Says what it hears, all at once or one by one."""
    names = [part.name[10] for part in asked.parts() if isinstance(part, Audio)]
    return f"I hear piece {' and '.join(names)} now."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    archive = Archive(f"sqlite:///{tmp_path / 'kept.db'}", str(tmp_path / "media"))

    def recite(model: Model) -> Recital:
        return Recital(model, heard, thinking="Listening.")

    made = Desk(recite, budget_bytes=1, archive=archive)
    yield made
    made.close()


def column(name: str = "a", **settings: object) -> Contender:
    return Contender(reciter(name), Settings(**settings), name)  # type: ignore[arg-type]


def asked() -> Conversation:
    parts = [Audio(name, SECOND, 1.0) for name in NAMES]
    return Conversation.ask("What?", (Image("a.png", b"", 60, 60), *parts), "Be brief.")


def wait(comparison: Comparison) -> Answer:
    deadline = time.monotonic() + 10
    while not comparison.ended:
        assert time.monotonic() < deadline
        comparison.watch()
        time.sleep(0.002)
    return comparison.answers[0]


def test_each_has_a_request_and_the_answers_are_joined(desk: Desk) -> None:
    together = wait(desk.start(asked(), (column(),)))
    assert together.text.strip() == "I hear piece 1 and 2 and 3 now."
    comparison = desk.start(asked(), (column(one_by_one=True, thinking=True),))
    answer = wait(comparison)
    said = "I hear piece 1 now. \n\nI hear piece 2 now. \n\nI hear piece 3 now. "
    assert (answer.state, answer.text) == ("done", said)
    assert [step.piece for step in answer.steps] == list(NAMES)
    each = [step.figures(False).output_tokens for step in answer.steps]
    whole = answer.figures()
    assert whole.output_tokens is not None and whole.steps == 3
    assert whole.output_tokens.total == sum(one.total for one in each if one)
    assert answer.prompt_tokens == whole.prompt_tokens

    desk.ask_on(comparison, Conversation.ask("And?"), (column(one_by_one=True),))
    wait(comparison)
    told = history("a", comparison.last.before)
    assert [message.role for message in told] == ["user", "model"]
    assert told[1] == Message("model", (Text(said),))

    assert desk.archive is not None
    desk.archive.close()
    kept = desk.archive.record(comparison.id)
    assert kept is not None
    first = kept.rounds[0].answers[0]
    found = again.answer(first, desk.archive.store.get)
    assert found.text == said and [step.piece for step in found.steps] == list(NAMES)
    assert found.figures().output_tokens == whole.output_tokens
    requests = answered.requests(first, desk.archive.store.get)
    assert [len(piecewise.recordings(one)) for one, _ in requests] == [1, 1, 1]
    md = FORMATS["md"].write(kept, desk.archive.store.get).decode()
    assert md.index("I hear piece 1") < md.rindex("2 of 3") < md.index("I hear piece 2")
    inputs = disclosed.answered(kept, 1, first)["data"]["inputs"]
    assert [one["role"] for one in inputs] == ["system", *["user"] * 5]
    lines = FORMATS["messages"].write(kept, desk.archive.store.get).decode().splitlines()
    assert json.loads(lines[0])["messages"][-1] == {"role": "assistant", "content": said}


def test_what_is_foreseen_is_what_all_requests_read() -> None:
    model, settings = reciter("a"), Settings(one_by_one=True)
    each = piecewise.requests(asked(), settings)
    assert [[part.name for part in piecewise.recordings(one)] for one in each] == [
        [name] for name in NAMES
    ]
    assert all(one.system == "Be brief." and one.media()[0].name == "a.png" for one in each)
    counts = [tokens.count(one, settings, model) for one in each]
    whole = tokens.count(asked(), settings, model)
    assert whole.total == sum(one.total for one in counts)
    assert whole.audio == tokens.count(asked(), Settings(), model).audio
    assert whole.image == 3 * tokens.count(asked(), Settings(), model).image


def test_one_recording_or_none_is_asked_as_ever(desk: Desk) -> None:
    alone = Conversation.ask("What?", (Audio(NAMES[0], SECOND, 1.0),))
    answer = wait(desk.start(alone, (column(one_by_one=True, max_tokens=3),)))
    assert answer.text.strip() == "I hear piece" and not answer.steps[0].piece
    assert was_cut(answer) and not why_not(answer)


def test_what_can_not_be_joined_is_refused_with_what_helps(desk: Desk) -> None:
    answer = wait(desk.start(asked(), (column(one_by_one=True, begun="I "),)))
    assert answer.state == "refused" and answer.mends == (Mend("together"),)
    comparison = desk.start(asked(), (column(one_by_one=True, schema={"type": "string"}),))
    wait(comparison)
    desk.again(comparison, "a", Mend("together"))
    assert wait(comparison).state == "done"


def test_a_piece_that_was_cut_is_named_and_the_others_are_heard(desk: Desk) -> None:
    comparison = desk.start(asked(), (column(one_by_one=True, max_tokens=4),))
    answer = wait(comparison)
    assert answer.text.split("\n\n") == ["I hear piece 1 ", "I hear piece 2 ", "I hear piece 3 "]
    assert answer.reason == (f"Cut off at 4 tokens, the longest answer set, in {', '.join(NAMES)}.")
    assert why_not(answer).startswith("An answer to recordings one by one can't be gone on with")
    desk.again(comparison, "a", answer.mends[0])
    assert wait(comparison).reason == ""


def test_a_long_recording_is_split_and_heard_piece_by_piece_with_one_press(desk: Desk) -> None:
    long = Audio("talk.wav", wav(tone(70.0)), 70.0)
    comparison = desk.start(Conversation.ask("What?", (long,)), (column(),))
    answer = wait(comparison)
    assert answer.state == "refused" and Mend("one_by_one", 30) in answer.mends
    desk.again(comparison, "a", Mend("one_by_one", 30))
    answer = wait(comparison)
    assert answer.text.count("I hear piece") == 3
    heard = piecewise.recordings(answer.conversation)
    assert [step.piece for step in answer.steps] == [one.name for one in heard]
    assert sum(one.seconds for one in heard) == 70 and max(one.seconds for one in heard) <= 30
