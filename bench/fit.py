"""(f) What fit foresees against what a worker holds: E2B's true layers with random weights, loaded.

Twelve of E2B's layers and both encoders in bf16, with the demo family's small vocabulary: some 2 GB.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from bench.numbers import table
from playground.engines.base import Model
from playground.engines.local import LocalEngine
from playground.engines.workers import Workers
from playground.fit import PRECISIONS, need, shapes
from playground.models import DEMO, find

LAYERS = 12
CONTEXT = 2048

BUILD = """
import json, sys, torch
from transformers.models.gemma4 import Gemma4Config, Gemma4ForConditionalGeneration
given = json.load(open(sys.argv[1] + "/config.json"))
given.pop("model_type", None)
with torch.device("meta"):
    model = Gemma4ForConditionalGeneration(Gemma4Config(**given)).to(torch.bfloat16)
model = model.to_empty(device="cpu")
with torch.no_grad():
    for tensor in model.state_dict().values():
        tensor.normal_(std=0.02) if tensor.is_floating_point() else tensor.zero_()
model.save_pretrained(sys.argv[1])
"""


def main() -> None:
    """Build, load, and compare."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        config = _config()
        for file in (DEMO / "e2b").iterdir():
            if file.name not in ("config.json", "model.safetensors"):
                shutil.copy(file, path)
        (path / "config.json").write_text(json.dumps(config))
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", BUILD, folder], check=True, capture_output=True
        )
        foreseen = need(config, PRECISIONS["bf16"], CONTEXT)
        held = _held(find(f"local:{folder}"))
    print(f"(f) fit: {LAYERS} layers of E2B with both encoders, random weights, bf16")
    rows = [
        ("", "bytes"),
        ("weights foreseen", f"{foreseen.weights:,}"),
        ("held when loaded", f"{held:,}"),
    ]
    table([*rows, ("held / foreseen", f"{held / foreseen.weights:.3f}")])


def _config() -> dict[str, object]:
    config = json.loads(json.dumps(shapes()["E2B"]))
    small = json.loads((DEMO / "e2b" / "config.json").read_text())
    text = config["text_config"]
    text |= {"num_hidden_layers": LAYERS, "num_kv_shared_layers": 2}
    text["layer_types"] = text["layer_types"][:LAYERS]
    for key in (
        "vocab_size",
        "vocab_size_per_layer_input",
        "pad_token_id",
        "bos_token_id",
        "eos_token_id",
    ):
        text[key] = small["text_config"][key]
    ids = {
        key: value for key, value in small.items() if key.endswith(("_token_id", "_token_index"))
    }
    return {**config, **ids, "architectures": ["Gemma4ForConditionalGeneration"]}


def _held(model: Model) -> int:
    workers = Workers()
    workers.start()
    engine = LocalEngine(model, workers)
    engine.load(threading.Event())
    held = engine.memory_bytes()
    engine.close()
    workers.close()
    return held
