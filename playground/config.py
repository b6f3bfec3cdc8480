"""What an operator may set, from the environment, read once. Everything has a default that suits
one person's machine.
"""

from __future__ import annotations

import os


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


def may_manage() -> bool:
    """Whether visitors may download, load, unload and delete weights: not where PLAYGROUND_HOSTED=1."""
    return os.environ.get("PLAYGROUND_HOSTED", "").strip() not in ("1", "true", "yes")
