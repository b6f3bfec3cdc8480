"""The drawing in docs is the house as it stands."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests import house
from tests.house import Room, arrows, climbing, current, draw, leaves, rooms


def test_the_drawing_is_up_to_date() -> None:
    assert house.DRAWING.read_text("utf-8") == current(), "make house draws it again"


def test_no_arrow_runs_back_up() -> None:
    held = rooms()
    assert climbing(held, arrows(held)) == []


def test_every_room_has_files_and_none_has_two_places() -> None:
    files = [file for room in rooms() for file in room.files]
    assert all(room.files for room in rooms())
    assert len(files) == len(set(files))


def test_an_arrow_back_up_is_drawn_in_red_and_a_full_folder_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    down = draw(rooms(), arrows(rooms()))
    assert 'class="up"' not in down
    turned = rooms()[::-1]
    assert climbing(turned, arrows(turned))
    monkeypatch.setattr(house, "MOST_FILES", 1)
    up = draw(turned, arrows(turned))
    assert 'class="up"' in up and 'class="red"' in up
    ElementTree.fromstring(up)


def test_only_the_last_name_of_an_import_counts() -> None:
    assert leaves({"a", "a.b", "a.b.c", "ab"}) == {"a.b.c", "ab"}


def test_a_file_that_imports_another_twice_is_one_arrow() -> None:
    place = house.ROOT / "playground"
    desk = Room(("playground/desk.py",), (place / "desk.py",))
    pool = Room(("pool",), (place / "comparisons" / "pool.py",))
    assert arrows([desk, pool]) == {(0, 1): 1}
