"""Repositories that came damaged: each says so by itself, in one sentence, and everything else goes on."""

from __future__ import annotations

import json
import os
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from playground.__main__ import main
from playground.engines.roster import demo_files, installed, specs
from playground.engines.roster.demo_files import DEMO
from playground.models.damage import damage
from playground.models.model import ModelError
from tests.engines.roster.hub import cached

REPO = "google/gemma-4-E2B-it"
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 10246621918\n"
WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"

Spoil = Callable[[Path], object]


def writes(name: str, content: bytes) -> Spoil:
    return lambda path: (path / name).write_bytes(content)


def without(name: str) -> Spoil:
    return lambda path: (path / name).unlink()


def cut(name: str, kept: int) -> Spoil:
    return lambda path: (path / name).write_bytes((path / name).read_bytes()[:kept])


def config(**changes: object) -> Spoil:
    def spoil(path: Path) -> None:
        held = json.loads((path / "config.json").read_text())
        held["text_config"] |= changes
        (path / "config.json").write_text(json.dumps(held))

    return spoil


def more(path: Path) -> None:
    (path / WEIGHTS).write_bytes((path / WEIGHTS).read_bytes() + b"more")


def dangling(path: Path) -> None:
    (path / WEIGHTS).unlink()
    (path / WEIGHTS).symlink_to(path / "blobs" / "gone")


def folder(path: Path) -> None:
    (path / WEIGHTS).unlink()
    (path / WEIGHTS).mkdir()


def pipe(path: Path) -> None:
    (path / "config.json").unlink()
    os.mkfifo(path / "config.json")


def header(told: object) -> bytes:
    said = json.dumps(told).encode()
    return struct.pack("<Q", len(said)) + said


SPOILT: dict[str, tuple[Spoil, str]] = {
    "no bytes": (writes(WEIGHTS, b""), "model.safetensors is empty"),
    "a pointer": (writes(WEIGHTS, POINTER), "model.safetensors is a git-lfs pointer"),
    "three bytes": (writes(WEIGHTS, b"abc"), "model.safetensors is no safetensors file"),
    "an absurd header": (
        writes(WEIGHTS, struct.pack("<Q", 2**63) + b"{}"),
        "model.safetensors is no safetensors file",
    ),
    "half a header": (cut(WEIGHTS, 2000), "model.safetensors is cut off within its header"),
    "half the weights": (cut(WEIGHTS, 5_000_000), "is cut off: 5,000,000 of its 7,333,792 bytes"),
    "weights and more": (more, "is longer than its header says"),
    "a header that is a list": (writes(WEIGHTS, header([1])), "has a header that can't be read"),
    "a header of nonsense": (
        writes(WEIGHTS, header({"w": {"dtype": "BF16", "data_offsets": "all"}})),
        "has a header that can't be read",
    ),
    "a header without end": (
        writes(WEIGHTS, struct.pack("<Q", 200_000) + b"[" * 200_000),
        "has a header that can't be read",
    ),
    "a link to nothing": (dangling, "model.safetensors is missing"),
    "a folder for weights": (folder, "model.safetensors is no file"),
    "no weights": (without(WEIGHTS), "has no safetensors file"),
    "an index of missing files": (
        writes(INDEX, b'{"weight_map": {"a": "model-7.safetensors"}}'),
        "model-7.safetensors is missing",
    ),
    "an index that is a list": (writes(INDEX, b"[]"), f"{INDEX} names no files"),
    "an index that leads out": (
        writes(INDEX, b'{"weight_map": {"a": "../../x.safetensors"}}'),
        f"{INDEX} names no files",
    ),
    "an index of numbers": (writes(INDEX, b'{"weight_map": {"a": 1}}'), f"{INDEX} names no files"),
    "a pipe for settings": (pipe, "config.json is no file"),
    "no settings": (without("config.json"), "config.json is missing"),
    "settings that are a list": (writes("config.json", b"[1]"), "config.json holds no JSON object"),
    "settings that are cut off": (cut("config.json", 100), "config.json holds no JSON object"),
    "settings of something else": (writes("config.json", b'{"a": 1}'), "no config.json of a model"),
    "settings in another alphabet": (
        writes("config.json", '{"text_config": "ä"}'.encode("utf-16-le")),
        "config.json holds no JSON object",
    ),
    "endless context": (
        config(max_position_embeddings=float("inf")),
        "settings that make no sense",
    ),
    "less than no context": (config(max_position_embeddings=-1), "settings that make no sense"),
    "no tokenizer": (without("tokenizer.json"), "tokenizer.json is missing"),
    "a tokenizer's pointer": (
        writes("tokenizer.json", POINTER),
        "tokenizer.json is a git-lfs pointer",
    ),
    "half a tokenizer": (cut("tokenizer.json", 30_000), "tokenizer.json holds no JSON object"),
    "no tokenizer's settings": (
        without("tokenizer_config.json"),
        "tokenizer_config.json is missing",
    ),
    "no processor": (without("processor_config.json"), "processor_config.json is missing"),
    "no template": (without("chat_template.jinja"), "has no chat template"),
}


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub"


def snapshot(hub: Path, repo: str = REPO, revision: str = "abc") -> Path:
    """The demo E2B where real weights would lie."""
    path = hub / f"models--{repo.replace('/', '--')}" / "snapshots" / revision
    shutil.copytree(DEMO / "e2b", path)
    return path


@pytest.mark.parametrize("how", SPOILT)
def test_a_damaged_repository_says_so_and_all_else_goes_on(hub: Path, how: str) -> None:
    spoil, said = SPOILT[how]
    whole = snapshot(hub, "google/gemma-4-E4B-it")
    spoil(snapshot(hub))
    found = installed.models()
    assert found[0].spec == "local:google/gemma-4-E4B-it"
    assert found[0].path == whole and len(found) == 5
    (spoilt,) = installed.damaged()
    assert (spoilt.variant, spoilt.weights) == ("E2B", REPO)
    assert REPO in spoilt.reason and said in spoilt.reason
    assert spoilt.reason.endswith(".") and spoilt.remedy.endswith(".")
    assert specs.find("E2B").demo
    with pytest.raises(ModelError, match=said.replace("[", r"\[")):
        specs.find(f"local:{REPO}")


def test_settings_that_only_the_reckoning_minds(hub: Path) -> None:
    """What fits can't be foreseen: the size of the files stands in for it, and the model is listed."""
    config(layer_types=[], num_hidden_layers=10**9)(snapshot(hub))
    assert installed.damaged() == ()
    found = specs.find(f"local:{REPO}")
    assert found.needs_bytes == found.bytes * 6 // 5


def test_an_older_snapshot_that_is_whole_is_used(hub: Path) -> None:
    older = snapshot(hub)
    newer = snapshot(hub, revision="def")
    (newer.parents[1] / "refs").mkdir()
    (newer.parents[1] / "refs" / "main").write_text("def")
    assert specs.find("E2B").path == newer
    (newer / WEIGHTS).write_bytes(b"")
    assert specs.find("E2B").path == older
    assert installed.damaged() == ()


@pytest.mark.parametrize("ref", [b"\xff\xfe", b"../../..", b""])
def test_a_damaged_reference_hides_no_snapshot(hub: Path, ref: bytes) -> None:
    path = snapshot(hub)
    (path.parents[1] / "refs").mkdir()
    (path.parents[1] / "refs" / "main").write_bytes(ref)
    assert specs.find("E2B").path == path


def test_a_damaged_demo_hides_no_other(
    hub: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it is after a clone without git-lfs."""
    shutil.copytree(DEMO, tmp_path / "demo")
    monkeypatch.setattr(demo_files, "DEMO", tmp_path / "demo")
    (tmp_path / "demo" / "e2b" / WEIGHTS).write_bytes(POINTER)
    assert [model.variant for model in installed.models()] == ["E4B", "26B-A4B", "31B"]
    (spoilt,) = installed.damaged()
    assert "demo-sized E2B is damaged: model.safetensors is a git-lfs pointer" in spoilt.reason


def test_a_variant_without_a_demo_tells_why_it_is_not_there(hub: Path) -> None:
    (cached(hub, "google/gemma-4-12B-it") / WEIGHTS).write_bytes(b"")
    with pytest.raises(ModelError, match="gemma-4-12B-it is here but damaged"):
        specs.find("12B")


def test_a_drafter_needs_no_tokenizer_and_a_damaged_one_is_left_out(hub: Path) -> None:
    snapshot(hub)
    drafter = cached(hub, f"{REPO}-assistant")
    (drafter / "tokenizer.json").unlink()
    assert specs.find("E2B").drafter == drafter
    (drafter / WEIGHTS).write_bytes(POINTER)
    assert specs.find("E2B").drafter is None


def test_the_terminal_lists_what_is_damaged(hub: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (snapshot(hub) / WEIGHTS).write_bytes(b"")
    assert main(["models"]) == 0
    assert f"{REPO} is here but damaged: model.safetensors is empty." in capsys.readouterr().out
    assert main(["models", "--json"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)["damaged"]
    assert listed["weights"] == REPO


def test_the_demo_family_is_whole() -> None:
    assert [damage(path) for path in sorted(DEMO.iterdir()) if path.is_dir()] == [""] * 4
