"""What specs mean that name GGUF files, and how such models are told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from playground.engines.roster import installed, specs
from playground.models.model import ModelError
from tests.engines.roster.hub import OFFICIAL, snapshot
from tests.models.gguf.files import TINY, TINY_ENCODERS, e2b

pytestmark = pytest.mark.usefixtures("hub")


def test_the_official_file_is_what_a_variant_and_its_type_mean(hub: Path) -> None:
    e2b(snapshot(hub, "another/E2B-GGUF") / "a.gguf")
    e2b(snapshot(hub, OFFICIAL) / "gemma-4-E2B-it-q4_0.gguf")
    found = specs.find("E2B@q4_0")
    assert found.spec == f"local:{OFFICIAL}/gemma-4-E2B-it-q4_0.gguf"
    assert (found.variant, found.title, found.runtime) == ("E2B", "E2B q4_0", "llama.cpp")
    assert (found.revision, found.capabilities.context) == ("01234567", 32768)
    assert found.capabilities.thinking and found.capabilities.tools and not found.capabilities.image
    assert specs.find(f"local:{OFFICIAL}") == specs.find(found.spec) == found
    assert [one.spec for one in installed.models() if one.runtime == "llama.cpp"] == [
        "local:another/E2B-GGUF/a.gguf",
        found.spec,
    ]


def test_one_that_is_not_here_is_told_with_its_repository() -> None:
    with pytest.raises(ModelError, match=f"no GGUF file of E2B in q4_0 .* Download {OFFICIAL} "):
        specs.find("E2B@q4_0")
    with pytest.raises(ModelError, match="There is no precision 'q4_9'"):
        specs.find("E2B@q4_9")


def test_of_several_files_one_is_to_be_named(hub: Path, tmp_path: Path) -> None:
    there = snapshot(hub, "another/E2B-GGUF")
    e2b(there / "a.gguf")
    e2b(there / "b.gguf")
    with pytest.raises(
        ModelError, match=r"holds 2 models. Name one: local:another/E2B-GGUF/a.gguf"
    ):
        specs.find("local:another/E2B-GGUF")
    assert specs.find("local:another/E2B-GGUF/b.gguf").path == there / "b.gguf"


def test_a_file_is_named_by_its_path_and_brings_its_encoders(tmp_path: Path) -> None:
    shutil.copy(TINY, tmp_path / "tiny.gguf")
    shutil.copy(TINY_ENCODERS, tmp_path / "mmproj-tiny.gguf")
    found = specs.find(f"local:{tmp_path / 'tiny.gguf'}")
    assert found.encoders == tmp_path / "mmproj-tiny.gguf" and found.capabilities.audio
    assert (found.variant, found.stored, found.demo) == ("tiny", "f32", False)
    assert found.bytes == TINY.stat().st_size + TINY_ENCODERS.stat().st_size
    assert specs.find(f"local:{tmp_path}").path == found.path
    with pytest.raises(ModelError, match="which can't be changed here"):
        specs.find(f"{found.spec}@int8")
    with pytest.raises(ModelError, match="There is no precision 'int9'"):
        specs.find(f"{found.spec}@int9")


@pytest.mark.parametrize("content", [b"GGUF", b"", TINY.read_bytes()[:2_000_000], b"hello" * 99])
def test_a_file_that_is_none_is_one_sentence_and_stops_no_list(content: bytes, hub: Path) -> None:
    file = snapshot(hub, "another/E2B-GGUF") / "broken.gguf"
    e2b(file.with_name("good.gguf"))
    file.write_bytes(content)
    with pytest.raises(ModelError, match=r"^broken.gguf .*\. Give a GGUF file of a Gemma 4 model"):
        specs.find(f"local:{file}")
    assert [one.weights for one in installed.models() if one.runtime == "llama.cpp"] == [
        "another/E2B-GGUF/good.gguf"
    ]
