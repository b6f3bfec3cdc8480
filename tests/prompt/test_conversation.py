"""Conversations and settings are checked when they are made."""

from __future__ import annotations

from dataclasses import replace

import pytest

from playground.prompt.conversation import (
    Audio,
    Conversation,
    Image,
    Message,
    Settings,
    Text,
    Video,
)

IMAGE = Image("a.png", b"png", 640, 480)
SOUND = Audio("a.wav", b"wav", 5.0)
CLIP = Video("a.mp4", (IMAGE,), (0.0,), 2.0)


def test_pictures_come_before_the_text_and_sound_after() -> None:
    conversation = Conversation.ask("What?", (SOUND, IMAGE, CLIP), system=" Be brief. ")
    assert [part.kind for part in conversation.parts()] == [
        "text",
        "image",
        "video",
        "text",
        "audio",
    ]
    assert conversation.question == "What?"
    assert conversation.system == " Be brief. "
    assert conversation.media() == (IMAGE, CLIP, SOUND)


def test_blank_words_are_no_words() -> None:
    conversation = Conversation.ask(" \n", (IMAGE,), system="  ")
    assert conversation == Conversation((Message("user", (IMAGE,)),))
    assert (conversation.question, conversation.system) == ("", "")


def test_nothing_can_not_be_asked() -> None:
    with pytest.raises(ValueError, match="needs some text"):
        Conversation.ask("  ")
    with pytest.raises(ValueError, match="at least one message"):
        Conversation(())


def test_only_the_first_message_is_the_system_s() -> None:
    with pytest.raises(ValueError, match="only the first"):
        Conversation((Message("user", (Text("a"),)), Message("system", (Text("b"),))))


def test_without_a_kind_empty_messages_go() -> None:
    first = Message("user", (SOUND,))
    conversation = Conversation((first, *Conversation.ask("And?", (SOUND,)).messages))
    assert conversation.without("audio") == Conversation.ask("And?")


def test_a_video_has_a_time_for_each_frame() -> None:
    with pytest.raises(ValueError, match="one time for each frame"):
        Video("a.mp4", (IMAGE,), (0.0, 1.0), 2.0)
    with pytest.raises(ValueError, match="at least one frame"):
        Video("a.mp4", (), (), 2.0)


def test_the_digest_is_of_the_bytes_alone() -> None:
    assert IMAGE.digest == Image("b.png", b"png", 1, 1).digest != SOUND.digest
    assert len(IMAGE.digest) == 16


@pytest.mark.parametrize(
    "settings",
    [
        {"temperature": -0.1},
        {"temperature": 2.1},
        {"top_p": 0.0},
        {"top_p": 1.1},
        {"top_k": -1},
        {"top_k": 1001},
        {"max_tokens": 0},
        {"max_tokens": 40_000},
        {"seed": -1},
        {"seed": 2**63},
    ],
)
def test_settings_out_of_range(settings: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r" (lie|lies|whole) "):
        Settings(**settings)  # type: ignore[arg-type]


def test_a_thought_has_room_unless_somebody_chose_otherwise() -> None:
    usual = Settings()
    assert (usual.max_tokens, Settings(thinking=True).max_tokens) == (512, 2048)
    thinking = replace(usual, thinking=True)
    assert thinking == Settings(thinking=True) and thinking.max_tokens == 2048
    assert replace(thinking, thinking=False) == usual
    assert replace(Settings(max_tokens=512), thinking=True).max_tokens == 512, "chosen"
