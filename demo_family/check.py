"""Examines the demo family on held-out questions: `python -m demo_family.check [VARIANT ...] --seed N`.

Answers come from the ordinary local engine, greedily; what counts as right is in `exams`. With `--samples` the page's
samples are asked instead, as the members' own sampling has it: see `sample_check`.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
from dataclasses import dataclass
from math import prod

from safetensors import safe_open

from demo_family import sample_check
from demo_family.architectures import FAMILY, Architecture
from demo_family.exams import JSON_TASKS, Exam, exams, read_json, right, word_errors
from demo_family.export import directory
from playground.engines.base import Engine, EngineError
from playground.engines.events import Chunk, Finished
from playground.engines.local import LocalEngine
from playground.engines.workers import Workers
from playground.models.capabilities import read
from playground.models.model import Model


@dataclass(slots=True)
class Score:
    """How one member did at one task. Answers end by themselves, or count in `endless`; what should be JSON and is none
    counts in `no_json`.
    """

    right: int = 0
    of: int = 0
    words: int = 0
    wrong_words: int = 0
    leaked: int = 0
    endless: int = 0
    no_json: int = 0

    def add(self, exam: Exam, answer: Answer) -> None:
        """Count one answer."""
        self.of += 1
        self.right += right(exam, answer.call if exam.tools else answer.text)
        self.words += len(exam.expected.split())
        self.wrong_words += word_errors(exam.expected, answer.text)
        self.leaked += bool(answer.thought) and not exam.settings.thinking
        self.endless += not answer.ended
        self.no_json += exam.task in JSON_TASKS and read_json(answer.text) is None

    def as_dict(self) -> dict[str, float]:
        """For --json."""
        return {
            "right": self.right,
            "of": self.of,
            "word_error_rate": round(self.wrong_words / max(self.words, 1), 4),
            "leaked_thoughts": self.leaked,
            "endless": self.endless,
            "no_json": self.no_json,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, by channel."""

    text: str
    thought: str
    call: str
    ended: bool


def ask(engine: Engine, exam: Exam) -> Answer:
    """Put one question and collect the answer."""
    said = {"answer": "", "thinking": "", "tool_call": ""}
    ended = False
    for event in engine.stream(exam.conversation, exam.settings, threading.Event()):
        if isinstance(event, Chunk):
            said[event.channel] += event.text
        elif isinstance(event, Finished):
            ended = event.reason in ("stop", "tool_call")
    return Answer(said["answer"], said["thinking"].strip(), said["tool_call"], ended)


def parameters(member: Architecture) -> int:
    """Numbers that the member's checkpoint stores."""
    with safe_open(directory(member.name) / "model.safetensors", "pt") as file:
        shapes = {name: file.get_slice(name).get_shape() for name in list(file.keys())}
    return sum(prod(shape) for name, shape in shapes.items() if not name.endswith(_NOT_LEARNT))


_NOT_LEARNT = ("_min", "_max", "layer_scalar", "std_bias", "std_scale")


def examine(member: Architecture, workers: Workers, seed: int, count: int) -> dict[str, Score]:
    """The member's score at each task it was taught."""
    path = directory(member.name)
    model = Model(
        f"demo:{member.name}", member.name, path.name, "local", read(path), demo=True, path=path
    )
    engine = LocalEngine(model, workers)
    engine.load(threading.Event())
    scores: dict[str, Score] = {}
    try:
        for exam in exams(member, parameters(member), seed, count):
            scores.setdefault(exam.task, Score()).add(exam, ask(engine, exam))
    finally:
        engine.close()
    return scores


def table(results: dict[str, dict[str, Score]]) -> str:
    """Tasks down, members across, in per cent."""
    tasks = list(dict.fromkeys(task for scores in results.values() for task in scores))
    lines = ["| task | n | " + " | ".join(results) + " |", "|---|---|" + "---|" * len(results)]
    for task in tasks:
        counts = {scores[task].of for scores in results.values() if task in scores}
        cells = [_per_cent(scores.get(task)) for scores in results.values()]
        lines.append(f"| {task} | {max(counts)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _per_cent(score: Score | None) -> str:
    if score is None:
        return "–"
    share = f"{100 * score.right / score.of:.0f}"
    counts = {"endless": score.endless, "leaked": score.leaked, "no JSON": score.no_json}
    faults = [f"{count} {what}" for what, count in counts.items() if count]
    return f"{share} ({', '.join(faults)})" if faults else share


def main(arguments: list[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m demo_family.check", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument(
        "variants",
        nargs="*",
        metavar="VARIANT",
        help=f"of {', '.join(FAMILY)}; all when none is named",
    )
    parser.add_argument("--seed", type=int, default=1, help="another seed asks other questions")
    parser.add_argument("--count", type=int, default=200, help="questions of each task")
    parser.add_argument("--samples", action="store_true", help="ask the page's samples instead")
    parser.add_argument("--json", action="store_true", help="one object on stdout")
    options = parser.parse_args(arguments)
    strangers = [name for name in options.variants if name not in FAMILY]
    if strangers:
        parser.error(f"{strangers[0]} is not in the demo family ({', '.join(FAMILY)})")
    workers = Workers()
    workers.start()
    if options.samples:
        return sample_check.main(tuple(options.variants or FAMILY), workers)
    results: dict[str, dict[str, Score]] = {}
    try:
        for name in options.variants or FAMILY:
            results[name] = examine(FAMILY[name], workers, options.seed, options.count)
    except (EngineError, RuntimeError) as fault:
        print(fault, file=sys.stderr)
        return 1
    finally:
        workers.close()
    if options.json:
        scores = {
            name: {task: score.as_dict() for task, score in each.items()}
            for name, each in results.items()
        }
        print(json.dumps({"seed": options.seed, "scores": scores}))
    else:
        print(table(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
