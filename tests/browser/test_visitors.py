"""What one visitor can do to the others, and how much each may have: with tabs that say what no browser would."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import psutil
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from tests.browser.serving import SLOW, Server, serving
from tests.servers.tab import Tab
from tests.waiting import until

MB = 1_000_000
ONE = "on=E2B"
SIX = "on=E2B%2CE4B%2C26B-A4B%2C31B%2Crecital:E2B~t0.5%2Crecital:E4B~t0.5"


@pytest.fixture(scope="module")
def quick() -> Iterator[Server]:
    """The app with models that recite for three seconds; it closes sessions two seconds after their tabs."""
    with serving((*SLOW, "--words", "150", "--prefill", "0.2", "--away", "2")) as started:
        yield started


def held(server: Server) -> int:
    """Bytes of the page's process."""
    return int(psutil.Process(server.pid).memory_full_info().uss)


def test_nobody_can_empty_what_all_share(quick: Server) -> None:
    """Streamlit's own message for that empties its caches for everybody and would have begun a second desk."""
    with Tab(quick.url) as one, Tab(quick.url) as other:
        one.run()
        assert "w150" in one.run(ONE, asked="Recite.")
        link = one.address
        other.run()
        for _ in range(4):
            other.say(BackMsg(clear_cache=True))
            other.say(BackMsg(load_git_info=True))
            other.say(BackMsg(stop_script=True))
            assert "One prompt, the whole family" in other.run()
    with Tab(quick.url) as third:
        assert "w150" in third.run(link)


def test_the_server_can_not_be_shut_down_by_a_message(quick: Server) -> None:
    with Tab(quick.url) as tab:
        tab.run()
        tab.say(BackMsg(debug_shutdown_runtime=True))
        tab.say(BackMsg(debug_disconnect_websocket=True))
        assert "One prompt, the whole family" in tab.run()


def test_uploads_are_bounded_and_returned_when_the_session_closes(quick: Server) -> None:
    before = held(quick)
    with Tab(quick.url) as tab:
        tab.run()
        statuses = [tab.upload(f"{n}.bin", bytes(40 * MB)) for n in range(8)]
        assert statuses == [204] * 5 + [429] * 3
        assert held(quick) - before < 300 * MB
        with Tab(quick.url, tab.cookies) as second:
            second.run()
            assert second.upload("more.bin", bytes(MB)) == 429
    with Tab(quick.url) as other:
        other.run()
        assert other.upload("other.bin", bytes(MB)) == 204
    until(lambda: held(quick) - before < 100 * MB)


def test_many_tabs_of_one_visitor_do_not_stand_before_another(quick: Server) -> None:
    cookies = Tab(quick.url).cookies
    with ExitStack() as tabs:
        for _ in range(4):
            tab = tabs.enter_context(Tab(quick.url, cookies))
            tab.run(SIX)
            tab.begin(SIX, asked="Recite.")
            while "run=" not in tab.address:
                tab.hear()
        fifth = tabs.enter_context(Tab(quick.url, cookies))
        other = tabs.enter_context(Tab(quick.url))
        other.run(ONE)
        fifth.run(ONE)

        def full() -> bool:
            return "4 of your comparisons are running or waiting" in fifth.run(ONE, "Recite.")

        assert full()
        assert "w150" in other.run(ONE, asked="Recite.")
        assert full()  # and none of the four is done
