"""A GGUF model on this machine: the demo family, written as GGUF, answered by llama.cpp in processes of their own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from dataclasses import astuple, replace
from pathlib import Path

import psutil
import pytest

from playground.comparisons.figures import Timeline, compute
from playground.engines.base import EngineError
from playground.engines.events import Chunk, Event, Finished, Requested
from playground.engines.llama.engine import LlamaEngine
from playground.engines.llama.order import Order, Said
from playground.engines.llama.process import Process
from playground.engines.roster import specs
from playground.models.model import Model
from playground.prompt.conversation import Conversation, Media, Settings
from tests.servers.listening import sample
from tests.servers.real import ROOT

DIGITS = {"type": "array", "items": {"enum": [1, 2]}, "minItems": 500, "maxItems": 500}
LONG = "The red circle is left of the blue square. " * 400


def ask(
    engine: LlamaEngine, prompt: str, parts: tuple[Media, ...] = (), **settings: object
) -> tuple[str, Finished, list[Event]]:
    asked = Settings(**{"temperature": 0.0, "max_tokens": 48, **settings})  # type: ignore[arg-type]
    events = list(engine.stream(Conversation.ask(prompt, parts), asked, threading.Event()))
    last = events[-1]
    assert isinstance(last, Finished)
    return "".join(event.text for event in events if isinstance(event, Chunk)), last, events


def loaded(engine: LlamaEngine) -> psutil.Process:
    """Load, and give its process."""
    engine.load(threading.Event())
    assert engine.loaded and engine._process is not None
    return psutil.Process(engine._process.pid)


def test_text_picture_and_sound_are_answered_and_counted(engine: LlamaEngine) -> None:
    loaded(engine)
    said, last, events = ask(engine, "Who are you?")
    assert said == "I am the demo E2B, a very small model. I am not Gemma 4."
    assert isinstance(events[0], Requested) and last.reason == "stop"
    assert last.output is not None and last.output.source == "reported"
    assert last.peak_memory_bytes and last.weight_bytes_per_token
    seen, last, _ = ask(engine, "What is in the picture?", sample("one-shape.png"))
    assert seen == "An orange star." and "pictures" in last.remarks[0]
    heard, _, _ = ask(engine, "Which digits do you hear?", sample("digits.wav"))
    assert heard == "A voice says: 7 3 9 2"


def test_another_budget_of_pictures_is_another_process(engine: LlamaEngine) -> None:
    loaded(engine)
    counts, pids = {}, []
    for budget in (70, 140, 140):
        _, last, _ = ask(
            engine, "What?", sample("one-shape.png"), image_tokens=budget, max_tokens=2
        )
        assert last.prompt is not None and engine._process is not None
        counts[budget] = last.prompt.image
        pids.append(engine._process.pid)
    assert counts[140] > 1.5 * counts[70]
    assert pids[0] != pids[1] == pids[2]


def test_a_stop_ends_it_soon_while_it_reads_and_while_it_answers(engine: LlamaEngine) -> None:
    loaded(engine)
    for prompt, wait in ((LONG, 0.2), ("Count to nine.", 0.0)):
        engine.load(threading.Event())
        stop = threading.Event()
        threading.Timer(wait, stop.set).start()
        asked = Conversation.ask(prompt)
        events = list(engine.stream(asked, Settings(temperature=0.0, max_tokens=2000), stop))
        ended = time.perf_counter()
        last = events[-1]
        assert isinstance(last, Finished) and last.reason in ("stopped", "stop")
        assert ended - last.at < 1.0


def test_killed_while_it_answers_it_says_so_and_is_loaded_again(engine: LlamaEngine) -> None:
    process = loaded(engine)
    said = []
    with pytest.raises(
        EngineError, match=r"E2B.* was killed \(signal 9\).*, while it answered\. Run it again"
    ):
        asked = Settings(temperature=0.0, max_tokens=3000, schema=DIGITS)
        for event in engine.stream(Conversation.ask("Count."), asked, threading.Event()):
            said.append(event)
            if isinstance(event, Chunk):
                process.kill()
    assert any(isinstance(event, Chunk) for event in said) and not engine.loaded
    loaded(engine)
    assert ask(engine, "What is 3 + 4?")[0] == "7"


def test_killed_while_it_reads_it_says_so(engine: LlamaEngine) -> None:
    process = loaded(engine)
    process.suspend()  # the prompt is sent, and nothing of it answered
    threading.Timer(0.3, process.kill).start()
    with pytest.raises(EngineError, match=r"was killed \(signal 9\).*while it answered"):
        ask(engine, LONG)


def test_killed_while_it_loads_it_says_so(
    engine: LlamaEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = Process.__init__

    def killed(self: Process, title: str, order: Order) -> None:
        started(self, title, order)
        self._imported = True
        os.kill(self.pid, signal.SIGKILL)

    monkeypatch.setattr(Process, "__init__", killed)
    with pytest.raises(EngineError, match=r"was killed \(signal 9\).*, while it loaded"):
        engine.load(threading.Event())
    assert not engine.loaded and engine.loading is None


def test_a_stop_while_it_loads_leaves_nothing(engine: LlamaEngine) -> None:
    stop = threading.Event()
    stop.set()
    engine.load(stop)
    assert not engine.loaded and engine._process is None and engine.memory_bytes() == 0


def test_closing_gives_the_memory_back(engine: LlamaEngine) -> None:
    process = loaded(engine)
    assert engine.memory_bytes() > 20e6
    engine.close()
    assert not process.is_running() and engine.memory_bytes() == 0 and not engine.loaded


def test_it_ends_with_the_program_even_while_it_loads(demo: Model) -> None:
    """Stopped the hard way, the program leaves no process behind: not one that loads and hears nothing."""
    order = Order(str(demo.path), "", "key", 2048, 32, 0, 1)
    code = (
        "import os, signal, sys; from playground.engines.llama import process, order\n"
        f"made = process.Process('E2B', order.Order({', '.join(map(repr, astuple(order)))}))\n"
        "print(made.pid, flush=True)\n"
        "import time; time.sleep(60)\n"
    )
    program = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
    assert program.stdout is not None
    child = psutil.Process(int(program.stdout.readline()))
    program.kill()
    program.wait()
    program.stdout.close()
    psutil.wait_procs([child], timeout=30)
    assert not child.is_running()


def test_only_who_has_its_key_is_answered(engine: LlamaEngine) -> None:
    loaded(engine)
    assert engine._client is not None and engine._client.model.server is not None
    server = engine._client.model.server
    assert server.host.startswith("127.0.0.1:")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{server.url}/models/x", timeout=5)
    refused.value.close()
    assert refused.value.code == 401


def library(where: Path, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package xllamacpp that does this when it is imported."""
    (where / "xllamacpp.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", str(where))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (
            "raise ModuleNotFoundError('No module named xllamacpp')",
            "xllamacpp is not installed. Install it",
        ),
        (
            "raise ImportError('GLIBC_2.99 not found')",
            r"can't be loaded here \(GLIBC_2.99 not found\). Install",
        ),
        (
            "import os; os.kill(os.getpid(), 4)",
            r"does not start on this machine: its process crashed \(signal 4\)",
        ),
        (
            "import os; os._exit(3)",
            r"does not start on this machine: its process ended unexpectedly \(exit code 3\)",
        ),
    ],
)
def test_without_a_library_that_works_it_says_what_would_help(
    code: str, words: str, engine: LlamaEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library(tmp_path, code, monkeypatch)
    with pytest.raises(EngineError, match=words):
        engine.load(threading.Event())
    assert not engine.loaded


def test_a_file_that_llama_cpp_refuses_is_one_sentence(demo: Model, tmp_path: Path) -> None:
    """Its header is sound, and a tensor that llama.cpp needs has another name."""
    assert demo.path is not None
    file = tmp_path / "renamed.gguf"
    file.write_bytes(demo.path.read_bytes().replace(b"blk.0.attn_q.weight", b"blk.0.attn_Q.weight"))
    engine = LlamaEngine(specs.find(f"local:{file}"))
    with pytest.raises(EngineError) as told:
        engine.load(threading.Event())
    assert told.value.reason.startswith("llama.cpp can't load E2B f32: ")
    assert "blk.0.attn_q.weight" in told.value.reason and str(tmp_path) not in told.value.reason


@pytest.mark.parametrize(
    ("log", "why"),
    [
        (
            [
                "0.00 E gguf_init_from_reader: tensor 'a' has offset 0, expected 32",
                "0.00 E llama_model_load: error loading model: llama_model_loader: failed to load model from /m/e.gguf",
            ],
            "tensor 'a' has offset 0, expected 32",
        ),
        (
            ["0.00 I fine", "0.00 E llama_model_load: error loading model: no key in /m/e.gguf"],
            "no key in e.gguf",
        ),
        ([], "it failed"),
    ],
)
def test_of_a_failed_load_the_line_is_shown_that_says_why(
    log: list[str], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Process, "end", lambda _: None)
    process = Process.__new__(Process)
    process.order = Order("/m/e.gguf", "", "key", 512, 32, 0, 1)
    process._title, process._log = "E2B", deque(log)
    error = process._unloadable(Said(reason="it failed"))
    assert error.reason == f"llama.cpp can't load E2B: {why}."


def test_weights_that_are_gone_are_told(engine: LlamaEngine, demo: Model, tmp_path: Path) -> None:
    gone = LlamaEngine(replace(demo, path=tmp_path / "gone.gguf"))
    with pytest.raises(EngineError, match="no longer there"):
        gone.load(threading.Event())


def own_timings(engine: LlamaEngine) -> dict[str, tuple[float, int]]:
    """Seconds and tokens of reading and of writing, as llama.cpp's own log has them of its last answer."""
    assert engine._process is not None
    told = "\n".join(engine._process._log)
    found = re.findall(r"\| +(prompt eval|eval) time = +([\d.]+) ms / +(\d+) tokens", told)
    return {what: (float(ms) / 1000, int(count)) for what, ms, count in found}


def test_figures_agree_with_its_own_timings(demo: Model) -> None:
    engine = LlamaEngine(demo, endless=True)
    try:
        loaded(engine)
        _, last, events = ask(engine, LONG, max_tokens=1000)
        (requested,) = [one for one in events if isinstance(one, Requested)]
        figures = compute(
            Timeline(requested.at, requested=requested.at),
            [one for one in events if isinstance(one, Chunk)],
            finished=last,
        )
        timings = own_timings(engine)
    finally:
        engine.close()
    reading, read = timings["prompt eval"]
    writing, written = timings["eval"]
    assert figures.prompt_tokens is not None and figures.output_tokens is not None
    assert (figures.prompt_tokens.total, figures.output_tokens.total) == (read, written)
    assert figures.prefill_tps == pytest.approx(read / reading, rel=0.05)
    assert figures.ttft_s == pytest.approx(reading, rel=0.05)
    assert figures.output_tps == pytest.approx(written / writing, rel=0.05)
