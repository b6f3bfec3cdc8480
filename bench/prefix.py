"""(l) The second round of a conversation with what is kept of the first, against reading all of it, in turns."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.numbers import spread, table
from playground.benchmark import true_shape
from playground.engines.events import Chunk, Read, Requested
from playground.engines.local import LocalEngine
from playground.engines.roster import specs
from playground.engines.workers import ROOT, Workers
from playground.prompt import media
from playground.prompt.conversation import Conversation, Message, Settings, Text

PAIRS, TOKENS = 5, 8
SHAPE, SHAPE_PAIRS = "E2B", 2
"""All of its layers, 10 GB in bf16: a pair takes minutes on two cores."""

WORDS = "The red circle is left of the blue square, and the green triangle lies below both. "
TIMES, SHAPE_TIMES = 12, 2
"""How often they stand in the first question; the true shape's picture makes it long enough."""
PICTURE = ROOT / "assets" / "samples" / "three-shapes.png"


@dataclass(frozen=True, slots=True)
class Round:
    """One answer: seconds to its first token, its words, tokens of its prompt and how many were known."""

    ttft_s: float
    text: str
    tokens: int
    cached: int


def main() -> None:
    """Measure the demo family, then a true shape with random weights."""
    print("(l) second round, with the first kept / read anew, in turns, greedy")
    rows = [
        (
            "model",
            "prompt tokens",
            "of them kept",
            "TTFT ms",
            "read anew ms",
            "ratio",
            "same answers",
        )
    ]
    for variant in ("E2B", "E4B", "26B-A4B", "31B"):
        rows.append(_row(f"demo {variant}", f"demo:{variant}", PAIRS, TIMES))
    with tempfile.TemporaryDirectory() as folder:
        true_shape.prepare(Path(folder), SHAPE)
        build = (sys.executable, "-m", "playground.benchmark.random_weights", folder)
        subprocess.run(build, check=True, capture_output=True)
        rows.append(_row(f"{SHAPE}'s shape", f"local:{folder}", SHAPE_PAIRS, SHAPE_TIMES))
    table(rows)


def _row(name: str, spec: str, count: int, times: int) -> tuple[str, ...]:
    workers = Workers()
    workers.start()
    engine = LocalEngine(specs.find(spec), workers)
    try:
        engine.load(threading.Event())
        pairs = _pairs(engine, count, times)
    finally:
        engine.close()
        workers.close()
    kept, anew = zip(*pairs, strict=True)
    same = sum(one.text == other.text for one, other in pairs)
    row = (
        name,
        str(kept[0].tokens),
        f"{median(one.cached for one in kept):.0f}",
        spread([1000 * one.ttft_s for one in kept], 0),
        spread([1000 * one.ttft_s for one in anew], 0),
        spread([one.ttft_s / other.ttft_s for one, other in pairs]),
        f"{same} of {len(pairs)}",
    )
    print("  ".join(row), flush=True)  # true shapes take minutes
    return row


def _pairs(engine: LocalEngine, count: int, times: int) -> Sequence[tuple[Round, Round]]:
    """The first pair warms up and does not count."""
    (picture, *_) = media.read(PICTURE.name, PICTURE.read_bytes())
    first = Conversation.ask(f"{WORDS * times}What do you see?", (picture,))
    taken = []
    for _ in range(count + 1):
        engine.spare()
        said = Message("model", (Text(_ask(engine, first).text or "Shapes."),))
        second = Conversation(
            (*first.messages, said, *Conversation.ask("Which one is left?").messages)
        )
        kept = _ask(engine, second)
        engine.spare()
        taken.append((kept, _ask(engine, second)))
    return taken[1:]


def _ask(engine: LocalEngine, conversation: Conversation) -> Round:
    settings = Settings(temperature=0, max_tokens=TOKENS)
    events = list(engine.stream(conversation, settings, threading.Event()))
    (requested,) = [event for event in events if isinstance(event, Requested)]
    (read,) = [event for event in events if isinstance(event, Read)]
    chunks = [event for event in events if isinstance(event, Chunk)]
    text = "".join(chunk.text for chunk in chunks)
    first = next((chunk.at for chunk in chunks if chunk.text), events[-1].at)
    return Round(first - requested.at, text, read.prompt.total, read.prompt.cached or 0)
