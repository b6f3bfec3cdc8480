"""`bench`: the local engine next to plain `generate`, on weights that are here or on a true shape with random ones."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Annotated, Any, Literal

import typer

from playground.benchmark import true_shape
from playground.benchmark.pairs import Measured, measure
from playground.benchmark.task import Task
from playground.cli import interrupts, options
from playground.cli.display import output
from playground.cli.display.notes import fault, say
from playground.cli.display.table import write_table
from playground.engines.base import EngineError
from playground.engines.roster import specs
from playground.engines.workers import ROOT
from playground.models import device, fit
from playground.models.model import Model, ModelError
from playground.models.precision import PRECISIONS
from playground.questions.faults import BadCall

WORDS = "The red circle is left of the blue square. "


@dataclass(frozen=True, slots=True)
class Bench:
    """What is measured: weights at random, of so many layers (None: all), or those that are here; in a precision of
    one's own choice, or as stored; answers of so many tokens. `gguf` is the type of llama.cpp's file, where
    it takes part.
    """

    random_weights: bool
    layers: int | None
    precision: str | None
    tokens: int
    gguf: str | None = None


def bench(
    shape: Annotated[
        list[str],
        typer.Option(
            "--shape",
            metavar="MODEL",
            help="E2B, ... Repeat it.",
            autocompletion=options.specs,
            show_default=False,
        ),
    ],
    random_weights: Annotated[
        bool,
        typer.Option(
            "--random-weights",
            help="Build the variant's true configuration with random weights (needs no download).",
        ),
    ] = False,
    layers: Annotated[
        str,
        typer.Option("--layers", metavar="N", help="With random weights: only the first N layers."),
    ] = "all",
    precision: Annotated[
        Literal["fp32", "bf16", "int8", "int4"] | None,
        typer.Option("--precision", help="In memory; as stored when left out."),
    ] = None,
    gguf: Annotated[
        Literal["q4_0", "q8_0", "bf16", "f32"] | None,
        typer.Option("--gguf", help="Beside them llama.cpp, with a GGUF file of that type."),
    ] = None,
    prompt_tokens: Annotated[
        int, typer.Option("--prompt-tokens", metavar="N", help="About so many.")
    ] = 256,
    tokens: Annotated[
        int, typer.Option("--tokens", metavar="N", help="Of each answer, exactly.")
    ] = 64,
    pairs: Annotated[
        int, typer.Option("--pairs", metavar="N", help="Answers of each, in turns.")
    ] = 3,
    json: options.Json = False,
) -> int:
    """Measure the local engine next to plain transformers."""
    if layers != "all" and not layers.isdecimal():
        raise BadCall(f"--layers is {layers!r}; give a number, or all.")
    if min(prompt_tokens, tokens - 1, pairs) < 1:
        raise BadCall("--prompt-tokens and --pairs are at least 1, --tokens at least 2.")
    how = Bench(random_weights, None if layers == "all" else int(layers), precision, tokens, gguf)
    task = Task(WORDS * max(1, prompt_tokens // 10), tokens)
    results = []
    code = 0
    try:
        with interrupts.noticed() as interruption, _scratch(), interrupts.raised(interruption):
            for name in shape:
                try:
                    with _model(name, how) as (model, other):
                        say(f"Measuring {name} in {model.precision}.")
                        results.append(_told(name, model, measure(model, task, pairs, other), how))
                except (EngineError, ModelError) as error:
                    fault(f"{name}: {error}")
    except interrupts.Interrupted as interrupted:
        code = interrupted.code  # what was measured before is told all the same
    if json:
        output.write_json({"device": device.device().name, "results": results}, computed=True)
    elif results:
        _write(results)
    return code or (0 if results else 1)


@contextmanager
def _scratch() -> Iterator[None]:
    """Within, all temporary files lie in one folder: what a signal tears while it is made or removed goes with it."""
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="playground-") as folder:
        tempfile.tempdir = folder
        try:
            yield
        finally:
            tempfile.tempdir = before


@contextmanager
def _model(name: str, how: Bench) -> Iterator[tuple[Model, Model | None]]:
    """The model to measure, and llama.cpp's, if any; random weights are there only as long as they are needed."""
    wish = f"@{how.precision}" if how.precision else ""
    if not how.random_weights:
        yield specs.find(name + wish), _gguf(name, how.gguf) if how.gguf else None
        return
    try:
        config = true_shape.configuration(name, how.layers)
    except KeyError:
        raise BadCall(
            f"There is no variant {name!r}; there are {', '.join(fit.shapes())}."
        ) from None
    except ValueError as error:
        raise BadCall(str(error)) from None
    size = fit.weights(config, PRECISIONS["bf16"])
    with tempfile.TemporaryDirectory() as folder:
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
        true_shape.prepare(path, name, how.layers)
        say(f"Making {size / 1e9:.1f} GB of random weights.")
        _make("random_weights", folder)
        other = None
        if how.gguf:
            _make("random_gguf", folder, how.gguf)
            file = path / f"random-{how.gguf.upper()}.gguf"
            other = replace(specs.find(f"local:{file}"), encoders=None)
        yield specs.find(f"local:{folder}{wish}"), other


def _gguf(name: str, kind: str) -> Model:
    """The model's GGUF file of that type. Raises ModelError."""
    found = specs.find(f"{name}@{kind}")
    if found.runtime != "llama.cpp":
        raise ModelError(
            f"{name}@{kind} names its safetensors.",
            "Take another type, or --random-weights.",
        )
    return found


def _make(what: str, *arguments: str) -> None:
    """Run one of the benchmark's programs. Raises EngineError."""
    made = subprocess.run(
        [sys.executable, "-m", f"playground.benchmark.{what}", *arguments],
        cwd=ROOT, check=False, capture_output=True, text=True,
    )  # fmt: skip
    if made.returncode:
        last = (made.stderr.strip() or "it was killed").splitlines()[-1]
        raise EngineError(f"The random weights could not be made: {last}.")


def _told(name: str, model: Model, seen: Measured, how: Bench) -> dict[str, Any]:
    """One row: medians of the pairs; ratios are of each pair by itself."""
    read, copied = seen.finished.weight_bytes_per_token, seen.finished.copy_bandwidth
    speed = median(seen.ours("output_tps"))
    told: dict[str, Any] = {
        "model": name,
        "weights": "random" if how.random_weights else model.weights,
        "layers": "all" if how.layers is None else str(how.layers),
        "precision": model.precision,
        "prompt_tokens": seen.prompt_tokens,
        "output_tokens": how.tokens,
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
        "llama_load_s": seen.llama_load_s,
        "llama_prefill_tps": _middle(seen, "prefill_tps"),
        "llama_ttft_s": _middle(seen, "ttft_s"),
        "llama_output_tps": _middle(seen, "output_tps"),
        "llama_memory_bytes": seen.llama_peak_bytes,
        "bandwidth_share": speed * read / copied if read and copied else None,
    }
    return {key: value for key, value in told.items() if value is not None}


def _middle(seen: Measured, figure: str) -> float | None:
    """The median of llama.cpp's runs; None where it took no part."""
    return median(getattr(run, figure) for run in seen.llama) if seen.llama else None


ROWS = (
    ("layers", "layers", "{}"),
    ("precision", "precision", "{}"),
    ("prompt_tokens", "prompt tokens", "{:,}"),
    ("load_s", "load, s", "{:.1f}"),
    ("generate_load_s", "  plain transformers", "{:.1f}"),
    ("llama_load_s", "  llama.cpp", "{:.1f}"),
    ("prefill_tps", "prefill, tokens/s", "{:,.0f}"),
    ("llama_prefill_tps", "  llama.cpp", "{:,.0f}"),
    ("ttft_s", "TTFT, s", "{:.3f}"),
    ("generate_ttft_s", "  plain generate", "{:.3f}"),
    ("ttft_ratio", "  ratio", "{:.2f}"),
    ("llama_ttft_s", "  llama.cpp", "{:.3f}"),
    ("output_tps", "decode, tokens/s", "{:.2f}"),
    ("generate_output_tps", "  plain generate", "{:.2f}"),
    ("speed_ratio", "  ratio", "{:.2f}"),
    ("llama_output_tps", "  llama.cpp", "{:.2f}"),
    ("peak_memory_bytes", "peak memory, GB", "{:.2f}"),
    ("generate_memory_bytes", "  plain transformers", "{:.2f}"),
    ("llama_memory_bytes", "  llama.cpp", "{:.2f}"),
    ("peak_device_bytes", "  on the device", "{:.2f}"),
    ("weight_bytes_per_token", "weights read a token, GB", "{:.2f}"),
    ("copy_bandwidth", "memory copies, GB/s", "{:.1f}"),
    ("bandwidth_share", "share of that limit", "{:.0%}"),
)
GIGABYTES = {key for key, *_ in ROWS if "bytes" in key or key == "copy_bandwidth"}


def _write(results: list[dict[str, Any]]) -> None:
    """Models across, figures down."""
    rows = []
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
    head = ["", *(f"{told['model']} ({told['weights']})" for told in results)]
    write_table(rows, head, figures=True, computed=True)
