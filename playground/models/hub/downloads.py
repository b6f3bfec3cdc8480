"""Fetches weights from the Hugging Face hub into its cache: with progress, resumable, checked, never twice at once.

Only what loading needs is fetched: safetensors and the JSON files beside them, or a GGUF file and its encoders. A file
of weights gets its name once its checksum is right, and a snapshot that lacks some is marked as unfinished: as a
checkpoint the roster does not look at it. GGUF files in it are each whole by themselves.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any, Literal

from playground.models import weight_files
from playground.models.gguf import header
from playground.models.hub.cache import (
    alone,
    cache,
    discard,
    finish,
    folder,
    newest,
    unfinished,
)
from playground.models.hub.disk import check_room
from playground.models.hub.faults import Damaged, TooLarge, sentence
from playground.models.hub.wanted import Remote, wanted
from playground.models.sizes import size, time_left

State = Literal["asking", "downloading", "checking", "done", "cancelled", "failed"]
ENDED: frozenset[State] = frozenset({"done", "cancelled", "failed"})

RATE_OVER_S = 5.0
"""The rate is that of the last seconds."""

log = logging.getLogger(__name__)


class Cancelled(Exception):
    """Somebody asked to stop."""


class Download:
    """One repository on its way here, or one GGUF file of it (owner/name/file.gguf). One thread writes, anybody reads.

    `done` and `total` in bytes; `reason` and `remedy` are one sentence each once it failed.
    """

    def __init__(self, name: str, endpoint: str | None = None) -> None:
        self.repo = "/".join(name.split("/")[:2])
        self._file = name.removeprefix(self.repo).removeprefix("/")
        self.state: State = "asking"
        self.reason = ""
        self.remedy = ""
        self.done = 0
        self.total = 0
        self._endpoint = endpoint
        self._seen: deque[tuple[float, int]] = deque(maxlen=200)
        self._asked_to_stop = threading.Event()

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ENDED

    @property
    def rate(self) -> float:
        """Bytes a second of late; 0 when nothing came."""
        seen = [one for one in tuple(self._seen) if one[0] > time.monotonic() - RATE_OVER_S]
        if len(seen) < 2 or seen[-1][0] == seen[0][0]:
            return 0.0
        return (seen[-1][1] - seen[0][1]) / (seen[-1][0] - seen[0][0])

    @property
    def left_s(self) -> float | None:
        """Seconds that it will still take at this rate; None as long as there is none."""
        rate = self.rate  # another moment's may be none
        return (self.total - self.done) / rate if rate > 0 else None

    @property
    def words(self) -> str:
        """How far it is: "1.2 GB of 10.2 GB · 54 MB/s · 3 min left"."""
        if self.state == "asking":
            return "asking the hub …"
        said = [f"{size(self.done)} of {size(self.total)}"]
        if self.state == "checking":
            said.append("checking")
        elif self.rate:
            said.append(f"{self.rate / 1e6:.0f} MB/s")
        if self.left_s is not None:
            said.append(time_left(self.left_s))
        return " · ".join(said)

    def cancel(self) -> None:
        """Stop; what came stays on the disk and is gone on with the next time."""
        self._asked_to_stop.set()

    def run(self) -> None:
        """Fetch and check everything. Called once, in a thread of its own; never raises."""
        try:
            self._fetch()
            self.state = "done"
        except Cancelled:
            self.state = "cancelled"
        except Exception as error:
            self.reason, self.remedy = sentence(error, self.repo)
            log.info("the download of %s failed: %r", self.repo, error)
            self.state = "failed"

    def _fetch(self) -> None:
        from huggingface_hub import HfApi, hf_hub_download

        about = HfApi(endpoint=self._endpoint).model_info(
            self.repo, files_metadata=True, timeout=15
        )
        if not about.sha:
            raise ValueError("the hub named no revision")
        files = wanted(about.siblings or [], self._file)
        self.total = sum(file.size for file in files)
        snapshot = folder(self.repo) / "snapshots" / about.sha
        missing = {file.name: self._missing(file, snapshot) for file in files}
        check_room(sum(missing.values()))
        if any(missing[file.name] for file in files if not file.name.endswith(".gguf")):
            unfinished(self.repo, about.sha)
        self.state = "downloading"
        before = 0
        for file in files:
            if self._asked_to_stop.is_set():
                raise Cancelled
            self._discard_unlike(snapshot / file.name, file.size)
            if file.sha256:
                self._fetch_large(file, about.sha, before)
            # Small files come now; of a large one that lies among the blobs only its name is put into the snapshot.
            hf_hub_download(
                self.repo, file.name, revision=about.sha, cache_dir=cache(), endpoint=self._endpoint
            )
            before += file.size
            self._came(before)
        newest(self.repo, about.sha)
        finish(self.repo, about.sha)

    def _missing(self, file: Remote, snapshot: Path) -> int:
        """Bytes of a file that are not on the disk yet, in its snapshot, among the blobs or in part."""
        blob = folder(self.repo) / "blobs" / (file.sha256 or "none")
        if file.size in (_bytes(snapshot / file.name), _bytes(blob)):
            return 0
        return max(0, file.size - _bytes(blob.with_suffix(".part")))

    def _fetch_large(self, file: Remote, revision: str, before: int) -> None:
        """A file of weights, into a place of its own until it is checked. The client's own downloads throw away what
        they have when they break.
        """
        blob = folder(self.repo) / "blobs" / file.sha256
        part = blob.with_suffix(".part")
        blob.parent.mkdir(parents=True, exist_ok=True)

        def come() -> None:
            self._came(before + (part.stat().st_size if part.exists() else 0))

        with alone(self.repo, file.sha256, waiting=come):
            self._discard_unlike(blob, file.size)
            if not blob.exists():
                self._fetch_blob(file, revision, before, part)
                part.rename(blob)

    def _fetch_blob(self, file: Remote, revision: str, before: int, part: Path) -> None:
        """Go on with a part until it is whole, and check it. Raises Damaged, TooLarge, Cancelled."""
        from huggingface_hub import constants, hf_hub_url
        from huggingface_hub.file_download import http_get
        from huggingface_hub.utils import build_hf_headers

        if _bytes(part) > file.size:  # no hub has what would come behind it
            part.unlink()
        if not _bytes(part) and file.size > constants.MAX_HTTP_DOWNLOAD_SIZE:
            raise TooLarge(file.name, constants.MAX_HTTP_DOWNLOAD_SIZE)
        with part.open("ab") as target:
            url = hf_hub_url(self.repo, file.name, revision=revision, endpoint=self._endpoint)
            have = target.tell()
            self._came(before + have)
            http_get(
                url,
                target,
                resume_size=have,
                headers=build_hf_headers(),
                expected_size=file.size,
                tqdm_class=_bar(self, before),
            )
        self.state = "checking"
        with part.open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != file.sha256:
                part.unlink()
                raise Damaged(file.name)
        self.state = "downloading"

    def _discard_unlike(self, file: Path, size: int) -> None:
        """Throw away what lies in the place of a file and can't be it: it has another size, or no header."""
        try:
            if file.stat().st_size == size:
                if size and file.suffix == ".safetensors":
                    weight_files.header(file)
                if size and file.suffix == ".gguf":
                    header.read(file)
                return
        except (FileNotFoundError, weight_files.Spoilt):  # or a link that leads nowhere
            pass
        discard(self.repo, file)

    def _came(self, done: int) -> None:
        """So many bytes are here. Raises Cancelled."""
        self.done = done
        self._seen.append((time.monotonic(), done))
        if self._asked_to_stop.is_set():
            raise Cancelled


class Downloads:
    """Every download of this program, by what was asked for."""

    def __init__(self, endpoint: str | None = None) -> None:
        self._endpoint = endpoint
        self._held: dict[str, Download] = {}
        self._changing = threading.Lock()

    def start(self, repo: str) -> Download:
        """Begin, or go on with what is there; the one that runs already, if one does."""
        with self._changing:
            held = self._held.get(repo)
            if held is not None and not held.ended:
                return held
            made = self._held[repo] = Download(repo, self._endpoint)
        threading.Thread(target=made.run, name=f"download of {repo}", daemon=True).start()
        return made

    def find(self, repo: str) -> Download | None:
        """The last download of that repository."""
        return self._held.get(repo)

    def running(self) -> tuple[Download, ...]:
        """Those that have not ended."""
        return tuple(held for held in self._held.values() if not held.ended)


def _bytes(file: Path) -> int:
    """Of a file; 0 of one that is not there."""
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _bar(download: Download, before: int) -> type[Any]:
    """A progress bar of the shape that the hub's client wants, which tells the download."""
    from tqdm import tqdm

    class Bar(tqdm):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs.pop("name", None)
            super().__init__(*args, **{**kwargs, "disable": True})
            self.came = int(kwargs.get("initial") or 0)

        def update(self, n: float | None = 1) -> bool | None:
            self.came += int(n or 0)
            download._came(before + self.came)
            return None

    return Bar
