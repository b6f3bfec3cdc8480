"""Which tests take long, and which must not stand beside one another when several run at once."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put each test into its group: a file, whose fixtures are made once; or all of a folder."""
    for item in items:
        place = item.path.relative_to(HERE)
        one = place.parts[0] == "browser"
        item.add_marker(pytest.mark.xdist_group(place.parts[0] if one else str(place)))
