"""What the components say and draw, without a page around them."""

from __future__ import annotations

import io
import sys
from itertools import pairwise

import PIL.Image
import pytest

from components import figure_table, media
from components.compare import charts, figures
from components.compare.answer import ending
from components.compare.asking.forecast import _left
from components.compare.asking.tray import Tray
from components.words import plain
from playground.comparisons.answer import Answer
from playground.comparisons.comparison import Comparison
from playground.comparisons.contender import contenders
from playground.comparisons.pool import Pool
from playground.engines.events import Chunk, Finished, OutputTokens
from playground.engines.recital import Recital, reciter
from playground.prompt.conversation import Conversation, Image, Settings, Video
from playground.prompt.cost import PromptTokens
from playground.prompt.media import read
from tests import waiting
from tests.components.test_pages import png, wav


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0004, "0 ms"),
        (0.1824, "182 ms"),
        (0.9996, "1.00 s"),
        (1.239, "1.24 s"),
        (12.34, "12.3 s"),
        (125, "2 min 5 s"),
    ],
)
def test_times_are_said_with_three_digits(value: float, shown: str) -> None:
    assert figures.seconds(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(8.419, "8.42"), (84.19, "84.2"), (841.9, "842"), (1841.9, "1,842")]
)
def test_rates_are_said_with_three_digits(value: float, shown: str) -> None:
    assert figures.rate(value) == shown


def test_prompt_tokens_are_told_by_kind_and_estimates_are_marked() -> None:
    assert figures.reads(PromptTokens(19, 266, 101)) == (
        "386 tokens = 266 picture + 101 sound + 19 text"
    )
    assert figures.reads(PromptTokens(1200, source="estimated")) == "≈1,200 tokens"


def test_what_was_stopped_says_whether_anything_is_kept() -> None:
    """Stopped before its first word, in the middle, and by the end of the program."""
    asked = contenders([(reciter(name), Settings()) for name in "abc"])
    nothing, some, lost = (Answer(one, Conversation.ask("Say it.")) for one in asked)
    for one in (some, lost):
        one.take(Chunk("answer", "Once", 1, 1.0))
    nothing.stop()
    some.stop()
    lost.interrupt()
    assert "Stopped before anything came." in ending(nothing)
    assert "Stopped; what came so far is kept." in ending(some)
    assert "Interrupted, for the program ended; what came so far is kept." in ending(lost)
    assert [figure_table._state(one) for one in (nothing, some)] == [
        "stopped before anything came",
        "stopped",
    ]


def test_plain_words_hold_no_marks() -> None:
    assert plain("a *b*\n![c](d) :red[e]") == "a \\*b\\* \\!\\[c\\](d) \\:red\\[e\\]"


def test_parts_are_described_by_what_matters_of_each() -> None:
    (picture,) = read("a.png", png(40, 30))
    (recording,) = read("b.wav", wav(1.5))
    assert isinstance(picture, Image)
    clip = Video("c.mp4", (picture, picture), (0.0, 1.0), 2.0, "MP4 40×30, 00:02")
    assert [media.describe(part) for part in (picture, recording, clip)] == [
        "a.png · 40×30",
        "b.wav · 1.5 s",
        "c.mp4 · 2.0 s, 2 frames",
    ]
    assert media.facts(picture) == "PNG 40×30"
    assert media.facts(recording).endswith(", 1.5 s")
    assert media.facts(clip) == "MP4 40×30, 00:02, 2 frames of at most 70 tokens"


def test_two_files_of_one_name_are_two() -> None:
    def pages(first: int, last: int, count: int) -> list[Image]:
        return [
            Image(f"a.pdf, page {page}", b"", 8, 8, f"PDF, page {page} of {count}")
            for page in range(first, last + 1)
        ]

    parts = [*pages(1, 8, 12), *pages(1, 2, 2), *pages(1, 8, 1200)]
    assert [line.partition(" ")[2] for line in media.briefly(parts)] == [
        "a.pdf · 8 of 12 pages", "a.pdf · 2 of 2 pages", "a.pdf · 8 of 1200 pages",
    ]  # fmt: skip
    first, second = _left(parts)
    assert "its first 8 of 12 pages" in first and "its first 8 of 1200 pages" in second


def test_a_film_strip_shows_frames_side_by_side() -> None:
    (picture,) = read("a.png", png(40, 30))
    assert isinstance(picture, Image)
    clip = Video("c.mp4", (picture,) * 9, tuple(map(float, range(9))), 9.0)
    data, ratio = media._strip(clip, 32)
    strip = PIL.Image.open(io.BytesIO(data))
    assert strip.width == 6 * 40 + 5 * 2
    assert ratio == strip.width / strip.height


def test_what_is_drawn_keeps_no_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions close, and what they held goes with them; what was drawn of it is small and stays."""
    (picture,) = read("kept.png", png(41, 31))
    before = sys.getrefcount(picture)
    drawn = media.small(picture, 32)
    assert sys.getrefcount(picture) == before
    monkeypatch.setattr("playground.prompt.media.thumbnail", None)
    assert media.small(picture, 32) is drawn


class LeftError(BaseException):
    """As Streamlit stops a run of the page."""


def test_a_file_whose_reading_was_interrupted_is_said_to_be_missing() -> None:
    def leave(tick: object) -> tuple[Image, ...]:
        raise LeftError

    held = Tray()
    with pytest.raises(LeftError):
        held.read("talk.mp4", leave)
    (fault,) = held.faults
    assert fault.startswith("talk.mp4 was not read to its end")
    assert fault.endswith(": add it again.")


def ended(*names: str) -> Comparison:
    columns = contenders([(reciter(name), Settings(thinking=True)) for name in names])
    comparison = Comparison(Conversation.ask("Say it."), columns)
    comparison.run(
        Pool(lambda model: Recital(model, "one two three", "let me see", prefill_s=0.01), 1)
    )
    return waiting.ended(comparison)


def test_bars_follow_the_order_of_time() -> None:
    chart = charts.time_chart(ended("E2B", "31B").answers)
    assert chart is not None
    drawn = chart.to_dict()
    first = [row for row in drawn["data"]["values"] if row["contender"] == "E2B"]
    assert [row["stage"] for row in first] == [
        "queue",
        "load",
        "media",
        "prefill",
        "thinking",
        "answer",
    ]
    for before, after in pairwise(first):
        assert after["start"] == pytest.approx(before["end"])
    assert drawn["encoding"]["y"]["sort"] == ["E2B", "31B"]


def test_pieces_of_a_server_are_no_tokens() -> None:
    """Three pieces of 30 tokens, and a stream that nobody counted."""
    (answer,) = ended("E2B").answers
    answer.chunks[:] = [Chunk("answer", "word " * 30, 0, float(at)) for at in (1, 2, 3)]
    answer._script.requested = 0.0
    answer._script.last = Finished(3.1, "stop", output=OutputTokens(0, 90, "reported", first=30.0))
    assert [(row["second"], row["tokens"]) for row in charts._steps(answer)] == [
        (0, 0), (1, 30), (2, 60), (3, 90)
    ]  # fmt: skip
    answer._script.last = Finished(3.1, "stop")
    assert charts._steps(answer) == []


def test_token_lines_end_at_the_number_of_tokens() -> None:
    answers = ended("E2B", "E2B").answers
    rows = [row for answer in answers for row in charts._steps(answer)]
    for label in ("E2B · 1 of 2", "E2B · 2 of 2"):
        own = [row for row in rows if row["contender"] == label]
        assert own[0]["tokens"] == 0
        assert own[-1]["tokens"] == 6
        assert [row["second"] for row in own] == sorted(row["second"] for row in own)


def test_what_is_taken_out_twice_can_still_be_put_back() -> None:
    tray = Tray()
    one, other = tray.add([Image("a.png", b"", 8, 8), Image("b.png", b"", 8, 8)])
    tray.remove(one)
    tray.remove(one)
    tray.split(one, 30)
    tray.restore()
    assert list(tray.pieces) == [one, other]
    tray.clear()
    tray.clear()
    tray.restore()
    tray.restore()
    assert list(tray.pieces) == [one, other]
    for _ in range(2):
        tray.hold([Image("c.png", b"", 8, 8)])
    assert [part.name for part in tray.removed.values()] == ["a.png", "b.png"]
    for _ in range(2):
        tray.hold([])
    assert [part.name for part in tray.removed.values()] == ["c.png"] and not tray.pieces


def test_what_is_read_anew_lies_in_the_tray_until_then() -> None:
    """Another run of the page may send it meanwhile."""
    old, new = Image("old", b"1", 1, 1), Image("new", b"2", 1, 1)
    held = Tray()
    numbers = held.add((old,))
    seen = []

    def parts(tick: object) -> tuple[Image, ...]:
        seen.append(held.parts)
        return (new,)

    assert held.read("old", parts, instead=numbers) and seen == [(old,)]
    assert held.parts == (new,)
    held.pieces = {}  # it was sent
    assert held.read("old", parts, instead=(7,)) == () and held.parts == ()
