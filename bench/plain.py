"""The other side of bench/engine.py: plain transformers `generate` with its own streamer, in a process of its own.

`python -m bench.plain DIRECTORY`; then for each line of JSON on standard input (`prompt`, `image`, `tokens`) answers
with one line: seconds from request to first text, and tokens a second after it.
"""

from __future__ import annotations

import json
import sys
import threading
import time

import PIL.Image
import torch
import transformers

from playground.engines.worker import processor


def main() -> None:
    """Load, say so, then measure one request a line."""
    path = sys.argv[1]
    processor.prepare()
    reader = transformers.AutoProcessor.from_pretrained(path)
    model = transformers.AutoModelForMultimodalLM.from_pretrained(path, dtype=torch.float32).eval()
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(measure(model, reader, **json.loads(line))), flush=True)


def measure(model, reader, prompt: str, image: str, tokens: int) -> dict[str, float]:  # type: ignore[no-untyped-def]
    """One request, exactly `tokens` long."""
    picture = PIL.Image.open(image).convert("RGB")
    start = time.perf_counter()
    content = [{"type": "image", "image": picture}, {"type": "text", "text": prompt}]
    inputs = reader.apply_chat_template(
        [{"role": "user", "content": content}],
        add_generation_prompt=True,
        tokenize=True,
        return_dict=True,
        return_tensors="pt",
    )
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
    return {"ttft_s": stamps[0] - start, "tps": (tokens - 1) / (stamps[tokens - 1] - stamps[0])}


if __name__ == "__main__":
    main()
