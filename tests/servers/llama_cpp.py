"""Starts llama.cpp's own server with the tiny random-weight model: `python tests/servers/llama_cpp.py PORT`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import xllamacpp

GGUF = Path(__file__).parents[1] / "data" / "gguf"


def main(port: int) -> None:
    params = xllamacpp.CommonParams()
    params.model.path = str(GGUF / "tiny4-f16.gguf")
    params.mmproj.path = str(GGUF / "mmproj-tiny4-f16.gguf")
    params.hostnames, params.port = ["127.0.0.1"], port
    params.use_jinja, params.model_alias = True, {"tiny"}
    params.n_ctx, params.n_parallel = 8192, 2
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    time.sleep(3600)


main(int(sys.argv[1]))
