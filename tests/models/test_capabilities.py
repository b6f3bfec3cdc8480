"""Capabilities from true configs, and the check of prompts against them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from playground.models.capabilities import IMAGE_BUDGETS, Capabilities, read
from playground.prompt import mend
from playground.prompt.check import Accepted, Need, Refused, check, nobody
from playground.prompt.conversation import Audio, Conversation, Image, Media, Settings, Video
from playground.prompt.cost import PromptTokens
from playground.prompt.mend import Mend

DATA = Path(__file__).parents[1] / "data" / "configs"

EVERYTHING = Capabilities(
    image=True, audio=True, video=True, thinking=True, tools=True, schema=True, context=8192
)
IMAGE = Image("a.png", b"", 640, 480)
SHORT = Audio("short.wav", b"", 5.0)
LONG = Audio("long.wav", b"", 31.5)
CLIP = Video("clip.mp4", (IMAGE,), (0.0,), 12.0)
FILM = Video("film.mp4", (IMAGE,), (0.0,), 75.0)
FEW = PromptTokens(100)


def directory(tmp_path: Path, variant: str, **files: str) -> Path:
    """A checkpoint directory with a true config.json and other files by their stems."""
    shutil.copy(DATA / f"{variant}.json", tmp_path / "config.json")
    for stem, text in files.items():
        name = f"{stem}.jinja" if stem == "chat_template" else f"{stem}.json"
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("variant", "audio", "raw", "context"),
    [
        ("E2B", True, False, 131_072),
        ("E4B", True, False, 131_072),
        ("12B", True, True, 262_144),
        ("26B-A4B", False, False, 262_144),
        ("31B", False, False, 262_144),
    ],
)
def test_true_configs(tmp_path: Path, variant: str, audio: bool, raw: bool, context: int) -> None:
    template = "{{ bos_token }}{% if enable_thinking %}<|think|>{% endif %}{% for tool in tools %}{% endfor %}"
    found = read(directory(tmp_path, variant, chat_template=template))
    assert found == Capabilities(
        image=True,
        audio=audio,
        video=True,
        thinking=True,
        tools=True,
        schema=True,
        context=context,
        image_tokens=280,
        image_pixels=48,
        audio_ms=40.0,
        audio_raw=raw,
    )


def test_without_a_template_there_is_no_thinking_and_no_tools(tmp_path: Path) -> None:
    found = read(directory(tmp_path, "31B"))
    assert (found.thinking, found.tools) == (False, False)


@pytest.mark.parametrize("stem", ["chat_template", "processor_config", "tokenizer_config"])
def test_the_template_is_found_wherever_transformers_finds_it(tmp_path: Path, stem: str) -> None:
    template = "{{ enable_thinking }}"
    text = template if stem == "chat_template" else json.dumps({"chat_template": template})
    assert read(directory(tmp_path, "31B", **{stem: text})).thinking


def test_a_list_of_templates_has_a_default(tmp_path: Path) -> None:
    templates = [
        {"name": "rag", "template": "{{ documents }}"},
        {"name": "default", "template": "{{ tools }}"},
    ]
    path = directory(tmp_path, "31B", tokenizer_config=json.dumps({"chat_template": templates}))
    assert read(path).tools


@pytest.mark.parametrize("older", [False, True])
def test_the_processor_knows_better_than_the_model(tmp_path: Path, older: bool) -> None:
    pictures = {"patch_size": 8, "pooling_kernel_size": 2, "max_soft_tokens": 70}
    files = (
        {"preprocessor_config": json.dumps(pictures)}
        if older
        else {"processor_config": json.dumps({"image_processor": pictures})}
    )
    found = read(directory(tmp_path, "E2B", **files))
    assert (found.image_pixels, found.image_tokens) == (16, 70)


def test_a_text_model_takes_text_alone(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"max_position_embeddings": 4096}')
    found = read(tmp_path)
    assert (found.image, found.audio, found.video, found.context) == (False, False, False, 4096)


@pytest.mark.parametrize("config", [None, "", "[]", "{", "{}", '{"text_config": 3}'])
def test_a_directory_of_something_else(tmp_path: Path, config: str | None) -> None:
    if config is not None:
        (tmp_path / "config.json").write_text(config)
    with pytest.raises(ValueError, match=r"has no config\.json of a model"):
        read(tmp_path)


@pytest.mark.parametrize(
    "config",
    [
        {"vision_config": 3},
        {"vision_config": {"patch_size": []}},
        {"audio_config": {"audio_embed_dim": "many"}},
        {"max_position_embeddings": "long"},
    ],
)
def test_settings_that_make_no_sense(tmp_path: Path, config: dict[str, object]) -> None:
    text = json.dumps({"max_position_embeddings": 4096} | config)
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(ValueError, match="has settings that make no sense"):
        read(tmp_path)


def able(need: Need) -> list[str]:
    return ["E2B", "E4B", "31B"] if need in ("audio", "thinking") else []


def ask(*media: Media, text: str = "What is it?") -> Conversation:
    return Conversation.ask(text, media)


def refusal(
    conversation: Conversation,
    settings: Settings | None = None,
    capabilities: Capabilities = EVERYTHING,
    prompt: PromptTokens = FEW,
    able: Callable[[Need], list[str]] = able,
) -> Refused:
    verdict = check(conversation, settings or Settings(), capabilities, prompt, "31B", able)
    assert isinstance(verdict, Refused)
    for sentence in (verdict.reason, verdict.remedy):
        assert sentence[0].isupper() or sentence[0].isdigit()
        assert sentence.endswith(".")
    assert "31B" in verdict.reason
    return verdict


def test_whoever_takes_everything_is_accepted() -> None:
    conversation = ask(IMAGE, SHORT, CLIP)
    settings = Settings(
        thinking=True, tools=({"name": "f"},), schema={}, image_tokens=1120, max_tokens=8092
    )
    assert check(conversation, settings, EVERYTHING, FEW, "E2B") == Accepted()


def test_no_audio_encoder() -> None:
    deaf = replace(EVERYTHING, audio=False)
    assert refusal(ask(SHORT), capabilities=deaf) == Refused(
        "31B has no audio encoder.",
        "Use E2B or E4B, or ask without the sound.",
        (Mend("without_audio"),),
    )


def test_no_audio_encoder_and_nobody_who_has_one() -> None:
    deaf = replace(EVERYTHING, audio=False)
    assert refusal(ask(SHORT), capabilities=deaf, able=nobody).remedy == "Ask without the sound."


def test_sound_alone_can_not_be_left_out() -> None:
    deaf = replace(EVERYTHING, audio=False)
    found = refusal(ask(SHORT, text=""), capabilities=deaf)
    assert found.mends == ()
    assert found.remedy == "Use E2B or E4B, or write your question as text."


def test_no_pictures_and_no_clips() -> None:
    blind = replace(EVERYTHING, image=False, video=False)
    assert refusal(ask(IMAGE), capabilities=blind).mends == (Mend("without_image"),)
    assert refusal(ask(CLIP), capabilities=blind).mends == (Mend("without_video"),)


def test_several_media_are_mended_one_by_one() -> None:
    textual = replace(EVERYTHING, image=False, audio=False, video=False)
    conversation, settings = ask(IMAGE, SHORT, CLIP), Settings()
    for _ in range(3):
        found = refusal(conversation, settings, textual)
        conversation, settings = mend.apply(found.mends[0], conversation, settings)
    assert check(conversation, settings, textual, FEW, "31B") == Accepted()


@pytest.mark.parametrize(
    ("settings", "capability", "action"),
    [
        (Settings(thinking=True), "thinking", "no_thinking"),
        (Settings(tools=({"name": "f"},)), "tools", "no_tools"),
        (Settings(schema={}), "schema", "no_schema"),
    ],
)
def test_wishes_that_a_model_can_not_grant(
    settings: Settings, capability: str, action: mend.Action
) -> None:
    unable = replace(EVERYTHING, **{capability: False})
    found = refusal(ask(), settings, unable)
    assert found.mends == (Mend(action),)
    conversation, mended = mend.apply(found.mends[0], ask(), settings)
    assert check(conversation, mended, unable, FEW, "31B") == Accepted()


@pytest.mark.parametrize("budget", [0, 1, 69, 281, 2240])
def test_an_image_budget_that_does_not_exist(budget: int) -> None:
    found = refusal(ask(IMAGE), Settings(image_tokens=budget))
    assert found.remedy == "Choose 70, 140, 280, 560 or 1,120 tokens a picture."
    assert found.mends == (Mend("image_tokens"),)


@pytest.mark.parametrize("budget", [None, *IMAGE_BUDGETS])
def test_image_budgets_that_exist(budget: int | None) -> None:
    settings = Settings(image_tokens=budget)
    assert check(ask(IMAGE), settings, EVERYTHING, FEW, "31B") == Accepted()


def test_a_long_recording_is_split_or_trimmed() -> None:
    found = refusal(ask(SHORT, LONG))
    assert found.reason == "31B hears at most 30 s at a time, and long.wav lasts 31.5 s."
    assert found.remedy == "Send the first 30 s, or split it into pieces of 30 s."
    assert found.mends == (Mend("split_audio", 30), Mend("one_by_one", 30), Mend("trim_audio", 30))


def test_a_recording_too_long_for_the_context_is_heard_piece_by_piece_or_trimmed() -> None:
    found = refusal(ask(LONG), prompt=PromptTokens(100, audio=9000))
    assert found.mends == (Mend("one_by_one", 30), Mend("trim_audio", 30))


@pytest.mark.parametrize("seconds", [30.0, 30.01])
def test_thirty_seconds_are_not_too_long(seconds: float) -> None:
    conversation = ask(replace(LONG, seconds=seconds))
    assert check(conversation, Settings(), EVERYTHING, FEW, "31B") == Accepted()


def test_a_long_clip_is_shortened() -> None:
    found = refusal(ask(FILM))
    assert found.reason == "31B watches at most 60 s of a clip, and film.mp4 lasts 75.0 s."
    assert found.mends == (Mend("trim_video", 60),)


def test_a_long_answer_is_shortened() -> None:
    found = refusal(ask(), Settings(max_tokens=8000), prompt=PromptTokens(1000))
    assert found.mends == (Mend("max_tokens", 7192),)
    _, settings = mend.apply(found.mends[0], ask(), Settings(max_tokens=8000))
    assert check(ask(), settings, EVERYTHING, PromptTokens(1000), "31B") == Accepted()


def test_too_many_pictures_get_a_smaller_budget() -> None:
    found = refusal(ask(*[IMAGE] * 40), prompt=PromptTokens(50, image=40 * 282))
    assert found.mends == (Mend("image_tokens", 70),)


@pytest.mark.parametrize(
    ("prompt", "most"),
    [
        (PromptTokens(9000), "9,000 of its tokens are text"),
        (PromptTokens(50, image=200 * 72), "14,400 of its tokens are pictures"),
        (PromptTokens(50, audio=9000), "9,000 of its tokens are sound"),
        (PromptTokens(50, video=9000), "9,000 of its tokens are video"),
    ],
)
def test_a_prompt_that_nothing_makes_fit(prompt: PromptTokens, most: str) -> None:
    found = refusal(ask(*[IMAGE] * 200), prompt=prompt)
    assert most in found.remedy
    assert found.mends == ()
