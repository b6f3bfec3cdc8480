"""How much of the device's memory models may take."""

from __future__ import annotations

from playground import config
from playground.models.device import device, free


def memory_budget() -> int:
    """Bytes that all loaded models may take together: PLAYGROUND_MEMORY_GB, or a share of the
    device's memory. Raises ConfigError.
    """
    said = config.read().memory_bytes
    return int(device().total * config.MEMORY_SHARE) if said is None else said


def available() -> int:
    """Bytes that one model may take now: what is free of the device's memory, within the budget."""
    return min(free(), memory_budget())
