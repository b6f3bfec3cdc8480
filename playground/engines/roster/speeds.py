"""How quick each model of this machine was in its last answers, kept on the disk from one start to the next.

One small file; what is damaged or can't be written is as if it were not there.
"""

from __future__ import annotations

import json
import os
import tempfile
import threading
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from statistics import median

from playground import config
from playground.engines.roster.soonest import Speed
from playground.models.device import device
from playground.models.model import Model

KEPT = 9
"""Answers of a model."""

MOST_MODELS = 100
FEWEST_READ, FEWEST_WRITTEN = 32, 16
"""Tokens; fewer tell little of a speed."""

Held = dict[str, dict[str, list[float]]]

_writing = threading.Lock()


def of(model: Model) -> Speed | None:
    """The medians; None until both were seen."""
    told = _read().get(_key(model), {})
    reading, writing = told.get("reading"), told.get("writing")
    return Speed(median(reading), median(writing)) if reading and writing else None


def note(model: Model, reading: float | None, writing: float | None) -> None:
    """One more answer: tokens a second, None where they were not measured."""
    seen = {"reading": reading, "writing": writing}
    if not any(seen.values()):
        return
    with _writing, suppress(OSError):
        held = {key: dict(told) for key, told in _read().items()}
        told = held.pop(_key(model), {})
        for what, speed in seen.items():
            if speed is not None and speed > 0:
                told[what] = [*told.get(what, []), round(speed, 3)][-KEPT:]
        held[_key(model)] = told
        _write(dict(list(held.items())[-MOST_MODELS:]))


def _file() -> Path:
    return config.read().cache / "speeds.json"


def _key(model: Model) -> str:
    """Whatever changes its speed: its weights, how they lie in memory, what runs it, and on what."""
    drafted = "with a drafter" if model.drafter is not None else ""
    words = (model.weights, model.revision, model.precision, model.runtime, drafted, device().name)
    return " · ".join(filter(None, words))


def _read() -> Held:
    file = _file()
    try:
        return _parsed(file, file.stat().st_mtime_ns)
    except OSError:
        return {}


@lru_cache(maxsize=4)
def _parsed(file: Path, modified: int) -> Held:
    """`modified` is there to notice a change."""
    try:
        held = json.loads(file.read_text("utf-8"))
        return {
            str(key): {
                str(what): [float(one) for one in told if 0 < float(one) < float("inf")]
                for what, told in of_one.items()
            }
            for key, of_one in held.items()
        }
    except (OSError, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError):
        return {}


def _write(held: Held) -> None:
    file = _file()
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(held, out)
    os.replace(name, file)
