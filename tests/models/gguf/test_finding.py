from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from playground.models.gguf import finding
from tests.models.gguf.files import TINY, TINY_ENCODERS

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
