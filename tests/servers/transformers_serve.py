"""Starts `transformers serve`: `python tests/servers/transformers_serve.py PORT`. Models are named by their directory.

Only the processor is mended first, as the local engine's worker does it where torchvision is missing.
"""

from __future__ import annotations

import sys

from transformers.cli.transformers import main as transformers

from playground.engines.worker import processor

processor.prepare()
sys.argv = [
    "transformers",
    "serve",
    "--host",
    "127.0.0.1",
    "--port",
    sys.argv[1],
    "--device",
    "cpu",
    "--dtype",
    "float32",
]
transformers()
