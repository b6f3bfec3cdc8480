"""`look`: what a file becomes and costs, in a few lines."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import Call
from tests.media_files import wav
from tests.pdf_files import pdf

SAMPLES = Path(__file__).parents[2] / "assets" / "samples"


def test_a_recording_is_drawn_with_its_silences_and_its_cost(call: Call, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).normal(0, 0.2, 16_000).clip(-1, 1)
    file = tmp_path / "talk.wav"
    file.write_bytes(wav(np.concatenate([noise, np.zeros(16_000), noise])))
    done = call("look", str(file), "--on", "demo:E2B")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "talk.wav: WAV, 16 kHz, mono, 3.0 s"
    assert lines[1].strip().startswith("▄") or lines[1].strip()[0] in "▅▆▇█"
    assert lines[1].strip()[30] == "▁" and len(lines[1].strip()) == 60
    assert any(line.startswith("  silent from 1.0") for line in lines)
    assert lines[-1] == "  demo:E2B 77 tokens"


def test_every_kind_of_file_is_told_of(call: Call, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Hello")
    (tmp_path / "b.pdf").write_bytes(pdf(["one", "two"]))
    files = [str(tmp_path / "a.txt"), str(tmp_path / "b.pdf"), str(SAMPLES / "moving-shape.mp4")]
    held = json.loads(call("look", *files, "--on", "demo:31B", "--json").stdout)
    assert [one["kind"] for one in held] == ["document", "image", "image", "video"]
    assert all(one["tokens"]["demo:31B"] > 1 for one in held)
    told = call("look", files[2]).stdout
    assert "frames of at most 70 tokens at 00:00, 00:0" in told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("nowhere.png",), "nowhere.png can't be read: No such file"), ((), "Missing argument")],
)
def test_a_bad_call_is_one_line(arguments: tuple[str, ...], said: str, call: Call) -> None:
    done = call("look", *arguments)
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1) and said in done.stderr


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--on", "E9B", "There is no variant 'E9B'."),
        ("--on", "server:lab/m", "There is no server 'lab'."),
        ("--image-tokens", "77", "a picture can't take 77 tokens"),
    ],
)
def test_what_can_not_be_reckoned_with_is_one_line(
    call: Call, option: str, value: str, words: str, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("Hello")
    done = call("look", str(tmp_path / "a.txt"), option, value)
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in done.stderr and len(done.stderr.splitlines()) == 1
