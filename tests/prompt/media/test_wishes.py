"""Clips go as the frames and tokens that were wished; a picture that moves is a clip."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import PIL.Image
import pytest

from playground.engines.recital import EVERYTHING
from playground.models.model import Model
from playground.models.servers import Server
from playground.prompt import media, tokens
from playground.prompt.conversation import Conversation, Image, Settings, Video
from playground.prompt.limits import LIMITS
from playground.prompt.media.__main__ import decode
from playground.prompt.media.moving import apng
from playground.prompt.media.wishes import Wish
from playground.prompt.rendering import render
from playground.prompt.tokens import image_tokens
from tests.media_files import animated, painted, picture, saved


def test_so_many_frames_as_are_wished_of_so_many_tokens() -> None:
    data = painted(
        [(60 * index % 256, 90, 90) for index in range(10)], [500 * i for i in range(10)]
    )
    for frames in (1, 3, 7, 60):
        (film,) = decode("a.mp4", data, LIMITS, Wish(frames=frames))
        assert isinstance(film, Video) and len(film.frames) == frames
        assert film.times == pytest.approx(
            [index * film.seconds / frames for index in range(frames)]
        )
    large = painted([(9, 9, 9)] * 2, [0, 500], size=(1280, 960))
    sizes = []
    for most in (70, 280):
        (film,) = decode("a.mp4", large, LIMITS, Wish(frame_tokens=most))
        assert isinstance(film, Video) and film.frame_tokens == most
        assert render(Conversation.ask("x", (film,))).frames == (most,)
        sizes.append(film.frames[0].width * film.frames[0].height)
        assert sizes[-1] <= most * 2 * 48 * 48
    assert sizes[1] > 3.8 * sizes[0]


def test_a_frames_tokens_are_those_that_were_wished() -> None:
    frame = Image("f", b"", 640, 480)
    film = Video("a.mp4", (frame, frame), (0.0, 1.0), 2.0, frame_tokens=280)
    usual = Video("a.mp4", (frame, frame), (0.0, 1.0), 2.0)
    here = Model("local:x", "E2B", "x", "local", EVERYTHING)
    there = replace(here, engine="server", server=Server("lab", "http://x"))
    cost = {
        (model.engine, clip.frame_tokens): tokens.count(
            Conversation.ask("x", (clip,)), Settings(), model
        ).video
        for model in (here, there)
        for clip in (film, usual)
    }
    each = image_tokens(640, 480, 70, EVERYTHING), image_tokens(640, 480, 280, EVERYTHING)
    assert cost[("local", 70)] == 2 * each[0] and cost[("local", 280)] == 2 * each[1]
    assert cost[("server", 70)] == cost[("server", 280)]  # as pictures, of the pictures' tokens


@pytest.mark.parametrize("format", ["GIF", "PNG", "WEBP"])
def test_a_moving_picture_is_a_clip_and_one_that_stands_still_a_picture(format: str) -> None:
    (film,) = decode("a", animated(format), LIMITS)
    assert isinstance(film, Video) and film.seconds == pytest.approx(0.3, abs=0.1)
    assert film.original.upper().startswith(f"{format} 20×20")
    (film,) = decode("a", animated(format), LIMITS, Wish(frames=3))
    assert isinstance(film, Video)
    middles = [tuple(int(value) for value in media.pixels(one)[10, 10]) for one in film.frames]
    assert [max(range(3), key=colour.__getitem__) for colour in middles] == [0, 1, 2]
    still = decode("a", animated(format), LIMITS, Wish(still=True))
    assert [part.kind for part in still] == ["image"]
    mode = "P" if format == "GIF" else "RGB"
    assert [part.kind for part in decode("b", picture(format, mode), LIMITS)] == ["image"]


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_what_only_changes_in_a_moving_picture_stands_on_what_came_before(format: str) -> None:
    scenes = []
    for left in range(0, 60, 3):
        scene = PIL.Image.new("RGBA", (64, 64))
        scene.paste((255, 0, 0, 255), (left, 10, left + 6, 16))
        scenes.append(scene)
    data = saved(
        scenes[0], format, save_all=True, append_images=scenes[1:], duration=250, lossless=True
    )
    (film,) = decode("a", data, LIMITS, Wish(frames=10))
    assert isinstance(film, Video) and film.seconds == 5
    for at, frame in zip(film.times, film.frames, strict=True):
        shown = media.pixels(frame)
        red = np.flatnonzero(shown[12, :, 1] < 128)
        left = 3 * round(at / 0.25)
        assert (red[0], red[-1]) == (left, left + 5)
        assert shown[40, 40].tolist() == [255, 255, 255], "what is transparent, on white"


@pytest.mark.parametrize("frames", [1, 7])
def test_a_clip_as_a_moving_picture_is_the_same_clip(frames: int) -> None:
    data = painted([(25 * index, 90, 90) for index in range(10)], [500 * i for i in range(10)])
    (film,) = decode("a.mp4", data, LIMITS, Wish(frames=frames, frame_tokens=140))
    assert isinstance(film, Video)
    (again,) = decode("a.png", apng.of_clip(film), LIMITS, Wish(frames=frames, frame_tokens=140))
    assert isinstance(again, Video)
    assert (again.times, again.seconds) == (film.times, film.seconds)
    assert [one.data for one in again.frames] == [one.data for one in film.frames]


@pytest.mark.parametrize("wish", [{"frames": 61}, {"frames": -1}, {"frame_tokens": 71}])
def test_a_wish_that_no_model_can_grant_is_none(wish: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"a clip goes as 1 to 60|a frame takes 70, 140"):
        Wish(**wish)
