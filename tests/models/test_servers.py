"""How an operator names servers, and that keys stay where they belong."""

from __future__ import annotations

import pickle
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from playground.models.servers import Key, Server, ServerError, address, configured, may_add, set_up


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
        "http://me:secret@gpu1:99999/v1",
        "ftp://me:secret@gpu1",
        "me:secret@gpu1:8000",
        "gpu1:8000/v1?key=secret",
        "http://gpu 1:8000",
        "http://gp\u200bu1:8000",
        "http://gpu1:8000/v1/\0",
        "http://gpu1..example.org",
        f"http://{'g' * 64}.org",
    ],
)
def test_what_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(ServerError) as error:
        address(written)
    assert "secret" not in str(error.value)


def test_what_stands_beside_the_openai_paths_stands_behind_the_same_proxy() -> None:
    roots = {"http://h:80/v1": "http://h:80", "http://h/lab/v1": "http://h/lab"}
    roots |= {"https://h/v1beta/openai": "https://h", "http://h/api/lab/v1": "http://h/api/lab"}
    assert {url: Server("lab", url).root for url in roots} == roots


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://localhost:1234", True),
        ("http://127.0.0.2:1", True),
        ("http://[::1]:80", True),
        ("http://localhost.:80", True),
        ("http://0.0.0.0:8000", True),
        ("http://[::]:8000", True),
        ("http://[::ffff:127.0.0.1]:80", True),
        ("http://10.9.8.7:80", True),
        ("http://10.9.8.8:80", False),
        ("http://192.168.1.4", False),
        ("http://localhost.example.org", False),
    ],
)
def test_what_is_on_this_machine(url: str, here: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    own = {"eth0": [SimpleNamespace(address="10.9.8.7"), SimpleNamespace(address="02:42:ac:11")]}
    monkeypatch.setattr(psutil, "net_if_addrs", lambda: own)
    assert Server("lab", url).on_this_machine is here


def test_servers_from_a_file_and_from_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        '[lab]\nurl = "http://gpu1:8000"\nkind = "vllm"\nkey = "LAB"\nmodels = ["a", "b"]\nat_once = 8\n'
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
    assert (lab.at_once, home.at_once) == (8, 0)
    assert (home.url, home.key.reveal()) == ("http://localhost:8080/v1", "sk-2")
    assert (far.name, far.key.reveal()) == ("far-away", "sk-3")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("[lab", "can't be read"),
        (f"a = {'[' * 5000}", "can't be read"),
        ("[lab]\n", "needs a url"),
        ('lab = "http://x"\n', "needs a url"),
        ('[lab]\nurl = "x"\n', "no address"),
        ('[lab]\nurl = "http://x"\nkind = "vlm"\n', "no kind 'vlm'"),
        ('[lab]\nurl = "http://x"\nkey = "NOT_SET"\n', "not set"),
        ('[lab]\nurl = "http://x"\nmodels = "a"\n', "a list of names"),
        ('[lab]\nurl = "http://x"\napi_key = "sk-very-secret"\n', "'api_key', which means nothing"),
        ('["my lab"]\nurl = "http://x"\n', "can't be a server's name"),
        ('[lab]\nurl = "http://x"\nkey = 7\n', "not set"),
        ('[lab]\nurl = "http://x"\nat_once = 0\n', "a whole number from 1"),
        ('[lab]\nurl = "http://x"\nat_once = true\n', "a whole number from 1"),
    ],
)
def test_a_fault_in_the_file_is_a_sentence(tmp_path: Path, content: str, fault: str) -> None:
    file = tmp_path / "servers.toml"
    file.write_text(content)
    (found,) = set_up({"PLAYGROUND_SERVERS": str(file)}).faults
    assert fault in found.words and "servers.toml" in found.words
    assert "sk-very-secret" not in found.words


def test_a_file_from_windows_is_read(tmp_path: Path) -> None:
    file = tmp_path / "servers.toml"
    file.write_bytes(b'\xef\xbb\xbf[lab]\r\nurl = "http://x"\r\n')
    assert [one.name for one in configured({"PLAYGROUND_SERVERS": str(file)})] == ["lab"]


def test_one_bad_entry_hides_only_itself(tmp_path: Path) -> None:
    file = tmp_path / "servers.toml"
    file.write_text('[lab]\nurl = "http://x"\n[typo]\nurl = "http://x"\nmodel = "a"\n')
    found = set_up(
        {
            "PLAYGROUND_SERVERS": str(file),
            "PLAYGROUND_SERVER_BAD": "gpu1:8000",
            "PLAYGROUND_SERVER_GOOD": "http://gpu1:8000",
            "PLAYGROUND_SERVER_KEYED": "http://gpu2:8000",
            "PLAYGROUND_KEY_KEYED": "sk-\u200bvery-secret",
        }
    )
    assert [one.name for one in found.servers] == ["lab", "good"]
    words = {fault.name: fault.words for fault in found.faults}
    assert set(words) == {"typo", "bad", "keyed"}
    assert words["bad"].startswith("PLAYGROUND_SERVER_BAD can't be used: 'gpu1:8000' is no address")
    assert "PLAYGROUND_KEY_KEYED" in words["keyed"] and "secret" not in words["keyed"]


def test_what_the_environment_says_badly_does_not_fall_back_to_the_file(tmp_path: Path) -> None:
    file = tmp_path / "servers.toml"
    file.write_text('[lab]\nurl = "http://old"\n')
    found = set_up({"PLAYGROUND_SERVERS": str(file), "PLAYGROUND_SERVER_LAB": "new"})
    assert not found.servers and [fault.name for fault in found.faults] == ["lab"]


def test_a_missing_file_is_a_fault_only_when_it_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert configured({}) == ()
    (fault,) = set_up({"PLAYGROUND_SERVERS": "nowhere.toml"}).faults
    assert "no such file" in fault.words


@pytest.mark.parametrize("key", ["sk-\u200babc", "sk-abc\nsk-def", "sk abc", "sk-ключ", "sk\x00a"])
def test_a_key_that_no_request_can_carry_is_told_by_its_place(key: str, tmp_path: Path) -> None:
    file = tmp_path / "servers.toml"
    file.write_text('[lab]\nurl = "http://x"\nkey = "LAB_KEY"\n')
    (fault,) = set_up({"PLAYGROUND_SERVERS": str(file), "LAB_KEY": key}).faults
    assert "[lab] in LAB_KEY" in fault.words and "copy the key anew" in fault.words
    assert key not in fault.words and "abc" not in fault.words
    with pytest.raises(ServerError):
        Key(key)


def test_visitors_add_servers_only_where_they_may() -> None:
    assert not may_add({})
    assert not may_add({"PLAYGROUND_ADD_SERVERS": "0"})
    assert may_add({"PLAYGROUND_ADD_SERVERS": "1"})


def test_a_key_shows_itself_to_nobody() -> None:
    key = Key("sk-very-secret")
    server = Server("lab", "http://x", key=key)
    assert "secret" not in f"{key} {key!r} {server} {server!r} {[server]}"
    assert key.hide("Bearer sk-very-secret!") == "Bearer [key]!"
    odd = Key('sk&"<very>/secret+\\')
    for said in (
        '{"k": "sk&\\"<very>/secret+\\\\"}',
        "sk&amp;&quot;&lt;very&gt;/secret+\\",
        'sk&amp;"&lt;very&gt;/secret+\\',
        "?key=sk%26%22%3Cvery%3E%2Fsecret%2B%5C",
        "?key=sk%26%22%3Cvery%3E/secret%2B%5C",
    ):
        assert "[key]" in odd.hide(said) and "very" not in odd.hide(said)
    with pytest.raises(TypeError):
        pickle.dumps(server)
    assert Key("a") == Key("a") != Key("b") and not Key()
