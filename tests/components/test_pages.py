"""The Compare page, used as a visitor uses it, with engines that recite."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
from streamlit.testing.v1 import AppTest

from components import shell, uploads, web
from playground.desk import Desk
from playground.engines.recital import EVERYTHING, Recital, reciter
from playground.engines.roster import installed, specs
from playground.models.model import Model, ModelError
from playground.prompt.conversation import Settings
from tests.components.opening import app
from tests.media_files import animated
from tests.pdf_files import pdf

DEAF = replace(EVERYTHING, audio=False)
HERE = {
    name: replace(reciter(name, takes), spec=name)
    for name, takes in {"E2B": EVERYTHING, "E4B": EVERYTHING, "31B": DEAF}.items()
}
TEXT = "one two three\n\n```python\nprint(4)\n```\n\nfive"

Play = Callable[[Model], Recital]


def recite(model: Model) -> Recital:
    return Recital(model, TEXT, thinking="let me see")


def find(spec: str, servers: object = None) -> Model:
    if spec not in HERE:
        raise ModelError(f"There are no weights of {spec} on this machine.", "Download them.")
    return HERE[spec]


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., AppTest]]:
    desks: list[Desk] = []

    def open_(play: Play = recite, **address: str) -> AppTest:
        desks.append(Desk(play, budget_bytes=1))
        monkeypatch.setattr(shell, "open_desk", lambda: desks[-1])
        shell._opened.cache_clear()
        page = app()
        for name, value in address.items():
            page.query_params[name] = value
        return run(page)

    monkeypatch.setattr(installed, "models", lambda: tuple(HERE.values()))
    monkeypatch.setattr(specs, "find", find)
    yield open_
    for desk in desks:
        desk.close()
    shell._opened.cache_clear()


def run(page: AppTest) -> AppTest:
    page.run()
    assert not page.exception
    return page


def ask(page: AppTest, text: str) -> AppTest:
    page.chat_input(key="composer").set_value(text)
    return run(page)


def words(page: AppTest) -> str:
    shown = [*page.markdown, *page.caption, *page.warning, *page.info]
    text = "\n".join(element.value for element in shown)
    return re.sub(r"\\([^\w\s])|\u2060", r"\1", text)


def answers(page: AppTest) -> int:
    return sum(element.value.startswith("one two three") for element in page.markdown)


def keys(page: AppTest) -> set[str]:
    return {button.key for button in page.button if button.key}


def png(width: int = 40, height: int = 30) -> bytes:
    out = io.BytesIO()
    PIL.Image.new("RGB", (width, height), "teal").save(out, "PNG")
    return out.getvalue()


def wav(seconds: float = 1.0) -> bytes:
    import soundfile

    out = io.BytesIO()
    soundfile.write(out, [0.1, -0.1] * round(seconds * 8000), 16_000, format="WAV")
    return out.getvalue()


def test_before_anything_is_asked_the_page_says_what_to_do(
    open_page: Callable[..., AppTest],
) -> None:
    page = open_page()
    assert "begin with a sample" in words(page)
    assert sum(key.startswith("sample_") for key in keys(page)) > 5


def test_every_contender_answers_side_by_side_with_figures(
    open_page: Callable[..., AppTest],
) -> None:
    page = ask(open_page(), "Say it.")
    assert page.session_state.comparison.id == page.query_params["run"]
    assert answers(page) == 3
    assert [code.value for code in page.code if code.language == "python"] == ["print(4)"] * 3
    assert [m.label for m in page.metric][:4] == ["TTFT", "tok/s", "tokens", "E2E"]
    assert {"run_again_0", "run_again_1", "run_again_2"} <= keys(page)
    assert "nothing left this machine" in words(page)
    assert len(page.dataframe) == 1


def test_thinking_is_folded_apart_from_the_answer(open_page: Callable[..., AppTest]) -> None:
    page = ask(open_page(thinking="true", on="E2B"), "Say it.")
    assert page.status[0].label.startswith("Thought for")
    assert "3 tokens" in page.status[0].label
    assert page.status[0].state == "complete"


def test_one_that_cannot_hear_is_refused_and_can_be_mended(
    open_page: Callable[..., AppTest],
) -> None:
    page = open_page(on="E2B,31B")
    page.chat_input(key="composer").upload("voice.wav", wav()).set_value("What is said?")
    run(page)
    assert "31B has no audio encoder." in words(page)
    assert answers(page) == 1
    page.button(key="mend_1").click()
    run(page)
    assert answers(page) == 2
    assert "without the sound" in words(page)


def test_a_broken_file_costs_nothing_but_itself(open_page: Callable[..., AppTest]) -> None:
    page = open_page()
    box = page.chat_input(key="composer")
    box.upload("good.png", png()).upload("bad.png", png()[:60]).set_value("What is it?")
    run(page)
    assert "comparison" not in page.session_state or page.session_state.comparison is None
    assert "bad.png" in words(page)
    assert page.chat_input(key="composer").value == "What is it?"
    assert [part.name for part in page.session_state.tray.parts] == ["good.png"]


def test_the_tray_tells_the_cost_before_sending_and_goes_along(
    open_page: Callable[..., AppTest],
) -> None:
    page = open_page(on="E2B,31B")
    page.file_uploader(key="upload_0").upload("a.png", png()).upload("b.wav", wav())
    run(page)
    said = words(page)
    assert "a.png" in said and "40×30" in said
    assert "not for 31B" in said
    assert "is refused: has no audio encoder" in said
    ask(page, "And?")
    sent = page.session_state.comparison.conversation
    assert [part.kind for part in sent.media()] == ["image", "audio"]
    assert not page.session_state.tray.parts


def test_a_text_is_a_part_of_its_own_with_its_tokens(open_page: Callable[..., AppTest]) -> None:
    page = open_page(on="E2B,31B")
    text = "Grüße\r\n```\n![x](https://a.test/b.png)\n".encode("cp1252")
    page.file_uploader(key="upload_0").upload("no*tes.md", text).upload("b.bin", bytes(9))
    run(page)
    said = words(page)
    assert "no*tes.md" in said and "Windows-1252, 3 lines" in said
    assert "b.bin holds nothing but zeros." in said
    assert re.search(r"\*\*\d\d tokens\*\*", said) and "not for" not in said
    ask(page, "And?")
    sent = page.session_state.comparison.conversation
    assert [part.kind for part in sent.parts()] == ["document", "text"]
    assert "![x](https://a.test/b.png)" in [code.value.splitlines()[-1] for code in page.code]
    page.button(key="edit").click()
    run(page)
    assert [part.name for part in page.session_state.tray.parts] == ["no*tes.md"]


@pytest.mark.parametrize("name", ["a.mp4", "a.webp", "a.png"])
def test_frames_of_a_clip_are_chosen_in_the_tray(
    name: str, open_page: Callable[..., AppTest]
) -> None:
    page = open_page(on="E2B,31B")
    clip = (shell.ASSETS / "samples" / "moving-shape.mp4").read_bytes()
    moving = {"a.webp": animated("WEBP"), "a.png": animated("PNG")}
    page.file_uploader(key="upload_0").upload(name, moving.get(name, clip))
    run(page)
    before = words(page)
    (frames,) = [one for one in page.number_input if one.key.startswith("frames_")]
    frames.set_value(8)
    run(page)
    (budget,) = [one for one in page.selectbox if one.key.startswith("frame_tokens_")]
    budget.set_value(140)
    run(page)
    (film,) = page.session_state.tray.parts
    assert (len(film.frames), film.frame_tokens) == (8, 140)
    assert "8 frames of at most 140 tokens" in words(page) != before
    ask(page, "And?")
    (sent,) = page.session_state.comparison.conversation.media()
    assert (len(sent.frames), sent.frame_tokens) == (8, 140)


def test_pages_of_a_pdf_are_chosen_in_the_tray(open_page: Callable[..., AppTest]) -> None:
    page = open_page(on="E2B,31B")
    page.file_uploader(key="upload_0").upload("a.pdf", pdf(["one", "two", "three"]))
    run(page)
    assert "PDF, page 3 of 3" in words(page)
    (field,) = page.text_input
    field.set_value("2-9")
    run(page)
    assert "a.pdf has 3 pages, and no page 9." in words(page)
    assert len(page.session_state.tray.parts) == 3
    page.text_input[0].set_value("2-3")
    run(page)
    assert [part.name for part in page.session_state.tray.parts] == [
        "a.pdf, page 2",
        "a.pdf, page 3",
    ]
    (form,) = [one for one in page.segmented_control if one.key.startswith("form_")]
    form.set_value("As text")
    run(page)
    assert [part.text for part in page.session_state.tray.parts] == ["two\n\nthree"]
    ask(page, "And?")
    assert page.session_state.comparison.conversation.parts().__next__().kind == "document"
    assert not [one for one in page.text_input if one.key.startswith("pages_")]


def test_pages_and_frames_stay_choosable_when_a_round_is_edited(
    open_page: Callable[..., AppTest],
) -> None:
    def field(kind: str, start: str) -> Any:
        (one,) = [one for one in getattr(page, kind) if one.key.startswith(start)]
        return one

    def names() -> list[str]:
        return [part.name for part in page.session_state.tray.parts]

    page = open_page(on="E2B")
    page.file_uploader(key="upload_0").upload("a.pdf", pdf(["one", "two", "three"]))
    run(page)
    clip = (shell.ASSETS / "samples" / "moving-shape.mp4").read_bytes()
    page.file_uploader(key="upload_1").upload("b.mp4", clip)
    run(page)
    field("text_input", "pages_").set_value("2-3")
    field("number_input", "frames_").set_value(5)
    run(page)
    ask(page, "First?")
    page.button(key="edit").click()
    run(page)
    assert field("text_input", "pages_").value == "2-3"
    assert field("number_input", "frames_").value == 5
    assert names() == ["a.pdf, page 2", "a.pdf, page 3", "b.mp4"]
    field("text_input", "pages_").set_value("1")
    run(page)
    assert sorted(names()) == ["a.pdf, page 1", "b.mp4"]
    ask(page, "Second?")
    sent = page.session_state.comparison.last.asked.media()
    assert sorted(part.name for part in sent) == ["a.pdf, page 1", "b.mp4"]
    assert [len(part.frames) for part in sent if part.kind == "video"] == [5]
    page.button(key="branch-1").click()
    run(page)
    page.button(key="edit").click()
    run(page)
    assert field("text_input", "pages_").value == "2-3"
    assert names() == ["a.pdf, page 2", "a.pdf, page 3", "b.mp4"]
    field("text_input", "pages_").set_value("9")
    run(page)
    assert "a.pdf has 3 pages, and no page 9." in words(page)
    assert names() == ["a.pdf, page 2", "a.pdf, page 3", "b.mp4"]


@pytest.mark.parametrize(
    ("prompt", "system", "what"),
    [("x" * 100_001, "", "prompt"), ("Hello?", "x" * 100_001, "system prompt")],
    ids=["prompt", "system"],
)
def test_there_is_an_end_to_what_is_written(
    open_page: Callable[..., AppTest], prompt: str, system: str, what: str
) -> None:
    page = open_page(on="E2B")
    page.text_area(key="system").set_value(system)
    ask(page, prompt)
    assert f"The {what} has 100,001 characters; the most is 100,000." in words(page)
    assert "run" not in page.query_params


def test_only_so_many_originals_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "KEPT_BYTES", 100)
    first, second, third = (uploads.keep(bytes([number]) * 45) for number in range(3))
    assert uploads.original(first) is None
    assert uploads.original(second) and uploads.original(third)


def test_an_original_goes_with_the_last_session_that_keeps_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two hundred megabytes of those who had left stayed for good."""
    first, second = dict[str, object](), dict[str, object]()
    for session in (first, second):
        monkeypatch.setattr(uploads.st, "session_state", session)
        key = uploads.keep(b"a clip" * 20)
    first.clear()
    assert uploads.original(key) == b"a clip" * 20
    second.clear()
    assert uploads.original(key) is None


def test_samples_of_ones_own_stand_beside_the_others(
    open_page: Callable[..., AppTest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYGROUND_SAMPLES", str(tmp_path))
    assert "samples.toml" not in words(open_page(on="E2B")), "an empty folder is one to save into"
    entry = '[[sample]]\nkind = "document"\ntitle = "A *sum*"\nprompt = "Sum?"\nfile = "a.csv"\n'
    (tmp_path / "samples.toml").write_text(entry)
    (tmp_path / "a.csv").write_text("1,2")
    page = open_page(on="E2B")
    assert "sample_one_shape" in keys(page)
    (sample,) = [one for one in page.button if one.key and one.key.startswith("sample_own_")]
    sample.click()
    run(page)
    sent = page.session_state.comparison.conversation
    assert [part.kind for part in sent.parts()] == ["document", "text"]


def test_a_prompt_is_saved_as_a_sample_and_removed_again(
    open_page: Callable[..., AppTest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = ask(open_page(on="E2B"), "First")
    assert "There is no folder for samples of your own: name one as `PLAYGROUND_SAMPLES`" in words(
        page
    )
    monkeypatch.setenv("PLAYGROUND_SAMPLES", str(tmp_path))
    page = open_page(on="E2B,E4B", max_tokens="99", system="Be brief.", thinking="true")
    page.file_uploader(key="upload_0").upload("a.png", png())
    run(page)
    ask(page, "What is *it*?")
    (name,) = [one for one in page.text_input if one.key.startswith("sample_title_")]
    assert name.value == "What is *it*?"
    name.set_value("Mine")
    page.button(key="sample_save").click()
    run(page)
    assert [one.value for one in page.toast] == ["Mine stands among the samples."]
    page.button(key="sample_save").click()
    run(page)
    assert "There is a sample called Mine" in page.toast[0].value

    page = open_page(on="E2B", temperature="0.5")
    (sample,) = [one for one in page.button if one.key and one.key.startswith("sample_own_")]
    assert sample.label == "Mine"
    sample.click()
    run(page)
    (answer,) = page.session_state.comparison.answers
    sent = page.session_state.comparison.conversation
    assert [part.kind for part in sent.parts()] == ["text", "image", "text"]
    assert (sent.system, sent.question) == ("Be brief.", "What is *it*?")
    assert answer.contender.settings == Settings(max_tokens=99, thinking=True)
    assert page.query_params["max_tokens"] == "99"
    page.button(key="sample_remove").click()
    run(page)
    assert [one.value for one in page.toast] == ["Mine is no sample any more."]
    assert not list((tmp_path / "saved").glob("*.png"))


def test_visitors_are_told_that_they_save_no_samples(
    open_page: Callable[..., AppTest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "samples.toml").write_text("")
    monkeypatch.setenv("PLAYGROUND_SAMPLES", str(tmp_path))
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    page = ask(open_page(on="E2B"), "First")
    assert "Only those who operate this playground can save samples in it." in words(page)
    assert "sample_save" not in keys(page)


def test_what_was_taken_out_can_be_put_back(open_page: Callable[..., AppTest]) -> None:
    page = open_page()
    page.file_uploader(key="upload_0").upload("a.png", png()).upload("b.png", png(20, 20))
    run(page)
    page.button(key="clear_tray").click()
    run(page)
    assert not page.session_state.tray.parts
    page.button(key="undo").click()
    run(page)
    assert [part.name for part in page.session_state.tray.parts] == ["a.png", "b.png"]


def test_a_sample_is_one_click_and_media_alone_can_be_sent(
    open_page: Callable[..., AppTest],
) -> None:
    page = open_page(on="E2B")
    page.button(key="sample_one_shape").click()
    run(page)
    assert answers(page) == 1
    assert page.session_state.comparison.conversation.question == "What do you see?"

    page.segmented_control(key="media_source").set_value("Sample")
    run(page)
    page.button(key="fill_spoken_digits").click()
    run(page)
    assert page.chat_input(key="composer").value == "Transcribe this."
    page.button(key="run_tray").click()
    run(page)
    sent = page.session_state.comparison.conversation
    assert [part.kind for part in sent.parts()] == ["audio"]


def test_a_prompt_can_be_edited_and_run_again(open_page: Callable[..., AppTest]) -> None:
    page = open_page(on="E2B")
    page.chat_input(key="composer").upload("a.png", png()).set_value("What is it?")
    run(page)
    page.button(key="edit").click()
    run(page)
    assert page.chat_input(key="composer").value == "What is it?"
    assert [part.name for part in page.session_state.tray.parts] == ["a.png"]


def test_the_same_model_twice_with_settings_of_its_own(open_page: Callable[..., AppTest]) -> None:
    page = ask(open_page(on="E2B,E2B~thinking~t0.5"), "Say it.")
    first, second = page.session_state.comparison.contenders
    assert (first.label, second.label) == ("E2B", "E2B · temperature 0.5 · thinking")
    assert (first.settings.thinking, second.settings.thinking) == (False, True)
    assert second.settings.temperature == 0.5
    said = words(page)
    assert "no thinking · temperature 1" in said and "thinking · temperature 0.5" in said
    assert page.query_params["on"] == "E2B,E2B~thinking~t0.5"
    page.button(key="drop_0").click()
    run(page)
    assert page.query_params["on"] == "E2B"


def test_a_contender_without_weights_says_what_to_do(open_page: Callable[..., AppTest]) -> None:
    page = ask(open_page(on="E2B,12B"), "Say it.")
    assert "There are no weights of 12B on this machine. Download them." in words(page)
    assert len(page.session_state.comparison.contenders) == 1
    (pill,) = (one for one in page.button_group(key="contenders").options if "12B" in str(one))
    assert "not here" in str(pill) and ":material/" not in str(pill), "no icon is read out"


def test_an_address_reaches_no_directory_of_the_machine(open_page: Callable[..., AppTest]) -> None:
    page = ask(open_page(on="E2B,local:/etc"), "Say it.")
    assert "local:/etc is not among the models here." in words(page)
    assert len(page.session_state.comparison.contenders) == 1


def test_with_nobody_to_ask_nothing_is_lost(open_page: Callable[..., AppTest]) -> None:
    page = ask(open_page(on="12B"), "Say it.")
    assert "Choose at least one contender" in words(page)
    assert page.chat_input(key="composer").value == "Say it."


def test_settings_come_from_the_address_and_nonsense_is_not_believed(
    open_page: Callable[..., AppTest],
) -> None:
    page = ask(open_page(on="E2B", temperature="0.2", max_tokens="2", top_p="77"), "Say it.")
    settings = page.session_state.comparison.contenders[0].settings
    assert (settings.temperature, settings.max_tokens, settings.top_p) == (0.2, 2, None)
    assert "Cut off at 2 tokens" in words(page)


def test_nothing_chosen_is_the_models_own_and_the_panel_says_what_that_is(
    open_page: Callable[..., AppTest],
) -> None:
    page = ask(open_page(on="E2B,31B"), "Say it.")
    comparison = page.session_state.comparison
    assert {contender.settings for contender in comparison.contenders} == {Settings()}
    own = "The model's own:  \nE2B, 31B: temperature 1 · top-p 0.95 · top-k 64"
    assert own in [caption.value for caption in page.caption]
    page.number_input(key="temperature").set_value(0.7).run()
    page = ask(page, "Say it again.")
    used = [answer.settings for answer in page.session_state.comparison.answers]
    assert [(one.temperature, one.top_p, one.top_k) for one in used] == [(0.7, 0.95, 64)] * 2


def test_a_failure_keeps_what_came_and_stays_alone(open_page: Callable[..., AppTest]) -> None:
    def play(model: Model) -> Recital:
        return Recital(model, TEXT, breaks_after=2 if model.variant == "E4B" else None)

    page = ask(open_page(play, on="E2B,E4B"), "Say it.")
    said = words(page)
    assert "The reciter lost its voice." in said
    assert "five" in said and "run_again_1" in keys(page)


def test_a_link_shows_the_same_comparison_to_another_visitor(
    open_page: Callable[..., AppTest],
) -> None:
    first = ask(open_page(on="E2B"), "Say it.")
    second = app()
    second.query_params["run"] = first.query_params["run"]
    assert answers(run(second)) == 1


def test_hosted_an_address_loads_no_precision_and_nobody_is_sent_to_a_shell(
    open_page: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    page = ask(open_page(on="E2B,E2B@int8,E4B@int4,12B"), "Say it.")
    said = words(page)
    assert "E2B@int8 is not loaded: whoever runs this program chooses the precision" in said
    assert "There are no weights of 12B on this machine." in said
    assert "Download" not in said
    assert [one.label for one in page.session_state.comparison.contenders] == ["E2B"]
    assert "extra_precision" not in {group.key for group in page.button_group}


def test_hosted_whoever_has_a_link_can_look_and_change_nothing(
    open_page: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    who = ["one"]
    monkeypatch.setattr(web, "visitor", lambda: who[0])
    first = ask(open_page(on="E2B"), "Say it.")
    changing = {"run_again_0", "edit", "rerun"}
    assert changing <= keys(first)
    who[0] = "another"
    second = app()
    second.query_params["run"] = first.query_params["run"]
    assert answers(run(second)) == 1
    assert not changing & keys(second)
    ask(second, "Say it again.")
    assert second.query_params["run"] != first.query_params["run"]


def test_too_many_comparisons_give_the_words_back(
    open_page: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page(on="E2B")
    monkeypatch.setattr(shell.desk(), "pending", 0)
    page.chat_input(key="composer").upload("a.png", png()).set_value("What is it?")
    run(page)
    assert "of your comparisons are running or waiting" in words(page)
    assert page.chat_input(key="composer").value == "What is it?"
    assert [part.name for part in page.session_state.tray.parts] == ["a.png"]


def test_who_was_refused_or_stopped_stands_in_the_table_too(
    open_page: Callable[..., AppTest],
) -> None:
    page = open_page(on="E2B,31B")
    page.chat_input(key="composer").upload("voice.wav", wav()).set_value("What is said?")
    run(page)
    assert list(page.dataframe[0].value["state"]) == ["done", "refused"]


def test_a_system_prompt_too_long_for_the_address_is_used_and_left_out_of_it(
    open_page: Callable[..., AppTest],
) -> None:
    page = open_page(on="E2B", system="Be brief.")
    assert page.text_area(key="system").value == "Be brief."
    long = "你是一个助手。" * 400
    page.text_area(key="system").set_value(long)
    run(page)
    assert "a link does not carry it" in words(page)
    assert not page.query_params.get("system")
    assert ask(page, "Say it.").session_state.comparison.conversation.system == long


def test_a_stale_link_gets_a_sentence(open_page: Callable[..., AppTest]) -> None:
    page = open_page(run="gone-for-ever")
    assert "There is no comparison at this address" in words(page)
    page.button(key="new").click()
    run(page)
    assert "run" not in page.query_params
    assert "begin with a sample" in words(page)


def test_model_text_and_links_cannot_reach_beyond_their_place(
    open_page: Callable[..., AppTest],
) -> None:
    spy = "![x](https://evil.example/x.png)"

    def play(model: Model) -> Recital:
        return Recital(model, f"{spy} :red[y] <img src=z>")

    page = ask(open_page(play, on=f"E2B,{spy}"), f"Say {spy}.")
    drawn = [element.value for element in (*page.markdown, *page.caption)]
    drawn += [button.label for button in page.button]
    assert any("evil" in text for text in drawn)
    assert not any("![" in text for text in drawn)
