"""docs/operating.md names every environment variable that the program reads, and no other."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.docs import settings_table
from tests.docs.reading import PAGES, name, text
from tests.house import python_files
from tests.test_layers import ROOT

OPERATING = ROOT / "docs" / "operating.md"
READERS = ("app.py", "pages", "components", "playground", "demo_family", "bench")
OTHERS = {
    "STREAMLIT_SERVER_PORT": "Streamlit reads it",
    "PYTHON": "the Makefile reads it",
    "OTEL_EXPORTER_OTLP_HEADERS": "OpenTelemetry reads it",
    "OTEL_SERVICE_NAME": "OpenTelemetry reads it",
}
"""Variables that a page may name though no Python file of this project reads them."""
VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+|CHROMIUM|PYTHON")


def read_by(path: Path) -> set[str]:
    """The variables that a file reads; one that is only the beginning of a name ends in an underscore.

    What counts: strings that begin with PLAYGROUND_ and are nothing else; and what is looked up in something that is
    called an environment, given to `getenv`, or the first word of a `Setting`.
    """
    tree = ast.parse(path.read_text("utf-8"))
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }

    def word(node: ast.expr | None) -> str:
        """A string, a module's constant, or an f-string of both."""
        if isinstance(node, ast.Constant):
            return str(node.value)
        if isinstance(node, ast.Name):
            return str(constants.get(node.id, ""))
        if isinstance(node, ast.FormattedValue):
            return word(node.value)
        if isinstance(node, ast.JoinedStr):
            return "".join(word(part) for part in node.values)
        return ""

    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if re.fullmatch(r"PLAYGROUND_[A-Z0-9_]+", node.value):
                found.add(node.value)
        elif isinstance(node, ast.Subscript) and "environ" in ast.unparse(node.value):
            found.add(word(node.slice))
        elif isinstance(node, ast.Call) and node.args:
            called = ast.unparse(node.func)
            if re.search(r"environ\w*\.(get|pop)$|getenv$|(^|\.)Setting$", called):
                found.add(word(node.args[0]))
    return {found_word.replace("<NAME>", "") for found_word in found if VARIABLE.match(found_word)}


def documented() -> set[str]:
    """The variables that stand in code in operating.md; those of servers without the server's name."""
    words = re.findall(r"`([A-Z0-9_]+)(?:<NAME>)?`", text(OPERATING))
    return {word for word in words if VARIABLE.match(word)}


@cache
def read() -> dict[str, Path]:
    """Every variable that the program reads, and a file that does."""
    return {
        variable: path
        for place in READERS
        for path in python_files(ROOT / place)
        for variable in read_by(path)
    }


def test_the_scan_finds_what_is_read_in_each_way(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text(
        'PLACE, OTHER = "A_PLACE", 1\nBEGIN = "PLAYGROUND_ONE_"\n'
        'os.environ.get("B_GOT"), os.environ["C_TAKEN"], os.getenv("D_ASKED")\n'
        'environment.get(BEGIN), Setting(f"{BEGIN}<NAME>", "none"), Setting("E_SET", "")\n'
        '"PLAYGROUND_SAID is prose", {"F_KEY": 1}, environment.get("x"), "PLAYGROUND_TWO"\n'
    )
    assert read_by(file) == {
        "B_GOT",
        "C_TAKEN",
        "D_ASKED",
        "E_SET",
        "PLAYGROUND_ONE_",
        "PLAYGROUND_TWO",
    }


def test_the_table_has_the_programs_own_words() -> None:
    page = text(OPERATING)
    assert page == settings_table.written(page), "make settings writes it"


def test_every_variable_that_is_read_is_documented() -> None:
    missing = {variable: name(path) for variable, path in read().items()}
    for variable in documented():
        missing.pop(variable, None)
    assert not missing, f"write {missing} into {name(OPERATING)}"


def test_every_variable_that_is_documented_is_read() -> None:
    assert documented() - set(read()) - set(OTHERS) == set()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_no_page_names_a_setting_that_is_not_there(page: Path) -> None:
    """LAB stands for any server's name, BIG_ONE too."""
    said = set(re.findall(r"\bPLAYGROUND_[A-Z0-9_]+", text(page)))
    known = {re.sub(r"_(LAB|BIG_ONE)$", "_", word) for word in said}
    assert known <= documented() | set(read())
