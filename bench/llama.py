"""(r) A GGUF model through the page's own path against the bare library, and beside the local engine, in turns.

E2B's true shape with random weights: Q4_0 for llama.cpp, int4 for the local engine where there is memory for it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median

from bench.numbers import spread, table
from playground.benchmark import true_shape
from playground.benchmark.pairs import endless
from playground.benchmark.task import Run
from playground.comparisons.contender import contenders
from playground.desk import Desk
from playground.engines.base import Engine
from playground.engines.llama.engine import LlamaEngine
from playground.engines.llama.order import Order
from playground.engines.local import LocalEngine
from playground.engines.roster import specs
from playground.engines.server.profiles import PROFILES
from playground.engines.server.request import request
from playground.engines.workers import ROOT, Workers, environment
from playground.models import device, fit
from playground.models.gguf import need
from playground.models.model import Model
from playground.models.precision import PRECISIONS
from playground.prompt.conversation import Conversation, Settings

SHAPE, KIND, PRECISION = "E2B", "Q4_0", "int4"
PAIRS = 6
PROMPT = "The red circle is left of the blue square. " * 25
SETTINGS = Settings(temperature=0, max_tokens=64)


def main() -> None:
    """Make the weights, load all, take turns, and write the table."""
    with tempfile.TemporaryDirectory(prefix="playground-") as folder:
        path = Path(folder)
        config = true_shape.prepare(path, SHAPE)
        _make("random_gguf", folder, KIND)
        file = path / f"random-{KIND}.gguf"
        models = [replace(specs.find(f"local:{file}"), encoders=None)]
        if device.free_host() > 1.5 * fit.weights(config, PRECISIONS["bf16"]):
            _make("random_weights", folder)
            models.append(endless(specs.find(f"local:{folder}@{PRECISION}"), path / "endless"))
        _measure(models)


def _measure(models: list[Model]) -> None:
    workers = Workers()

    def make(model: Model) -> Engine:
        gguf = model.runtime == "llama.cpp"
        return LlamaEngine(model, endless=True) if gguf else LocalEngine(model, workers)

    desk = Desk(make, 10**12, workers.close)
    seen: dict[str, list[Run]] = {one.precision: [] for one in models} | {"bare library": []}
    try:
        with _bare(models[0]) as bare:
            for number in range(PAIRS + 1):
                asked = Conversation.ask(f"{number}. {PROMPT}")
                turns = [*models, None]
                for model in turns if number % 2 else reversed(turns):
                    run = bare.ask(asked) if model is None else _ask(desk, asked, model)
                    who = model.precision if model else "bare library"
                    print(f"{number}: {who}: {run}", file=sys.stderr, flush=True)
                    if number:  # the first warms up
                        seen[who].append(run)
    finally:
        desk.close()
    page, alone = seen[models[0].precision], seen["bare library"]
    print(
        f"(r) {SHAPE}'s true shape, random weights, {PAIRS} answers of {SETTINGS.max_tokens} tokens, in turns"
    )
    rows = [("", "decode, tokens/s", "TTFT, ms", "prefill, tokens/s")]
    rows += [
        (
            name,
            spread([run.output_tps for run in runs]),
            spread([1000 * run.ttft_s for run in runs], 0),
            spread([run.prefill_tps for run in runs], 0),
        )
        for name, runs in seen.items()
    ]
    table(rows)
    ratios = [a.output_tps / b.output_tps for a, b in zip(page, alone, strict=True)]
    later = [1000 * (a.ttft_s - b.ttft_s) for a, b in zip(page, alone, strict=True)]
    print(
        f"page / bare: decode {spread(ratios)}, TTFT {spread(later, 0)} ms later (median {median(later):.0f})"
    )


def _ask(desk: Desk, asked: Conversation, model: Model) -> Run:
    """One answer as the page has it, and its figures."""
    told = desk.start(asked, contenders([(model, SETTINGS)]))
    while not told.ended:
        told.watch()
        time.sleep(0.05)
    (answer,) = told.answers
    figures = answer.figures()
    if figures.ttft_s is None or figures.output_tps is None:
        raise SystemExit(f"{model.precision} gave no answer: {answer.reason or answer.state}")
    return Run(figures.ttft_s, figures.output_tps, figures.prefill_tps or 0.0)


class _Bare:
    """A running `bare` process."""

    def __init__(self, process: subprocess.Popen[bytes], model: Model) -> None:
        self._process = process
        file = str(model.path)
        told = Order(
            file,
            "",
            "none",
            model.capabilities.context,
            need.TEXT_BATCH,
            0,
            device.threads() or 0,
            True,
        )
        self._say(told.line())
        self._hear()

    def ask(self, asked: Conversation) -> Run:
        """The same request as the engine makes of it."""
        body = request(asked, SETTINGS, "gguf", PROFILES["llama.cpp"])
        extra = body.pop("extra_body", {})
        self._say(json.dumps({**body, **extra}).encode() + b"\n")
        return Run(**self._hear())

    def _say(self, line: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line)
        self._process.stdin.flush()

    def _hear(self) -> dict[str, float]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"the bare library ended with exit code {self._process.wait()}")
        said: dict[str, float] = json.loads(line)
        return said


@contextmanager
def _bare(model: Model) -> Iterator[_Bare]:
    process = subprocess.Popen(
        [sys.executable, "-m", "playground.benchmark.bare"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        cwd=ROOT, env=environment(),
    )  # fmt: skip
    with process:  # closes its pipes
        try:
            yield _Bare(process, model)
        finally:
            process.kill()


def _make(what: str, *arguments: str) -> None:
    command = [sys.executable, "-m", f"playground.benchmark.{what}", *arguments]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
