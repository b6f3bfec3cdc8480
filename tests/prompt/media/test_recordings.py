"""How long a recording lasts is counted, not guessed from how it begins."""

from __future__ import annotations

import io

import av
import numpy as np
import pytest

from playground.prompt import media
from playground.prompt.limits import Limits
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
