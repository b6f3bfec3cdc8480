"""Every link leads somewhere, and every file that is named is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.reading import PAGES, anchors, inline, links, name, prose, text
from tests.test_layers import ROOMS, ROOT

PLACES = tuple(
    sorted(
        f"{place.name}/" if place.is_dir() else place.name
        for place in ROOT.iterdir()
        if place.name not in (".venv", ".git", ".cache", "LICENSE")
    )
)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_to_files_and_headings_that_are_there(page: Path) -> None:
    for link in links(page):
        if link.startswith(("https://", "http://")):
            continue
        file, _, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), f"{name(page)}: {link}"
        if anchor:
            assert anchor in anchors(target), f"{name(page)}: {link} (there are {anchors(target)})"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_files_that_are_named_are_there(page: Path) -> None:
    """Between backticks, from the repository's root or from the core's; NAME stands for any name."""
    for said in inline(page):
        path = re.fullmatch(r"[\w.*-]+(/[\w.*-]+)*/?", said) and "NAME" not in said
        if path and (said.startswith(PLACES) or re.search(r"/.*\.(py|md|toml|yaml|svg)$", said)):
            there = [*ROOT.glob(said.rstrip("/")), *(ROOT / "playground").glob(said.rstrip("/"))]
            assert there, f"{name(page)} names {said}"


def test_every_page_of_the_docs_is_linked_from_the_readme() -> None:
    linked = {link.partition("#")[0] for link in links(ROOT / "README.md")}
    assert {name(page) for page in PAGES if page.parent == ROOT / "docs"} <= linked


def test_the_readme_is_two_screens() -> None:
    assert 80 <= len(text(ROOT / "README.md").splitlines()) <= 150


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_one_title_and_no_heading_twice(page: Path) -> None:
    headings = re.findall(r"^(#+) +(.+)$", prose(page), re.MULTILINE)
    assert [marks for marks, _ in headings].count("#") == 1
    assert len({words for _, words in headings}) == len(headings)


@pytest.mark.parametrize("room", ROOMS)
def test_the_design_says_what_lives_in_each_room(room: str) -> None:
    assert f"| `playground/{room}/` |" in text(ROOT / "docs" / "design.md")
