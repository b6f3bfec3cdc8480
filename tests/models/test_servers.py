"""How an operator names servers, and that keys stay where they belong."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from playground.models.servers import Key, Server, ServerError, address, configured, may_add


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("http://gpu1:8000", "http://gpu1:8000/v1"),
        ("http://gpu1:8000/v1/", "http://gpu1:8000/v1"),
        (" https://api.example.org/openai/v1 ", "https://api.example.org/openai/v1"),
        ("http://[::1]:8080", "http://[::1]:8080/v1"),
    ],
)
def test_an_address_has_one_form(written: str, meant: str) -> None:
    assert address(written) == meant


@pytest.mark.parametrize(
    "written",
    [
        "gpu1:8000",
        "ftp://gpu1",
        "http://",
        "http://me:secret@gpu1/v1",
        "http://gpu1/v1?key=secret",
        "http://gpu1:abc",
        "",
    ],
)
def test_what_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(ServerError) as error:
        address(written)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://localhost:1234", True),
        ("http://127.0.0.2:1", True),
        ("http://[::1]:80", True),
        ("http://192.168.1.4", False),
        ("http://localhost.example.org", False),
    ],
)
def test_what_is_on_this_machine(url: str, here: bool) -> None:
    assert Server("lab", url).on_this_machine is here


def test_servers_from_a_file_and_from_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        '[lab]\nurl = "http://gpu1:8000"\nkind = "vllm"\nkey = "LAB"\nmodels = ["a", "b"]\n'
        '[home]\nurl = "http://localhost:8080"\n'
    )
    environment = {
        "PLAYGROUND_SERVERS": str(file),
        "LAB": " sk-1 ",
        "PLAYGROUND_KEY_HOME": "sk-2",
        "PLAYGROUND_SERVER_FAR_AWAY": "https://far.example.org",
        "PLAYGROUND_KEY_FAR_AWAY": "sk-3",
    }
    lab, home, far = configured(environment)
    assert (lab.name, lab.kind, lab.models, lab.key.reveal()) == ("lab", "vllm", ("a", "b"), "sk-1")
    assert (home.url, home.key.reveal()) == ("http://localhost:8080/v1", "sk-2")
    assert (far.name, far.key.reveal()) == ("far-away", "sk-3")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("[lab", "can't be read"),
        ("[lab]\n", "needs a url"),
        ('lab = "http://x"\n', "needs a url"),
        ('[lab]\nurl = "x"\n', "no address"),
        ('[lab]\nurl = "http://x"\nkind = "vlm"\n', "no kind 'vlm'"),
        ('[lab]\nurl = "http://x"\nkey = "NOT_SET"\n', "not set"),
        ('[lab]\nurl = "http://x"\nmodels = "a"\n', "a list of names"),
        ('[lab]\nurl = "http://x"\napi_key = "sk-very-secret"\n', "'api_key', which means nothing"),
        ('["my lab"]\nurl = "http://x"\n', "can't be a server's name"),
    ],
)
def test_a_fault_in_the_file_is_a_sentence(tmp_path: Path, content: str, fault: str) -> None:
    file = tmp_path / "servers.toml"
    file.write_text(content)
    with pytest.raises(ServerError, match=fault) as error:
        configured({"PLAYGROUND_SERVERS": str(file)})
    assert "sk-very-secret" not in str(error.value)


def test_a_missing_file_is_a_fault_only_when_it_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert configured({}) == ()
    with pytest.raises(ServerError, match="no such file"):
        configured({"PLAYGROUND_SERVERS": "nowhere.toml"})


def test_visitors_add_servers_only_where_they_may() -> None:
    assert not may_add({})
    assert not may_add({"PLAYGROUND_ADD_SERVERS": "0"})
    assert may_add({"PLAYGROUND_ADD_SERVERS": "1"})


def test_a_key_shows_itself_to_nobody() -> None:
    key = Key("sk-very-secret")
    server = Server("lab", "http://x", key=key)
    assert "secret" not in f"{key} {key!r} {server} {server!r} {[server]}"
    assert key.hide("Bearer sk-very-secret!") == "Bearer [key]!"
    with pytest.raises(TypeError):
        pickle.dumps(server)
    assert Key("a") == Key("a") != Key("b") and not Key()
