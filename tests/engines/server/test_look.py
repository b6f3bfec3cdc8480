"""Finding out what a server is and what its models take, from small servers that look like the real ones."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from playground.engines.roster import specs
from playground.engines.server.looking import findings, look, served
from playground.engines.server.looking.look import ask, looks
from playground.engines.server.looking.remembered import Remembered
from playground.models.model import ModelError
from playground.models.servers import Key, Server, ServerError

Pages = dict[str, Any]
MODELS = "/v1/models"
CHAT = "/v1/chat/completions"


class Looks(BaseHTTPRequestHandler):
    """Gives the pages that its server was told; a callable page answers a posted body with (status, reply)."""

    pages: Pages

    def log_message(self, *_: object) -> None:
        """Silence."""

    def do_GET(self) -> None:
        self._answer(200 if self.path in self.pages else 404, self.pages.get(self.path, {}))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        page = self.pages.get(self.path)
        self._answer(*(page(body) if callable(page) else (404, {})))

    def _answer(self, status: int, reply: Any) -> None:
        data = json.dumps(reply).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture
def look_like() -> Iterator[Callable[[Pages], str]]:
    running = []

    def start(pages: Pages) -> str:
        handler = type("Handler", (Looks,), {"pages": pages})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        running.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def listing(*names: str, owner: str = "someone", **more: Any) -> Pages:
    entries = [{"id": name, "object": "model", "owned_by": owner, **more} for name in names]
    return {MODELS: {"object": "list", "data": entries}}


LOOKS: dict[str, Pages] = {
    "vllm": {
        **listing("google/gemma-4-E2B-it", owner="vllm", max_model_len=4096),
        "/version": {"version": "0.33"},
    },
    "sglang": listing("m", owner="sglang"),
    "llama.cpp": {
        **listing("m", owner="llamacpp"),
        "/props": {"default_generation_settings": {"n_ctx": 99}},
    },
    "ollama": {**listing("gemma4:e2b", owner="library"), "/api/version": {"version": "0.32"}},
    "lmstudio": {**listing("m"), "/api/v0/models": {"data": []}},
    "transformers": {**listing("m"), "/openapi.json": {"paths": {"/load_model": {}}}},
    "other": listing("gemini", "vllm", "ollama"),
}


@pytest.mark.parametrize("kind", LOOKS)
def test_the_kind_is_found_out(look_like: Callable[[Pages], str], kind: str) -> None:
    seen = ask(Server("lab", look_like(LOOKS[kind])))
    assert seen.profile.kind == seen.server.kind == kind
    assert seen.latency_ms > 0


def test_a_server_that_gives_its_list_at_every_path_is_no_lm_studio(
    look_like: Callable[[Pages], str],
) -> None:
    page = listing("m")
    assert ask(Server("lab", look_like({**page, "/api/v0/models": page[MODELS]}))).server.kind == (
        "other"
    )


def test_what_the_operator_said_is_believed(look_like: Callable[[Pages], str]) -> None:
    seen = ask(Server("lab", look_like(LOOKS["ollama"]), kind="vllm", models=("mine",)))
    assert seen.profile.kind == "vllm" and seen.names == ("mine",)


def counting(
    takes: set[str], prices: dict[str, int] | None = None
) -> Callable[[Any], tuple[int, Any]]:
    """A chat page that takes some kinds of parts, refuses the others, and counts tokens."""

    def answer(body: Any) -> tuple[int, Any]:
        content = body["messages"][0]["content"]
        kinds = {"text"} if isinstance(content, str) else {part["type"] for part in content}
        if kinds - takes:
            return 400, {"error": {"message": "unsupported"}}
        tokens = 10 + sum((prices or {}).get(kind, 50) for kind in kinds - {"text"})
        return 200, {"choices": [{}], "usage": {"prompt_tokens": tokens}}

    return answer


@pytest.mark.parametrize(
    ("page", "image", "audio"),
    [
        (counting({"text", "image_url", "input_audio"}), True, True),
        (counting({"text", "image_url"}), True, False),
        (counting({"text"}), False, False),
        # Taken without complaint and thrown away: the prompt is no longer than words alone.
        (counting({"text", "image_url", "input_audio"}, {"input_audio": 0}), True, False),
    ],
)
def test_what_the_server_does_not_tell_is_tried(
    look_like: Callable[[Pages], str], page: Any, image: bool, audio: bool
) -> None:
    server = Server("lab", look_like({**LOOKS["vllm"], CHAT: page}))
    model = served.model(server, "google/gemma-4-E2B-it")
    takes = model.capabilities
    assert (takes.image, takes.video, takes.audio, takes.context) == (image, image, audio, 4096)
    assert (model.variant, model.spec) == ("E2B", "server:lab/google/gemma-4-E2B-it")


class Counted:
    """A chat page that keeps what it was asked."""

    def __init__(self, page: Callable[[Any], tuple[int, Any]]) -> None:
        self.page = page
        self.asked: list[Any] = []

    def __call__(self, body: Any) -> tuple[int, Any]:
        self.asked.append(body)
        return self.page(body)


def restart() -> None:
    """As a new process begins: what was learned is on the disk only."""
    served._models = Remembered(served._described)
    for held in (looks._values, looks._faults):
        held.clear()


def test_it_is_tried_once(look_like: Callable[[Pages], str]) -> None:
    chat = Counted(counting({"text", "image_url"}))
    server = Server("lab", look_like({**LOOKS["other"], CHAT: chat}))
    for _ in range(3):
        served.model(server, "vllm")
    assert len(chat.asked) == 3, "words, a sound, a picture"
    restart()
    assert served.model(server, "vllm").capabilities.image, "a new process reads what was found"
    assert len(chat.asked) == 3
    served.forget(server)
    served.model(server, "vllm")
    assert len(chat.asked) == 6


def test_another_version_is_tried_anew(look_like: Callable[[Pages], str]) -> None:
    chat = Counted(counting({"text"}))
    pages = {**LOOKS["vllm"], CHAT: chat}
    server = Server("lab", look_like(pages))
    assert not served.model(server, "google/gemma-4-E2B-it").capabilities.image
    pages["/version"] = {"version": "0.34"}
    chat.page = counting({"text", "image_url"})
    restart()
    assert served.model(server, "google/gemma-4-E2B-it").capabilities.image


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"at": "today"}', '{"at": 1e12, "takes": {}}'])
def test_a_damaged_or_old_finding_is_none(look_like: Callable[[Pages], str], damage: str) -> None:
    subject = findings.Subject("http://x/v1", "m", "")
    findings.write(subject, {"image": True})
    assert findings.read(subject) == {"image": True}
    subject.file.write_text(damage)
    assert findings.read(subject) == {}


def test_old_findings_are_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    old, new = (findings.Subject("http://x/v1", name, "") for name in ("old", "new"))
    findings.write(old, {"image": True})
    os.utime(old.file, (0, 0))
    findings.write(new, {"image": True})
    assert not old.file.exists() and findings.read(new)


def test_findings_need_no_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(file))
    subject = findings.Subject("http://x/v1", "m", "")
    findings.write(subject, {"image": True})
    findings.forget(subject)
    assert findings.read(subject) == {}


@pytest.mark.parametrize("status", [429, 503, 408, 413, 401])
def test_a_server_that_is_busy_has_not_said_no(
    look_like: Callable[[Pages], str], status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is taken to be what the family says, and tried again a while later."""
    takes = counting({"text", "image_url"})

    def busy(body: Any) -> tuple[int, Any]:
        media = not isinstance(body["messages"][0]["content"], str)
        return (status, {"error": {"message": "later"}}) if media else takes(body)

    chat = Counted(busy)
    server = Server("lab", look_like({**LOOKS["vllm"], CHAT: chat}))
    model = served.model(server, "google/gemma-4-E2B-it")
    assert model.capabilities.image and model.capabilities.audio
    chat.page = takes
    monkeypatch.setattr("playground.engines.server.looking.remembered.time.monotonic", lambda: 1e9)
    takes_now = served.model(server, "google/gemma-4-E2B-it").capabilities
    assert takes_now.image and not takes_now.audio


@pytest.mark.parametrize(("breaks", "hears"), [(1, True), (9, False)])
def test_a_server_that_breaks_at_sound_alone_and_each_time_is_deaf(
    look_like: Callable[[Pages], str], breaks: int, hears: bool
) -> None:
    left = [breaks]

    def page(body: Any) -> tuple[int, Any]:
        if "input_audio" in json.dumps(body) and left[0]:
            left[0] -= 1
            return 500, {}
        return counting({"text", "image_url", "input_audio"})(body)

    server = Server("lab", look_like({**LOOKS["vllm"], CHAT: page}))
    assert served.model(server, "google/gemma-4-E2B-it").capabilities.audio is hears


def test_a_server_without_memory_has_not_said_no(look_like: Callable[[Pages], str]) -> None:
    def page(body: Any) -> tuple[int, Any]:
        if "image_url" in json.dumps(body):
            return 500, {"error": {"message": "CUDA out of memory"}}
        return counting({"text"})(body)

    server = Server("lab", look_like({**LOOKS["vllm"], CHAT: page}))
    assert served.model(server, "google/gemma-4-E2B-it").capabilities.image


@pytest.mark.parametrize("status", [429, 503])
def test_one_busy_moment_hides_no_model(look_like: Callable[[Pages], str], status: int) -> None:
    chat = Counted(lambda body: (status, {}))
    server = Server("lab", look_like({**LOOKS["vllm"], CHAT: chat}))
    assert served.model(server, "google/gemma-4-E2B-it").capabilities.image
    assert len(chat.asked) == 1, "busy for words, and not asked more"


def test_only_what_is_still_unknown_is_tried_again(look_like: Callable[[Pages], str]) -> None:
    takes = counting({"text", "image_url", "input_audio"})

    def page(body: Any) -> tuple[int, Any]:
        return (503, {}) if "input_audio" in json.dumps(body) else takes(body)

    chat = Counted(page)
    server = Server("lab", look_like({**LOOKS["vllm"], CHAT: chat}))
    served.model(server, "google/gemma-4-E2B-it")
    chat.page, before = takes, len(chat.asked)
    restart()
    assert served.model(server, "google/gemma-4-E2B-it").capabilities.audio
    assert not any("image_url" in json.dumps(body) for body in chat.asked[before:])


@pytest.mark.parametrize(
    ("status", "reply"),
    [
        (500, {"error": {"message": "image input is not supported - hint: provide the mmproj"}}),
        (200, {"error": "this model does not support images"}),
        (404, {"error": {"message": "No endpoints found that support image input"}}),
        (422, {"detail": [{"msg": "field image_url is not allowed"}]}),
    ],
)
def test_a_clear_no_is_one_whatever_its_status(
    look_like: Callable[[Pages], str], status: int, reply: Any
) -> None:
    def page(body: Any) -> tuple[int, Any]:
        return (status, reply) if "image_url" in json.dumps(body) else counting({"text"})(body)

    server = Server("lab", look_like({**LOOKS["vllm"], CHAT: page}))
    assert not served.model(server, "google/gemma-4-E2B-it").capabilities.image


def test_what_a_server_tells_is_not_tried(look_like: Callable[[Pages], str]) -> None:
    props = {
        "default_generation_settings": {"n_ctx": 8192},
        "modalities": {"vision": True, "audio": False},
        "chat_template": "{% if enable_thinking %}{% endif %}",
    }
    takes = served.model(
        Server("lab", look_like({**listing("m"), "/props": props})), "m"
    ).capabilities
    assert (takes.image, takes.audio, takes.context) == (True, False, 8192)
    assert (takes.thinking, takes.tools, takes.image_budget) == (True, False, False)

    def show(body: Any) -> tuple[int, Any]:
        assert body == {"model": "gemma4:e2b"}
        info = {"gemma4.context_length": 131072}
        return 200, {
            "capabilities": ["completion", "vision", "audio", "thinking"],
            "model_info": info,
        }

    ollama = Server("lab", look_like({**LOOKS["ollama"], "/api/show": show}))
    takes = served.model(ollama, "gemma4:e2b").capabilities
    assert takes.image and not takes.audio, "Ollama's OpenAI endpoint takes no sound"
    assert takes.thinking and not takes.tools and takes.context == 131072


def test_a_model_that_can_not_be_described_hides_no_other(
    look_like: Callable[[Pages], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def show(body: Any) -> tuple[int, Any]:
        facts = {"model_info": {"gemma4.context_length": 4096}, "capabilities": ["completion"]}
        return 200, {"endless": "y" * 9_000_000} if body["model"] == "bad" else facts

    pages = {**LOOKS["ollama"], **listing("bad", "gemma4:e2b"), "/api/show": show}
    server = Server("lab", look_like(pages))
    seen = ask(server)
    assert seen.names == ("bad", "gemma4:e2b") and not seen.told["bad"].final
    assert seen.told["gemma4:e2b"].context == 4096
    monkeypatch.setattr(look, "DESCRIBING_S", 0.0)
    assert ask(server).told == dict.fromkeys(seen.names, look.LATER), "there was no time for it"


def test_a_loaded_model_of_ollama_holds_what_it_was_loaded_with(
    look_like: Callable[[Pages], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = {
        "capabilities": ["completion", "vision"],
        "model_info": {"general.architecture": "gemma4", "gemma4.context_length": 131072},
        "details": {"quantization_level": "Q4_K_M"},
    }
    pages: Pages = {**LOOKS["ollama"], "/api/show": lambda body: (200, shown), "/api/ps": {}}
    server = Server("lab", look_like(pages))
    model = served.model(server, "gemma4:e2b")
    assert (model.capabilities.context, model.precision) == (131072, "Q4_K_M")
    pages["/api/ps"] = {"models": [{"name": "gemma4:e2b", "context_length": 4096}]}
    monkeypatch.setattr("playground.engines.server.looking.remembered.time.monotonic", lambda: 1e9)
    assert served.model(server, "gemma4:e2b").capabilities.context == 4096, "it was loaded since"


def test_lm_studio_says_what_it_loaded(look_like: Callable[[Pages], str]) -> None:
    entries = [
        {"id": "gemma-4-e2b", "type": "vlm", "state": "loaded", "quantization": "Q4_K_M",
         "max_context_length": 131072, "loaded_context_length": 8192, "capabilities": ["tool_use"]},
        {"id": "gemma-4-31b", "type": "llm", "state": "not-loaded", "max_context_length": 262144},
        {"id": "nomic", "type": "embeddings", "state": "loaded", "max_context_length": 2048},
    ]  # fmt: skip
    pages = {**listing("gemma-4-e2b", "gemma-4-31b", "nomic"), "/api/v0/models": {"data": entries}}
    server = Server("lab", look_like(pages))
    seen = ask(server)
    assert seen.names == ("gemma-4-e2b", "gemma-4-31b"), "embeddings are no contenders"
    assert seen.server.turns == 4
    small, large = (served.model(server, name) for name in seen.names)
    assert small.capabilities.image and small.capabilities.tools and small.precision == "Q4_K_M"
    assert small.capabilities.context == 8192
    assert not large.capabilities.image and large.capabilities.context == 262144


def test_what_a_router_lists_is_read(look_like: Callable[[Pages], str]) -> None:
    def host(name: str, context: int, up: bool = True, **able: bool) -> Pages:
        status = "live" if up else "staging"
        return {"provider": name, "status": status, "context_length": context, **able}

    pages = listing("google/gemma-4-31B-it", "black-forest-labs/flux", "text-only")
    gemma, flux, plain = pages[MODELS]["data"]
    gemma["architecture"] = {"input_modalities": ["text", "image"], "output_modalities": ["text"]}
    gemma["providers"] = [
        host("novita", 131072, supports_tools=True, supports_structured_output=False),
        host("parasail", 262144, supports_tools=False, supports_structured_output=False),
        host("asleep", 1024, up=False, supports_structured_output=True),
    ]
    flux["architecture"] = {"input_modalities": ["text"], "output_modalities": ["image"]}
    plain["architecture"] = {"input_modalities": ["text"], "output_modalities": ["text"]}
    server = Server("lab", look_like(pages), kind="huggingface")
    assert ask(server).names == ("google/gemma-4-31B-it", "text-only")
    takes = served.model(server, "google/gemma-4-31B-it").capabilities
    assert (takes.image, takes.audio, takes.tools, takes.schema) == (True, False, True, False)
    assert takes.context == 131072, "whoever of them answers, so much fits"
    assert not served.model(server, "text-only").capabilities.image
    name = "google/gemma-4-31B-it:parasail"
    pinned = served.model(Server("lab", server.url, "huggingface", models=(name,)), name)
    assert pinned.capabilities.context == 262144 and not pinned.capabilities.tools


def test_sglang_says_what_it_serves(look_like: Callable[[Pages], str]) -> None:
    about = {
        "is_generation": True,
        "has_image_understanding": True,
        "has_audio_understanding": False,
    }
    pages = {**listing("m", owner="sglang", max_model_len=4096), "/get_model_info": about}
    takes = served.model(Server("lab", look_like(pages)), "m").capabilities
    assert (takes.image, takes.audio, takes.context) == (True, False, 4096)
    pages["/get_model_info"] = {"is_generation": False}
    assert ask(Server("lab", look_like(pages))).names == ()


def test_llama_cpp_says_how_many_it_answers_at_a_time(look_like: Callable[[Pages], str]) -> None:
    pages = {**LOOKS["llama.cpp"]}
    pages["/props"] = {**pages["/props"], "total_slots": 3}
    url = look_like(pages)
    assert ask(Server("lab", url)).server.turns == 3
    assert ask(Server("lab", url, at_once=2)).server.turns == 2, "the operator knows better"
    assert ask(Server("lab", look_like(LOOKS["ollama"]))).server.turns == 1
    assert ask(Server("lab", look_like(LOOKS["vllm"]))).server.turns == 256


@pytest.mark.parametrize(
    ("name", "variant"),
    [
        ("google/gemma-4-E2B-it", "E2B"),
        ("gemma4:26b", "26B-A4B"),
        ("unsloth/gemma-4-31B-it-GGUF:Q4_K_M", "31B"),
        ("gemma-4-26b-a4b-it", "26B-A4B"),
        ("gemma-4-12b-it-qat", "12B"),
        ("gemma-3-12b-it", None),
        ("e2b", None),
        ("llama-4-31b", None),
    ],
)
def test_which_member_a_name_means(name: str, variant: str | None) -> None:
    assert served.variant_of(name) == variant


@pytest.mark.parametrize(
    ("pages", "fault"),
    [
        ({}, "lists no models"),
        ({MODELS: {"data": "none"}}, "lists no models"),
        ({MODELS: [1, 2]}, "lists no models"),
    ],
)
def test_what_is_no_such_server(
    look_like: Callable[[Pages], str], pages: Pages, fault: str
) -> None:
    with pytest.raises(ServerError, match=fault):
        ask(Server("lab", look_like(pages)))


def test_specs_lead_to_servers(look_like: Callable[[Pages], str]) -> None:
    page = {**LOOKS["vllm"], CHAT: counting({"text"})}
    lab = Server("lab", look_like(page), key=Key("sk-very-secret"))
    model = specs.find("server:lab/google/gemma-4-E2B-it", [lab])
    assert model.place.startswith("lab (127.0.0.1:") and not model.leaves_machine
    assert "secret" not in repr(model)
    with pytest.raises(ModelError, match=r"There is no server 'lob'\. The servers here: lab\."):
        specs.find("server:lob/m", [lab])
    with pytest.raises(ModelError, match="Its models: google/gemma-4-E2B-it"):
        specs.find("server:lab/m", [lab])


def test_a_server_that_is_gone_is_not_waited_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = Server("gone", "http://127.0.0.1:9")
    for _ in range(2):
        with pytest.raises(ModelError, match="can't be reached"):
            specs.find("server:gone/m", [gone])
        monkeypatch.setattr(
            "playground.engines.server.looking.look.Asking", None
        )  # asked no second time
