"""The other side of every comparison: plain transformers `generate` with its own streamer, in a process of its own.

`python -m playground.benchmark.plain DIRECTORY DTYPE`; says so when it is ready, then for each line of JSON on standard
input (`prompt`, `image`, `tokens`) answers with one line: seconds from request to first token, and tokens a second
after it.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from typing import Any

import PIL.Image
import transformers

from playground.engines.worker import processor
from playground.engines.worker.weights.checkpoint import best_device


def main() -> None:
    """Load, say so, then measure one request a line."""
    parser = argparse.ArgumentParser(prog="python -m playground.benchmark.plain")
    parser.add_argument("directory", help="a checkpoint")
    parser.add_argument("dtype", help="of its numbers in memory, or auto")
    options = parser.parse_args()
    path, dtype = options.directory, options.dtype
    processor.prepare()
    began = time.perf_counter()
    reader = transformers.AutoProcessor.from_pretrained(path)
    model = transformers.AutoModelForMultimodalLM.from_pretrained(path, dtype=dtype)
    model.to(best_device()).eval()
    print(json.dumps({"load_s": time.perf_counter() - began}), flush=True)
    for line in sys.stdin:
        print(json.dumps(measure(model, reader, **json.loads(line))), flush=True)


def measure(model: Any, reader: Any, prompt: str, image: str, tokens: int) -> dict[str, float]:
    """One request, exactly `tokens` long; `image` is a path, or empty."""
    pictures = [PIL.Image.open(image).convert("RGB")] if image else []
    start = time.perf_counter()
    content: list[dict[str, Any]] = [{"type": "image", "image": picture} for picture in pictures]
    content.append({"type": "text", "text": prompt})
    inputs = reader.apply_chat_template(
        [{"role": "user", "content": content}],
        add_generation_prompt=True,
        tokenize=True,
        return_dict=True,
        return_tensors="pt",
    ).to(model.device, model.dtype)
    streamer = transformers.TextIteratorStreamer(reader.tokenizer, skip_prompt=True)
    options = {
        "max_new_tokens": tokens,
        "min_new_tokens": tokens,
        "do_sample": False,
        "streamer": streamer,
    }
    thread = threading.Thread(target=model.generate, kwargs={**inputs, **options})
    thread.start()
    # The streamer gives a piece for each token, empty ones too, and one more at the end.
    stamps = [time.perf_counter() for _ in streamer]
    thread.join()
    return {
        "ttft_s": stamps[0] - start,
        "output_tps": (tokens - 1) / (stamps[tokens - 1] - stamps[0]),
    }


if __name__ == "__main__":
    main()
