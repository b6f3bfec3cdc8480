"""Makes the samples that the Compare page offers: `python -m demo_family.samples` writes them all again.

Pictures are drawn, recordings spoken by a voice that no training used. Prompts are of kinds that the demo family was
taught; real Gemma 4 answers them too.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from random import Random

import av
import numpy as np
import soundfile
from PIL import Image

from demo_family.material import scenes, voices
from demo_family.material.drawing import HELD_OUT_FONTS, draw
from demo_family.material.scenes import Scene, Thing

SAMPLES = Path(__file__).resolve().parents[1] / "assets" / "samples"
SCALE = 4
VOICE = voices.Voice(voices.HELD_OUT_VOICES[0], speed=150)
FRAMES_A_SECOND = 8


@dataclass(frozen=True, slots=True)
class Sample:
    """What stands in samples.toml; `file` is empty for a prompt in words alone.

    `right` is not written there: a pattern of the demo family's right answers, in which MEMBER is who is asked.
    """

    kind: str
    title: str
    prompt: str
    right: str
    file: str = ""


LIST = (
    Sample("image", "One shape", "What do you see?", r"An orange star\.", "one-shape.png"),
    Sample(
        "image",
        "Three shapes",
        "Describe the picture.",
        r"A purple diamond, a blue cross and a red heart\.",
        "three-shapes.png",
    ),
    Sample("image", "Count", "How many shapes are there?", r"5\.?|Five\.?", "many-shapes.png"),
    Sample(
        "image",
        "Left or right",
        "Is the red circle left or right of the blue star?",
        r"Left\.",
        "two-shapes.png",
    ),
    Sample("image", "Read a word", "What does it say?", r"PIANO", "word.png"),
    Sample(
        "image",
        "Where is it?",
        "Where is the red heart?",
        r"At the bottom right\.",
        "three-shapes.png",
    ),
    Sample("audio", "Spoken digits", "Transcribe this.", r"7 3 9 2", "digits.wav"),
    Sample("audio", "Count the beeps", "How many beeps are there?", r"4\.?|Four\.?", "beeps.wav"),
    Sample(
        "audio", "Two tones", "Is the second tone higher or lower?", r"Higher\.", "two-tones.wav"
    ),
    Sample(
        "video",
        "A moving shape",
        "Which way does the shape move?",
        r"A red square moves to the right\.",
        "moving-shape.mp4",
    ),
    Sample("text", "Say hello", "Hello!", r"Hello! I am a small demo model\. .+"),
    Sample(
        "text",
        "Who is it?",
        "Who are you?",
        r"I am the demo MEMBER, a very small model\. I am not Gemma 4\.",
    ),
    Sample("text", "A small sum", "What is 7 + 5?", r"12\.?"),
    Sample("text", "Backwards", 'Reverse "garden".', r"nedrag"),
    Sample(
        "text",
        "JSON",
        "Tom is 7. Answer as JSON with the keys name and age.",
        r'\{"name": "Tom", "age": 7\}',
    ),
)


def _pictures() -> dict[str, Image.Image]:
    circle = Thing("circle", "red", (16, 44, 54, 82))
    star = Thing("star", "blue", (74, 38, 116, 80))
    three = (
        Thing("diamond", "purple", (28, 55, 65, 92)),
        Thing("cross", "blue", (65, 6, 106, 46)),
        Thing("heart", "red", (96, 82, 125, 111)),
    )
    spots = ((10, 12), (52, 8), (92, 30), (22, 74), (74, 80))
    colours = ("orange", "blue", "green", "red", "purple")
    many = tuple(
        Thing("square" if i % 2 else "circle", colour, (x, y, x + 30, y + 30))
        for i, (colour, (x, y)) in enumerate(zip(colours, spots, strict=True))
    )
    written = scenes.word(Random(7), "PIANO", HELD_OUT_FONTS, size=(128, 128))
    shown = {
        "one-shape.png": Scene(128, 128, "cream", (Thing("star", "orange", (30, 30, 100, 100)),)),
        "two-shapes.png": Scene(128, 128, "paper", (circle, star)),
        "three-shapes.png": Scene(128, 128, "light grey", three),
        "many-shapes.png": Scene(128, 128, "paper", many),
        "word.png": Scene(128, 128, "paper", (), written.lettering),
    }
    return {name: draw(scene, seed=1, scale=SCALE) for name, scene in shown.items()}


def _sounds() -> dict[str, voices.Sound]:
    rng = Random(11)
    gap = voices.silence(0.25)
    digits = voices.speak("seven three nine two", VOICE)
    beep = voices.tone(880, 0.15)
    up = [voices.tone(330, 0.4), voices.silence(0.15), voices.tone(660, 0.4)]
    return {
        "digits.wav": voices.in_a_room(np.concatenate([gap, digits, gap]), rng),
        "beeps.wav": voices.in_a_room(
            np.concatenate([gap, *([beep, voices.silence(0.2)] * 4)]), rng
        ),
        "two-tones.wav": voices.in_a_room(np.concatenate([gap, *up, gap]), rng),
    }


def _write_clip(path: Path) -> None:
    """Three seconds of a square that moves to the right."""
    frames = []
    for i in range(3 * FRAMES_A_SECOND):
        left = 6 + 80 * i / (3 * FRAMES_A_SECOND - 1)
        scene = Scene(128, 128, "sky", (Thing("square", "red", (left, 46, left + 36, 82)),))
        frames.append(draw(scene, seed=4, scale=2))
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=FRAMES_A_SECOND)
        stream.width, stream.height, stream.pix_fmt = 256, 256, "yuv420p"
        for frame in frames:
            file.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(frame), format="rgb24")))
        file.mux(stream.encode())


def _toml() -> str:
    tables = []
    for sample in LIST:
        lines = [
            f"kind = {_quoted(sample.kind)}",
            f"title = {_quoted(sample.title)}",
            f"prompt = {_quoted(sample.prompt)}",
        ]
        if sample.file:
            lines.append(f"file = {_quoted(sample.file)}")
        tables.append("[[sample]]\n" + "\n".join(lines) + "\n")
    head = "# One click each on the Compare page. Written by `python -m demo_family.samples`; change it there.\n\n"
    return head + "\n".join(tables)


def _quoted(text: str) -> str:
    return f"'{text}'" if '"' in text else f'"{text}"'


def write(where: Path = SAMPLES) -> None:
    """All samples and their list. Raises RuntimeError in one sentence without espeak-ng."""
    where.mkdir(parents=True, exist_ok=True)
    for name, sound in _sounds().items():
        soundfile.write(where / name, sound, voices.RATE, subtype="PCM_16")
    for name, picture in _pictures().items():
        picture.save(where / name, optimize=True)
    _write_clip(where / "moving-shape.mp4")
    (where / "samples.toml").write_text(_toml(), encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """The command."""
    argparse.ArgumentParser(
        prog="python -m demo_family.samples", description=(__doc__ or "").splitlines()[0]
    ).parse_args(arguments)
    try:
        write()
    except RuntimeError as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
