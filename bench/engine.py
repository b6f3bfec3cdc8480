"""(a) The local engine against plain `generate` with a streamer: the same model, prompt and length, in turns."""

from __future__ import annotations

from bench.numbers import spread, table
from playground.benchmark.pairs import measure
from playground.benchmark.task import Task
from playground.engines.roster import specs
from playground.engines.workers import ROOT
from playground.prompt import media

PAIRS = 10
TOKENS = 128
PICTURE = ROOT / "assets" / "samples" / "three-shapes.png"


def main() -> None:
    """Measure the demo family."""
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
    (picture,) = media.read(PICTURE.name, PICTURE.read_bytes())
    task = Task("Describe the picture.", TOKENS, PICTURE, picture)
    for variant in ("E2B", "E4B", "26B-A4B", "31B"):
        seen = measure(specs.find(f"demo:{variant}"), task, PAIRS)
        rows.append(
            (
                variant,
                spread(seen.ours("output_tps"), 0),
                spread(seen.theirs("output_tps"), 0),
                spread(seen.ratios("output_tps")),
                spread([1000 * value for value in seen.ours("ttft_s")], 0),
                spread([1000 * value for value in seen.theirs("ttft_s")], 0),
                spread(seen.ratios("ttft_s")),
            )
        )
    table(rows)
