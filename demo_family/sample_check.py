"""Asks the demo family the samples of the Compare page, sampled in its own way (demo_family.check with `--samples`).

What a visitor tries first should be right nine times in ten, over seeds and members.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Sequence

from demo_family.samples import LIST, SAMPLES, Sample
from playground.engines.base import Engine
from playground.engines.events import Chunk
from playground.engines.local import LocalEngine
from playground.engines.roster import specs
from playground.engines.workers import Workers
from playground.models.model import Model
from playground.prompt import media
from playground.prompt.conversation import Conversation, Settings

SEEDS = range(5)
ENOUGH = 0.9
"""Of a sample's answers that must be right."""

Tally = dict[str, list[bool]]
"""By the title of a sample, whether each answer was right."""


def main(names: Sequence[str], workers: Workers) -> int:
    """Print how often each sample was answered rightly; 1 when one of them was too seldom."""
    tally = {sample.title: list[bool]() for sample in LIST}
    try:
        for name in names:
            for title, answers in ask(name, workers, LIST, SEEDS).items():
                tally[title] += answers
    finally:
        workers.close()
    for title, answers in tally.items():
        if answers:
            print(f"{title:<18}{sum(answers):>3} of {len(answers)}")
    return int(any(answers and not enough(answers) for answers in tally.values()))


def ask(name: str, workers: Workers, samples: Iterable[Sample], seeds: Iterable[int]) -> Tally:
    """Every sample that a member takes, once for each seed."""
    model = specs.find(f"demo:{name}")
    engine = LocalEngine(model, workers)
    engine.load(threading.Event())
    try:
        return {
            sample.title: [_right(engine, sample, seed) for seed in seeds]
            for sample in samples
            if _takes(model, sample)
        }
    finally:
        engine.close()


def enough(answers: Sequence[bool]) -> bool:
    """Whether so many of them were right."""
    return sum(answers) >= ENOUGH * len(answers)


def _takes(model: Model, sample: Sample) -> bool:
    return sample.kind == "text" or bool(getattr(model.capabilities, sample.kind))


def _right(engine: Engine, sample: Sample, seed: int) -> bool:
    parts = media.read(sample.file, (SAMPLES / sample.file).read_bytes()) if sample.file else ()
    asked = Conversation.ask(sample.prompt, tuple(parts))
    events = engine.stream(asked, Settings(seed=seed), threading.Event())
    said = "".join(event.text for event in events if isinstance(event, Chunk))
    wanted = sample.right.replace("MEMBER", re.escape(engine.model.variant))
    return re.fullmatch(wanted, said.strip()) is not None
