"""`python -m playground.engines.llama`: serves one GGUF model on 127.0.0.1 until the page's process goes away.

Reads its order from standard input, says on standard output where it listens, and logs to standard error.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from importlib import import_module
from typing import Any

from playground.engines.llama.order import IMPORTED, Order, Said, order

CHECKPOINTS = 1
"""Copies of the sliding layers' windows, so that a next question need not read the conversation anew."""


def main() -> None:
    """Load, say where, and wait for the end of standard input."""
    # Ctrl-C in the terminal is for the page's process; this one ends with it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.dup(1)
    os.dup2(2, 1)  # the library's own prints are no answers

    def say(said: Said) -> None:
        os.write(answers, said.line())

    wanted = order(sys.stdin.buffer.readline())
    _end_with_parent()
    try:
        library = import_module("xllamacpp")
    except (ImportError, OSError) as error:
        missing = isinstance(error, ModuleNotFoundError)
        why = "is not installed" if missing else f"can't be loaded here ({_first_line(error)})"
        say(
            Said(
                reason=f"GGUF files need llama.cpp, and its package xllamacpp {why}.",
                remedy="Install it (pip install xllamacpp), or take weights in safetensors.",
            )
        )
        return
    say(Said(stage=IMPORTED))
    try:
        server = library.Server(parameters(library, wanted))
    except (RuntimeError, MemoryError, ValueError) as error:
        say(Said(reason=_first_line(error)))
        return
    say(Said(address=server.listening_address))
    sys.stdin.buffer.read()
    os._exit(0)  # nothing is to be saved


def parameters(library: Any, wanted: Order) -> Any:
    """llama.cpp's parameters for an order."""
    made = library.CommonParams()
    made.model.path = wanted.file
    made.model_alias = {"gguf"}
    if wanted.encoders:
        made.mmproj.path = wanted.encoders
    made.hostnames, made.port, made.api_keys = ["127.0.0.1"], 0, [wanted.key]
    made.ui, made.use_jinja, made.n_parallel = False, True, 1
    made.n_ctx, made.n_batch, made.n_ubatch = wanted.context, wanted.batch, wanted.batch
    made.fit_params = False  # it would shorten the context without a word
    # What is kept of other conversations could grow to many times the model.
    made.cache_ram_mib, made.n_ctx_checkpoints = 0, CHECKPOINTS
    # Said even where no picture will come: the library's own least is more than a short batch can hold.
    made.image_min_tokens = made.image_max_tokens = wanted.picture or wanted.batch
    made.sampling.ignore_eos = wanted.endless
    if wanted.threads:
        made.cpuparams.n_threads = made.cpuparams_batch.n_threads = wanted.threads
    return made


def _end_with_parent() -> None:
    """End when standard input closes: by a signal of the system, for the library lets no thread of this process run
    while it loads. Where there is no such signal the end is noticed once the load is done.
    """
    with contextlib.suppress(ImportError, OSError, AttributeError):
        fcntl = import_module("fcntl")
        fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")[:300]


if __name__ == "__main__":
    main()
