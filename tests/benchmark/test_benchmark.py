"""The benchmark: true shapes as directories, and a short run of both sides on a model of the demo family."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest

from playground.__main__ import main
from playground.benchmark import true_shape
from playground.benchmark.pairs import endless
from playground.cli.commands import bench
from playground.engines.roster import demo_files, specs
from playground.models import capabilities
from playground.models.fit import shapes
from playground.models.footprint import footprint

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("variant", list(shapes()))
def test_a_true_shape_counts_what_the_variant_counts(variant: str, tmp_path: Path) -> None:
    config = true_shape.prepare(tmp_path, variant)
    assert footprint(config) == footprint(shapes()[variant])
    assert capabilities.read(tmp_path).audio == (variant in ("E2B", "E4B", "12B"))
    tokenizer = json.loads((tmp_path / "tokenizer.json").read_text())
    ids = sorted(tokenizer["model"]["vocab"].values())
    assert ids == list(range(config["text_config"]["vocab_size"]))


@pytest.mark.parametrize("variant", list(shapes()))
def test_fewer_layers_are_whole_groups(variant: str) -> None:
    group = shapes()[variant]["text_config"]["layer_types"].index("full_attention") + 1
    for layers in range(group, shapes()[variant]["text_config"]["num_hidden_layers"], group):
        text = true_shape.configuration(variant, layers)["text_config"]
        own = text["layer_types"][: layers - text["num_kv_shared_layers"]]
        assert set(own) == {"sliding_attention", "full_attention"}
    for wrong in (0, group - 1, 600):
        with pytest.raises(ValueError, match="come in groups"):
            true_shape.configuration(variant, wrong)


def test_random_weights_make_a_model_that_is_found(tmp_path: Path) -> None:
    """Of a shape made small: the true ones take gigabytes."""
    config = true_shape.prepare(tmp_path, "E2B", 5)
    text, demo = (
        config["text_config"],
        json.loads((demo_files.DEMO / "e2b/config.json").read_text()),
    )
    small = {"hidden_size", "intermediate_size", "vocab_size", "vocab_size_per_layer_input"}
    small |= {"hidden_size_per_layer_input", "head_dim", "num_attention_heads"}
    text |= {key: demo["text_config"][key] for key in small}
    text["global_head_dim"] = 2 * text["head_dim"]
    config |= {key: demo[key] for key in ("vision_config", "audio_config")}
    (tmp_path / "config.json").write_text(json.dumps(config))
    build = (sys.executable, "-m", "playground.benchmark.random_weights", str(tmp_path))
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    stored = specs.find(f"local:{tmp_path}").bytes
    assert stored == pytest.approx(2 * footprint(config).stored, rel=0.02)


def call(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "playground", "bench", *arguments],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_both_sides_are_measured_in_turns() -> None:
    done = call(
        "--shape", "demo:E2B", "--precision", "bf16", "--pairs", "1", "--tokens", "5", "--json"
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (told,) = json.loads(done.stdout)["results"]
    assert told["output_tokens"] == 5 and told["prompt_tokens"] > 200
    both = ("load_s", "ttft_s", "output_tps")
    assert all(told[name] > 0 and told[f"generate_{name}"] > 0 for name in both)
    assert told["speed_ratio"] == pytest.approx(told["output_tps"] / told["generate_output_tps"])
    assert told["weight_bytes_per_token"] > 1e6 and "bandwidth_share" not in told


@pytest.fixture
def gguf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo-sized E2B as GGUF, where the program finds it."""
    from demo_family import gguf

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert gguf.main(["E2B"]) == 0


def test_llama_cpp_takes_its_turn(gguf: None) -> None:
    done = call(
        "--shape", "demo:E2B", "--gguf", "f32", "--pairs", "1", "--tokens", "40", "--json"
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (told,) = json.loads(done.stdout)["results"]
    assert all(told[f"llama_{name}"] > 0 for name in ("load_s", "ttft_s", "output_tps"))
    other = call("--shape", "demo:E2B", "--gguf", "bf16")
    assert other.returncode == 1 and "demo:E2B@bf16 names its safetensors. Take" in other.stderr


def test_the_page_and_the_bare_library_are_measured_in_turns(
    gguf: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from bench import llama

    monkeypatch.setattr(llama, "PAIRS", 1)
    llama._measure([replace(specs.find("demo:E2B@f32"), encoders=None)])
    told = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in told[2:4]] == ["f32, llama.cpp", "bare library"]
    assert re.match(r"page / bare: decode \d+\.\d\d \(.*\), TTFT -?\d+ ", told[4])


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--shape", "E9B", "--random-weights"], 2, "There is no variant 'E9B'"),
        (["--shape", "E2B", "--random-weights", "--layers", "7"], 2, "groups of 5"),
        (["--shape", "E2B", "--layers", "some"], 2, "give a number, or all"),
        (["--shape", "demo:E2B", "--tokens", "1"], 2, "--tokens at least 2"),
        (["--shape", "demo:12B"], 1, "There is no demo-sized 12B."),
    ],
)
def test_a_bad_call_is_one_sentence(
    arguments: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", *arguments]) == code
    out, err = capsys.readouterr()
    assert out == "" and words in err and len(err.splitlines()) == 1


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
@pytest.mark.parametrize(
    "arguments", [("--shape", "E2B", "--random-weights", "--layers", "5"), ("--shape", "demo:E2B")]
)
def test_nothing_is_left_on_the_disk_when_it_is_ended(
    arguments: tuple[str, ...], ending: signal.Signals, tmp_path: Path
) -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "playground", "bench", *arguments],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 120
    while not list(tmp_path.glob("*/**/config.json")):
        assert running.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)
    running.send_signal(ending)
    assert running.wait(timeout=60) != 0
    assert not list(tmp_path.iterdir())


def test_what_a_signal_leaves_half_made_goes_with_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with bench._scratch():
        torn = Path(tempfile.mkdtemp())
        assert torn.is_dir()
    assert not list(tmp_path.iterdir()) and tempfile.tempdir == str(tmp_path)


def test_an_answer_goes_on_to_its_length_whatever_a_fine_tune_lists(tmp_path: Path) -> None:
    for said in ({"eos_token_id": 1}, {}):
        tuned = tmp_path / f"tuned{len(said)}"
        shutil.copytree(demo_files.DEMO / "e2b", tuned)
        (tuned / "generation_config.json").write_text(json.dumps(said))
        model = endless(specs.find(f"local:{tuned}"), tmp_path / f"copy{len(said)}")
        assert model.path is not None
        written = json.loads((model.path / "generation_config.json").read_text())
        assert written["suppress_tokens"] == [1, 6]
