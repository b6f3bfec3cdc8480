"""llama.cpp's library without anything of this program around it, in a process of its own: no HTTP, no engine.

`python -m playground.benchmark.bare`; its order comes as a line on standard input, as the engine's own process gets it.
It says when it is ready, then for each line of JSON (a request's body) answers with one line: seconds to the first
token, tokens a second after it, tokens a second read.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from importlib import import_module
from typing import Any

from playground.engines.llama.__main__ import parameters
from playground.engines.llama.order import order


def main() -> None:
    """Load, say so, then measure one request a line."""
    argparse.ArgumentParser(prog="python -m playground.benchmark.bare").parse_args()
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # the library's own prints are no answers
    library = import_module("xllamacpp")
    began = time.perf_counter()
    server = library.Server(parameters(library, order(sys.stdin.buffer.readline())))
    answers.write(json.dumps({"load_s": time.perf_counter() - began}) + "\n")
    for line in sys.stdin.buffer:
        answers.write(json.dumps(measure(server, line.decode())) + "\n")


def measure(server: Any, body: str) -> dict[str, float]:
    """One request."""
    came: list[tuple[float, dict[str, Any]]] = []

    def take(piece: str) -> bool:
        came.append((time.perf_counter(), json.loads(piece)))
        return False

    began = time.perf_counter()
    server.handle_chat_completions(body, take)
    told = next(piece["timings"] for _, piece in reversed(came) if "timings" in piece)
    stamps = [at for at, piece in came if _said(piece)]
    return {
        "ttft_s": stamps[0] - began,
        "output_tps": (told["predicted_n"] - 1) / (stamps[-1] - stamps[0]),
        "prefill_tps": told["prompt_per_second"],
    }


def _said(piece: dict[str, Any]) -> bool:
    """Whether words stand in it."""
    return any(
        one.get("delta", {}).get("content") or one.get("delta", {}).get("reasoning_content")
        for one in piece.get("choices", ())
    )


if __name__ == "__main__":
    main()
