"""Synthesises words and phrases with espeak-ng, and tones with numpy: 16 kHz mono float. Knows no labels."""

from __future__ import annotations

import io
import shutil
import subprocess
import wave
from dataclasses import dataclass
from functools import cache
from random import Random

import numpy as np
import soxr
from numpy.typing import NDArray

RATE = 16_000
Sound = NDArray[np.float32]

DIGIT_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
OTHER_WORDS = (
    "red", "green", "blue", "yellow", "black", "white", "circle", "square", "star",
    "left", "right", "up", "down", "stop", "go", "yes", "no", "hello",
)  # fmt: skip
SPOKEN = DIGIT_WORDS + OTHER_WORDS

_ACCENTS = ("en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-029", "en-gb-x-gbclan")
_TIMBRES = (
    "", "m1", "m2", "m3", "m4", "m5", "m6", "m8", "f1", "f2", "f3", "f5",
    "Alex", "Andy", "Alicia", "Michael", "Mike", "Annie", "steph3", "Denis",
)  # fmt: skip
TRAINING_VOICES = tuple(
    f"{accent}+{timbre}".rstrip("+") for accent in _ACCENTS for timbre in _TIMBRES
)
HELD_OUT_VOICES = ("en-us+f4", "en-us+m7", "en-gb+f4", "en-gb+Andrea", "en-us+Paul")

MISSING = (
    "espeak-ng, which speaks the lessons, is not installed (Debian: apt-get install espeak-ng)."
)


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks: an espeak-ng voice with speed in words a minute and pitch from 0 to 99."""

    name: str
    speed: int = 160
    pitch: int = 50


_MANNERS = ((115, 38), (150, 50), (190, 62))
"""Speeds and pitches. Few, because words are kept; `stretched` makes them many."""


def any_voice(rng: Random, names: tuple[str, ...]) -> Voice:
    """A voice at an ordinary speed and pitch."""
    return Voice(rng.choice(names), *rng.choice(_MANNERS))


def stretched(sound: Sound, by: float) -> Sound:
    """Played slower and lower (`by` above 1) or faster and higher."""
    count = int(len(sound) * by)
    return np.interp(np.linspace(0, len(sound) - 1, count), np.arange(len(sound)), sound).astype(
        np.float32
    )


def speak(text: str, voice: Voice) -> Sound:
    """The text as sound without silence around it. Raises RuntimeError in one sentence without espeak-ng."""
    program = shutil.which("espeak-ng")
    if program is None:
        raise RuntimeError(MISSING)
    command = [
        program,
        "-v",
        voice.name,
        "-s",
        str(voice.speed),
        "-p",
        str(voice.pitch),
        "--stdout",
        text,
    ]
    spoken = subprocess.run(command, capture_output=True, check=True).stdout
    with wave.open(io.BytesIO(spoken)) as file:
        rate, frames = file.getframerate(), file.readframes(file.getnframes())
    samples = np.frombuffer(frames[: len(frames) // 2 * 2], dtype="<i2").astype(np.float32) / 32768
    return trimmed(soxr.resample(samples, rate, RATE, quality="MQ").astype(np.float32))


@cache
def word(text: str, voice: Voice) -> Sound:
    """One word, kept for the next time."""
    return speak(text, voice)


def trimmed(sound: Sound, threshold: float = 0.01) -> Sound:
    """Without the quiet before and after."""
    loud = np.flatnonzero(np.abs(sound) > threshold)
    return sound[loud[0] : loud[-1] + 1] if loud.size else sound[:0]


def silence(seconds: float) -> Sound:
    """Nothing."""
    return np.zeros(int(seconds * RATE), np.float32)


def tone(hertz: float, seconds: float) -> Sound:
    """A beep with soft ends; a little overtone so that it is no pure sine."""
    t = np.arange(int(seconds * RATE), dtype=np.float32) / RATE
    swing = np.sin(2 * np.pi * hertz * t) + 0.15 * np.sin(4 * np.pi * hertz * t)
    ramp = np.minimum(1.0, np.minimum(t, t[-1] - t) / 0.008)
    return np.asarray(0.5 * swing * ramp, np.float32)


def in_a_room(sound: Sound, rng: Random) -> Sound:
    """At some loudness, with some hiss, now and then muffled: what a microphone would give."""
    noise = (
        np.random.default_rng(rng.getrandbits(32)).standard_normal(len(sound)).astype(np.float32)
    )
    peak = float(np.max(np.abs(sound), initial=1e-3))
    loudness = rng.uniform(0.15, 0.9) / peak
    hiss = 10 ** rng.uniform(-4.5, -2.0)
    if rng.random() < 0.2:
        sound = np.convolve(sound, np.array([0.25, 0.5, 0.25], np.float32), mode="same")
    return np.clip(sound * loudness + noise * hiss, -1, 1).astype(np.float32)
