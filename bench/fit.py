"""(f) What fit foresees against what a worker holds: true layers of E2B with random weights, loaded."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from bench.numbers import table
from playground.benchmark import true_shape
from playground.engines.local import LocalEngine
from playground.engines.roster import specs
from playground.engines.workers import Workers
from playground.models import fit
from playground.models.precision import PRECISIONS

LAYERS = 5


def main() -> None:
    """Build, load in each precision, and compare."""
    print(
        f"(f) fit: {LAYERS} layers of E2B with its true vocabulary and both encoders, random weights"
    )
    rows = [("precision", "foreseen, bytes", "held when loaded", "held / foreseen")]
    with tempfile.TemporaryDirectory() as folder:
        config = true_shape.prepare(Path(folder), "E2B", LAYERS)
        build = (sys.executable, "-m", "playground.benchmark.random_weights", folder)
        subprocess.run(build, check=True, capture_output=True)
        for name, precision in PRECISIONS.items():
            foreseen = fit.weights(config, precision) + fit.PROCESS
            held = _held(f"local:{folder}@{name}")
            rows.append((name, f"{foreseen:,}", f"{held:,}", f"{held / foreseen:.3f}"))
    table(rows)


def _held(spec: str) -> int:
    workers = Workers()
    workers.start()
    engine = LocalEngine(specs.find(spec), workers)
    engine.load(threading.Event())
    held = engine.memory_bytes()
    engine.close()
    workers.close()
    return held
