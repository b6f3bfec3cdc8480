"""(a) The local engine against plain `generate` with a streamer: the same model, prompt and length, in turns.

Both prepare a picture and a prompt, prefill and decode greedily for the same number of tokens; the engine's way to the
page (a process of its own, messages, chunks) is in its figures. So that both go on to that length whatever the model
says, the tokens that end an answer are forbidden to both.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.numbers import spread, table
from playground import media, models
from playground.conversation import Conversation, Settings
from playground.engines.base import Model
from playground.engines.local import LocalEngine
from playground.engines.workers import ENVIRONMENT, ROOT, Workers
from playground.events import Chunk, Finished, Requested

PAIRS = 10
TOKENS = 128
PROMPT = "Describe the picture."
PICTURE = ROOT / "assets" / "samples" / "three-shapes.png"


def main() -> None:
    """Measure the smallest and the largest of the demo family."""
    print(
        f"(a) local engine / plain generate with a streamer: {PAIRS} pairs in turns, {TOKENS} tokens, greedy"
    )
    rows = [
        (
            "model",
            "engine tok/s",
            "generate tok/s",
            "speed ratio",
            "engine TTFT ms",
            "generate TTFT ms",
            "TTFT ratio",
        )
    ]
    with tempfile.TemporaryDirectory() as folder:
        for variant in ("E2B", "E4B", "26B-A4B", "31B"):
            rows.append(_compare(models.find(f"demo:{variant}"), Path(folder) / variant))
    table(rows)


def _compare(model: Model, copy: Path) -> tuple[str, ...]:
    endless = _endless(model, copy)
    workers = Workers()
    engine = LocalEngine(endless, workers)
    plain = subprocess.Popen(
        [sys.executable, "-m", "bench.plain", str(copy)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
        env={**os.environ, **ENVIRONMENT},
    )
    assert plain.stdin is not None
    assert plain.stdout is not None
    try:
        engine.load(threading.Event())
        assert plain.stdout.readline() == "ready\n"
        pairs = []
        for number in range(PAIRS + 1):
            ours = _ask(engine)
            plain.stdin.write(
                json.dumps({"prompt": PROMPT, "image": str(PICTURE), "tokens": TOKENS}) + "\n"
            )
            plain.stdin.flush()
            theirs = json.loads(plain.stdout.readline())
            if number:  # the first pair warms both up
                pairs.append((ours, theirs))
    finally:
        plain.kill()
        plain.wait()
        engine.close()
        workers.close()
    return (
        model.variant,
        spread([ours["tps"] for ours, _ in pairs], 0),
        spread([theirs["tps"] for _, theirs in pairs], 0),
        spread([ours["tps"] / theirs["tps"] for ours, theirs in pairs]),
        spread([1000 * ours["ttft_s"] for ours, _ in pairs], 0),
        spread([1000 * theirs["ttft_s"] for _, theirs in pairs], 0),
        spread([ours["ttft_s"] / theirs["ttft_s"] for ours, theirs in pairs]),
    )


def _ask(engine: LocalEngine) -> dict[str, float]:
    (picture,) = media.read(PICTURE.name, PICTURE.read_bytes())
    settings = Settings(temperature=0, max_tokens=TOKENS)
    events = list(engine.stream(Conversation.ask(PROMPT, (picture,)), settings, threading.Event()))
    (requested,) = [event for event in events if isinstance(event, Requested)]
    chunks = [event for event in events if isinstance(event, Chunk)]
    assert isinstance(events[-1], Finished)
    assert len(chunks) == TOKENS, "the answer ended early"
    return {
        "ttft_s": chunks[0].at - requested.at,
        "tps": (len(chunks) - 1) / (chunks[-1].at - chunks[0].at),
    }


def _endless(model: Model, copy: Path) -> Model:
    """The same weights with the ends of an answer among the tokens that are never chosen."""
    assert model.path is not None
    shutil.copytree(model.path, copy)
    path = copy / "generation_config.json"
    config: dict[str, Any] = json.loads(path.read_text())
    config["suppress_tokens"] = sorted({*config["suppress_tokens"], *config["eos_token_id"]})
    path.write_text(json.dumps(config))
    return replace(model, path=copy)
