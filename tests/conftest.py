"""What all tests share: which are slow, and that they write nothing into anybody's folders."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import tests.examples  # noqa: F401 # its profile must be known before any test is collected

if TYPE_CHECKING:
    from playground.engines.workers import Workers

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
"""As the program's own processes have it: threads that spin take a busy machine's time from each other."""

sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
"""Where this is set, each process that is started compiles the whole program, and pytest every test."""

HERE = Path(__file__).parent

SLOW = (
    "api/test_started.py",
    "archive/test_archive.py",
    "archive/test_code_runs.py",
    "archive/test_faults.py",
    "archive/test_kill.py",
    "archive/test_letting_go.py",
    "archive/test_library.py",
    "archive/test_measured.py",
    "archive/test_sharing.py",
    "archive/test_together.py",
    "archive/test_tools_read_it.py",
    "browser",
    "benchmark",
    "cli",
    "components",
    "demo_family",
    "docs/test_commands.py",
    "engines/llama",
    "engines/roster/test_demo_files.py",
    "engines/server/test_engine.py",
    "engines/server/test_llama_cpp.py",
    "engines/server/test_transformers.py",
    "engines/test_local.py",
    "engines/worker",
    "deploy/test_replicas.py",
    "deploy/test_space.py",
    "hosting/test_charged.py",
    "hosting/test_ending.py",
    "hosting/test_hostile.py",
    "hosting/test_redis.py",
    "hosting/test_under_load.py",
    "models/hub/test_downloads.py",
    "models/test_footprint.py",
    "prompt/media/spectra",
    "prompt/media/test_clips.py",
    "prompt/media/test_decoder.py",
    "prompt/media/test_media.py",
    "prompt/media/test_recordings.py",
    "prompt/media/test_sending.py",
    "test_desk.py",
    "test_requirements.py",
    "tools/test_mcp.py",
)
"""Folders and files that `make test-quick` leaves out: a browser, real servers, processes with models,
torch; whole pages, databases, clips and recordings, and whoever takes more than five seconds."""


@cache
def slow(path: Path) -> bool:
    """Whether a folder or file is left out by `make test-quick`."""
    return any(path.is_relative_to(HERE / one) for one in SLOW)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What is left out is not even imported: torch alone takes each process that shares the work several seconds."""
    left_out = config.option.markexpr == "not slow" and slow(collection_path)
    return True if left_out else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow, and begin with it, so that two who share the work end at about the same time."""
    for item in items:
        if slow(item.path):
            item.add_marker("slow")
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cache and an archive of the tests' own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(scope="session")
def workers() -> Iterator[Workers]:
    """One host for all tests that load models: it imports torch once, which takes seconds, and forks for each."""
    from playground.engines.workers import Workers

    made = Workers()
    yield made
    made.close()
