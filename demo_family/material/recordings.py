"""What a recording holds, when: spoken words, beeps or two tones. Makes it and labels its frames.

A frame is the 40 ms that become one soft token. Knows no questions.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from demo_family.material import voices
from demo_family.material.voices import (
    DIGIT_WORDS,
    HELD_OUT_VOICES,
    OTHER_WORDS,
    RATE,
    SPOKEN,
    TRAINING_VOICES,
    Sound,
)

FRAME = 640
"""Samples of a frame: 40 ms."""
SILENCE, BEEP = 0, len(SPOKEN) + 1
FRAME_CLASSES = len(SPOKEN) + 2
UNSURE = -100
"""Frames in the first half of a word: nobody can know the word yet."""
PITCHES = 16
_LOWEST, _HIGHEST = 200.0, 2000.0

Kind = Literal["digits", "words", "beeps", "two tones", "noise"]


@dataclass(frozen=True, slots=True)
class Recording:
    """A sound with what is in it. `spans` are (class, first sample, end) in order, known for spliced sounds only."""

    kind: Kind
    sound: Sound
    words: tuple[str, ...] = ()
    beeps: int = 0
    pitches: tuple[float, ...] = ()
    spans: tuple[tuple[int, int, int], ...] = ()

    @property
    def text(self) -> str:
        """What was said, digits as figures: "3 5 2", "stop red"."""
        return " ".join(written(word) for word in self.words)


def written(word: str) -> str:
    """A spoken word as it is written down."""
    return str(DIGIT_WORDS.index(word)) if word in DIGIT_WORDS else word


def _spliced(
    rng: Random, pieces: list[tuple[int, Sound]], gaps: tuple[float, float]
) -> tuple[Sound, tuple[tuple[int, int, int], ...]]:
    parts = [voices.silence(rng.uniform(0.02, 0.4))]
    at, spans = len(parts[0]), []
    for number, (kind, piece) in enumerate(pieces):
        spans.append((kind, at, at + len(piece)))
        last = number == len(pieces) - 1
        pause = voices.silence(rng.uniform(0.12, 0.4) if last else rng.uniform(*gaps))
        parts += [piece, pause]
        at += len(piece) + len(pause)
    return np.concatenate(parts), tuple(spans)


def spoken(
    rng: Random, held_out: bool = False, digits: bool | None = None, fluent: bool | None = None
) -> Recording:
    """Two to five digits, or one to three other words; fluent ones are spoken as a phrase, the others spliced."""
    is_digits = rng.random() < 0.65 if digits is None else digits
    if is_digits:
        words = tuple(
            rng.choice(DIGIT_WORDS)
            for _ in range(rng.randint(2, 5) if held_out else rng.randint(1, 5))
        )
    else:
        words = tuple(rng.choice(OTHER_WORDS) for _ in range(rng.randint(1, 3)))
    voice = voices.any_voice(rng, HELD_OUT_VOICES if held_out else TRAINING_VOICES)
    slower = rng.uniform(0.88, 1.12)
    as_phrase = rng.random() < 0.4 if fluent is None else fluent
    kind: Kind = "digits" if is_digits else "words"
    if as_phrase:
        comma = ", " if rng.random() < 0.4 else " "
        said = voices.stretched(voices.speak(comma.join(words), voice), slower)
        sound, _ = _spliced(rng, [(0, said)], (0.0, 0.0))
        return Recording(kind, voices.in_a_room(sound, rng), words)
    pieces = [
        (SPOKEN.index(word) + 1, voices.stretched(voices.word(word, voice), slower))
        for word in words
    ]
    sound, spans = _spliced(rng, pieces, (0.0, 0.25))
    return Recording(kind, voices.in_a_room(sound, rng), words, spans=spans)


def beeps(rng: Random, count: int | None = None) -> Recording:
    """One to six beeps of one pitch."""
    number = count or rng.randint(1, 6)
    hertz, seconds = _pitch(rng), rng.uniform(0.08, 0.22)
    sound, spans = _spliced(rng, [(BEEP, voices.tone(hertz, seconds))] * number, (0.1, 0.3))
    return Recording(
        "beeps", voices.in_a_room(sound, rng), beeps=number, pitches=(hertz,) * number, spans=spans
    )


def two_tones(rng: Random) -> Recording:
    """Two longer tones at least three semitones apart."""
    first = _pitch(rng)
    while True:
        second = _pitch(rng)
        if abs(np.log2(second / first)) >= 0.25:
            break
    pieces = [(BEEP, voices.tone(hertz, rng.uniform(0.25, 0.5))) for hertz in (first, second)]
    sound, spans = _spliced(rng, pieces, (0.05, 0.3))
    return Recording(
        "two tones", voices.in_a_room(sound, rng), beeps=2, pitches=(first, second), spans=spans
    )


def noise(rng: Random) -> Recording:
    """Hiss, hum or nothing at all."""
    length = voices.silence(rng.uniform(0.5, 3))
    if rng.random() < 0.3:
        length = length + 0.3 * np.sin(2 * np.pi * 50 * np.arange(len(length)) / RATE).astype(
            np.float32
        )
    hiss = (
        np.random.default_rng(rng.getrandbits(32)).standard_normal(len(length)).astype(np.float32)
    )
    return Recording(
        "noise", np.clip(length + hiss * 10 ** rng.uniform(-4, -1), -1, 1).astype(np.float32)
    )


def _pitch(rng: Random) -> float:
    return float(_LOWEST * (_HIGHEST / _LOWEST) ** rng.random())


def frames(recording: Recording, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Labels of `count` frames: what is heard, and the pitch class of beeps (UNSURE elsewhere).

    The tower hears no future, so a word is named from its middle to a little after its end.
    """
    heard = np.zeros(count, np.int64)
    pitch = np.full(count, UNSURE, np.int64)
    for number, (kind, start, end) in enumerate(recording.spans):
        first, last = round(start / FRAME), min(count, round(end / FRAME) + 2)
        if kind == BEEP:
            last = min(count, round(end / FRAME))
            heard[first:last] = BEEP
            share = np.log(recording.pitches[number] / _LOWEST) / np.log(_HIGHEST / _LOWEST)
            pitch[first:last] = min(PITCHES - 1, int(share * PITCHES))
        else:
            middle = round((start + end) / 2 / FRAME)
            heard[first:middle] = UNSURE
            heard[middle:last] = kind
    return heard, pitch
