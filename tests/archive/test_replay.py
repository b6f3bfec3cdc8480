"""Replay: what stood in each pane at a moment, contenders aligned where they began to read."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from playground.archive import record, recording
from playground.archive.replay import Replay, begun
from playground.archive.restoring.again import answer
from tests.archive.kept import ask, columns, desk, settled
from tests.archive.records import MEDIA, answers, comparisons
from tests.examples import many


def made(**moments: float | None) -> record.Answer:
    contender = recording.contender(columns("a")[0])
    asked = (record.Message("user", (record.Part("text", text="x"),)),)
    chunks = ((2.0, "thinking", "hm ", 1), (3.0, "answer", "one ", 1), (4.0, "answer", "two", 1))
    known = {"started": 1.0, "requested": 1.5, "read": 1.6, "finished": 4.5, **moments}
    return record.Answer(contender, asked, "done", 1e9, chunks=chunks, **known)  # type: ignore[arg-type]


def test_what_stood_there_at_each_moment() -> None:
    replay = Replay((made(),))
    assert replay.seconds == 3.0
    stood = {}
    for moment in (0.0, 0.4, 0.6, 1.6, 2.9, 3.0):
        (one,) = replay.at(moment)
        stood[moment] = (one.state, "".join(text for _, _, text, _ in one.chunks))
    assert stood == {
        0.0: ("reading", ""),
        0.4: ("reading", ""),
        0.6: ("thinking", "hm "),
        1.6: ("answering", "hm one "),
        2.9: ("answering", "hm one two"),
        3.0: ("done", "hm one two"),
    }
    assert replay.at(3.0) == (made(),)
    assert replay.at(0.05)[0].prompt is None and replay.at(2.0)[0].last is None


def test_contenders_are_aligned_at_the_start_of_reading() -> None:
    """Who came second in the line begins at 0 s too."""
    first = made()
    second = replace(
        first,
        started=101.0,
        requested=101.5,
        read=101.6,
        finished=104.5,
        chunks=tuple((at + 100, *rest) for at, *rest in first.chunks),
    )
    replay = Replay((first, second))
    assert replay.seconds == 3.0
    for moment in (0.0, 0.6, 1.6, 2.9):
        one, other = replay.at(moment)
        assert [chunk[1:] for chunk in one.chunks] == [chunk[1:] for chunk in other.chunks]
    one, other = replay.tracks()
    assert one["pieces"] == other["pieces"] == [
        [0.5, "thinking", "hm "], [1.5, "answer", "one "], [2.5, "answer", "two"]
    ]  # fmt: skip


def test_who_was_refused_stands_as_it_stood() -> None:
    contender = made().contender
    refused = record.Answer(contender, made().messages, "refused", 1e9, reason="It is deaf.")
    replay = Replay((made(), refused))
    assert replay.at(0.0)[1] == refused
    assert replay.tracks()[1] == {
        "label": "a", "variant": "a", "state": "refused", "reason": "It is deaf.", "end": 0.0, "pieces": []
    }  # fmt: skip


@many(40)
@given(comparisons(), st.floats(0, 2e4, allow_nan=False), st.floats(0, 2e4, allow_nan=False))
def test_text_only_grows_and_ends_whole(kept: record.Comparison, one: float, other: float) -> None:
    early, late = sorted((one, other))
    for round in kept.rounds:
        replay = Replay(round.answers)
        assert replay.at(replay.seconds) == round.answers
        for before, after in zip(replay.at(early), replay.at(late), strict=True):
            assert after.chunks[: len(before.chunks)] == before.chunks
            assert answer(before, MEDIA.__getitem__, live=True).text is not None
        for track, whole in zip(replay.tracks(), round.answers, strict=True):
            assert "".join(text for _, _, text in track["pieces"]) == "".join(
                text for _, _, text, _ in whole.chunks
            )


@many(25)
@given(answers("a"), st.floats(0, 1e4, allow_nan=False))
def test_tracks_say_the_same_as_the_moments(given: record.Answer, moment: float) -> None:
    """What the browser plays is what the core says."""
    replay = Replay((given,))
    (track,), (there,) = replay.tracks(), replay.at(moment)
    if moment < track["end"]:
        shown = [p for p in track["pieces"] if p[0] <= moment + 1e-9]
        surely = [p for p in track["pieces"] if p[0] <= moment - 1e-9]
        assert len(surely) <= len(there.chunks) <= len(shown) or begun(given) > given.chunks[0][0]


def test_a_real_one_is_replayed(tmp_path) -> None:  # type: ignore[no-untyped-def]
    from playground.archive.archive import Archive

    held = desk(Archive.within(tmp_path), "one two three", tokens_per_second=50)
    comparison = ask(held)
    settled(held)
    kept = held.archive.record(comparison.id)  # type: ignore[union-attr]
    assert kept is not None
    replay = Replay(kept.rounds[0].answers)
    assert 0.02 < replay.seconds < 5
    (one, _), (whole, _) = replay.at(replay.seconds / 2), replay.at(replay.seconds)
    assert 0 < len(one.chunks) < len(whole.chunks) == 3
    held.close()
