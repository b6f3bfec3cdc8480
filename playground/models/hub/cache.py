"""The Hugging Face cache on this machine's disk: where it is, which snapshots it has, how one is removed."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playground import config
from playground.models.damage import damage

MARK = "unfinished"
"""A file in a repository's folder that names the snapshot which is still on its way."""


def cache() -> Path:
    """Where the Hugging Face libraries keep what they downloaded (HF_HUB_CACHE, HF_HOME, or their default)."""
    return config.read().hub_cache


def folder(repo: str) -> Path:
    """Where a repository lies."""
    return cache() / f"models--{repo.replace('/', '--')}"


def commit(path: Path) -> str:
    """The whole revision of the snapshot that a checkpoint's folder is, or that a file of weights lies in; empty
    elsewhere.
    """
    there = path.parent if path.is_file() else path
    return there.name if there.parent.name == "snapshots" else ""


def repositories(pattern: str) -> list[str]:
    """The repositories here that have a file of such a name in a snapshot."""
    try:
        folders = {
            path.parents[2].name for path in cache().glob(f"models--*/snapshots/*/{pattern}")
        }
    except OSError:
        return []
    return sorted(name.removeprefix("models--").replace("--", "/", 1) for name in folders)


def snapshot(repo: str, damage: Callable[[Path], str] = damage) -> Path | None:
    """The newest whole snapshot of a repository: the one that `main` points to, where it is whole."""
    return next((path for path in _snapshots(repo) if not damage(path)), None)


def damaged(repo: str) -> str:
    """What is wrong with a repository that has come and can't be used; nothing when it can, or is not here."""
    there = _snapshots(repo)
    return damage(there[0]) if there and snapshot(repo) is None else ""


def snapshots(repo: str) -> list[Path]:
    """All of a repository, those on their way too: the one that `main` points to, then the newest first."""
    there = folder(repo)
    main = _said(there / "refs" / "main")
    try:
        found = [path for path in there.joinpath("snapshots").iterdir() if path.is_dir()]
        found.sort(key=lambda path: (path.name == main, path.stat().st_mtime), reverse=True)
    except OSError:
        return []
    return found


def _snapshots(repo: str) -> list[Path]:
    """Those that are not on their way."""
    coming = _said(folder(repo) / MARK)
    return [path for path in snapshots(repo) if path.name != coming]


def unfinished(repo: str, revision: str) -> None:
    """Mark a snapshot as on its way: as a checkpoint it counts as not there."""
    folder(repo).mkdir(parents=True, exist_ok=True)
    (folder(repo) / MARK).write_text(revision)


def finish(repo: str, revision: str) -> None:
    """A marked snapshot is here and checked."""
    if _said(folder(repo) / MARK) == revision:
        (folder(repo) / MARK).unlink(missing_ok=True)


def newest(repo: str, revision: str) -> None:
    """What came last is what `main` means now."""
    refs = folder(repo) / "refs"
    refs.mkdir(exist_ok=True)
    (refs / "main").write_text(revision)


LOOK_AGAIN_S = 0.2


@contextmanager
def alone(repo: str, blob: str, waiting: Callable[[], None]) -> Iterator[None]:
    """While it lasts no other process fetches that blob, `hf download` among them: the lock is the hub client's own.

    `waiting` is called now and then as long as somebody else does; what it raises ends the waiting.
    """
    from filelock import Timeout
    from huggingface_hub.utils import WeakFileLock

    place = cache() / ".locks" / folder(repo).name / f"{blob}.lock"
    place.parent.mkdir(parents=True, exist_ok=True)
    while True:
        try:
            with WeakFileLock(place, timeout=LOOK_AGAIN_S):
                yield
                return
        except Timeout:
            waiting()


def size(repo: str) -> int:
    """Bytes that a repository takes on the disk, what is unfinished included."""
    there = folder(repo)
    return sum(map(_bytes, [*there.glob("blobs/*"), *there.glob("snapshots/*/**/*")]))


def _bytes(file: Path) -> int:
    """Of a file; 0 of a link, and of one that was renamed meanwhile."""
    try:
        told = file.lstat()
    except OSError:
        return 0
    return told.st_size if stat.S_ISREG(told.st_mode) else 0


def remove_file(repo: str, name: str) -> None:
    """Delete one file of a repository; its other files stay, those with the same content too. Raises OSError."""
    for snapshot in snapshots(repo):
        discard(repo, snapshot / name)


def discard(repo: str, file: Path) -> None:
    """Delete a file of a snapshot, or a blob, and what it points to in the cache unless something else does as well.
    What lies elsewhere stays. Raises OSError.
    """
    there, content = folder(repo), file.resolve()
    file.unlink(missing_ok=True)
    others = (link.resolve() for link in there.glob("snapshots/*/**/*") if link.is_symlink())
    if content.parent == (there / "blobs").resolve() and content not in others:
        content.unlink(missing_ok=True)


def remove(repo: str) -> str:
    """Delete everything of a repository; why it could not be, in a sentence, and nothing once it is gone."""
    try:
        shutil.rmtree(folder(repo))
    except OSError as error:
        if folder(repo).exists():
            return f"{repo} can't be deleted: {error.strerror or error}."
    return ""


def _said(file: Path) -> str:
    """The one name that a small file holds; nothing when it can't be read."""
    try:
        return file.read_text("utf-8").strip()
    except (OSError, ValueError):
        return ""
