"""Fused experts while tokens are decoded: on an accelerator transformers has a quicker way for few rows.

Its own `generate` makes the same change.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def for_few_rows(model: Any) -> Iterator[None]:
    """While it lasts, the model multiplies the chosen experts of a token in one batch."""
    before = model.get_experts_implementation()
    if model.device.type == "cpu" or "grouped_mm" not in before.values():
        yield
        return
    batched = {part: "batched_mm" if how == "grouped_mm" else how for part, how in before.items()}
    model.set_experts_implementation(batched)
    try:
        yield
    finally:
        model.set_experts_implementation(before)
