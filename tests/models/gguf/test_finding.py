from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from playground.engines.roster import specs
from playground.models.gguf import finding
from playground.models.hub import cache
from playground.models.model import ModelError
from tests.models.gguf.files import TINY, TINY_ENCODERS, changed

REPO = "somebody/gemma-4-tiny-GGUF"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("OLLAMA_MODELS", raising=False)
    monkeypatch.setenv("LLAMA_CACHE", str(tmp_path / "llama"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path


def put(place: Path, *names: str, source: Path = TINY) -> None:
    place.mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.copy(source, place / name)


def test_several_quantisations_of_a_repository_are_several_models(home: Path) -> None:
    there = home / "hub" / f"models--{REPO.replace('/', '--')}" / "snapshots" / "abc"
    put(there, "tiny-Q4_0.gguf", "tiny-Q8_0.gguf")
    put(there, "mmproj-tiny-BF16.gguf", "mmproj-tiny-Q8_0.gguf", source=TINY_ENCODERS)
    (there / "broken.gguf").write_bytes(b"GGUF")
    found = finding.in_hub()
    assert [one.name for one in found] == [f"{REPO}/tiny-Q4_0.gguf", f"{REPO}/tiny-Q8_0.gguf"]
    assert {one.encoders and one.encoders.name for one in found} == {"mmproj-tiny-BF16.gguf"}


def test_other_programs_folders_are_found_where_they_are(home: Path) -> None:
    assert finding.of_others() == []
    put(home / ".lmstudio" / "models" / "somebody" / "tiny", "tiny.gguf")
    put(home / "llama", "tiny-a.gguf", "tiny-b.gguf")
    put(home / "llama", "tiny-b-mmproj.gguf", source=TINY_ENCODERS)
    blobs = home / ".ollama" / "models" / "blobs"
    put(blobs, f"sha256-{'a' * 64}")
    put(blobs, f"sha256-{'b' * 64}", source=TINY_ENCODERS)
    kinds = {finding.MODEL_LAYER: "a", finding.ENCODERS_LAYER: "b", "application/x": "../c"}
    layers = [{"mediaType": kind, "digest": f"sha256:{sign * 64}"} for kind, sign in kinds.items()]
    manifests = home / ".ollama" / "models" / "manifests" / "registry.ollama.ai" / "library"
    (manifests / "gemma4").mkdir(parents=True)
    (manifests / "gemma4" / "e2b").write_text(json.dumps({"layers": layers}))
    (manifests / "gemma4" / "evil").write_text('{"layers": [[]]}')
    os.mkfifo(manifests / "gemma4" / "pipe")
    found = {
        one.name: (one.owner, one.encoders and one.encoders.name) for one in finding.of_others()
    }
    assert found == {
        "somebody/tiny/tiny.gguf": ("LM Studio", None),
        "gemma4:e2b": ("Ollama", f"sha256-{'b' * 64}"),
        "tiny-a.gguf": ("llama.cpp", "tiny-b-mmproj.gguf"),
        "tiny-b.gguf": ("llama.cpp", "tiny-b-mmproj.gguf"),
    }


def test_encoders_that_do_not_fit_are_left_with_the_reason(home: Path) -> None:
    put(home / "models", "tiny.gguf")
    (home / "models" / "mmproj.gguf").write_bytes(TINY_ENCODERS.read_bytes()[:1000])
    found = finding.paired(home / "models" / "tiny.gguf", "tiny")
    assert found.encoders is None
    assert found.fault == "mmproj.gguf is cut off within its header"


@pytest.mark.parametrize("name", ["MMPROJ-F16.gguf", "tiny-vision.gguf"])
def test_encoders_are_told_by_their_header_whatever_they_are_called(home: Path, name: str) -> None:
    put(home / "models", "tiny.gguf")
    put(home / "models", name, source=TINY_ENCODERS)
    assert [one.name for one in finding.models_in(home / "models")] == ["tiny.gguf"]
    found = finding.paired(home / "models" / "tiny.gguf", "tiny")
    assert found.encoders is not None and found.encoders.name == name


def test_encoders_that_make_no_sense_cost_no_more_than_themselves(home: Path) -> None:
    """Those of another family lie beside them in llama.cpp's folder; a hostile one names a giant picture."""
    put(home / "llama", "tiny.gguf")
    changed(TINY_ENCODERS, home / "llama" / "mmproj-a.gguf", (b"gemma4v", b"gemma3v"))
    broken = (b"clip.vision.patch_size", b"clip.vision.patch_sizX")
    changed(TINY_ENCODERS, home / "llama" / "mmproj-b.gguf", broken)
    (found,) = finding.of_others()
    assert found.encoders is None and "no Gemma 4: its projector is 'gemma3v'" in found.fault
    model = specs.find(f"local:{found.file}")
    assert not model.capabilities.image and "gemma3v" in model.capabilities.lacks


def manifest(home: Path, name: str, *signs: str) -> None:
    """What Ollama notes of a model whose weights, and encoders, are called by these signs."""
    kinds = (finding.MODEL_LAYER, finding.ENCODERS_LAYER)
    layers = [
        {"mediaType": kind, "digest": f"sha256:{sign * 64}"}
        for kind, sign in zip(kinds, signs, strict=False)
    ]
    file = home / ".ollama" / "models" / "manifests" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"layers": layers}))


def test_a_file_with_several_names_is_one_model(home: Path) -> None:
    """`ollama pull gemma4` and `gemma4:e2b` may name the same."""
    blobs = home / ".ollama" / "models" / "blobs"
    put(blobs, *(f"sha256-{sign * 64}" for sign in "acd"))
    put(blobs, f"sha256-{'b' * 64}", source=TINY_ENCODERS)
    manifest(home, "registry.ollama.ai/library/gemma4/e2b", "a", "b")
    manifest(home, "registry.ollama.ai/library/gemma4/latest", "a", "b")
    manifest(home, "registry.ollama.ai/somebody/gemma4/e2b", "c")
    manifest(home, "hf.co/somebody/gemma4/e2b", "d")
    put(home / ".lmstudio" / "models" / "somebody" / "tiny", "tiny.gguf")
    (home / ".cache").mkdir()
    (home / ".cache" / "lm-studio").symlink_to(home / ".lmstudio")
    assert sorted(one.name for one in finding.of_others()) == [
        "gemma4:e2b",
        "hf.co/somebody/gemma4:e2b",
        "somebody/gemma4:e2b",
        "somebody/tiny/tiny.gguf",
    ]


def test_a_damaged_file_in_the_cache_is_told_and_can_be_deleted(home: Path) -> None:
    there = home / "hub" / f"models--{REPO.replace('/', '--')}" / "snapshots" / "abc"
    put(there, "tiny-Q8_0.gguf")
    (there / "tiny-Q4_0.gguf").write_bytes(TINY.read_bytes()[:3_000_000])
    with pytest.raises(ModelError, match=r"is here but damaged: tiny-Q4_0\.gguf is cut off"):
        specs.find(f"local:{REPO}/tiny-Q4_0.gguf")
    (there / "tiny-Q8_0.gguf").rename(home / "kept")
    with pytest.raises(ModelError, match=r"is here but damaged: tiny-Q4_0\.gguf is cut off"):
        specs.find(f"local:{REPO}")
    (home / "kept").rename(there / "tiny-Q8_0.gguf")
    with pytest.raises(ModelError, match=r"first \(python -m playground download some"):
        specs.find(f"local:{REPO}/other.gguf")
    assert finding.remove(REPO, "tiny-Q4_0.gguf") == ""
    assert [file.name for file in there.iterdir()] == ["tiny-Q8_0.gguf"]


def test_a_directory_with_a_damaged_file_says_so(home: Path) -> None:
    put(home / "own", "mmproj-tiny.gguf", source=TINY_ENCODERS)
    (home / "own" / "tiny.gguf").write_bytes(TINY.read_bytes()[:3_000_000])
    with pytest.raises(ModelError, match=r"own can't be used: tiny\.gguf is cut off"):
        specs.find(f"local:{home / 'own'}")


def test_what_is_deleted_takes_nothing_of_others_along(home: Path) -> None:
    """The same content under two names and in two snapshots, a link to somebody's own file, weights in safetensors."""
    folder = home / "hub" / f"models--{REPO.replace('/', '--')}"
    put(folder / "blobs", "blob")
    put(home / "own", "tiny.gguf")
    for snapshot, name in (("abc", "one.gguf"), ("abc", "two.gguf"), ("def", "one.gguf")):
        place = folder / "snapshots" / snapshot
        place.mkdir(parents=True, exist_ok=True)
        (place / name).symlink_to("../../blobs/blob")
    (folder / "snapshots" / "abc" / "own.gguf").symlink_to(home / "own" / "tiny.gguf")
    (folder / "snapshots" / "abc" / "model.safetensors").write_bytes(b"whatever")
    finding.remove(REPO, "own.gguf")
    assert (home / "own" / "tiny.gguf").exists()
    finding.remove(REPO, "one.gguf")
    assert [one.file.name for one in finding.in_hub()] == ["two.gguf"]
    finding.remove(REPO, "two.gguf")
    assert not (folder / "blobs" / "blob").exists()
    assert (folder / "snapshots" / "abc" / "model.safetensors").exists()


def test_models_of_all_snapshots_are_there_also_while_another_file_comes(home: Path) -> None:
    snapshots = home / "hub" / f"models--{REPO.replace('/', '--')}" / "snapshots"
    put(snapshots / "old", "tiny-Q4_0.gguf", "tiny-Q8_0.gguf")
    put(snapshots / "new", "tiny-Q8_0.gguf")
    cache.unfinished(REPO, "new")
    cache.newest(REPO, "new")
    found = {one.file.name: one.file.parent.name for one in finding.in_hub()}
    assert found == {"tiny-Q4_0.gguf": "old", "tiny-Q8_0.gguf": "new"}
