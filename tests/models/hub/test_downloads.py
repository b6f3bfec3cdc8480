"""Downloads from a tiny hub on loopback, through the real client, with everything that can go wrong on the way."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.engines.roster.specs import find
from playground.models.hub import cache
from playground.models.hub.downloads import Download, Downloads
from playground.models.hub.faults import sentence
from playground.models.model import ModelError
from tests.servers.hub import COMMIT, REPO, SHARDS, Hub
from tests.waiting import until


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    # The client writes 10 MB at a time; the files here are smaller.
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 20_000)
    running = Hub()
    yield running
    running.shutdown()
    running.server_close()


def fetch(hub: Hub) -> Download:
    download = Downloads(hub.url).start(REPO)
    until(lambda: download.ended)
    return download


def absent() -> bool:
    """Whether nothing of the repository can be loaded."""
    try:
        find(f"local:{REPO}")
    except ModelError:
        return True
    return False


def test_a_token_that_no_request_can_carry_is_told(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_\u200bsecret")
    download = fetch(hub)
    assert download.state == "failed" and "HF_TOKEN" in download.reason
    assert "secret" not in download.reason + download.remedy


def test_it_comes_whole_and_is_found(hub: Hub) -> None:
    assert absent()
    download = fetch(hub)
    assert download.state == "done", download.reason
    assert download.done == download.total > 2 * 400_000
    assert find(f"local:{REPO}").bytes == sum(len(hub.files[name]) for name in SHARDS)
    assert cache.size(REPO) == download.total


def test_only_what_loading_needs_is_fetched(hub: Hub) -> None:
    fetch(hub)
    assert set(hub.served) == {
        "config.json",
        "model.safetensors.index.json",
        "processor_config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        *SHARDS,
    }


def test_progress_and_never_two_of_the_same(hub: Hub) -> None:
    hub.pause_s = 0.02
    downloads = Downloads(hub.url)
    download = downloads.start(REPO)
    assert downloads.start(REPO) is download and downloads.find(REPO) is download
    seen: list[int] = []
    rates: list[float] = []

    def watched() -> bool:
        seen.append(download.done)
        rates.append(download.rate)
        return download.ended

    assert downloads.running() == (download,)
    until(watched)
    assert download.state == "done" and seen == sorted(seen) and len(set(seen)) > 5
    assert max(rates) > 0
    assert hub.served[SHARDS[0]] == len(hub.files[SHARDS[0]]), "fetched once"


def test_a_break_in_the_middle_and_going_on(hub: Hub) -> None:
    hub.break_after = 200_000
    broken = fetch(hub)
    assert broken.state == "failed" and broken.remedy.endswith("what came is kept.")
    assert absent(), "half a model must not be loaded"
    hub.status = 200
    again = fetch(hub)
    assert again.state == "done", again.reason
    assert not absent()
    total = len(hub.files[SHARDS[1]])
    assert hub.served[SHARDS[0]] == len(hub.files[SHARDS[0]]), "what was there came again"
    assert hub.served[SHARDS[1]] == total, "it did not go on from where it broke"


def test_a_wrong_checksum(hub: Hub) -> None:
    hub.flip = SHARDS[1]
    spoilt = fetch(hub)
    assert spoilt.state == "failed" and "checksum" in spoilt.reason and SHARDS[1] in spoilt.reason
    assert absent()
    hub.flip = ""
    assert fetch(hub).state == "done" and not absent()
    assert hub.served[SHARDS[0]] == len(hub.files[SHARDS[0]]), "only the spoilt file comes again"


def test_cancel_and_go_on(hub: Hub) -> None:
    hub.pause_s = 0.03
    download = Downloads(hub.url).start(REPO)
    until(lambda: download.done > 300_000)
    download.cancel()
    until(lambda: download.ended, seconds=3)
    assert download.state == "cancelled" and absent()
    hub.pause_s = 0
    assert fetch(hub).state == "done"
    assert sum(hub.served.values()) < download.total * 1.3, "it began from nothing"


def test_no_room(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1_000_300_000))
    full = fetch(hub)
    assert full.state == "failed" and "the disk has 1.0 GB left" in full.reason
    assert not hub.served, "it was fetched all the same"


def test_what_is_here_already_needs_no_room(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.break_after = 200_000
    assert fetch(hub).state == "failed"
    hub.status = 200
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1_000_300_000))
    assert fetch(hub).state == "done", "less than 300 kB were missing"


def test_a_file_that_the_hub_gives_in_pieces_alone_is_told(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.MAX_HTTP_DOWNLOAD_SIZE", 300_000)
    failed = fetch(hub)
    assert failed.state == "failed" and f"{SHARDS[0]} of {REPO} is larger than" in failed.reason
    assert failed.remedy.endswith(f"hf download {REPO} {SHARDS[0]}.")


def test_a_part_that_is_longer_than_its_file_is_thrown_away(hub: Hub) -> None:
    blob = hashlib.sha256(hub.files[SHARDS[0]]).hexdigest()
    part = cache.folder(REPO) / "blobs" / f"{blob}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(hub.files[SHARDS[0]] + b"more")
    done = fetch(hub)
    assert done.state == "done", done.reason


def test_what_is_whole_stays_though_it_is_asked_for_again(hub: Hub) -> None:
    assert fetch(hub).state == "done"
    again = Download(REPO, hub.url)
    again.cancel()
    again.run()
    assert again.state == "cancelled" and not absent()


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.EACCES, "can't be written: Permission denied"),
        (errno.EROFS, "can't be written: Read-only file system"),
        (errno.ENOSPC, "The disk is full."),
        (errno.EDQUOT, "The disk is full."),
        (errno.ECONNRESET, "The hub can't be reached"),
    ],
)
def test_the_disk_is_not_taken_for_the_network(number: int, reason: str) -> None:
    why, remedy = sentence(OSError(number, os.strerror(number)), REPO)
    assert reason in why and remedy


def test_what_can_not_be_deleted_is_said(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cache.remove(REPO) == "", "it is not here"
    fetch(hub)

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(shutil, "rmtree", refuse)
    assert cache.remove(REPO) == f"{REPO} can't be deleted: Permission denied."


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (401, "", "The hub has no someone/tiny, or shows it only|refused the token"),
        (401, "RepoNotFound", "The hub has no someone/tiny"),
        (404, "RepoNotFound", "The hub has no someone/tiny"),
        (403, "GatedRepo", "wants its terms accepted"),
        (418, "", "The hub answered 418"),
    ],
)
def test_refusals_are_sentences(hub: Hub, status: int, code: str, reason: str) -> None:
    hub.status, hub.error_code = status, code
    refused = fetch(hub)
    assert refused.state == "failed" and refused.remedy
    assert any(words in refused.reason for words in reason.split("|")), refused.reason
    assert absent() and not hub.served


@pytest.mark.parametrize(
    ("status", "words", "reason"),
    [
        (403, "Your token can't read\n  gated repositories.", "403: Your token can't read gated"),
        (429, "We had to rate limit you", "429: We had to rate limit you"),
        (401, "Invalid credentials in Authorization header", "the token: Invalid credentials in"),
        (403, "x" * 2000, "x" * 300 + "."),
        (503, "", "The hub answered 503: no."),
    ],
)
def test_the_hubs_own_words_are_shown(hub: Hub, status: int, words: str, reason: str) -> None:
    hub.status, hub.error_message = status, words.replace("\n", " ")
    refused = fetch(hub)
    assert reason in refused.reason and refused.remedy
    assert ("HF_TOKEN" in refused.remedy) == (status in (401, 403))


def program(hub: Hub) -> subprocess.Popen[str]:
    """`download` in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "playground", "download", REPO],
        env={**os.environ, "HF_ENDPOINT": hub.url},
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_programs_fetch_each_file_once(hub: Hub) -> None:
    hub.pause_s = 0.1
    both = [program(hub), program(hub)]
    told = [one.communicate(timeout=120) for one in both]
    assert [one.returncode for one in both] == [0, 0], told
    for shard in SHARDS:
        assert hub.served[shard] == len(hub.files[shard])
    assert not absent()


def test_the_hubs_own_client_and_this_program_fetch_each_file_once(hub: Hub) -> None:
    from huggingface_hub import hf_hub_download

    hub.pause_s = 0.05
    wanted = {"repo_id": REPO, "filename": SHARDS[0], "revision": COMMIT, "endpoint": hub.url}
    theirs = threading.Thread(target=hf_hub_download, kwargs={**wanted, "cache_dir": cache.cache()})
    theirs.start()
    until(lambda: hub.served.get(SHARDS[0], 0) > 0)
    ours = fetch(hub)
    theirs.join()
    assert ours.state == "done", ours.reason
    assert hub.served[SHARDS[0]] == len(hub.files[SHARDS[0]])


def test_waiting_for_another_program_can_be_cancelled(hub: Hub) -> None:
    blob = hashlib.sha256(hub.files[SHARDS[0]]).hexdigest()
    with cache.alone(REPO, blob, waiting=lambda: None):
        download = Downloads(hub.url).start(REPO)
        until(lambda: download.state == "downloading")
        download.cancel()
        until(lambda: download.ended)
    assert download.state == "cancelled" and SHARDS[0] not in hub.served


@pytest.mark.parametrize("size", [0, 1000])
def test_a_damaged_repository_is_mended_by_downloading_again(hub: Hub, size: int) -> None:
    fetch(hub)
    snapshot = find(f"local:{REPO}").path
    assert snapshot is not None
    for name in (SHARDS[1], "tokenizer.json"):
        whole = (snapshot / name).read_bytes()
        (snapshot / name).resolve().write_bytes(whole[:size])
    (snapshot / SHARDS[0]).unlink()
    (snapshot / SHARDS[0]).write_bytes(b"\xff" * len(hub.files[SHARDS[0]]))
    assert absent() and cache.damaged(REPO)
    hub.served.clear()
    assert fetch(hub).state == "done" and not absent()
    assert hub.served[SHARDS[1]] == len(hub.files[SHARDS[1]])
    assert SHARDS[0] not in hub.served, "its blob was whole"


def test_a_hub_that_is_not_there(hub: Hub) -> None:
    download = Download(REPO, "http://127.0.0.1:9")
    download.run()
    assert download.state == "failed" and "can't be reached" in download.reason
    assert not cache.folder(REPO).exists(), "it left something behind"


def test_told_to_stay_offline(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    offline = fetch(hub)
    assert offline.state == "failed" and "stay offline" in offline.reason and not hub.asked


def test_a_repository_without_safetensors(hub: Hub) -> None:
    for name in SHARDS:
        del hub.files[name]
    download = fetch(hub)
    assert download.state == "failed" and "no safetensors" in download.reason


def test_the_token_goes_to_the_hub_and_into_no_sentence(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_verysecret")
    hub.status = 401
    refused = fetch(hub)
    assert hub.asked[0][2] == "Bearer hf_verysecret"
    assert "verysecret" not in f"{refused.reason} {refused.remedy}"


def test_remove(hub: Hub) -> None:
    fetch(hub)
    cache.remove(REPO)
    assert absent() and cache.size(REPO) == 0


def test_the_terminal_fetches_and_deletes(hub: Hub) -> None:
    def call(*arguments: str) -> tuple[int, str, str]:
        done = subprocess.run(
            [sys.executable, "-m", "playground", *arguments],
            env={**os.environ, "HF_ENDPOINT": hub.url},
            cwd=Path(__file__).parents[3], capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    code, out, err = call("download", REPO)
    assert (code, err) == (0, "") and "every checksum right" in out
    assert find(f"local:{REPO}").bytes == sum(len(hub.files[name]) for name in SHARDS)
    assert call("delete", REPO)[0] == 0 and absent()
    failed = [call("delete", REPO), call("download", "someone/else"), call("download", "E7B")]
    assert [code for code, _, _ in failed] == [2, 1, 2]
    for _, out, err in failed:
        assert out == "" and len(err.splitlines()) == 1 and err.startswith("playground: ")
