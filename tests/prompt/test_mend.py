"""Each remedy does what its button says, and nothing else."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from playground.prompt import media, mend
from playground.prompt.conversation import (
    Audio,
    Conversation,
    Image,
    Message,
    Settings,
    Text,
    Video,
)
from playground.prompt.media.waveforms import store
from playground.prompt.mend import Action, Mend

IMAGE = Image("a.png", b"", 640, 480)
SOUND = store("talk.wav", np.linspace(-1, 1, 45 * 16_000, dtype=np.float32), "WAV, 16 kHz, mono")
FILM = Video("film.mp4", (IMAGE,) * 4, (0.0, 20.0, 40.0, 59.0), 75.0)
SETTINGS = Settings(image_tokens=560, thinking=True, tools=({"name": "f"},), schema={})
WHOLE = Conversation.ask("What?", (IMAGE, FILM, SOUND), system="Be brief.")


def mended(action: Action, amount: float = 0) -> tuple[Conversation, Settings]:
    return mend.apply(Mend(action, amount), WHOLE, SETTINGS)


def kinds(conversation: Conversation) -> list[str]:
    return [part.kind for part in conversation.messages[-1].parts]


@pytest.mark.parametrize(
    ("action", "left"),
    [
        ("without_audio", ["image", "video", "text"]),
        ("without_image", ["video", "text", "audio"]),
        ("without_video", ["image", "text", "audio"]),
    ],
)
def test_leaving_a_kind_out(action: Action, left: list[str]) -> None:
    conversation, settings = mended(action)
    assert kinds(conversation) == left
    assert conversation.system == "Be brief."
    assert settings == SETTINGS


def test_the_first_seconds_of_a_recording() -> None:
    conversation, settings = mended("trim_audio", 30)
    sound = conversation.messages[-1].parts[-1]
    assert isinstance(sound, Audio)
    assert sound.seconds == 30
    assert sound.original == "WAV, 16 kHz, mono, first 30 s"
    assert np.array_equal(media.waveform(sound), media.waveform(SOUND)[: 30 * 16_000])
    assert settings == SETTINGS


def test_pieces_of_a_recording_are_the_whole_in_order() -> None:
    conversation, _ = mended("split_audio", 10)
    pieces = [part for part in conversation.parts() if isinstance(part, Audio)]
    assert all(piece.seconds <= 10 for piece in pieces)
    assert pieces[0].name == f"talk.wav (1 of {len(pieces)})"
    together = np.concatenate([media.waveform(piece) for piece in pieces])
    assert np.array_equal(together, media.waveform(SOUND))


def test_the_first_seconds_of_a_clip() -> None:
    conversation, _ = mended("trim_video", 40)
    film = conversation.messages[-1].parts[1]
    assert isinstance(film, Video)
    assert (film.times, film.seconds) == ((0.0, 20.0), 40)


@pytest.mark.parametrize(
    ("mend_", "settings"),
    [
        (Mend("image_tokens"), {"image_tokens": None}),
        (Mend("image_tokens", 70), {"image_tokens": 70}),
        (Mend("max_tokens", 99), {"max_tokens": 99}),
        (Mend("longer", 2048), {"max_tokens": 2048}),
        (Mend("no_thinking"), {"thinking": False}),
        (Mend("no_tools"), {"tools": ()}),
        (Mend("no_schema"), {"schema": None}),
    ],
)
def test_settings_alone(mend_: Mend, settings: dict[str, object]) -> None:
    conversation, changed = mend.apply(mend_, WHOLE, SETTINGS)
    assert conversation == WHOLE
    before = {name: getattr(SETTINGS, name) for name in Settings.__slots__}
    assert {name: getattr(changed, name) for name in Settings.__slots__} == before | settings


@pytest.mark.parametrize("action", get_args(Action))
def test_every_remedy_has_a_button_of_its_own(action: Action) -> None:
    labels = {Mend(other, 30).label for other in get_args(Action)}
    assert len(labels) == len(get_args(Action))
    assert Mend(action, 30).label[0].isupper()


def test_a_longer_answer_is_offered_where_there_is_room() -> None:
    assert mend.longer(Settings(max_tokens=100), 1000) == (Mend("longer", 400),)
    assert mend.longer(Settings(max_tokens=100), 250) == (Mend("longer", 250),)
    assert mend.longer(Settings(max_tokens=100), 100) == ()
    assert mend.longer(Settings(max_tokens=20_000), 10**6) == (Mend("longer", 32_768),)
    assert mend.longer(Settings(max_tokens=32_768), 10**6) == ()
    assert Mend("longer", 2048).label == "Allow 2,048 tokens"


def test_a_conversation_of_sound_alone_can_not_go_without() -> None:
    alone = Conversation.ask("", (SOUND,))
    assert not mend.can_go_without(alone, "audio")
    earlier = Conversation((Message("user", (Text("Hello"),)), *alone.messages))
    assert not mend.can_go_without(earlier, "audio")
    assert mend.can_go_without(WHOLE, "audio")
