"""The arrows between the layers, read from every import in the repository, nested ones too."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = {"torch", "transformers", "torchvision"}
HEAVY_PLACES = (
    "playground/engines/worker",
    "playground/demo",
    "playground/benchmark/plain.py",
    "playground/benchmark/random_weights.py",
)
"""Processes of their own: all else does without these libraries."""
FIRST = {
    *("catalog", "conversation", "events", "limits", "device", "checkpoint"),
    "markdown_formulas",
}
"""The core's modules that know no other."""


def files(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    assert found, folders
    return found


def imports(path: Path) -> set[str]:
    """Full dotted names of everything that a file imports, wherever in the file."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute here"
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module or ""}
    return names


def tops(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imports(path)}


def within(path: Path, *folders: str) -> bool:
    return any(path.is_relative_to(ROOT / folder) for folder in folders)


@pytest.mark.parametrize("path", files("playground"), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_core_knows_no_screen(path: Path) -> None:
    assert not tops(path) & {"streamlit", "components", "pages", "app", "altair"}
    if not within(path, *HEAVY_PLACES):
        assert not tops(path) & HEAVY
        assert not any(name.startswith("playground.demo") for name in imports(path))


@pytest.mark.parametrize(
    "path", files("components", "pages"), ids=lambda path: str(path.relative_to(ROOT))
)
def test_the_screen_knows_no_weights(path: Path) -> None:
    assert not tops(path) & (HEAVY | {"pages", "app"})
    assert not any(
        name.startswith(("playground.engines.worker", "playground.demo")) for name in imports(path)
    )


@pytest.mark.parametrize("name", sorted(FIRST))
def test_the_first_modules_know_nobody(name: str) -> None:
    assert "playground" not in tops(ROOT / "playground" / f"{name}.py")


def test_engines_know_nothing_of_queues_and_comparisons() -> None:
    above = {"pool", "comparison", "desk", "cli", "export", "archive", "models"}
    for path in files("playground/engines"):
        known = {name.split(".")[1] for name in imports(path) if name.startswith("playground.")}
        assert not known & above, path


def test_the_pages_process_loads_neither_torch_nor_transformers() -> None:
    """Imports all that a page imports, in a process of its own, and looks at what came along."""
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in files("components", "playground")
        if not within(path, *HEAVY_PLACES) and path.name not in ("__main__.py", "__init__.py")
    ]
    script = (
        f"import importlib, sys\n[importlib.import_module(name) for name in {modules!r}]\n"
        f"print(sorted({HEAVY!r} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.strip() == "[]"
