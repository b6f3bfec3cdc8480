"""(e) The server engine against a bare `openai` loop, and its figures against a stopwatch that knows neither.

The same server, model, prompt and length, in turns. The stopwatch is a relay on loopback that the engine's request goes
through: it notes when the request came and when each event of the stream went by.
"""

from __future__ import annotations

import json
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from openai import OpenAI

from bench.numbers import spread, table
from playground.comparisons.figures import Timeline, compute
from playground.engines.events import Chunk, Finished, Requested
from playground.engines.roster import specs
from playground.engines.server.engine import ServerEngine
from playground.models.model import Model
from playground.models.servers import Server
from playground.prompt.conversation import Conversation, Settings
from tests.servers.real import DEMO, llama_cpp, transformers_serve

PAIRS = 20
TOKENS = 200
PROMPT = "Repeat: " + "star moon sun " * 30
SETTINGS = Settings(temperature=0, top_p=0.95, max_tokens=TOKENS)


def main() -> None:
    """Measure both real servers."""
    print(
        f"(e) server engine / a bare openai loop: {PAIRS} pairs in turns, at most {TOKENS} tokens, greedy"
    )
    rows = [
        (
            "server",
            "TTFT ms",
            "bare TTFT ms",
            "TTFT ratio",
            "total ms",
            "bare total ms",
            "total ratio",
        )
    ]
    told = [("server", "figure", "engine", "stopwatch", "ratio")]
    with tempfile.TemporaryDirectory() as home, llama_cpp() as url:
        rows.append(_compare("llama.cpp", url, "tiny"))
        told += _stopwatch("llama.cpp", url, "tiny")
        with transformers_serve(Path(home)) as url:
            name = str(DEMO / "31b")
            rows.append(_compare("transformers serve", url, name))
            told += _stopwatch("transformers serve", url, name)
    table(rows)
    print("\n    the engine's figures / those of a relay that the same stream went through")
    table(told)


def _served(url: str, name: str) -> Model:
    return specs.find(f"server:it/{name}", [Server("it", url, models=(name,))])


def _compare(title: str, url: str, name: str) -> tuple[str, ...]:
    model = _served(url, name)
    engine = ServerEngine(model)
    bare = OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0)
    ours, theirs = [], []
    for turn in range(PAIRS + 2):
        first = turn % 2 == 0  # whoever comes second finds the server warmer
        one = _engine(engine) if first else None
        other = _bare(bare, name)
        one = one or _engine(engine)
        if turn >= 2:  # the first two warm both up
            ours.append(one)
            theirs.append(other)
    engine.close()
    bare.close()
    cells = [title]
    for which in (0, 1):
        one, other = [o[which] for o in ours], [t[which] for t in theirs]
        ratios = [a / b for a, b in zip(one, other, strict=True)]
        cells += [
            spread([1000 * v for v in one], 1),
            spread([1000 * v for v in other], 1),
            spread(ratios),
        ]
    return tuple(cells)


def _engine(engine: ServerEngine) -> tuple[float, float]:
    """Seconds to the first token and to the end."""
    began = first = time.perf_counter()
    seen = False
    for event in engine.stream(Conversation.ask(PROMPT), SETTINGS, threading.Event()):
        if isinstance(event, Requested):
            began = event.at
        elif isinstance(event, Chunk) and not seen:
            first, seen = event.at, True
    return first - began, time.perf_counter() - began


def _bare(client: OpenAI, name: str) -> tuple[float, float]:
    """The same with nothing around the client."""
    extra = {"chat_template_kwargs": {"enable_thinking": False}}
    began = first = time.perf_counter()
    seen = False
    stream = client.chat.completions.create(
        model=name,
        messages=[{"role": "user", "content": PROMPT}],
        temperature=0,
        top_p=SETTINGS.top_p,
        max_tokens=TOKENS,
        stream=True,
        extra_body=extra,
    )
    for piece in stream:
        if not seen and piece.choices and piece.choices[0].delta.content:
            first, seen = time.perf_counter(), True
    return first - began, time.perf_counter() - began


def _stopwatch(title: str, url: str, name: str) -> list[tuple[str, ...]]:
    """TTFT, E2E and speed by both, of five answers."""
    rows: dict[str, list[tuple[float, float]]] = {"TTFT s": [], "E2E s": [], "tokens/s": []}
    with _relay(urlsplit(url).port or 80) as (port, notes):
        engine = ServerEngine(_served(f"http://127.0.0.1:{port}", name))
        for _ in range(5):
            notes.clear()
            events = list(engine.stream(Conversation.ask(PROMPT), SETTINGS, threading.Event()))
            chunks = [event for event in events if isinstance(event, Chunk)]
            (start,) = [event.at for event in events if isinstance(event, Requested)]
            end = next(event for event in events if isinstance(event, Finished))
            figures = compute(Timeline(start, start, start), chunks, None, end)
            asked = next(at for at, what in notes if what == "request")
            said = [at for at, what in notes if what == "text"]
            tokens = end.output.total if end.output else 0
            pairs = {
                "TTFT s": (figures.ttft_s, said[0] - asked),
                "E2E s": (figures.e2e_s, said[-1] - asked),
                "tokens/s": (figures.output_tps, (tokens - 1) / (said[-1] - said[0])),
            }
            for label, (one, other) in pairs.items():
                rows[label].append((one or 0.0, other))
        engine.close()
    return [
        (
            title,
            label,
            spread([a for a, _ in pairs], 3),
            spread([b for _, b in pairs], 3),
            spread([a / b for a, b in pairs], 3),
        )
        for label, pairs in rows.items()
    ]


@contextmanager
def _relay(target: int) -> Iterator[tuple[int, list[tuple[float, str]]]]:
    """Bytes both ways between a port of its own and `target`, with a note of when requests and texts went by."""
    notes: list[tuple[float, str]] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def carry(source: socket.socket, sink: socket.socket, outward: bool) -> None:
        held = b""
        while data := source.recv(1 << 16):
            at = time.perf_counter()
            if outward:
                notes.append((at, "request"))
            else:
                *lines, held = (held + data).split(b"\n")
                notes.extend((at, "text") for line in lines if _speaks(line))
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)

    def accept() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", target))
            for pair in ((client, server, True), (server, client, False)):
                threading.Thread(target=carry, args=pair, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield listener.getsockname()[1], notes
    listener.close()


def _speaks(line: bytes) -> bool:
    """Whether a line of the stream holds some text of the answer."""
    if not line.startswith(b"data: {"):
        return False
    try:
        choices = json.loads(line[6:])["choices"]
        return bool(choices and choices[0]["delta"].get("content"))
    except (ValueError, KeyError):
        return False
