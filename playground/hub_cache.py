"""The Hugging Face cache on this machine's disk: where it is, which snapshots are whole, how one is removed."""

from __future__ import annotations

import shutil
from pathlib import Path

from playground import checkpoint, config

MARK = "unfinished"
"""A file in a repository's folder that names the snapshot which is still on its way."""


def cache() -> Path:
    """Where the Hugging Face libraries keep what they downloaded (HF_HUB_CACHE, HF_HOME, or their default)."""
    return config.read().hub_cache


def folder(repo: str) -> Path:
    """Where a repository lies."""
    return cache() / f"models--{repo.replace('/', '--')}"


def snapshot(repo: str) -> Path | None:
    """The newest whole snapshot of a repository: the one that `main` points to, where it is whole."""
    there = folder(repo)
    try:
        main = there / "snapshots" / (there / "refs" / "main").read_text().strip()
    except OSError:
        main = there / "none"
    try:
        others = sorted(there.joinpath("snapshots").iterdir(), key=lambda p: -p.stat().st_mtime)
    except OSError:
        return None
    coming = _coming(repo)
    candidates = (path for path in (main, *others) if path.name != coming)
    return next((path for path in candidates if path.is_dir() and whole(path)), None)


def whole(path: Path) -> bool:
    """Whether a config and every safetensors file that belongs to it are there."""
    if not (path / "config.json").is_file():
        return False
    index = checkpoint.settings(path, "model.safetensors.index.json").get("weight_map")
    if isinstance(index, dict):
        return all((path / name).is_file() for name in set(index.values()))
    return any(path.glob("*.safetensors"))


def unfinished(repo: str, revision: str) -> None:
    """Mark a snapshot as on its way: it counts as not there."""
    folder(repo).mkdir(parents=True, exist_ok=True)
    (folder(repo) / MARK).write_text(revision)


def finish(repo: str, revision: str) -> None:
    """The snapshot is here and checked; it is what `main` means now."""
    refs = folder(repo) / "refs"
    refs.mkdir(exist_ok=True)
    (refs / "main").write_text(revision)
    (folder(repo) / MARK).unlink(missing_ok=True)


def size(repo: str) -> int:
    """Bytes that a repository takes on the disk, what is unfinished included."""
    blobs = folder(repo) / "blobs"
    return sum(file.stat().st_size for file in blobs.glob("*")) if blobs.is_dir() else 0


def remove(repo: str) -> None:
    """Delete everything of a repository."""
    shutil.rmtree(folder(repo), ignore_errors=True)


def _coming(repo: str) -> str:
    try:
        return (folder(repo) / MARK).read_text().strip()
    except OSError:
        return ""
