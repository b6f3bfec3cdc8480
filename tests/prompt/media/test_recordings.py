"""How long a recording lasts is counted, not guessed from how it begins."""

from __future__ import annotations

import io

import av
import numpy as np
import pytest
import soundfile

from playground.prompt import media
from playground.prompt.limits import LIMITS, Limits
from playground.prompt.media import containers
from playground.prompt.media.formats import recognise
from playground.prompt.media.sound import recordings, soundfiles
from playground.prompt.media.waveforms import waveform
from tests.media_files import sound


def quiet_then_loud(format: str, codec: str, quiet: float, loud: float, **muxing: str) -> bytes:
    """Silence, which takes next to no bytes, then noise, which takes many."""
    rate = 44_100
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, int(loud * rate))
    samples = np.concatenate([np.zeros(int(quiet * rate)), noise]).astype(np.float32)
    out = io.BytesIO()
    with av.open(out, "w", format=format, options=muxing) as container:
        stream = container.add_stream(codec, rate=rate, layout="mono")
        if codec == "libmp3lame":
            stream.options = {"q": "0"}
            stream.codec_context.flags |= 0x2  # variable bit rate
            stream.codec_context.global_quality = 0
        else:
            stream.bit_rate = 256_000
        frame = av.AudioFrame.from_ndarray(samples[None], format="flt", layout="mono")
        frame.sample_rate, frame.pts = rate, 0
        context = stream.codec_context
        resampler = av.AudioResampler(context.format, "mono", rate, frame_size=context.frame_size)
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            container.mux(stream.encode(piece))
        container.mux(stream.encode())
    return out.getvalue()


@pytest.mark.parametrize(
    ("format", "codec", "muxing"),
    [
        ("adts", "aac", {}),
        ("mp3", "libmp3lame", {"write_xing": "0"}),
        ("matroska", "libmp3lame", {"live": "1"}),
    ],
)
def test_a_recording_that_begins_quietly_lasts_as_long_as_it_does(
    format: str, codec: str, muxing: dict[str, str]
) -> None:
    data = quiet_then_loud(format, codec, 3, 30, **muxing)
    with av.open(io.BytesIO(data), format={"adts": "aac"}.get(format, format)) as container:
        guessed = (container.duration or 0) / av.time_base
    (part,) = media.read("voice", data, Limits(audio_seconds=40))
    assert part.seconds == pytest.approx(33, abs=0.2)
    assert guessed == 0 or guessed > 40, "what was guessed would have been refused"


@pytest.mark.parametrize(("format", "codec"), [("adts", "aac"), ("mp3", "libmp3lame")])
def test_a_recording_that_is_too_long_is_refused_all_the_same(format: str, codec: str) -> None:
    with pytest.raises(media.MediaError, match=r"^voice lasts longer than 5 s"):
        media.read("voice", sound(format, codec, seconds=6), Limits(audio_seconds=5))


@pytest.mark.parametrize(
    ("format", "subtype", "channels", "by_soundfile"),
    [
        ("WAV", "PCM_24", 1, True),
        ("WAV", "FLOAT", 2, True),
        ("FLAC", "PCM_16", 2, True),
        ("OGG", "VORBIS", 1, True),
        ("WAV", "PCM_16", 6, False),  # where its channels stand is FFmpeg's to tell
    ],
)
def test_soundfile_reads_what_it_can_as_ffmpeg_does(
    format: str, subtype: str, channels: int, by_soundfile: bool
) -> None:
    tone = 0.4 * np.sin(np.arange(44_100) * 2 * np.pi * 440 / 44_100)
    out = io.BytesIO()
    soundfile.write(out, np.stack([tone] * channels, 1), 44_100, format=format, subtype=subtype)
    known = recognise("a", out.getvalue())
    own = soundfiles.read("a", out.getvalue(), known, LIMITS)
    with containers.opened("a", out.getvalue(), known) as container:
        other = recordings.read("a", container, containers.sound(container), known, LIMITS)
    assert (own is not None) is by_soundfile
    if own is not None:
        assert own.original == other.original and own.seconds == pytest.approx(1, abs=1e-3)
        assert np.abs(waveform(own)[800:15_000] - waveform(other)[800:15_000]).max() < 2e-3


def test_what_soundfile_reads_in_part_is_read_by_ffmpeg() -> None:
    out = io.BytesIO()
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, 64_000)
    soundfile.write(out, noise, 16_000, format="FLAC", subtype="PCM_16")
    broken = out.getvalue()[:60_000]
    assert soundfiles.read("a.flac", broken, recognise("a.flac", broken), LIMITS) is None
    (part,) = media.read("a.flac", broken)
    assert "damaged, read as far as possible" in part.original and 1 < part.seconds < 4


def test_a_long_recording_is_refused_before_it_is_read() -> None:
    out = io.BytesIO()
    soundfile.write(out, np.zeros(80_000), 8_000, format="FLAC", subtype="PCM_16")
    with pytest.raises(media.MediaError, match="lasts longer than 5 s"):
        media.read("a.flac", out.getvalue(), Limits(audio_seconds=5))
