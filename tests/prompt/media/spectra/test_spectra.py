"""A recording's picture is what Gemma 4's own feature extractor makes of it; it is cut where nobody speaks."""

from __future__ import annotations

import io
import subprocess
import sys

import numpy as np
import PIL.Image
import pytest

from playground.prompt import media
from playground.prompt.conversation import Audio
from playground.prompt.media import MediaError, decoders
from playground.prompt.media.spectra import spectrogram
from playground.prompt.media.spectra.look import BINS, FLOOR, HIGHEST_HZ, HOP, TRANSFORM, WINDOW
from playground.prompt.media.waveforms import store
from tests.media_files import tone
from tests.test_layers import ROOT

NOISE = np.random.default_rng(7)


def talk(*seconds: float) -> Audio:
    """So many seconds of noise, then of silence, and so on."""
    pieces = [
        (
            NOISE.normal(0, 0.1, round(length * 16_000))
            if index % 2 == 0
            else np.zeros(round(length * 16_000))
        )
        for index, length in enumerate(seconds)
    ]
    return store("talk.wav", np.concatenate(pieces).clip(-1, 1).astype(np.float32))


@pytest.mark.parametrize("length", [800, 16_000, 40_321])
def test_the_spectrogram_is_the_encoders_own(length: int) -> None:
    from transformers.models.gemma4.feature_extraction_gemma4 import Gemma4AudioFeatureExtractor

    extractor = Gemma4AudioFeatureExtractor()
    assert (extractor.feature_size, extractor.frame_length, extractor.hop_length) == (
        BINS,
        WINDOW,
        HOP,
    )
    assert (extractor.fft_length, extractor.max_frequency) == (TRANSFORM, HIGHEST_HZ)
    assert float(extractor.mel_floor) == FLOOR
    samples = (0.2 * tone(length / 16_000) + NOISE.normal(0, 0.05, length)).astype(np.float32)
    theirs = np.asarray(extractor([samples], pad_to_multiple_of=None)["input_features"][0])
    ours = spectrogram.log_mel(samples).T[: len(theirs)]
    assert np.abs(ours - theirs).max() < 1e-3


def test_silences_are_found_and_short_ones_are_not() -> None:
    found = spectrogram.silences(media.waveform(talk(1, 0.8, 1, 0.1, 1, 0.5)))
    assert list(found) == [
        (pytest.approx(1.0, abs=0.08), pytest.approx(1.8, abs=0.08)),
        (pytest.approx(3.9, abs=0.08), pytest.approx(4.4, abs=0.08)),
    ]
    assert spectrogram.silences(np.zeros(16_000, np.float32)) == ((0.0, 1.0),)


def test_a_look_is_drawn_in_the_media_process() -> None:
    found = media.look(talk(1, 1, 1))
    with PIL.Image.open(io.BytesIO(found.spectrogram)) as drawn:
        picture = np.asarray(drawn.convert("L"), float)
    assert picture.shape[0] == BINS and 200 < picture.shape[1] <= 800
    third = picture.shape[1] // 3
    assert picture[:, 10 : third - 10].mean() > 40 + picture[:, third + 20 : 2 * third - 20].mean()
    assert len(found.peaks) == 200 and max(found.peaks) > 0.2 and min(found.peaks) == 0
    assert found.seconds == 3 and len(found.silences) == 1


def test_a_long_recording_is_cut_in_its_silences() -> None:
    whole = talk(20, 1, 8, 0.5, 25, 2, 3)
    pieces = media.split(whole, 30)
    # Not in the silence at 20 s, because the one at 29 s leaves fewer pieces.
    assert [piece.seconds for piece in pieces] == pytest.approx([29.25, 26.25, 4.0], abs=0.1)
    joined = np.concatenate([media.waveform(piece) for piece in pieces])
    assert np.array_equal(joined, media.waveform(whole))
    assert [piece.name for piece in pieces] == [f"talk.wav ({one} of 3)" for one in (1, 2, 3)]


def test_a_recording_without_a_silence_is_cut_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    assert all(piece.seconds <= 30 for piece in media.split(talk(70), 30))

    def broken(*arguments: object, **more: object) -> None:
        raise MediaError("talk.wav", "can't be looked at.")

    monkeypatch.setattr(decoders._decoders, "ask", broken)
    assert sum(piece.seconds for piece in media.split(talk(20, 2, 20), 30)) == 42


def test_the_page_does_without_librosa() -> None:
    script = (
        "import sys, numpy as np\n"
        "from playground.prompt import media\n"
        "from playground.prompt.media.waveforms import store\n"
        "media.look(store('a.wav', np.ones(16000, np.float32) / 9))\n"
        "assert not {'librosa', 'numba', 'scipy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT)
