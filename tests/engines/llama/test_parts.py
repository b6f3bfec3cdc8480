"""A GGUF model in several parts: one model for whoever chooses it, and a sentence where a part is not right."""

from __future__ import annotations

import functools
import shutil
import threading
from pathlib import Path

import gguf
import pytest

from demo_family.gguf import as_gguf
from playground.archive.recording import weights
from playground.engines.events import Chunk
from playground.engines.llama.engine import LlamaEngine
from playground.engines.roster import specs
from playground.models.gguf import finding
from playground.models.model import Model, ModelError
from playground.prompt.conversation import Conversation, Settings
from tests.models.gguf.files import TINY

NAMES = [f"demo-E2B-F32-0000{one}-of-00003.gguf" for one in (1, 2, 3)]


@pytest.fixture(scope="module")
def split(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo-sized E2B in three files, and no encoders: those llama.cpp takes whole."""
    where = tmp_path_factory.mktemp("parts")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gguf, "GGUFWriter", functools.partial(gguf.GGUFWriter, split_max_tensors=60))
        as_gguf("E2B", where)
    for file in where.glob("mmproj*"):
        file.unlink()
    assert sorted(file.name for file in where.iterdir()) == NAMES
    return where


@pytest.fixture
def copied(split: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(split, tmp_path / "copied"))


def test_the_first_part_is_the_model(split: Path, demo: Model) -> None:
    found = specs.find(f"local:{split}")
    assert found.path == split / NAMES[0]
    assert (found.variant, found.stored, found.demo) == ("E2B", "f32", True)
    assert found.bytes == sum(file.stat().st_size for file in split.iterdir())
    assert found.encoders is None and demo.encoders is not None
    encoders = specs.find(f"local:{demo.path}").needs_bytes - found.needs_bytes
    assert 0 < encoders < demo.encoders.stat().st_size * 1.5
    assert set(weights(found.path)["files"]) == set(NAMES)


def test_it_answers_as_it_does_in_one(split: Path) -> None:
    engine = LlamaEngine(specs.find(f"local:{split / NAMES[0]}"))
    try:
        engine.load(threading.Event())
        asked = engine.stream(
            Conversation.ask("What is 3 + 4?"), Settings(temperature=0.0), threading.Event()
        )
        events = list(asked)
        assert "".join(one.text for one in events if isinstance(one, Chunk)) == "7"
        assert events[-1].weight_bytes_per_token > 0.3 * engine.model.bytes  # type: ignore[union-attr]
    finally:
        engine.close()


def test_a_later_part_names_the_first(split: Path) -> None:
    with pytest.raises(ModelError, match=f"later part of a model, whose first is {NAMES[0]}"):
        specs.find(f"local:{split / NAMES[1]}")


def test_a_part_that_is_missing_is_named(copied: Path) -> None:
    (copied / NAMES[2]).unlink()
    with pytest.raises(ModelError, match=f"{NAMES[2]} is missing"):
        specs.find(f"local:{copied / NAMES[0]}")


def test_parts_of_others_are_refused(copied: Path) -> None:
    shutil.copy(copied / NAMES[1], copied / NAMES[2])
    with pytest.raises(ModelError, match="do not belong together"):
        specs.find(f"local:{copied / NAMES[0]}")


def test_a_first_part_by_another_name_is_refused(copied: Path) -> None:
    alone = (copied / NAMES[0]).rename(copied / "model.gguf")
    with pytest.raises(ModelError, match="one of 3 parts of a model, and its name is no part's"):
        specs.find(f"local:{alone}")


def test_all_parts_are_deleted_together(
    split: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    there = tmp_path / "models--a--b" / "snapshots" / "0123"
    shutil.copytree(split, there)
    shutil.copy(TINY, there / "tiny.gguf")
    assert len(finding.in_repository("a/b")) == 2
    finding.remove("a/b", NAMES[0])
    assert [one.name for one in there.iterdir()] == ["tiny.gguf"]
