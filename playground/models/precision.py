"""Precisions: in how many bytes a model's numbers lie in memory.

Knows no model and no file.
"""

from __future__ import annotations

from dataclasses import dataclass

from playground.models.device import device, slow_bf16


@dataclass(frozen=True, slots=True)
class Precision:
    """How numbers lie in memory: bytes of one in the text model's layers, and elsewhere.

    Scales of quantised matrices are in: two bytes for a row of int8, four for each 32 numbers of int4. Embeddings and
    encoders are not quantised. `dtype` is its name to the worker.
    """

    name: str
    dtype: str
    matrix_bytes: float
    other_bytes: int


PRECISIONS = {
    one.name: one
    for one in (
        Precision("fp32", "float32", 4, 4),
        Precision("bf16", "bfloat16", 2, 2),
        Precision("int8", "int8", 1.001, 2),
        Precision("int4", "int4", 0.5 + 4 / 32, 2),
    )
}

QUANTISED = ("int8", "int4")


def encoder_bytes(precision: Precision) -> int:
    """Bytes of a number in the encoders: those of fp32 where a CPU is slow at bf16 (worker/weights/encoders.py)."""
    return 4 if device().kind == "cpu" and slow_bf16() else precision.other_bytes
