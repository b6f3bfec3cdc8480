"""Two replicas on one PostgreSQL and one folder of media, behind Debian's nginx with deploy/nginx.conf."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.hosting.test_ending import get, heard, started
from tests.media_files import picture
from tests.servers.nginx import nginx
from tests.servers.postgres import postgres
from tests.servers.tab import Tab

WORDS = 400
HOME = "playground_replica"
STOPPED = "Interrupted, for the program ended; what came so far is kept."


class Replicas:
    """The two by their ports, what they share, and nginx before them."""

    def __init__(self, folder: Path, archive: str, words: int, **settings: str) -> None:
        self._open = ExitStack()
        self.processes = {}
        for name in ("first", "second"):
            (folder / name).mkdir()
            server, process = started(
                folder / name,
                words,
                1.0,
                PLAYGROUND_ARCHIVE=archive,
                PLAYGROUND_MEDIA=str(folder / "media"),
                PLAYGROUND_HOSTED="1",
                PLAYGROUND_MOST_RUNS="off",
                **settings,
            )
            self.processes[re.findall(r"\d+", server.url)[0]] = process
        prefix = settings.get("STREAMLIT_SERVER_BASE_URL_PATH", "")
        self.url = self._open.enter_context(nginx([*map(int, self.processes)], prefix))

    def tab(self, port: str, cookies: dict[str, str] | None = None) -> Tab:
        """A visitor whose home is that replica."""
        visitor = cookies or Tab(self.url).cookies
        return Tab(self.url, {**visitor, HOME: port})

    def close(self) -> None:
        """End all of it."""
        for process in self.processes.values():
            process.kill()
            process.wait()
        self._open.close()


@pytest.fixture(scope="module")
def archive() -> Iterator[str]:
    with postgres() as url:
        yield url


@pytest.fixture(scope="module")
def replicas(archive: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replicas]:
    made = Replicas(tmp_path_factory.mktemp("replicas"), archive, WORDS)
    yield made
    made.close()


@pytest.fixture
def under_a_path(archive: str, tmp_path: Path) -> Iterator[Replicas]:
    made = Replicas(tmp_path, archive, WORDS, STREAMLIT_SERVER_BASE_URL_PATH="play/ground")
    yield made
    made.close()


def link(tab: Tab) -> str:
    return "run=" + tab.address.partition("run=")[2].split("&")[0]


def test_visitors_are_shared_out_and_each_stays_where_they_are(replicas: Replicas) -> None:
    homes = {Tab(replicas.url).cookies[HOME] for _ in range(30)}
    assert homes == set(replicas.processes)
    for port in homes:
        with replicas.tab(port) as tab:
            tab.run()
            assert {tab.upload(f"{n}.png", picture()) for n in range(8)} == {204}
            tab.cookies["_streamlit_user"] = "g" * 20_000  # as of somebody with many groups
            tab.gather()
            assert tab.cookies[HOME] == port
    assert get(f"{replicas.url}/metrics", "secret")[0] == 404, "each replica's own, not for here"


def test_a_link_opens_on_the_other_replica_while_it_runs_and_afterwards(
    under_a_path: Replicas,
) -> None:
    here, there = under_a_path.processes
    with under_a_path.tab(here) as asker, under_a_path.tab(there) as other:
        asker.run("on=E2B")
        assert asker.upload("sent.png", picture()) == 204
        asker.begin("on=E2B", asked="Recite.", files=("sent.png",))
        while "w9" not in heard(asker.hear()):
            pass
        live = other.run(link(asker))
        assert "w9" in live and f"w{WORDS}" in live, "it was drawn as it went on"
        whole = other.run(link(asker))
        assert f"w{WORDS}" in whole and "sent.png" in whole and STOPPED not in whole


def test_a_replica_is_killed_and_the_other_one_goes_on(replicas: Replicas) -> None:
    dying, living = replicas.processes
    with replicas.tab(living) as neighbour, replicas.tab(dying) as visitor:
        neighbour.run("on=E2B")
        visitor.run("on=E2B")
        visitor.begin("on=E2B", asked="Recite.")
        while "w80" not in heard(visitor.hear()):
            pass
        replicas.processes[dying].kill()
        neighbour.begin("on=E4B", asked="Recite, too.")
        back = Tab(replicas.url, visitor.cookies)
        back.gather()
        assert back.cookies[HOME] == living
        with back:
            said = back.run(link(visitor))
            assert "w50" in said and f"w{WORDS}" not in said
            assert said.count(STOPPED) == 1
            assert f"w{WORDS}" in back.run(link(visitor), asked="Go on.")
        while f"w{WORDS}" not in heard(neighbour.hear()):
            pass
