"""`bench`: the local engine next to plain `generate`, on weights that are here or on a true shape with random ones."""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, NoReturn

from playground import device, fit, models
from playground.benchmark import true_shape
from playground.benchmark.pairs import Measured, Task, measure
from playground.cli.question import BadCall
from playground.engines.base import EngineError, Model
from playground.engines.workers import ROOT
from playground.models import ModelError
from playground.precision import PRECISIONS

WORDS = "The red circle is left of the blue square. "


def add_bench(parser: argparse.ArgumentParser) -> None:
    """The options of `bench`."""
    add = parser.add_argument
    add("--shape", action="append", required=True, metavar="MODEL", help="E2B, ...; repeat it")
    add(
        "--random-weights",
        action="store_true",
        help="build the variant's true configuration with random weights (needs no download)",
    )
    add("--layers", default="all", metavar="N", help="with random weights: only the first N layers")
    add("--precision", choices=list(PRECISIONS), help="in memory; as stored when left out")
    add("--prompt-tokens", type=int, default=256, metavar="N", help="about so many")
    add("--tokens", type=int, default=64, metavar="N", help="of each answer, exactly")
    add("--pairs", type=int, default=3, metavar="N", help="answers of each, in turns")
    add("--json", action="store_true", help="one JSON object on stdout and nothing else")


def bench(options: argparse.Namespace) -> int:
    """Measure one model after another, print, and return the exit code."""
    if options.layers != "all" and not options.layers.isdecimal():
        raise BadCall(f"--layers is {options.layers!r}; give a number, or all.")
    if min(options.prompt_tokens, options.tokens - 1, options.pairs) < 1:
        raise BadCall("--prompt-tokens and --pairs are at least 1, --tokens at least 2.")
    words = WORDS * max(1, options.prompt_tokens // 10)
    task = Task(words, options.tokens)
    results = []
    for name in options.shape:
        try:
            with _tidy_when_ended(), _model(name, options) as model:
                print(f"Measuring {name} in {model.precision} …", file=sys.stderr)
                results.append(_told(name, model, measure(model, task, options.pairs), options))
        except (EngineError, ModelError) as error:
            print(f"playground: {name}: {error}", file=sys.stderr)
    if options.json:
        print(json.dumps({"device": device.device().name, "results": results}))
    elif results:
        _print(results)
    return 0 if results else 1


@contextmanager
def _tidy_when_ended() -> Iterator[None]:
    """While it lasts, whoever ends this program lets it remove the weights that it made: gigabytes on the disk."""

    def leave(number: int, _: object) -> NoReturn:
        for one in before:
            signal.signal(one, signal.SIG_IGN)  # once is enough
        raise SystemExit(128 + number)

    named = [getattr(signal, name, None) for name in ("SIGTERM", "SIGHUP")]
    before = {one: signal.signal(one, leave) for one in named if one is not None}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


@contextmanager
def _model(name: str, options: argparse.Namespace) -> Iterator[Model]:
    """The model to measure; one with random weights is there only as long as it is needed."""
    wish = f"@{options.precision}" if options.precision else ""
    if not options.random_weights:
        yield models.find(name + wish)
        return
    layers = None if options.layers == "all" else int(options.layers)
    try:
        config = true_shape.configuration(name, layers)
    except KeyError:
        raise BadCall(
            f"There is no variant {name!r}; there are {', '.join(fit.shapes())}."
        ) from None
    except ValueError as error:
        raise BadCall(str(error)) from None
    size = fit.weights(config, PRECISIONS["bf16"])
    with tempfile.TemporaryDirectory(prefix="playground-") as folder:
        for what, free in (
            (f"the disk of {folder}", shutil.disk_usage(folder).free),
            ("memory", device.free_host()),
        ):
            if size * 1.05 > free:
                raise EngineError(
                    f"Its weights are {size / 1e9:.1f} GB, and {what} has {free / 1e9:.1f} GB free.",
                    "Take fewer layers (--layers), or set TMPDIR to a larger disk.",
                )
        path = Path(folder)
        true_shape.prepare(path, name, layers)
        print(f"Making {size / 1e9:.1f} GB of random weights …", file=sys.stderr)
        made = subprocess.run(
            [sys.executable, "-m", "playground.benchmark.random_weights", folder],
            cwd=ROOT, check=False, capture_output=True, text=True,
        )  # fmt: skip
        if made.returncode:
            last = (made.stderr.strip() or "it was killed").splitlines()[-1]
            raise EngineError(f"The random weights could not be made: {last}.")
        yield models.find(f"local:{folder}{wish}")


def _told(name: str, model: Model, seen: Measured, options: argparse.Namespace) -> dict[str, Any]:
    """One row: medians of the pairs; ratios are of each pair by itself."""
    read, copied = seen.finished.weight_bytes_per_token, seen.finished.copy_bandwidth
    speed = median(seen.ours("output_tps"))
    told: dict[str, Any] = {
        "model": name,
        "weights": "random" if options.random_weights else model.weights,
        "layers": options.layers,
        "precision": model.precision,
        "prompt_tokens": seen.prompt_tokens,
        "output_tokens": options.tokens,
        "load_s": seen.load_s,
        "generate_load_s": seen.plain_load_s,
        "prefill_tps": median(seen.ours("prefill_tps")),
        "ttft_s": median(seen.ours("ttft_s")),
        "generate_ttft_s": median(seen.theirs("ttft_s")),
        "ttft_ratio": median(seen.ratios("ttft_s")),
        "output_tps": speed,
        "generate_output_tps": median(seen.theirs("output_tps")),
        "speed_ratio": median(seen.ratios("output_tps")),
        "peak_memory_bytes": seen.peak_bytes,
        "generate_memory_bytes": seen.plain_peak_bytes,
        "peak_device_bytes": seen.finished.peak_device_bytes,
        "weight_bytes_per_token": read,
        "copy_bandwidth": copied,
        "bandwidth_share": speed * read / copied if read and copied else None,
    }
    return {key: value for key, value in told.items() if value is not None}


ROWS = (
    ("layers", "layers", "{}"),
    ("precision", "precision", "{}"),
    ("prompt_tokens", "prompt tokens", "{:,}"),
    ("load_s", "load, s", "{:.1f}"),
    ("generate_load_s", "  plain transformers", "{:.1f}"),
    ("prefill_tps", "prefill, tokens/s", "{:,.0f}"),
    ("ttft_s", "TTFT, s", "{:.3f}"),
    ("generate_ttft_s", "  plain generate", "{:.3f}"),
    ("ttft_ratio", "  ratio", "{:.2f}"),
    ("output_tps", "decode, tokens/s", "{:.2f}"),
    ("generate_output_tps", "  plain generate", "{:.2f}"),
    ("speed_ratio", "  ratio", "{:.2f}"),
    ("peak_memory_bytes", "peak memory, GB", "{:.2f}"),
    ("generate_memory_bytes", "  plain transformers", "{:.2f}"),
    ("peak_device_bytes", "  on the device", "{:.2f}"),
    ("weight_bytes_per_token", "weights read a token, GB", "{:.2f}"),
    ("copy_bandwidth", "memory copies, GB/s", "{:.1f}"),
    ("bandwidth_share", "share of that limit", "{:.0%}"),
)
GIGABYTES = {key for key, *_ in ROWS if "bytes" in key or key == "copy_bandwidth"}


def _print(results: list[dict[str, Any]]) -> None:
    """Models across, figures down."""
    rows = [["", *(f"{told['model']} ({told['weights']})" for told in results)]]
    for key, label, form in ROWS:
        if not any(key in told for told in results):
            continue
        cells = []
        for told in results:
            value = told.get(key)
            if value is not None and key in GIGABYTES:
                value /= 1e9
            cells.append("" if value is None else form.format(value))
        rows.append([label, *cells])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for first, *rest in rows:
        cells = [cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True)]
        print("  ".join([first.ljust(widths[0]), *cells]))
