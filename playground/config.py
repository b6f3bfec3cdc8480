"""What an operator may set, from the environment, read once. Everything has a default that suits
one person's machine.
"""

from __future__ import annotations

import os


def may_manage() -> bool:
    """Whether visitors may download, load, unload and delete weights: not where PLAYGROUND_HOSTED=1."""
    return os.environ.get("PLAYGROUND_HOSTED", "").strip() not in ("1", "true", "yes")
