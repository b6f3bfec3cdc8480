"""What ends when the interpreter's stack does: a check of something that is nested too deeply."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def limited() -> Iterator[None]:
    """Raises RecursionError wherever the stack ends: the maps of jsonschema are Rust's, and where it ends while they
    compare two keys they raise a BaseException of their own, which no thread survives.
    """
    try:
        yield
    except BaseException as panic:
        if type(panic).__module__ != "pyo3_runtime":
            raise
        raise RecursionError from None
