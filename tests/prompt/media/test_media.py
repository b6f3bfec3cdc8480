"""What comes out of good files is right: colours, orientation, pitch, length, moments of a clip."""

from __future__ import annotations

import subprocess
import sys
import threading

import numpy as np
import pytest
from PIL import Image as PillowImage

from playground.prompt import media
from playground.prompt.conversation import Audio, Image, Media, Video
from playground.prompt.limits import Limits
from playground.prompt.media.clips import sampling
from playground.prompt.media.formats import recognise
from playground.prompt.media.waveforms import store
from playground.prompt.media.wishes import Wish
from tests.media_files import clip, picture, png, saved, sound, tone, wav

RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)


def image(data: bytes, limits: Limits | None = None) -> Image:
    (part,) = media.read("a file", data, limits or Limits(), wish=Wish(still=True))
    assert isinstance(part, Image)
    return part


def audio(data: bytes) -> Audio:
    (part,) = media.read("a file", data)
    assert isinstance(part, Audio)
    return part


def video(data: bytes) -> Video:
    part = media.read("a file", data)[0]
    assert isinstance(part, Video)
    return part


def near(pixel: np.ndarray, colour: tuple[int, int, int], off: int = 40) -> bool:
    return bool(np.abs(pixel.astype(int) - colour).max() <= off)


def pitch(part: Audio) -> float:
    """The strongest frequency in Hz."""
    samples = media.waveform(part)
    return float(np.abs(np.fft.rfft(samples)).argmax() * 16_000 / len(samples))


@pytest.mark.parametrize(
    ("format", "mode"),
    [
        ("PNG", "RGB"),
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("JPEG", "RGB"),
        ("JPEG", "CMYK"),
        ("WEBP", "RGB"),
        ("AVIF", "RGB"),
        ("GIF", "P"),
        ("BMP", "RGB"),
        ("TIFF", "CMYK"),
        ("TIFF", "YCbCr"),
        ("TIFF", "LAB"),
    ],
)
def test_colours_survive_every_format(format: str, mode: str) -> None:
    from PIL import ImageCms

    if mode == "LAB":
        rgb = PillowImage.new("RGB", (40, 30), "red")
        rgb.paste(BLUE, (20, 0, 40, 30))
        to_lab = ImageCms.buildTransform(
            ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB"
        )
        data = saved(ImageCms.applyTransform(rgb, to_lab), "TIFF")
    else:
        data = picture(format, mode)
    pixels = media.pixels(image(data))
    assert pixels.shape == (30, 40, 3)
    assert near(pixels[15, 5], RED)
    assert near(pixels[15, 35], BLUE)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photos_are_set_upright(orientation: int) -> None:
    """Turned from upright by the inverse of what the orientation asks for, and read back."""
    turns = {
        2: PillowImage.Transpose.FLIP_LEFT_RIGHT,
        3: PillowImage.Transpose.ROTATE_180,
        4: PillowImage.Transpose.FLIP_TOP_BOTTOM,
        5: PillowImage.Transpose.TRANSPOSE,
        6: PillowImage.Transpose.ROTATE_90,
        7: PillowImage.Transpose.TRANSVERSE,
        8: PillowImage.Transpose.ROTATE_270,
    }
    upright = PillowImage.new("RGB", (40, 30), "white")
    upright.paste(RED, (0, 0, 20, 15))
    taken = upright.transpose(turns[orientation]) if orientation in turns else upright
    exif = PillowImage.Exif()
    exif[274] = orientation
    pixels = media.pixels(image(saved(taken, "JPEG", exif=exif, quality=95)))
    assert pixels.shape == (30, 40, 3)
    assert near(pixels[5, 5], RED)
    assert near(pixels[5, 35], WHITE)
    assert near(pixels[25, 5], WHITE)


def test_transparent_pictures_lie_on_white() -> None:
    clear = PillowImage.new("RGBA", (20, 10), (0, 0, 0, 0))
    clear.paste((255, 0, 0, 128), (0, 0, 10, 10))
    pixels = media.pixels(image(saved(clear, "PNG")))
    assert near(pixels[5, 2], (255, 127, 127), 3)
    assert near(pixels[5, 17], WHITE, 0)


def test_one_colour_can_be_transparent() -> None:
    data = saved(PillowImage.new("RGB", (9, 9), BLUE), "PNG", transparency=BLUE)
    assert near(media.pixels(image(data))[4, 4], WHITE, 0)


def test_sixteen_bits_keep_their_greys() -> None:
    row = np.array([0, 0x4000, 0x8000, 0xFFFF] * 2, ">u2").tobytes()
    pixels = media.pixels(image(png(8, 8, (b"\x00" + row) * 8, depth=16)))
    assert pixels[0, :4, 0].tolist() == [0, 0x40, 0x80, 0xFF]


@pytest.mark.parametrize(
    ("values", "greys"),
    [
        ([0.0, 0.5, 1.0], [0, 127, 255]),
        ([0.0, 100.0, 255.0], [0, 100, 255]),
        ([-3.0, np.nan, 1e9], [0, 0, 255]),
    ],
)
def test_floating_greys(values: list[float], greys: list[int]) -> None:
    picture = PillowImage.fromarray(np.repeat(np.array([values], np.float32), 8, 0).repeat(8, 1))
    assert media.pixels(image(saved(picture, "TIFF")))[0, ::8, 0].tolist() == greys


def test_large_pictures_are_kept_smaller() -> None:
    part = image(picture("JPEG", size=(4000, 3000)))
    assert 3_900_000 < part.width * part.height <= 4_000_000
    assert part.width / part.height == pytest.approx(4 / 3, rel=0.01)
    assert part.original == "JPEG 4000×3000, scaled down"
    assert near(media.pixels(part)[100, 100], RED)


@pytest.mark.parametrize(("width", "height"), [(1, 1), (10_000, 1), (1, 10_000), (3, 3_000_000)])
def test_narrow_pictures_are_wide_enough_to_be_told_from_channels(width: int, height: int) -> None:
    part = image(saved(PillowImage.new("L", (width, height)), "PNG"))
    assert min(part.width, part.height) == 8
    assert part.width * part.height <= 4_000_000


def test_the_first_picture_of_a_moving_one() -> None:
    frames = [PillowImage.new("RGB", (9, 9), colour) for colour in (RED, BLUE)]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert near(media.pixels(image(data))[4, 4], RED)


def test_thumbnails_fit_their_side() -> None:
    small = image(media.thumbnail(image(picture(size=(400, 100))), 64))
    assert (small.width, small.height) == (64, 16)


@pytest.mark.parametrize("bits", [0, 8, 16, 24, 32])
def test_every_depth_of_wav_sounds_the_same(bits: int) -> None:
    samples = media.waveform(audio(wav(tone(), bits=bits)))
    assert samples.dtype == np.float32
    assert np.abs(samples - tone()).max() < (0.02 if bits == 8 else 0.0001)


def test_sixteen_bits_at_sixteen_kilohertz_stay_as_they_are() -> None:
    data = wav(tone())
    assert audio(data).data[44:] == data[44:]


@pytest.mark.parametrize(
    ("format", "codec"),
    [
        ("flac", "flac"),
        ("mp3", "libmp3lame"),
        ("ogg", "libopus"),
        ("ipod", "aac"),
        ("adts", "aac"),
        ("webm", "libopus"),
        ("aiff", "pcm_s16be"),
    ],
)
def test_pitch_and_length_survive_every_format(format: str, codec: str) -> None:
    part = audio(sound(format, codec, seconds=2))
    assert pitch(part) == pytest.approx(440, abs=2)
    assert part.seconds == pytest.approx(2, abs=0.06)
    assert np.abs(media.waveform(part)).max() == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 192_000])
def test_pitch_survives_every_rate(rate: int) -> None:
    part = audio(wav(tone(1, rate), rate))
    assert pitch(part) == pytest.approx(440, abs=2)
    assert part.seconds == pytest.approx(1, abs=0.001)


def test_nothing_above_half_the_rate_is_heard_as_something_else() -> None:
    part = audio(wav(tone(1, 48_000, 12_000), 48_000))
    assert np.abs(media.waveform(part)[500:-500]).max() < 0.001


def test_stereo_is_mixed_evenly() -> None:
    both = np.stack([tone(), np.zeros(16_000)], 1)
    assert np.abs(media.waveform(audio(wav(both)))).max() == pytest.approx(0.25, abs=0.001)


def test_surround_keeps_the_voice_and_drops_the_bass_channel() -> None:
    part = audio(sound("wav", "pcm_s16le", layout="5.1"))
    assert np.abs(media.waveform(part)).max() == pytest.approx(0.5, abs=0.01)


def test_impossible_samples_are_silenced() -> None:
    part = audio(wav(np.where(np.arange(16_000) < 100, np.nan, tone()), bits=0))
    assert part.original == "WAV, 16 kHz, mono, impossible samples silenced"
    assert not media.waveform(part)[:100].any()


def test_silence_is_called_silence() -> None:
    assert audio(wav(np.zeros(16_000))).original == "WAV, 16 kHz, mono, silent"


def test_recordings_are_cut_in_quiet_moments() -> None:
    samples = tone(70).astype(np.float32)
    samples[28 * 16_000 : 28 * 16_000 + 3200] = 0
    pieces = media.split(store("talk.wav", samples), 30)
    assert pieces[0].seconds == pytest.approx(28.1, abs=0.11)
    assert sum(piece.seconds for piece in pieces) == pytest.approx(70)


def test_short_recordings_stay_whole() -> None:
    part = store("talk.wav", tone(5).astype(np.float32))
    assert media.split(part, 30) == (part,)
    assert media.trim(part, 30) is part


@pytest.mark.parametrize("n", [1, 7, 400, 40_000])
def test_peaks_have_the_length_asked_for(n: int) -> None:
    part = store("talk.wav", np.concatenate([np.zeros(8_000), tone(0.5)]).astype(np.float32))
    peaks = media.peaks(part, n)
    assert peaks.shape == (n,)
    assert peaks.max() == pytest.approx(0.5, abs=0.001)
    assert n == 1 or peaks[0] == 0


@pytest.mark.parametrize(
    ("seconds", "count", "last"),
    [(0.0, 1, 0), (0.2, 1, 0), (5, 5, 4), (31.5, 32, 31 * 31.5 / 32), (600, 32, 31 * 60 / 32)],
)
def test_moments_of_a_clip(seconds: float, count: int, last: float) -> None:
    moments = sampling(seconds)
    assert len(moments) == count
    assert moments[0] == 0
    assert moments[-1] == pytest.approx(last)
    assert np.allclose(np.diff(moments), moments[1] if count > 1 else 0)


def test_frames_are_those_of_their_moments() -> None:
    part = video(clip(seconds=4, sound_codec=None))
    assert part.times == (0, 1, 2, 3)
    assert part.seconds == pytest.approx(4)
    lower = [float(media.pixels(frame)[40:].mean()) for frame in part.frames]
    assert lower == pytest.approx([0, 64, 128, 191], abs=8)
    assert [frame.name for frame in part.frames] == [f"a file 00:0{second}" for second in range(4)]


def test_a_clip_comes_with_its_soundtrack() -> None:
    film, voice = media.read("talk.mp4", clip(seconds=3))
    assert isinstance(film, Video)
    assert isinstance(voice, Audio)
    assert voice.name == "talk.mp4 (soundtrack)"
    assert voice.seconds == pytest.approx(3, abs=0.1)
    assert pitch(voice) == pytest.approx(440, abs=2)


def test_of_a_long_clip_the_first_minute_is_read() -> None:
    film, voice = media.read("long.webm", clip("webm", "vp8", "libopus", seconds=75, fps=2))
    assert isinstance(film, Video)
    assert isinstance(voice, Audio)
    assert film.seconds == pytest.approx(75, abs=0.6)
    assert len(film.frames) == 32
    assert film.times[-1] == 58.125
    assert voice.seconds == 60
    assert media.shorten(film, 60).frames == film.frames


def test_phones_tell_how_they_were_held() -> None:
    """A quarter turn clockwise in the track's display matrix: what was above is on the right."""
    data = clip(sound_codec=None)
    at = data.index(b"tkhd") + 4 + 40
    turn = (0, 1 << 16, 0, 2**32 - (1 << 16), 0, 0, 0, 0, 1 << 30)
    matrix = b"".join(number.to_bytes(4, "big") for number in turn)
    frame = video(data[:at] + matrix + data[at + 36 :]).frames[0]
    pixels = media.pixels(frame)
    assert (frame.width, frame.height) == (48, 64)
    assert pixels[:, 40:].mean() > 240
    assert pixels[:, :8].mean() < 15


def test_names_are_shown_without_their_folders() -> None:
    (part,) = media.read("C:\\photos\\../a\nb\u202e.png", picture())
    assert part.name == "ab.png"
    with pytest.raises(media.MediaError, match=r"^the file is empty\.$"):
        media.read("", b"")
    with pytest.raises(media.MediaError, match=r"^x{60}…x{12}\.png is empty\.$"):
        media.read("x" * 500 + ".png", b"")


def test_endings_do_not_matter() -> None:
    assert recognise("a.wav", picture("WEBP")).name == "WebP"
    assert recognise("a.png", wav(tone())).name == "WAV"


def test_files_are_read_from_several_threads() -> None:
    files = [picture("JPEG"), wav(tone()), clip(), picture("PNG")] * 3
    parts: list[tuple[Media, ...]] = []
    threads = [
        threading.Thread(target=lambda data=data: parts.append(media.read("a", data)))
        for data in files
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(parts) == len(files)


def test_importing_costs_no_library() -> None:
    code = (
        "import sys, playground.prompt.media, playground.prompt.mend, playground.prompt.tokens;"
        "import playground.models.capabilities;"
        "print([m for m in ('numpy', 'PIL', 'av', 'soxr', 'jinja2', 'tokenizers') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_unknown_names_are_no_part_of_the_package() -> None:
    with pytest.raises(AttributeError, match="has no nothing"):
        _ = media.nothing
