"""Precisions: in how many bytes a model's numbers lie in memory.

Knows no model and no file.
"""

from __future__ import annotations

from dataclasses import dataclass

from playground.models.device import Kind, device, slow_bf16


@dataclass(frozen=True, slots=True)
class Precision:
    """How numbers lie in memory: bytes of one in the text model's layers, and elsewhere.

    Scales of quantised matrices are in: two bytes for a row of int8, four for each 32 numbers of int4. Embeddings and
    encoders are not quantised; the output's matrix has `head_bytes` of its own. `dtype` is its name to the worker.
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


def encoder_bytes(precision: Precision, kind: Kind | None = None) -> int:
    """Bytes of a number in the encoders: those of fp32 where this CPU is slow at bf16 (worker/weights/encoders.py).

    `kind` is another machine's device; None: this machine's own.
    """
    slow = kind is None and device().kind == "cpu" and slow_bf16()
    return 4 if slow else precision.other_bytes


def head_bytes(precision: Precision, kind: Kind | None = None) -> float:
    """Bytes of a number in the output's matrix where it lies beside the embedding, else 0 (matrices/head.py)."""
    beside = (kind or device().kind) == "cpu" and precision.name in QUANTISED
    return PRECISIONS["int4"].matrix_bytes if beside else 0
