"""What an operator may set, from the environment, read once. Everything has a default that suits
one person's machine.
"""

from __future__ import annotations

import os

from playground.device import device, free

SHARE = 0.7
"""Of the device's memory that models may use when nothing else is said: the rest is for the page
and the system.
"""


def memory_budget() -> int:
    """Bytes that all loaded models may take together: PLAYGROUND_MEMORY_GB, or a share of the
    device's memory.

    Raises ValueError when the variable is not a number above zero.
    """
    said = os.environ.get("PLAYGROUND_MEMORY_GB", "").strip()
    if not said:
        return int(device().total * SHARE)
    try:
        gigabytes = float(said)
    except ValueError:
        gigabytes = 0.0
    if not 0 < gigabytes < float("inf"):
        raise ValueError(
            f"PLAYGROUND_MEMORY_GB is {said!r}; give a number of gigabytes, such as 16."
        )
    return int(gigabytes * 1e9)


def patience() -> float | None:
    """Seconds that a server may be silent: PLAYGROUND_PATIENCE_S, or None: as long as somebody watches.

    Raises ValueError when the variable is not a number above zero.
    """
    said = os.environ.get("PLAYGROUND_PATIENCE_S", "").strip()
    if not said:
        return None
    try:
        seconds = float(said)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise ValueError(
            f"PLAYGROUND_PATIENCE_S is {said!r}; give a number of seconds, such as 300."
        )
    return seconds


def available() -> int:
    """Bytes that one model may take now: what is free of the device's memory, within the budget."""
    return min(free(), memory_budget())


def may_manage() -> bool:
    """Whether visitors may download, load, unload and delete weights: not where PLAYGROUND_HOSTED=1."""
    return os.environ.get("PLAYGROUND_HOSTED", "").strip() not in ("1", "true", "yes")
