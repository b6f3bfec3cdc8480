"""What a GGUF model takes in memory when llama.cpp has loaded it, foreseen from the headers of its files."""

from __future__ import annotations

from playground.models.fit import PICTURE_TOKENS, Need
from playground.models.footprint import Config, footprint, kept_bytes
from playground.models.footprint import kv_bytes as kv_bytes_of
from playground.models.gguf.described import context, kv_bytes, vocabulary, window_bytes
from playground.models.gguf.header import Header, Tensor
from playground.models.gguf.types import TYPES

CONTEXT = 32_768
"""Tokens that a model is loaded with at most: llama.cpp sets all of its cache aside at once, 0.2 GB for E2B and 2.7 GB
for 31B at this length.
"""

TEXT_BATCH = 32
"""Tokens read between two looks at whether somebody asked to stop: less than a second on a CPU, and 32 to 128 are read
as fast as 2,048.
"""


def loaded_context(model: Header) -> int:
    """Tokens that it is loaded with."""
    return min(context(model), CONTEXT)


PROCESS = 60_000_000
"""Bytes that llama.cpp's process holds beside all else."""

REARRANGED = ("Q4_0", "Q4_K", "IQ4_NL")
"""Types whose matrices are laid out a second time for the CPU, while the file stays mapped: E2B in Q4_0 held 4.15 GB,
of which 2.82 were its file. Of Q8_0 nothing was (AVX2).
"""


def need(model: Header, encoders: Header | None) -> Need:
    """What it takes with its whole context, one copy of its windows, and a picture of the usual size where it sees."""
    batch = TEXT_BATCH if encoders is None else PICTURE_TOKENS
    weights = sum(tensor.bytes for tensor in model.tensors) + sum(map(_twice, model.tensors))
    if encoders is not None:
        weights += sum(tensor.bytes for tensor in encoders.tensors)
    cache = kv_bytes(model, loaded_context(model), batch) + window_bytes(model)
    return Need(weights, cache, batch * vocabulary(model) * 4, PROCESS)


def foreseen(config: Config, file: int) -> Need:
    """The same for a published file in Q4_0 of so many bytes that is not here yet, by its model's configuration: its
    matrices lie a second time in memory, its encoders beside them in 16 bits.
    """
    numbers, text = footprint(config), config["text_config"]
    stored = TYPES[2]
    again = (numbers.layers + numbers.experts) * stored.bytes // stored.numbers
    length = min(text["max_position_embeddings"], CONTEXT)
    cache = kv_bytes_of(config, length, 2) + kept_bytes(config, 2)
    workspace = PICTURE_TOKENS * text["vocab_size"] * 4
    return Need(file + again + 2 * (numbers.vision + numbers.audio), cache, workspace, PROCESS)


def _twice(tensor: Tensor) -> int:
    """Bytes of a tensor's second layout, if it has one."""
    matrix = tensor.name.startswith("blk.") and len(tensor.sides) > 1
    return tensor.bytes if matrix and tensor.stored.name in REARRANGED else 0
