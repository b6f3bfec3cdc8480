"""The Variants page: facts with sources, never a demo as the real thing; what suits and what was said opens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components import shell
from playground.archive.archive import Archive
from playground.desk import Desk
from playground.models.catalog import catalog
from playground.prompt.conversation import Conversation
from tests.archive.kept import columns, settled
from tests.archive.kept import desk as reciting
from tests.archive.test_measured import pretend
from tests.components.opening import app
from tests.waiting import ended

TABS = (
    "Members",
    "How they are built",
    "Published results",
    "Which one?",
    "Does it fit?",
    "What was said",
)

Open = Callable[[str], AppTest]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = reciting(Archive.within(tmp_path))
    yield made
    made.close()


@pytest.fixture
def page(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    monkeypatch.setattr(shell, "open_desk", lambda: desk)
    monkeypatch.setenv("HF_HUB_CACHE", "/nowhere")
    shell._opened.cache_clear()

    def page(tab: str) -> AppTest:
        opened = app().run()
        opened.switch_page("pages/variants.py")
        opened.query_params["tab"] = tab
        return run(opened)

    yield page
    shell._opened.cache_clear()


def run(page: AppTest) -> AppTest:
    page.run()
    assert not page.exception
    return page


def text(page: AppTest) -> str:
    return "\n".join(line.value for line in page.markdown)


def box(page: AppTest) -> str:
    """What stands in the composer, not yet sent."""
    return str(page.chat_input(key="composer").proto.value)


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_has_its_heading_without_jumps(page: Open, tab: str) -> None:
    opened = page(tab)
    assert [one.value for one in opened.title] == ["The Gemma 4 family"]
    assert len(opened.header) == 1


def test_every_member_has_its_card(page: Open) -> None:
    opened = page("Members")
    names = {variant.name for variant in catalog().variants}
    assert {name for name in names if any(name in one.value for one in opened.subheader)} == names
    assert all(variant.weights.instruct in text(opened) for variant in catalog().variants)
    assert text(opened).count("by Google's table; what it takes here stands under") == len(names)


def test_demo_weights_are_never_called_gemma(page: Open) -> None:
    lines = [line.value for line in page("Members").markdown]
    stand_ins = [line for line in lines if "demo-sized stand-in" in line]
    assert len(stand_ins) == 4
    assert all("not Gemma 4" in line for line in stand_ins)
    assert sum("Not on this machine" in line for line in lines) == 1
    assert "not Gemma 4" in text(page("How they are built"))


@pytest.mark.parametrize("tab", TABS)
def test_every_source_is_named(page: Open, tab: str) -> None:
    shown = text(page(tab))
    assert all(source.title in shown for source in catalog().sources.values())


def test_every_chart_has_words_and_a_table(page: Open) -> None:
    for tab, charts in (("How they are built", 2), ("Published results", 4), ("Does it fit?", 1)):
        opened = page(tab)
        drawn = opened.get("vega_lite_chart")
        assert len(drawn) == charts
        assert all(len(chart.proto.alt) > 40 for chart in drawn)
        behind = [one for one in opened.expander if "as a table" in one.label]
        assert len(behind) == charts and all(len(one.dataframe) == 1 for one in behind)


def test_every_row_of_published_results_has_its_source(page: Open) -> None:
    opened = page("Published results")
    tables = [table.value for table in opened.dataframe]
    assert len(tables[0]) == len(catalog().published.results)
    for table in tables:
        assert table["Source"].all()
    speeds = tables[-1]
    opened.segmented_control(key="speed_what").set_value("ttft")
    assert len(run(opened).dataframe[-1].value) < len(speeds)


def test_what_was_measured_here_stands_beside_what_was_published(desk: Desk, page: Open) -> None:
    def measured(opened: AppTest) -> list[tuple[str, str, float]]:
        table = opened.dataframe[-1].value
        own = table[table["Kind"] == "measured here"]
        return list(own[["Variant", "What", "tok/s of one answer"]].itertuples(index=False))

    opened = page("Published results")
    assert measured(opened) == [] and "holds no measured answers of real weights" in text(opened)
    ended(desk.start(Conversation.ask("Hi"), columns("E2B", "E4B")))
    settled(desk)
    assert desk.archive is not None
    with desk.archive.writing() as connection:
        pretend(connection, {0: 33.34}, weights="google/gemma-4-E2B-it", precision="bf16")
        pretend(connection, {1: 20.0}, demo=True)
    run(opened)
    ((variant, what, speed),) = measured(opened)
    assert (variant, speed) == ("E2B", 33.3)
    assert what.startswith("Here: local, ") and what.endswith(", bf16")
    assert "the median of 1 answer in the archive" in opened.dataframe[-1].value["Source"][0]
    assert "holds no measured answers" not in text(opened)


def test_which_follows_the_answers(page: Open) -> None:
    opened = page("Which one?")
    opened.text_input(key="memory_which").set_value("16 GB")
    opened.segmented_control(key="device_which").set_value("cuda")
    opened.selectbox(key="which_task").set_value("transcription")
    run(opened)
    places = ("1\\.", "2\\.", "5\\.")
    ranked = [line.value for line in opened.markdown if line.value.startswith(places)]
    assert "12B" in ranked[0] and "int4" in ranked[0]
    assert "E4B" in ranked[1] and "31B" in ranked[2]
    assert "It takes no sound" in text(opened)
    opened.text_input(key="memory_which").set_value("a lot")
    assert "is no amount of memory" in text(run(opened))


def test_a_choice_opens_in_compare_with_a_prompt_and_a_recording(page: Open) -> None:
    opened = page("Which one?")
    opened.text_input(key="memory_which").set_value("16 GB")
    opened.selectbox(key="which_task").set_value("transcription")
    run(opened)
    opened.button(key="open_E4B").click()
    run(opened)
    assert [entry.spec for entry in opened.session_state.entries] == ["E4B@int8"]
    assert box(opened).startswith("Write down what is said")
    assert [part.name for part in opened.session_state.tray.parts] == ["digits.wav"]


def test_what_fits_follows_the_hardware(page: Open) -> None:
    def verdicts(opened: AppTest) -> list[str]:
        table = opened.dataframe[0].value
        assert len(table) == 5 * 4 * 5
        return list(table["Verdict"])

    opened = page("Does it fit?")
    opened.text_input(key="memory_fit").set_value("16 GB")
    small = verdicts(run(opened))
    opened.text_input(key="memory_fit").set_value("2 x 80 GB")
    large = verdicts(run(opened))
    assert small.count("fits") < large.count("fits")
    assert large.count("beyond its context") == 8, "E2B and E4B end at 128K"
    reasons = opened.dataframe[0].value["Reason"]
    assert reasons.str.contains("KV cache").sum() == 92
    assert "not quantised, which is why so many bits take more here than in Google's" in text(
        opened
    )


def test_claims_are_narrowed_by_verdict_and_measured_in_compare(page: Open) -> None:
    opened = page("What was said")
    claims = catalog().published.claims
    assert sum("-badge[" in line.value for line in opened.markdown) == len(claims)
    number = next(at for at, one in enumerate(claims) if one.measure and one.measure.file)
    measure = claims[number].measure
    assert measure is not None
    opened.pills(key="claims_verdict").set_value(["can't be checked"])
    run(opened)
    unsure = sum(one.verdict == "can't be checked" for one in claims)
    assert sum("-badge[" in line.value for line in opened.markdown) == unsure
    opened.pills(key="claims_verdict").set_value([])
    run(opened)
    opened.button(key=f"measure_{number}").click()
    run(opened)
    assert [entry.spec for entry in opened.session_state.entries] == list(measure.on)
    assert box(opened) == measure.prompt
