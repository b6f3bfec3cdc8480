"""The API in this process, in front of engines that recite."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from playground.api.routes import routes
from playground.archive.archive import Archive
from playground.desk import Desk
from playground.engines.recital import Recital
from tests.media_files import picture

HERE = ("127.0.0.1", 50_000)

Calling = Callable[..., TestClient]


def data_url(data: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


PICTURE = data_url(picture())


def api(desk: Desk) -> Starlette:
    return Starlette(routes=routes(lambda: desk))


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    made = Archive.within(tmp_path)
    yield made
    made.close()


@pytest.fixture
def calling(archive: Archive) -> Iterator[Calling]:
    """A client on this machine, of a desk whose models recite what is said; `desk` hangs on it."""
    desks: list[Desk] = []

    def make(text: Any = "By heart.", client: tuple[str, int] = HERE, **recital: Any) -> TestClient:
        desk = Desk(lambda model: Recital(model, text, **recital), 10**15, archive=archive)
        desks.append(desk)
        made = TestClient(api(desk), base_url="http://localhost", client=client)
        made.desk = desk  # type: ignore[attr-defined]
        return made

    yield make
    for desk in desks:
        desk.close()
