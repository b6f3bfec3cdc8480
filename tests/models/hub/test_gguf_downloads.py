"""GGUF files from the tiny hub: which of a repository come, and that they are whole and found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.cli.repository import repository
from playground.engines.roster import specs
from playground.models.gguf import finding
from playground.models.hub import cache
from playground.models.hub.downloads import Download, Downloads
from tests.models.gguf.files import TINY, TINY_ENCODERS
from tests.servers.hub import COMMIT, REPO, Hub
from tests.waiting import until


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    running = Hub()
    running.files = {
        "README.md": b"# tiny",
        "config.json": b"{}",
        "tiny-Q4_0.gguf": TINY.read_bytes(),
        "mmproj-tiny-BF16.gguf": TINY_ENCODERS.read_bytes(),
        "mmproj-tiny-F32.gguf": TINY_ENCODERS.read_bytes() + b"\0",
    }
    yield running
    running.shutdown()
    running.server_close()


def fetch(hub: Hub, name: str) -> Download:
    download = Downloads(hub.url).start(name)
    until(lambda: download.ended)
    return download


def names() -> set[str]:
    return {file.name for file in (cache.folder(REPO) / "snapshots" / COMMIT).iterdir()}


def test_weights_come_with_their_most_exact_encoders_and_nothing_else(hub: Hub) -> None:
    download = fetch(hub, REPO)
    assert (download.state, download.reason) == ("done", "")
    assert names() == {"tiny-Q4_0.gguf", "mmproj-tiny-BF16.gguf"}
    assert download.done == download.total == TINY.stat().st_size + TINY_ENCODERS.stat().st_size
    found = specs.find(f"local:{REPO}")
    assert found.encoders is not None and found.capabilities.image


def test_of_several_one_is_named(hub: Hub) -> None:
    hub.files["tiny-Q8_0.gguf"] = TINY.read_bytes() + b"\0"
    refused = fetch(hub, REPO)
    assert refused.reason == f"{REPO} has 2 GGUF models."
    assert refused.remedy.startswith(f"Name one, as in {REPO}/tiny-Q4_0.gguf; there are ")
    assert fetch(hub, f"{REPO}/tiny-Q8_0.gguf").state == "done"
    assert names() == {"tiny-Q8_0.gguf", "mmproj-tiny-BF16.gguf"}
    assert fetch(hub, f"{REPO}/other.gguf").reason.startswith(f"{REPO} has no safetensors files")


def test_all_parts_of_a_model_come_and_count_as_one(hub: Hub) -> None:
    del hub.files["tiny-Q4_0.gguf"]
    parts = {f"tiny-0000{one}-of-00003.gguf": TINY.read_bytes() + b"%d" % one for one in (1, 2, 3)}
    hub.files |= parts
    assert fetch(hub, REPO).state == "done"
    assert names() == {*parts, "mmproj-tiny-BF16.gguf"}
    del hub.files["tiny-00002-of-00003.gguf"]
    assert fetch(hub, REPO).reason.startswith(f"{REPO} has no safetensors files")


def test_a_file_with_a_wrong_checksum_is_thrown_away(hub: Hub) -> None:
    hub.flip = "tiny-Q4_0.gguf"
    assert "wrong checksum" in fetch(hub, REPO).reason
    assert finding.in_hub() == []
    hub.flip = ""
    assert fetch(hub, REPO).state == "done"


def test_one_of_two_is_deleted_alone_and_the_last_with_its_repository(hub: Hub) -> None:
    for name in ("tiny-Q4_0.gguf", "tiny-Q8_0.gguf"):
        hub.files[name] = TINY.read_bytes() + name.encode()
        fetch(hub, f"{REPO}/{name}")
    finding.remove(REPO, "tiny-Q4_0.gguf")
    assert [one.file.name for one in finding.in_hub()] == ["tiny-Q8_0.gguf"]
    finding.remove(REPO, "tiny-Q8_0.gguf")
    assert not cache.folder(REPO).exists()


def test_those_that_are_here_stay_while_another_comes_and_when_it_does_not(hub: Hub) -> None:
    hub.files["tiny-Q8_0.gguf"] = TINY.read_bytes() + b"\0"
    assert fetch(hub, f"{REPO}/tiny-Q4_0.gguf").state == "done"
    hub.flip = "tiny-Q8_0.gguf"
    assert fetch(hub, f"{REPO}/tiny-Q8_0.gguf").state == "failed"
    assert [one.file.name for one in finding.in_hub()] == ["tiny-Q4_0.gguf"]
    cache.unfinished(REPO, COMMIT)  # a checkpoint of the same repository comes
    assert [one.file.name for one in finding.in_hub()] == ["tiny-Q4_0.gguf"]
    hub.flip = ""
    assert fetch(hub, f"{REPO}/tiny-Q8_0.gguf").state == "done"
    assert len(finding.in_hub()) == 2


def test_what_a_person_names_is_a_repository_or_a_file() -> None:
    assert repository("e2b@q4_0") == "google/gemma-4-E2B-it-qat-q4_0-gguf"
    assert repository("E2B@Q4_0") == "google/gemma-4-E2B-it-qat-q4_0-gguf"
    assert repository("a/b/c.gguf") == "a/b/c.gguf"
