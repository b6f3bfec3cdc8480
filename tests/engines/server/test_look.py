"""Finding out what a server is and what its models take, from small servers that look like the real ones."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from playground.engines import roster
from playground.engines.roster import ModelError
from playground.engines.server import served
from playground.engines.server.look import ask
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


def test_it_is_tried_once(look_like: Callable[[Pages], str]) -> None:
    asked = []
    page = counting({"text", "image_url"})

    def counted(body: Any) -> tuple[int, Any]:
        asked.append(body)
        return page(body)

    server = Server("lab", look_like({**LOOKS["other"], CHAT: counted}))
    for _ in range(3):
        served.model(server, "vllm")
    assert len(asked) == 3, "words, a sound, a picture"
    served.forget(server)
    served.model(server, "vllm")
    assert len(asked) == 6


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
    model = roster.find("server:lab/google/gemma-4-E2B-it", [lab])
    assert model.place.startswith("lab (127.0.0.1:") and not model.leaves_machine
    assert "secret" not in repr(model)
    with pytest.raises(ModelError, match=r"There is no server 'lob'\. The servers here: lab\."):
        roster.find("server:lob/m", [lab])
    with pytest.raises(ModelError, match="Its models: google/gemma-4-E2B-it"):
        roster.find("server:lab/m", [lab])


def test_a_server_that_is_gone_is_not_waited_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = Server("gone", "http://127.0.0.1:9")
    for _ in range(2):
        with pytest.raises(ModelError, match="can't be reached"):
            roster.find("server:gone/m", [gone])
        monkeypatch.setattr("playground.engines.server.look.Asking", None)  # asked no second time
