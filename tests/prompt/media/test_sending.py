"""What goes to a server is no larger than the file was and has no more pixels than are read there."""

from __future__ import annotations

import base64
import io
import json
from functools import cache
from typing import Any

import numpy as np
import pytest
from PIL import Image as PillowImage
from PIL import ImageDraw

from playground.engines.server.profiles import PROFILES
from playground.engines.server.request import request
from playground.prompt import media
from playground.prompt.conversation import Conversation, Image, Settings, Video
from tests.media_files import painted, saved

TOKEN = 48 * 48


@cache
def scene(width: int, height: int) -> PillowImage.Image:
    """Something like a photo: soft shapes under grain."""
    dice = np.random.default_rng(0)
    soft = PillowImage.fromarray(dice.integers(0, 256, (12, 16, 3), np.uint8))
    shapes = np.asarray(soft.resize((width, height), PillowImage.Resampling.BICUBIC), np.int16)
    grain = dice.normal(0, 5, (height, width, 1)).astype(np.int16)
    return PillowImage.fromarray((shapes + grain).clip(0, 255).astype(np.uint8))


def drawing(width: int, height: int) -> PillowImage.Image:
    drawn = PillowImage.new("RGB", (width, height), "white")
    brush = ImageDraw.Draw(drawn)
    for step in range(20):
        brush.rectangle(
            (9 * step, 7 * step, 9 * step + 90, 7 * step + 60), outline=(9 * step, 0, 99)
        )
        brush.text((200, 9 * step), "a line of words", fill="black")
    return drawn


@cache
def image(data: bytes) -> Image:
    (part,) = media.read("a file", data)
    assert isinstance(part, Image)
    return part


def opened(data: bytes) -> PillowImage.Image:
    return PillowImage.open(io.BytesIO(data))


def pictures_in(body: dict[str, Any]) -> list[tuple[str, bytes]]:
    """Each picture's media type and bytes."""
    urls = [
        part["image_url"]["url"]
        for message in body["messages"]
        for part in message["content"]
        if part["type"] == "image_url"
    ]
    heads = [url.partition(",") for url in urls]
    return [
        (head.removeprefix("data:").removesuffix(";base64"), base64.b64decode(data))
        for head, _, data in heads
    ]


def body(settings: Settings, *parts: Image | Video, kind: str = "vllm") -> dict[str, Any]:
    return request(Conversation.ask("What?", parts), settings, "m", PROFILES[kind])


@cache
def photo(format: str, **options: int) -> bytes:
    """Larger than any budget."""
    return saved(scene(2000, 1500), format, **options)


@pytest.mark.parametrize("budget", [None, 70, 280, 1120])
@pytest.mark.parametrize(
    ("format", "options"),
    [
        ("JPEG", {"quality": 92}),
        ("JPEG", {"quality": 60}),
        ("WEBP", {"quality": 80, "method": 0}),
        ("PNG", {"compress_level": 1}),
    ],
)
def test_the_body_is_no_larger_than_the_photo(
    format: str, options: dict[str, int], budget: int | None
) -> None:
    data = photo(format, **options)
    asked = body(Settings(image_tokens=budget), image(data))
    assert len(json.dumps(asked)) < len(data) + 1000
    ((kind, sent),) = pictures_in(asked)
    width, height = opened(sent).size
    assert width * height <= (budget or 1120) * TOKEN
    assert width / height == pytest.approx(4 / 3, rel=0.01)
    assert kind == f"image/{opened(sent).format.lower()}"  # type: ignore[union-attr]


def test_a_photo_that_is_small_enough_keeps_its_pixels() -> None:
    data = saved(scene(640, 480), "JPEG", quality=85)
    kind, sent = media.sendable(image(data), 280 * TOKEN)
    assert kind == "image/jpeg"
    assert opened(sent).size == (640, 480)
    assert 4 / 3 * len(sent) <= len(data)
    off = np.asarray(opened(sent), np.int16) - media.pixels(image(data))
    assert np.abs(off).mean() < 4


def test_a_drawing_stays_exact() -> None:
    data = saved(drawing(800, 600), "PNG")
    kind, sent = media.sendable(image(data), 280 * TOKEN)
    assert kind == "image/png"
    assert np.array_equal(np.asarray(opened(sent).convert("RGB")), media.pixels(image(data)))


def test_two_hundred_and_fifty_six_colours_stay_exact() -> None:
    colours = np.random.default_rng(1).integers(0, 256, (256, 3), np.uint8)
    pixels = colours[np.arange(64 * 96).reshape(64, 96) % 256]
    part = image(saved(PillowImage.fromarray(pixels), "PNG"))
    kind, sent = media.sendable(Image("a", part.data, 96, 64, "", len(part.data) // 2), 280 * TOKEN)
    assert kind == "image/png"
    assert np.array_equal(np.asarray(opened(sent).convert("RGB")), pixels)


def test_a_handful_of_pixels_is_sent_as_it_is() -> None:
    part = image(saved(PillowImage.new("RGB", (40, 30), "red"), "JPEG"))
    assert media.sendable(part, 280 * TOKEN) == ("image/png", part.data)


def test_what_came_from_no_file_is_sent_small_too() -> None:
    part = image(saved(scene(1600, 1200), "PNG"))
    kind, sent = media.sendable(Image("drawn", part.data, part.width, part.height), 1120 * TOKEN)
    assert kind == "image/jpeg"
    assert len(sent) < 600_000


def test_a_frame_knows_its_share_of_the_file() -> None:
    data = painted([(200, 0, 99)] * 40, range(0, 4000, 100))
    part = media.read("a.mp4", data)[0]
    assert isinstance(part, Video)
    assert [frame.file_bytes for frame in part.frames] == [len(data) // 4] * 4


def test_a_clip_is_no_larger_than_its_file(film: bytes) -> None:
    part = media.read("a.mp4", film)[0]
    assert isinstance(part, Video)
    assert len(json.dumps(body(Settings(), part))) < len(film) + 1000 + 100 * len(part.frames)


@pytest.fixture(scope="module")
def film() -> bytes:
    """Four seconds of a moving photo at 25 pictures a second, as a phone writes it."""
    import av

    wide = np.asarray(scene(900, 480))
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("h264", rate=25, options={"preset": "ultrafast", "crf": "18"})
        stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
        for step in range(100):
            pixels = np.ascontiguousarray(wide[:, step : step + 640])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode())
    return out.getvalue()


def test_a_server_with_a_budget_of_its_own_gets_the_familys_most() -> None:
    data = saved(scene(2400, 1800), "JPEG", quality=92)
    ((_, sent),) = pictures_in(body(Settings(image_tokens=70), image(data), kind="llama.cpp"))
    width, height = opened(sent).size
    assert 1000 * TOKEN < width * height <= 1120 * TOKEN
