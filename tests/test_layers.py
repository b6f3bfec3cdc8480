"""The arrows between the rooms, read from every import in the repository, nested ones too."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

ROOMS = (
    "models",
    "prompt",
    "tools",
    "engines",
    "comparisons",
    "archive",
    "hosting",
    "benchmark",
    "questions",
    "cli",
    "api",
)
"""The core's rooms in their order: each imports only from those before it."""

ROOT_FILES: dict[str, tuple[str, ...]] = {
    "values": (),
    "settings": ("values",),
    "config": ("values", "settings"),
    "desk": ROOMS[:6],
}
"""The core's files outside of any room, and the rooms that they may know. `desk` puts rooms together for the
terminal and the pages; `config` is what any room may read, out of the table in `settings`."""

FACES = {"cli", "api"}
"""The rooms that show the core to somebody: they may know the desk, and not each other."""

HEAVY = {"torch", "transformers", "torchvision"}
HEAVY_PLACES = (
    "playground/engines/worker",
    "playground/benchmark/plain.py",
    "playground/benchmark/random_gguf.py",
    "playground/benchmark/random_weights.py",
)
"""Processes of their own: all else does without these libraries."""

APART = "playground/tools/mcp/sessions.py"
"""In a process of its own too, with the SDK of MCP, whose import takes seconds."""

MOST_FILES = 15
"""A room with more has a second room in it."""


def files(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    assert found, folders
    return found


@cache  # every file is asked for by many tests
def imports(path: Path) -> frozenset[str]:
    """Full dotted names of everything that a file imports, wherever in the file."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute here"
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module or ""}
    return frozenset(names)


def tops(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imports(path)}


def within(path: Path, *folders: str) -> bool:
    return any(path.is_relative_to(ROOT / folder) for folder in folders)


def core_imports(path: Path) -> set[str]:
    """Rooms and root files of the core that a file imports."""
    known = {name.split(".")[1] for name in imports(path) if name.startswith("playground.")}
    return {name for name in known if not name.startswith("__")}


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", files("playground"), ids=shown)
def test_no_import_runs_from_an_earlier_room_to_a_later_one(path: Path) -> None:
    where = path.relative_to(ROOT / "playground").parts
    known = core_imports(path)
    if len(where) == 1:
        assert path.stem in {"__init__", "__main__", *ROOT_FILES}, f"{path} has no room"
        if path.stem in ROOT_FILES:
            assert known <= {*ROOT_FILES[path.stem], "config"}
        return
    room = where[0]
    may = {*ROOMS[: ROOMS.index(room) + 1], "config"} | ({"desk"} if room in FACES else set())
    assert known <= may, f"{shown(path)} knows {known - may}"
    assert room not in FACES or not known & (FACES - {room}), f"{shown(path)} knows another face"


@pytest.mark.parametrize("path", files("playground"), ids=shown)
def test_the_core_knows_no_screen(path: Path) -> None:
    assert not tops(path) & {"streamlit", "components", "pages", "app", "altair", "demo_family"}
    if not within(path, *HEAVY_PLACES):
        assert not tops(path) & HEAVY


@pytest.mark.parametrize("path", files("components", "pages"), ids=shown)
def test_the_screen_knows_no_weights(path: Path) -> None:
    assert not tops(path) & (HEAVY | {"pages", "app", "demo_family"})
    assert not any(name.startswith("playground.engines.worker") for name in imports(path))


@pytest.mark.parametrize("path", files("components"), ids=shown)
def test_a_pages_folder_imports_no_other_pages(path: Path) -> None:
    """What two pages need stands at the top of components/, which knows no page's folder."""
    parts = path.relative_to(ROOT / "components").parts
    own = parts[0] if len(parts) > 1 else ""
    folders = {folder.name for folder in (ROOT / "components").iterdir() if folder.is_dir()}
    drawn = {name.split(".")[1] for name in imports(path) if name.startswith("components.")}
    assert not drawn & (folders - {own}), shown(path)


def test_the_weights_know_nothing_of_the_process_around_them() -> None:
    for path in files("playground/engines/worker/weights"):
        around = {
            name
            for name in imports(path)
            if name.startswith("playground.engines.")
            and not name.startswith("playground.engines.worker")
        }
        assert not around, f"{shown(path)} knows {around}"
        beside = {
            name.split(".")[3]
            for name in imports(path)
            if name.startswith("playground.engines.worker.")
        }
        assert beside <= {"weights"}, f"{shown(path)} knows {beside}"


def test_no_room_has_a_second_room_in_it() -> None:
    for top in ("playground", "components", "demo_family", "pages"):
        for folder in [ROOT / top, *(ROOT / top).rglob("*/")]:
            count = len(list(folder.glob("*.py")))
            if folder.name != "demo_family":  # a workshop: one file a lesson
                assert count <= MOST_FILES + 1, f"{shown(folder)} has {count} files"


def test_tests_stand_in_folders_like_the_rooms() -> None:
    for path in (ROOT / "tests").rglob("test_*.py"):
        folder = path.parent.relative_to(ROOT / "tests")
        if folder.parts and folder.parts[0] not in ("browser",):
            assert any((ROOT / top / folder).is_dir() for top in ("playground", ".")), path


def test_the_pages_process_loads_neither_torch_nor_transformers() -> None:
    """Imports all that a page imports, in a process of its own, and looks at what came along."""
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in files("components", "playground")
        if not within(path, *HEAVY_PLACES, APART, "playground/archive/migrations")
        and path.name not in ("__main__.py", "__init__.py")
    ]
    script = (
        f"import importlib, sys\n[importlib.import_module(name) for name in {modules!r}]\n"
        f"print(sorted({(HEAVY | {'mcp'})!r} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.strip() == "[]"
