"""The local engine and plain `generate`, the same model, prompt and length, in turns.

Both prepare the prompt, prefill and decode greedily; the engine's way to the page (a process of its own, messages,
chunks) is in its figures. So that both go on to the given length whatever the model says, the tokens that end an answer
are forbidden to both.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
from tokenizers import Tokenizer

from playground.benchmark.llama import Llama
from playground.benchmark.task import Run, Task
from playground.engines.base import EngineError
from playground.engines.events import Chunk, Finished, Read, Requested
from playground.engines.local import LocalEngine
from playground.engines.workers import ROOT, Workers, environment
from playground.models import checkpoint
from playground.models.model import Model
from playground.models.precision import QUANTISED
from playground.prompt.conversation import Conversation, Settings


@dataclass(frozen=True, slots=True)
class Measured:
    """All pairs, the engine's run first, and what there is to know once: seconds to load, bytes held at the peak.

    `llama` are llama.cpp's runs, where it took its turn too.
    """

    pairs: tuple[tuple[Run, Run], ...]
    prompt_tokens: int
    load_s: float
    plain_load_s: float
    peak_bytes: int
    plain_peak_bytes: int
    finished: Finished
    llama: tuple[Run, ...] = ()
    llama_load_s: float | None = None
    llama_peak_bytes: int | None = None

    def ours(self, figure: str) -> list[float]:
        """A figure of all runs of the engine."""
        return [getattr(run, figure) for run, _ in self.pairs]

    def theirs(self, figure: str) -> list[float]:
        """The same of plain `generate`."""
        return [getattr(run, figure) for _, run in self.pairs]

    def ratios(self, figure: str) -> list[float]:
        """The engine's over the other's, pair by pair."""
        return [a / b for a, b in zip(self.ours(figure), self.theirs(figure), strict=True)]


def measure(model: Model, task: Task, pairs: int, gguf: Model | None = None) -> Measured:
    """Load both, and llama.cpp with `gguf` as a third, warm up with a turn that does not count, then take turns.

    Raises EngineError.
    """
    workers = Workers()
    with tempfile.TemporaryDirectory() as folder:
        without_end = endless(model, Path(folder) / "model")
        engine = LocalEngine(without_end, workers)
        try:
            first = workers.spawn(threading.Event())  # the libraries' imports are no part of a load
            assert first is not None
            first.kill()
            began = time.perf_counter()
            engine.load(threading.Event())
            load_s = time.perf_counter() - began
            with _plain(without_end) as other, _third(gguf) as third:
                taken: list[tuple[Run, Run]] = []
                llama: list[Run] = []
                for number in range(pairs + 1):
                    ours, prompt_tokens, finished = _ask(engine, task)
                    taken.append((ours, other.ask(task)))
                    if third is not None:
                        llama.append(third.ask(task, number))
                return Measured(
                    tuple(taken[1:]),
                    prompt_tokens,
                    load_s,
                    other.load_s,
                    finished.peak_memory_bytes or 0,
                    other.peak_bytes(),
                    finished,
                    tuple(llama[1:]),
                    third.load_s if third is not None else None,
                    third.peak_bytes if third is not None else None,
                )
        finally:
            engine.close()
            workers.close()


def _third(gguf: Model | None) -> AbstractContextManager[Llama | None]:
    return nullcontext() if gguf is None else Llama(gguf)


def _ask(engine: LocalEngine, task: Task) -> tuple[Run, int, Finished]:
    settings = Settings(temperature=0, max_tokens=task.tokens)
    parts = () if task.part is None else (task.part,)
    events = list(engine.stream(Conversation.ask(task.prompt, parts), settings, threading.Event()))
    (requested,) = [event for event in events if isinstance(event, Requested)]
    (read,) = [event for event in events if isinstance(event, Read)]
    chunks = [event for event in events if isinstance(event, Chunk)]
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert len(chunks) == task.tokens, "the answer ended early"
    first = chunks[0].at
    run = Run(
        first - requested.at,
        (len(chunks) - 1) / (chunks[-1].at - first),
        read.prompt.total / (first - read.at),
    )
    return run, read.prompt.total, finished


class _Plain:
    """A running `plain` process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.load_s = float(self._line()["load_s"])

    def ask(self, task: Task) -> Run:
        assert self._process.stdin is not None
        order = {"prompt": task.prompt, "image": str(task.picture or ""), "tokens": task.tokens}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        said = self._line()
        return Run(said["ttft_s"], said["output_tps"])

    def peak_bytes(self) -> int:
        """What it holds now: weights stay, so this is near its peak."""
        return int(psutil.Process(self._process.pid).memory_info().rss)

    def _line(self) -> dict[str, float]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise EngineError(
                f"Plain transformers ended with exit code {self._process.wait()}.",
                "Most often memory ran out: choose a smaller variant or fewer layers.",
            )
        said: dict[str, float] = json.loads(line)
        return said


@contextmanager
def _plain(model: Model) -> Iterator[_Plain]:
    """A quantised model is compared with plain transformers on the weights as they are stored."""
    dtype = "auto" if model.dtype in QUANTISED else model.dtype
    process = subprocess.Popen(
        [sys.executable, "-m", "playground.benchmark.plain", str(model.path), dtype],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
        env=environment(),
    )
    try:
        yield _Plain(process)
    finally:
        process.kill()
        process.wait()


def endless(model: Model, copy: Path) -> Model:
    """The same weights with the ends of an answer among the tokens that are never chosen."""
    assert model.path is not None
    copy.mkdir()
    for file in model.path.iterdir():
        if file.is_file() and file.name != "generation_config.json":
            (copy / file.name).symlink_to(file.resolve())
    config = checkpoint.settings(model.path, "generation_config.json")
    ends = config.get("eos_token_id")
    never = {*(config.get("suppress_tokens") or ()), *(ends if isinstance(ends, list) else [ends])}
    config["suppress_tokens"] = sorted((never | _named_ends(model.path)) - {None})
    (copy / "generation_config.json").write_text(json.dumps(config), "utf-8")
    return replace(model, path=copy)


def _named_ends(path: Path) -> set[int | None]:
    """The ids of the tokens that end an answer whatever the generation settings say."""
    tokenizer = Tokenizer.from_file(str(path / "tokenizer.json"))
    named = checkpoint.settings(path, "tokenizer_config.json")
    names = [named.get("eos_token"), named.get("eot_token"), "<turn|>"]
    return {tokenizer.token_to_id(name) for name in names if isinstance(name, str)}
