"""The demo family as GGUF files: found, named like its safetensors, and never taken for Gemma 4."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from playground.engines.roster import demo_files, installed, specs
from playground.models.model import Model, ModelError
from tests.models.gguf.files import TINY


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the program looks for them, empty as on a fresh machine."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    demo_files.folder().mkdir(parents=True)
    return demo_files.folder()


def put(demo: Model, file: Path) -> Path:
    assert demo.path is not None
    file.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(demo.path, file))


def test_it_stands_behind_the_same_as_safetensors(demo: Model, folder: Path) -> None:
    put(demo, folder / "anything.gguf")
    shutil.copy(TINY, folder / "tiny.gguf")  # the family's architecture, and none of its members
    found = [one for one in installed.models() if one.runtime == "llama.cpp"]
    assert [one.spec for one in found] == ["demo:E2B@f32"]
    assert specs.find("demo:E2B@f32") == found[0] == installed.models()[-1]
    assert (found[0].variant, found[0].title, found[0].demo) == ("E2B", "E2B f32", True)
    assert found[0].weights == "demo-sized E2B, anything.gguf"
    assert specs.find("E2B") == specs.find("demo:E2B")
    assert specs.find("E2B").runtime == "transformers"


def test_it_never_passes_for_gemma_4(demo: Model, tmp_path: Path) -> None:
    repo = tmp_path / "hub" / "models--google--gemma-4-E2B-it-qat-q4_0-gguf" / "snapshots" / "a"
    file = put(demo, repo / "gemma-4-E2B-it-q4_0.gguf")
    assert specs.find(f"local:{file}").demo
    assert all(one.demo for one in installed.models())
    assert specs.find("E2B").spec == "demo:E2B"
    with pytest.raises(ModelError, match="no GGUF file of E2B in f32"):
        specs.find("E2B@f32")


def test_in_a_type_that_safetensors_have_too_it_goes_by_its_path(
    demo: Model, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = put(demo, folder / "bf16.gguf")
    monkeypatch.setattr(demo_files.described, "quantisation", lambda told: "bf16")
    assert installed.models()[-1].spec == f"local:{file}"
    assert specs.find("demo:E2B@bf16").runtime == "transformers"


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("demo:E2B@q8_0", "in q8_0 on this machine. Write it .*demo_family.gguf E2B --type q8_0"),
        ("demo:12B@q8_0", "no demo-sized 12B. The demo family is"),
    ],
)
def test_one_that_is_not_here_says_how_to_have_it(spec: str, words: str) -> None:
    with pytest.raises(ModelError, match=words):
        specs.find(spec)
