"""The Engines page and contenders on servers, used as a visitor uses them; and that no key is anywhere to be seen."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components import shell
from playground.__main__ import main
from playground.desk import Desk
from playground.engines.base import Engine
from playground.engines.llama import package
from playground.engines.recital import Recital
from playground.engines.roster import installed
from playground.engines.server.engine import ServerEngine
from playground.models.hub.downloads import Downloads
from playground.models.model import Model
from tests.components.opening import app
from tests.engines.roster.hub import cached
from tests.models.gguf.files import e2b
from tests.servers.hostile import Hostile, serve
from tests.servers.hub import Hub
from tests.waiting import ended, until

ROOT = Path(__file__).resolve().parents[2]
SECRET = "sk-very-secret-42"


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hostile]:
    server = serve()
    monkeypatch.setenv("PLAYGROUND_SERVER_LAB", server.url)
    monkeypatch.setenv("PLAYGROUND_KEY_LAB", SECRET)
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    def make(model: Model) -> Engine:
        return ServerEngine(model) if model.server else Recital(model)

    made = Desk(make, budget_bytes=10**9)
    monkeypatch.setattr(shell, "open_desk", lambda: made)
    shell._opened.cache_clear()
    yield made
    made.close()


@pytest.fixture
def engines(desk: Desk) -> Callable[[], AppTest]:
    def open_() -> AppTest:
        page = app().run()
        page = page.switch_page("pages/engines.py").run()
        assert not page.exception
        return page

    return open_


def words(page: AppTest) -> str:
    """Everything on the page, as one text."""
    return str(page.main)


def test_a_server_of_the_operator_is_shown_with_its_models(
    hostile: Hostile, engines: Callable[[], AppTest]
) -> None:
    page = engines()
    assert "lab" in [one.value for one in page.subheader]
    tables = [table.value for table in page.dataframe]
    assert "server:lab/good" in list(tables[-1]["contender"])
    assert SECRET not in words(page)
    before = len(hostile.seen)
    page.button(key="test_lab").click().run()
    assert len(hostile.seen) > before
    assert not page.text_input, "visitors may add nothing unless the operator says so"


def test_a_server_that_is_gone_says_so(
    monkeypatch: pytest.MonkeyPatch, engines: Callable[[], AppTest]
) -> None:
    monkeypatch.setenv("PLAYGROUND_SERVER_GONE", "http://127.0.0.1:9")
    assert any("can't be reached" in one.value.replace("\\", "") for one in engines().markdown)


def test_a_broken_set_up_says_so(
    monkeypatch: pytest.MonkeyPatch, engines: Callable[[], AppTest]
) -> None:
    monkeypatch.setenv("PLAYGROUND_SERVER_LAB", "gpu1")
    (error,) = engines().error
    assert "no address of a server" in error.value.replace("\\", "")


def test_a_bad_entry_or_key_hides_only_itself(
    hostile: Hostile,
    monkeypatch: pytest.MonkeyPatch,
    engines: Callable[[], AppTest],
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PLAYGROUND_SERVER_BAD", "gpu1:8000")
    monkeypatch.setenv("PLAYGROUND_SERVER_KEYED", hostile.url)
    monkeypatch.setenv("PLAYGROUND_KEY_KEYED", "\u200b" + SECRET)
    page = engines()
    assert "lab" in [one.value for one in page.subheader]
    bad, keyed = [error.value.replace("\\", "") for error in page.error]
    assert "PLAYGROUND_SERVER_BAD" in bad and "PLAYGROUND_KEY_KEYED" in keyed
    assert SECRET not in words(page)
    assert main(["models", "--json"]) == 0
    servers = {one["name"]: one for one in json.loads(capsys.readouterr().out)["servers"]}
    assert set(servers) == {"lab", "bad", "keyed"} and "good" in servers["lab"]["models"]
    assert "no address" in servers["bad"]["fault"] and servers["lab"]["at_once"] == 256
    assert main(["models"]) == 0
    assert "bad: PLAYGROUND_SERVER_BAD can't be used" in capsys.readouterr().out
    assert main(["ask", "Hello!", "--on", "server:lab/good"]) == 0
    assert main(["ask", "Hello!", "--on", "server:bad/good"]) == 2
    assert "'gpu1:8000' is no address" in capsys.readouterr().err


def test_what_a_server_is_never_told_stands_beside_its_answer(hostile: Hostile, desk: Desk) -> None:
    page = app()
    page.query_params["on"] = "server:lab/good"
    page.query_params["top_k"] = "7"
    page.run()
    page.chat_input[0].set_value("Hello!").run()
    assert not page.exception
    said = [one.value.replace("\\", "") for one in page.markdown]
    assert any("Not sent to lab" in one and "top-k" in one for one in said)


def test_a_key_that_no_request_can_carry_stays_in_the_form(
    hostile: Hostile, monkeypatch: pytest.MonkeyPatch, engines: Callable[[], AppTest]
) -> None:
    monkeypatch.setenv("PLAYGROUND_ADD_SERVERS", "1")
    page = engines()
    name, url, key = page.text_input
    name.input("mine")
    url.input(hostile.url)
    key.input("sk-\u200bsecret")
    next(button for button in page.button if button.label == "Add").click().run()
    assert not page.exception
    assert any("The field Key holds something" in error.value for error in page.error)
    assert "mine" not in [one.value for one in page.subheader]


def test_visitors_add_servers_for_their_session_where_they_may(
    hostile: Hostile, monkeypatch: pytest.MonkeyPatch, engines: Callable[[], AppTest]
) -> None:
    monkeypatch.delenv("PLAYGROUND_SERVER_LAB")
    monkeypatch.setenv("PLAYGROUND_ADD_SERVERS", "1")
    page = engines()
    name, url, key = page.text_input
    name.input("mine")
    url.input(hostile.url)
    key.input(SECRET)
    next(button for button in page.button if button.label == "Add").click().run()
    assert not page.exception
    assert "mine" in [one.value for one in page.subheader]
    assert not page.text_input[2].value, "the field is emptied"
    assert SECRET not in words(page)
    assert hostile.seen[-1][1]["authorization"] == f"Bearer {SECRET}"
    assert "mine" not in [one.value for one in engines().subheader], "another session has it not"
    page.button(key="remove_mine").click().run()
    assert "mine" not in [one.value for one in page.subheader]


def test_no_key_anywhere(
    hostile: Hostile,
    desk: Desk,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Through answers, refusals that repeat the key, and breaks: page, logs, JSON and files."""
    caplog.set_level(logging.DEBUG)
    for how in ("good", "401", "400", "500", "drop"):
        page = app()
        page.query_params["on"] = f"server:lab/{how}"
        page.run()
        page.chat_input[0].set_value("Hello!").run()
        assert SECRET not in words(page)
    said: list[str] = []
    for comparison in list(desk._shelf.of(None)):
        ended(comparison)
        for answer in comparison.answers:
            held = [
                answer.text,
                answer.reason,
                answer.remedy,
                repr(answer.contender),
                str(answer.figures()),
            ]
            assert SECRET not in " ".join(held)
            said += held
    assert "[key]" in " ".join(said), "no server repeated the key: this test shows nothing"
    assert main(["ask", "Hello!", "--on", "server:lab/good", "--json"]) == 0
    assert main(["ask", "Hello!", "--on", "server:lab/good"]) == 0
    assert main(["models", "--json"]) == 0
    assert main(["models"]) == 0
    out = capsys.readouterr()
    first = json.loads(out.out.splitlines()[0])
    assert first["answers"][0]["text"] == "One two three."
    assert SECRET not in out.out + out.err + caplog.text


def test_a_model_is_loaded_and_unloaded(desk: Desk, engines: Callable[[], AppTest]) -> None:
    page = engines()
    page.button(key="load_demo:E2B").click().run()
    until(desk.pool.loaded)
    page.run()
    page.button(key="unload_demo:E2B").click().run()
    assert not page.exception and not desk.pool.loaded()
    assert page.button(key="load_demo:E2B")


def test_what_was_loaded_before_its_files_changed_stands_beside_them(
    desk: Desk, engines: Callable[[], AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = engines()
    page.button(key="load_demo:E2B").click().run()
    until(desk.pool.loaded)
    before = installed.models()
    monkeypatch.setattr(
        installed, "models", lambda: tuple(replace(one, revision="newer") for one in before)
    )
    page.run()
    assert not page.exception
    assert page.button(key="load_demo:E2B") and page.button(key="unload_demo:E2B#2")


def test_how_far_a_model_is_on_its_way_is_shown_and_it_can_be_given_up(
    desk: Desk, engines: Callable[[], AppTest]
) -> None:
    desk.pool._make = lambda model: Recital(model, load_s=60)
    page = engines()
    page.button(key="load_demo:E2B").click().run()
    until(lambda: desk.pool.standing(desk.pool.models()[0]) == "loading")
    page.run()
    assert any(re.search(r"\d .?B of [\d,.]+ MB", text.value) for text in page.markdown)
    page.button(key="give_up_demo:E2B").click().run()
    until(lambda: not desk.pool.models())
    page.run()
    assert page.button(key="load_demo:E2B") and not desk.loads.faults


def test_a_download_that_fails_says_why(desk: Desk, engines: Callable[[], AppTest]) -> None:
    hub = Hub()
    desk.downloads = Downloads(hub.url)
    hub.status, hub.error_code = 404, "RepoNotFound"
    page = engines()
    page.button(key="download_google/gemma-4-E2B-it").click().run()
    download = desk.downloads.find("google/gemma-4-E2B-it")
    assert download is not None
    until(lambda: download.ended)
    page.run()
    assert any("The hub has no" in one.value for one in page.error)
    hub.shutdown()
    hub.server_close()


def test_on_a_hosted_instance_visitors_change_nothing(
    monkeypatch: pytest.MonkeyPatch, engines: Callable[[], AppTest]
) -> None:
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    assert not [
        b.label for b in engines().button if b.label.startswith(("Load", "Download", "Delete"))
    ]


def test_a_drafter_is_offered_to_real_weights_that_have_none(
    desk: Desk, engines: Callable[[], AppTest], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    offer = "download_google/gemma-4-E2B-it-assistant"
    assert not [button for button in engines().button if button.key == offer]
    cached(tmp_path, "google/gemma-4-E2B-it")
    assert [button for button in engines().button if button.key == offer]
    cached(tmp_path, "google/gemma-4-E2B-it-assistant")
    assert not [button for button in engines().button if button.key == offer]


def test_a_model_is_loaded_in_another_precision(desk: Desk, engines: Callable[[], AppTest]) -> None:
    page = engines()
    page.menu_button(key="load_as_demo:E2B").click_index(2).run()
    until(desk.pool.loaded)
    (engine,) = desk.pool.loaded()
    assert engine.model.spec == "demo:E2B@int8"
    assert engines().button(key="unload_demo:E2B@int8")
    assert engines().button(key="load_demo:E2B")


def test_a_gguf_file_is_listed_with_what_it_takes_and_the_official_one_is_offered(
    desk: Desk, engines: Callable[[], AppTest], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    official = "google/gemma-4-E2B-it-qat-q4_0-gguf"
    offer = f"download_{official}"
    assert [button for button in engines().button if button.key == offer]
    e2b(
        tmp_path / "hub" / f"models--{official.replace('/', '--')}" / "snapshots" / "a" / "e2b.gguf"
    )
    e2b(tmp_path / ".lmstudio" / "models" / "somebody" / "tiny" / "other.gguf")
    page = engines()
    assert not [button for button in page.button if button.key == offer]
    listed = [one.value for one in page.markdown if "llama.cpp · " in one.value]
    assert len(listed) == 2 and all("takes about " in one for one in listed)
    assert "E2B q4" in listed[0] and "LM Studio" in listed[1]
    deletes = [button for button in page.button if button.label == "Delete it"]
    assert len(deletes) == 1, "nothing in another program's folder"
    deletes[0].click().run()
    assert not list((tmp_path / "hub").glob("models--*"))
    assert list(tmp_path.glob(".lmstudio/**/*.gguf"))


def test_without_llama_cpp_the_page_says_what_is_missing(
    engines: Callable[[], AppTest], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(package, "find_spec", lambda name: None)
    assert not [one for one in engines().warning if "xllamacpp" in one.value]
    e2b(tmp_path / "models--a--b" / "snapshots" / "a" / "e2b.gguf")
    assert [one for one in engines().warning if "pip install xllamacpp" in one.value]
