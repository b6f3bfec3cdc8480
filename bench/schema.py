"""(o) Answers held to a schema: the speed that it costs, and whether random schemas are satisfied by the demo family.

The answers to random schemas are kept in a file as they come: a run that was stopped goes on where it ended.
"""

from __future__ import annotations

import json
import re
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from llguidance import LLMatcher, LLTokenizer
from tokenizers import Tokenizer

from bench.numbers import spread, table
from bench.random_schemas import schemas
from playground.benchmark import true_shape
from playground.benchmark.pairs import endless
from playground.engines.events import Chunk, Finished
from playground.engines.local import LocalEngine
from playground.engines.roster import specs
from playground.engines.workers import ROOT, Workers
from playground.models.model import Model
from playground.prompt.conversation import Conversation, Settings
from playground.prompt.schema.grammar import grammar
from playground.prompt.schema.judging import judge

VARIANTS = ("E2B", "E4B", "26B-A4B", "31B")
PAIRS, TOKENS = 10, 96
LIST = {"type": "array", "items": {"type": "integer", "maximum": 999}, "minItems": 99}
"""Longer than any answer here: both of a pair go on to the same length."""

SCHEMAS, SEED, LONGEST = 300, 4, 200
MASKED = 30
"""Schemas on which it is measured how long it takes to find what may follow."""

KEPT = ROOT / ".cache" / "bench" / "schema.jsonl"
ASK = Conversation.ask("Who are you?")
GREEDY = {"temperature": 0}
BLANKS = re.compile(r"\s+")


def main() -> None:
    """Measure the speed in turns, then answer what of the random schemas was not answered yet."""
    print(f"(o) held to a schema / free: {PAIRS} pairs in turns, {TOKENS} tokens, greedy")
    rows = [("model", "free tok/s", "held tok/s", "held / free")]
    for variant in VARIANTS:
        free, held = zip(*_speeds(variant), strict=True)
        ratios = [one / other for one, other in zip(held, free, strict=True)]
        rows.append((f"demo {variant}", spread(free, 0), spread(held, 0), spread(ratios)))
    table(rows)
    masks = _masks()
    print(f"\nwhat may follow, of 262,144 tokens: {spread(masks)} ms a token, n = {len(masks):,}\n")
    print(
        f"{SCHEMAS} random schemas, greedy and wild in turn, at most {LONGEST} tokens", flush=True
    )
    told = [("model", "answers", "valid", "cut short", "other", "longest white space")]
    for variant in VARIANTS:
        _answer_all(variant)
        told.append(_told(variant))
    table(told)


@contextmanager
def _loaded(model: Model) -> Iterator[LocalEngine]:
    workers = Workers()
    workers.start()
    engine = LocalEngine(model, workers)
    try:
        engine.load(threading.Event())
        yield engine
    finally:
        engine.close()
        workers.close()


def _speeds(variant: str) -> list[tuple[float, float]]:
    """Tokens a second after the first, free and held, pair by pair; the first pair warms up and does not count."""
    with tempfile.TemporaryDirectory() as folder:
        model = endless(specs.find(f"demo:{variant}"), Path(folder) / "model")
        with _loaded(model) as engine:
            pairs = [(_speed(engine, None), _speed(engine, LIST)) for _ in range(PAIRS + 1)]
    return pairs[1:]


def _speed(engine: LocalEngine, schema: dict[str, Any] | None) -> float:
    settings = Settings(temperature=0, max_tokens=TOKENS, schema=schema)
    events = engine.stream(ASK, settings, threading.Event())
    at = [event.at for event in events if isinstance(event, Chunk)]
    assert len(at) == TOKENS, "the answer ended early"
    return (len(at) - 1) / (at[-1] - at[0])


def _masks() -> list[float]:
    """Milliseconds in which it is found what may follow, with as many tokens as Gemma 4 has.

    The tokens are the demo family's, filled up: their lengths are not Gemma 4's.
    """
    with tempfile.TemporaryDirectory() as folder:
        true_shape.prepare(Path(folder), "E2B")
        laid_out = Tokenizer.from_file(str(Path(folder) / "tokenizer.json"))
    known = LLTokenizer(laid_out.to_str(), eos_token=laid_out.token_to_id("<turn|>"))
    chance, took = np.random.default_rng(SEED), []
    for schema in schemas(SEED, MASKED):
        matcher = LLMatcher(known, grammar(schema), log_level=0)
        for _ in range(LONGEST):
            began = time.perf_counter()
            bits = matcher.compute_bitmask()
            took.append(1000 * (time.perf_counter() - began))
            may = np.flatnonzero(np.unpackbits(np.frombuffer(bits, np.uint8), bitorder="little"))
            matcher.consume_token(int(chance.choice(may)))
            if matcher.is_stopped():
                break
    return took


def _answer_all(variant: str) -> None:
    """Answer those schemas that have no answer yet; each is written down as it comes."""
    there = {row["number"] for row in _kept(variant)}
    left = [
        (number, one) for number, one in enumerate(schemas(SEED, SCHEMAS)) if number not in there
    ]
    if not left:
        return
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    with _loaded(specs.find(f"demo:{variant}")) as engine, KEPT.open("a", encoding="utf-8") as out:
        for number, schema in left:
            row = {"variant": variant, "number": number, **_answer(engine, number, schema)}
            out.write(json.dumps(row) + "\n")
            out.flush()


def _answer(engine: LocalEngine, number: int, schema: dict[str, Any]) -> dict[str, Any]:
    """How an answer ended: "valid", "cut" at the longest length, or why it is neither."""
    how: dict[str, Any] = {"temperature": 1.5, "top_k": 0, "top_p": 1.0} if number % 2 else GREEDY
    settings = Settings(**how, seed=number, max_tokens=LONGEST, schema=schema)
    text, reason = "", ""
    for event in engine.stream(ASK, settings, threading.Event()):
        if isinstance(event, Chunk):
            text += event.text
        elif isinstance(event, Finished):
            reason = event.reason
    judged = judge(text, schema)
    end = "valid" if judged.valid else "cut" if reason == "length" else " ".join(judged.faults)
    blanks = max((len(run) for run in BLANKS.findall(text)), default=0)
    return {"end": end, "reason": reason, "blanks": blanks}


def _kept(variant: str) -> list[dict[str, Any]]:
    if not KEPT.exists():
        return []
    rows = map(json.loads, KEPT.read_text("utf-8").splitlines())
    return [row for row in rows if row["variant"] == variant]


def _told(variant: str) -> tuple[str, ...]:
    rows = _kept(variant)
    valid, cut = (sum(row["end"] == end for row in rows) for end in ("valid", "cut"))
    for row in rows:
        if row["end"] not in ("valid", "cut"):
            print(f"demo {variant}, schema {row['number']}: {row['end']}")
    blanks = max(row["blanks"] for row in rows)
    other = len(rows) - valid - cut
    return (f"demo {variant}", *map(str, (len(rows), valid, cut, other, blanks)))
