"""A prompt that is saved as a sample comes back whole, and goes without a trace."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import PIL.Image
import pytest

from playground.prompt import media, samples
from playground.prompt.conversation import Conversation, Document, Image, Media, Settings, Video
from playground.prompt.media.wishes import USUAL, Wish
from playground.prompt.samples import SampleFault
from playground.prompt.saving import remove, save, saved
from tests.test_layers import ROOT

SAMPLES = ROOT / "assets" / "samples"


def of(file: str, wish: Wish = USUAL) -> tuple[Media, ...]:
    return media.read(file, (SAMPLES / file).read_bytes(), wish=wish)


def everything() -> tuple[Media, ...]:
    return (
        *of("one-shape.png"),
        *of("moving-shape.mp4", Wish(frames=5, frame_tokens=140)),
        Document("a.pdf", "two\n\nthree", "PDF, words of 3 pages"),
        Document("notes ä.md", "# ~tilde~\n\nb"),
        *of("beeps.wav"),
    )


def test_all_of_a_prompt_comes_back(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"a": {"enum": ['"', "\\", "é\n"]}}}
    tools = ({"type": "function", "function": {"name": "a", "description": "", "parameters": {}}},)
    chosen = Settings(thinking=True, temperature=0.25, schema=schema, tools=tools, max_tokens=99)
    asked = Conversation.ask('Say "it"\n\tin \\ one \x7f line: 日本', everything(), "Be brief.")
    made = save(tmp_path, "  Mine,\n all ", asked, [chosen, chosen])
    (found,) = saved(tmp_path)
    assert found == made and (found.title, found.kind) == ("Mine, all", "image")
    assert found.prompt == asked.question
    assert found.settings is not None and found.settings.system == "Be brief."
    assert found.settings.apply(Settings()) == chosen
    for before, after in zip(asked.media(), found.parts(), strict=True):
        match before, after:
            case Image(), Image():
                assert media.pixels(after).tolist() == media.pixels(before).tolist()
            case Video(), Video():
                assert [one.data for one in after.frames] == [one.data for one in before.frames]
                assert (after.times, after.frame_tokens) == (before.times, 140)
            case Document(), Document():
                assert after.text == before.text
            case _:
                assert replace(after, name=before.name, original=before.original) == before
    names = [one.name for one in found.files]
    assert names == ["one-shape.png", "moving-shape.png", "a.pdf.txt", "notes ä.md", "beeps.wav"]


def test_what_contenders_have_otherwise_is_no_part_of_it(tmp_path: Path) -> None:
    chosen = [
        Settings(thinking=True, top_k=5),
        Settings(thinking=True, top_k=6),
        Settings(thinking=True),
    ]
    made = save(tmp_path, "a", Conversation.ask("a"), chosen)
    assert made.settings is not None and made.settings.held == {"thinking": True}
    (found,) = saved(tmp_path)
    assert found == made and found.kind == "text" and not found.parts()


def test_removing_one_leaves_the_others_their_files(tmp_path: Path) -> None:
    picture = of("one-shape.png")
    out = io.BytesIO()
    PIL.Image.new("RGB", (9, 9), "teal").save(out, "PNG")
    other = (replace(picture[0], data=out.getvalue()),)  # type: ignore[call-arg]
    for title, parts in (("a", picture), ("b", picture), ("c", other)):
        save(tmp_path, title, Conversation.ask(title, parts), [Settings()])
    with pytest.raises(
        SampleFault, match=r"^There is a sample called a; give this one another name\.$"
    ):
        save(tmp_path, "a", Conversation.ask("x"), [Settings()])
    with pytest.raises(SampleFault, match=r"^A sample needs a name"):
        save(tmp_path, "  ", Conversation.ask("x"), [Settings()])
    assert [one.files[0].name for one in saved(tmp_path)] == [
        "one-shape.png",
        "one-shape.png",
        "one-shape 2.png",
    ]
    remove(tmp_path, "a")
    remove(tmp_path, "c")
    remove(tmp_path, "is none")
    assert [one.title for one in saved(tmp_path)] == ["b"]
    assert saved(tmp_path)[0].parts()
    remove(tmp_path, "b")
    assert saved(tmp_path) == ()
    assert {one.name for one in (tmp_path / "saved").iterdir()} <= {"samples.toml", ".lock"}


def test_what_can_not_be_saved_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path, "a", Conversation.ask("a"), [Settings()])
    monkeypatch.setattr("playground.prompt.saving.LARGEST", 1000)
    with pytest.raises(SampleFault, match=r"would have more than 0 MB of words; remove some first"):
        save(tmp_path, "b", Conversation.ask("x" * 2000, of("one-shape.png")), [Settings()])
    assert [one.title for one in saved(tmp_path)] == ["a"]
    assert not list((tmp_path / "saved").glob("*.png"))
    with pytest.raises(
        SampleFault, match=r"^a\.pdf can't be saved: its words hold signs of no text"
    ):
        save(tmp_path, "b", Conversation.ask("b", (Document("a.pdf", "\0\1"),)), [Settings()])
    (tmp_path / "saved" / "samples.toml").unlink()
    (tmp_path / "saved" / "samples.toml").mkdir()
    with pytest.raises(SampleFault, match=r"samples\.toml can't be read"):
        save(tmp_path, "b", Conversation.ask("b"), [Settings()])


def test_the_folder_is_one_of_samples(tmp_path: Path) -> None:
    save(tmp_path, "a", Conversation.ask("a", of("beeps.wav")), [Settings(seed=7)])
    assert samples.samples(tmp_path / "saved") == saved(tmp_path)
