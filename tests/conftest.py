"""What all tests share: which must not stand beside one another, and that they write nothing into anybody's folders."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put each test into its group: a file, whose fixtures are made once; or all of a folder."""
    for item in items:
        place = item.path.relative_to(HERE)
        one = place.parts[0] == "browser"
        item.add_marker(pytest.mark.xdist_group(place.parts[0] if one else str(place)))


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cache and an archive of the tests' own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        yield
