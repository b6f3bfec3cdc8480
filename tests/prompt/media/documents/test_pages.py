"""Chosen pages of a PDF become pictures, or their words one text; what is hostile costs one sentence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from playground.prompt import media
from playground.prompt.conversation import Document, Image
from playground.prompt.limits import LIMITS
from playground.prompt.media.__main__ import decode
from playground.prompt.media.documents.pages import chosen, spelled
from playground.prompt.media.sending import sendable
from playground.prompt.media.wishes import Wish
from tests.examples import many
from tests.pdf_files import encrypted, pdf

TWELVE = pdf([f"Page number {number}" for number in range(1, 13)])


def test_the_first_pages_are_drawn_each_with_its_number() -> None:
    parts = media.read("report.pdf", TWELVE)
    assert [part.name for part in parts] == [f"report.pdf, page {one}" for one in range(1, 9)]
    first = parts[0]
    assert isinstance(first, Image) and first.original == "PDF, page 1 of 12"
    assert first.width / first.height == pytest.approx(595 / 842, rel=0.01)
    assert 2_500_000 < first.width * first.height <= 3_000_000
    pixels = media.pixels(first)
    upper = pixels[: first.height // 6, : first.width // 2]
    assert upper.min() < 60 and pixels[first.height // 2 :].min() == 255  # ink above, white below


def test_pages_are_chosen_and_their_words_read() -> None:
    parts = decode("report.pdf", TWELVE, LIMITS, Wish("7, 1-2"))
    assert [part.original for part in parts] == [f"PDF, page {one} of 12" for one in (1, 2, 7)]
    (text,) = decode("report.pdf", TWELVE, LIMITS, Wish("11-", as_text=True))
    assert text == Document(
        "report.pdf",
        "Page number 11\n\nPage number 12",
        "PDF, the words of pages 11-12 of 12, 3 lines",
    )
    (whole,) = decode("one.pdf", pdf(["Alone"]), LIMITS, Wish(as_text=True))
    assert whole.original == "PDF, the words of its page, 1 line"


@given(some.sets(some.integers(1, 40), min_size=1))
def test_what_is_spelled_is_chosen_again(numbers: set[int]) -> None:
    assert chosen("a", spelled(sorted(numbers)), 40, 8) == tuple(sorted(numbers))


@pytest.mark.parametrize(
    ("said", "numbers"),
    [
        ("", (1, 2)),
        (" 3 ", (3,)),
        ("2 - 3", (2, 3)),
        ("-2", (1, 2)),
        ("4–", (4, 5)),
        ("1;1,,2", (1, 2)),
    ],
)
def test_pages_are_written_as_people_write_them(said: str, numbers: tuple[int, ...]) -> None:
    assert chosen("a", said, 5, 2) == numbers


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("13", "report.pdf has 12 pages, and no page 13."),
        ("0", "report.pdf has 12 pages, and no page 0."),
        ("5-99", "report.pdf has 12 pages, and no page 99."),
        ("3-1", "report.pdf has no pages 3-1: the smaller number comes first."),
        ("all", "report.pdf has no pages 'all': write numbers, such as 1-3, 7."),
        ("-", "report.pdf has no pages '-': write numbers, such as 1-3, 7."),
        ("1 2", "report.pdf has no pages '1 2': write numbers, such as 1-3, 7."),
        ("9" * 30, f"report.pdf has no pages '{'9' * 20}…': write numbers, such as 1-3, 7."),
    ],
)
def test_pages_that_there_are_not_are_one_sentence(said: str, fault: str) -> None:
    with pytest.raises(media.MediaError) as refused:
        decode("report.pdf", TWELVE, LIMITS, Wish(said))
    assert str(refused.value) == fault


@pytest.mark.parametrize(
    ("data", "wish", "said"),
    [
        (encrypted(), Wish(), "is encrypted: save it without its password"),
        (TWELVE[:40], Wish(), "damaged or cut off"),
        (b"%PDF-1.7\n", Wish(), "damaged or cut off"),
        (pdf([]), Wish(), "damaged or cut off"),
        (pdf([""]), Wish(as_text=True), "holds no words on these pages"),
        (
            pdf(["x"] * 20),
            Wish("1-20"),
            "would go as 20 pictures, but a prompt may hold at most 16",
        ),
    ],
)
def test_what_can_not_be_drawn_is_one_sentence(data: bytes, wish: Wish, said: str) -> None:
    with pytest.raises(media.MediaError) as refused:
        decode("a.pdf", data, LIMITS, wish)
    assert said in str(refused.value)


def test_too_many_words_are_one_sentence() -> None:
    short = replace(LIMITS, document_characters=20)
    with pytest.raises(media.MediaError, match="has more than 20 characters"):
        decode("a.pdf", TWELVE, short, Wish(as_text=True))


@pytest.mark.parametrize(
    "size", [(100_000, 80_000), (14_400, 3), (3, 14_400), (1, 1), (0.01, 0.01)]
)
def test_a_page_of_any_size_is_drawn_within_bounds(size: tuple[float, float]) -> None:
    (page,) = decode("a.pdf", pdf(["x"], size), LIMITS)
    assert isinstance(page, Image)
    assert page.width * page.height <= 3_000_000 and min(page.width, page.height) >= 8


@many(40)
@given(some.integers(0, len(TWELVE) - 1), some.binary(max_size=9))
def test_a_bent_file_is_parts_or_one_sentence(at: int, bytes_: bytes) -> None:
    bent = TWELVE[:at] + bytes_ + TWELVE[at + len(bytes_) :]
    try:
        parts = decode("a.pdf", bent, LIMITS, Wish("1", as_text=True))
    except media.MediaError as error:
        assert str(error).count("\n") == 0 and str(error).endswith(".")
    else:
        assert len(parts) == 1


def test_a_server_gets_a_page_sharp() -> None:
    (page,) = decode("a.pdf", pdf(["sharp"]), LIMITS)
    assert isinstance(page, Image)
    kind, data = sendable(page, page.width * page.height)
    assert (kind, data) == ("image/png", page.data)
    assert np.unique(media.pixels(page)).size > 2
