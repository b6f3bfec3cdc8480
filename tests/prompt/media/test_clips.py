"""A clip is what a player would show and sound: at every second, to its end, in its shape, upright."""

from __future__ import annotations

import struct
from fractions import Fraction

import numpy as np
import pytest

from playground.prompt import media
from playground.prompt.conversation import Audio, Image, Video
from playground.prompt.limits import Limits
from playground.prompt.media.clips import sampling
from playground.prompt.rendering import timestamp
from tests.media_files import clip, cut_without_encoding, painted, repeated

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)
WHITE = (255, 255, 255)
FIFTH = Fraction(1, 5)


def read(data: bytes, limits: Limits | None = None) -> tuple[Video, Audio | None]:
    video, *sound = media.read("a.mp4", data, limits or Limits())
    assert isinstance(video, Video)
    return video, sound[0] if sound else None  # type: ignore[return-value]


def colour(image: Image) -> tuple[int, ...]:
    """The middle's, each part of it rounded to what the painted colours have."""
    middle = media.pixels(image)[image.height // 2, image.width // 2]
    return tuple(int(round(float(part) / 85) * 85) for part in middle)


def greys(video: Video) -> list[float]:
    return [float(media.pixels(frame).mean()) for frame in video.frames]


@pytest.mark.parametrize("format", ["mp4", "matroska", "mov"])
def test_at_each_second_stands_the_last_picture_that_began(format: str) -> None:
    """Variable frame rate: nothing new comes for nine seconds."""
    video, _ = read(painted((RED, GREEN, BLUE, BLUE), (0, 500, 9500, 10_000), format=format))
    shown = dict(zip(video.times, map(colour, video.frames), strict=True))
    assert shown.pop(0.0) == RED
    assert set(shown.values()) == {GREEN}
    assert list(shown) == pytest.approx(range(1, 10), abs=0.01)


def test_a_last_picture_that_comes_late_is_seen() -> None:
    video, _ = read(painted((RED, BLUE, BLUE), (0, 3000, 4000)))
    assert [colour(frame) for frame in video.frames] == [RED, RED, RED, BLUE]


def test_pictures_that_stand_still_share_their_bytes() -> None:
    video, _ = read(painted((RED, BLUE, BLUE), (0, 3000, 4000)))
    assert video.frames[0].data is video.frames[2].data
    assert [frame.name for frame in video.frames] == [f"a.mp4 00:0{second}" for second in range(4)]


@pytest.mark.parametrize(
    ("format", "codec"),
    [("mp4", "h264"), ("matroska", "h264"), ("webm", "vp9"), ("avi", "h264"), ("avi", "mpeg4")],
)
@pytest.mark.parametrize("group", [1, 7, 250])
def test_seconds_are_right_whatever_is_left_undecoded(format: str, codec: str, group: int) -> None:
    """Reordered pictures, short and long groups of them: what no other needs is skipped, but not what is looked at."""
    shades = [(8 * index,) * 3 for index in range(30)]
    options = {"g": str(group)}
    data = painted(shades, range(30), FIFTH, format, codec, options=options)
    video, _ = read(data)
    assert video.times == (0, 1, 2, 3, 4, 5)
    assert greys(video) == pytest.approx([0, 40, 80, 120, 160, 200], abs=6)


@pytest.mark.parametrize(("format", "codec"), [("webm", "vp8"), ("matroska", "h264")])
def test_whole_seconds_have_whole_labels(format: str, codec: str) -> None:
    """Milliseconds of 24 pictures a second add up to a little less, or more."""
    video, _ = read(painted([RED] * 96, range(96), Fraction(1, 24), format, codec))
    assert [timestamp(at) for at in video.times] == ["00:00", "00:01", "00:02", "00:03"]
    assert video.seconds == 4


def test_thirty_thousand_in_a_thousand_and_one_are_whole_seconds_too() -> None:
    data = painted([RED] * 150, range(150), Fraction(1001, 30_000), "matroska")
    assert read(data)[0].times == (0, 1, 2, 3, 4)


def test_a_time_just_short_of_a_second_is_called_that_second() -> None:
    assert timestamp(3.9999999999999996) == "00:04"
    assert timestamp(59.9996) == "01:00"
    assert timestamp(3.9) == "00:03"
    assert sampling(3.9999999999999996)[-1] == pytest.approx(3)


@pytest.mark.parametrize("format", ["mp4", "mov"])
def test_what_an_edit_list_hides_does_not_count(format: str) -> None:
    """Cut at 1.3 of 4 s without encoding anew, as editors and phones do."""
    shades = [(2 * index,) * 3 for index in range(100)]
    whole = painted(shades, range(100), Fraction(1, 25), options={"g": "50"}, sound=(0, 4))
    video, sound = read(cut_without_encoding(whole, 1.3, format))
    assert video.seconds == pytest.approx(2.7, abs=0.05)
    assert video.original.endswith("00:02")
    assert greys(video)[0] == pytest.approx(2 * 32, abs=6)
    begun = [2 * 25 * (1.3 + at) for at in video.times]
    assert greys(video) == pytest.approx(begun, abs=6)
    assert sound is not None
    assert sound.seconds == pytest.approx(2.7, abs=0.1)


def test_one_picture_and_its_sound() -> None:
    video, sound = read(painted((RED,), (0,), sound=(0, 8)))
    assert [colour(frame) for frame in video.frames] == [RED]
    assert video.seconds == pytest.approx(8, abs=0.1)
    assert video.original == "MP4 64×48, 00:08, one picture"
    assert sound is not None
    assert sound.seconds == pytest.approx(8, abs=0.1)


@pytest.mark.parametrize("format", ["mp4", "matroska"])
def test_sound_goes_on_where_the_pictures_end(format: str) -> None:
    video, sound = read(painted([RED] * 10, range(10), FIFTH, format, sound=(0, 8)))
    assert video.times == (0, 1)
    assert "00:08, its pictures end at 00:02" in video.original
    assert sound is not None
    assert sound.seconds == pytest.approx(8, abs=0.1)


def test_pictures_go_on_where_the_sound_ends() -> None:
    video, sound = read(painted([RED] * 20, range(20), FIFTH, sound=(0, 1)))
    assert video.seconds == 4
    assert sound is not None
    assert sound.seconds == pytest.approx(1, abs=0.1)


def test_sound_that_begins_later_is_heard_later() -> None:
    _, sound = read(painted([RED] * 20, range(20), FIFTH, "matroska", sound=(1.5, 2)))
    assert sound is not None
    assert sound.seconds == pytest.approx(3.5, abs=0.1)
    samples = np.abs(media.waveform(sound))
    assert samples[: int(1.4 * 16_000)].max() < 0.01
    assert samples[int(1.6 * 16_000) :].max() > 0.3


def test_of_a_soundtrack_the_first_minute_is_said_to_be_kept() -> None:
    _, sound = read(painted([RED] * 3, (0, 1, 2), Fraction(1, 1), "matroska", sound=(0, 70)))
    assert sound is not None
    assert sound.seconds == 60
    assert sound.original.endswith(", first 60 s")


@pytest.mark.parametrize(
    ("shape", "size"),
    [
        (Fraction(4, 3), (85, 48)),
        (Fraction(1, 2), (64, 96)),
        (Fraction(16, 15), (68, 48)),
        (Fraction(1, 200), (64, 48)),
    ],
)
@pytest.mark.parametrize("format", ["mp4", "matroska"])
def test_pixels_are_square(shape: Fraction, size: tuple[int, int], format: str) -> None:
    """The last shape is no camera's."""
    video, _ = read(painted([RED] * 5, range(5), FIFTH, format, shape=shape))
    assert (video.frames[0].width, video.frames[0].height) == size


@pytest.mark.parametrize(
    ("format", "codec", "pixels"),
    [
        ("webm", "libvpx-vp9", "yuva420p"),
        ("matroska", "libvpx-vp9", "yuva420p"),
        ("mov", "qtrle", "argb"),
        ("mov", "png", "rgba"),
    ],
)
def test_transparent_clips_lie_on_white(format: str, codec: str, pixels: str) -> None:
    clear = (85, 170, 0, 0)
    video, _ = read(painted([clear] * 5, range(5), FIFTH, format, codec, pixels=pixels))
    assert colour(video.frames[0]) == WHITE


ONE = 1 << 16


@pytest.mark.parametrize(
    ("matrix", "corner", "size"),
    [
        ((ONE, 0, 0, ONE), "upper left", (64, 48)),
        ((0, ONE, -ONE, 0), "upper right", (48, 64)),
        ((-ONE, 0, 0, -ONE), "lower right", (64, 48)),
        ((0, -ONE, ONE, 0), "lower left", (48, 64)),
        ((-ONE, 0, 0, ONE), "upper right", (64, 48)),
        ((ONE, 0, 0, -ONE), "lower left", (64, 48)),
        ((0, ONE, ONE, 0), "upper left", (48, 64)),
        ((0, -ONE, -ONE, 0), "lower right", (48, 64)),
        ((0, 0, 0, 0), "upper left", (64, 48)),
        ((ONE, ONE, ONE, ONE), "upper left", (64, 48)),
        ((2**31 - 1, 5, -7, 3), "upper left", (64, 48)),
    ],
)
def test_a_display_matrix_turns_by_quarters_and_mirrors(
    matrix: tuple[int, int, int, int], corner: str, size: tuple[int, int]
) -> None:
    """A white corner goes where the matrix puts it; a matrix that is none leaves it where it lies."""
    marked = np.zeros((48, 64, 3), np.uint8)
    marked[:24, :32] = 255
    data = clip(sound_codec=None, seconds=0.2, pixels=marked)
    at = data.index(b"tkhd") + 4 + 40
    a, b, c, d = matrix
    turned = data[:at] + struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30) + data[at + 36 :]
    frame = read(turned)[0].frames[0]
    assert (frame.width, frame.height) == size
    pixels = media.pixels(frame).mean(axis=2)
    tall, wide = pixels.shape
    halves = {"upper": pixels[: tall // 3], "lower": pixels[-tall // 3 :]}
    light = {
        f"{row} {side}": float(
            (half[:, : wide // 3] if side == "left" else half[:, -wide // 3 :]).mean()
        )
        for row, half in halves.items()
        for side in ("left", "right")
    }
    assert max(light, key=light.__getitem__) == corner


def test_a_clip_that_takes_too_long_is_read_at_its_key_frames() -> None:
    shades = [(8 * index,) * 3 for index in range(30)]
    data = painted(shades, range(30), FIFTH, options={"g": "10", "bf": "0"})
    video, _ = read(data, Limits(clip_pixels=10 * 64 * 48))
    assert video.times == (0, 2, 4)
    assert greys(video) == pytest.approx([0, 80, 160], abs=6)
    assert video.original == (
        "MP4 64×48, 00:06, only its key frames, because decoding them all takes too long"
    )


def test_a_clip_whose_key_frames_take_too_long_is_refused() -> None:
    with pytest.raises(
        media.MediaError, match=r"takes too long to decode: save it with fewer pixels"
    ):
        read(painted([RED] * 30, range(30), FIFTH), Limits(clip_pixels=100))


def test_frames_that_are_too_large_are_refused() -> None:
    with pytest.raises(media.MediaError, match=r"a frame may have at most 36 megapixels\. Save it"):
        read(repeated((8192, 4608), 2, 1))


def test_of_8k_only_what_is_looked_at_is_decoded() -> None:
    """600 frames are 20 billion pixels; 24 are decoded, in less than a gigabyte."""
    video, _ = read(repeated((7680, 4320), 600, 25))
    assert len(video.frames) == 24
    assert video.original == "MKV 7680×4320, 00:24"
