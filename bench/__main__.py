"""`python -m bench [PART ...]`: engine, lag, start, memory, servers, streams, fit, churn, replay, archive,
together, history, prefix, rounds, schema, crowd; all when none is named.
"""

from __future__ import annotations

import os
import platform
import sys
from importlib import import_module, metadata

PARTS = (
    "engine",
    "lag",
    "start",
    "memory",
    "servers",
    "streams",
    "fit",
    "churn",
    "visitors",
    "replay",
    "archive",
    "together",
    "history",
    "prefix",
    "rounds",
    "schema",
    "crowd",
)


def main() -> None:
    """Say on what it runs, then measure."""
    chosen = sys.argv[1:] or list(PARTS)
    unknown = set(chosen) - set(PARTS)
    if unknown:
        sys.exit(f"bench: there is no {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}.")
    versions = ", ".join(
        f"{name} {metadata.version(name)}" for name in ("streamlit", "transformers", "torch")
    )
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    print(f"{machine}, Python {platform.python_version()}, {versions}")
    print(f"load average at the start: {', '.join(f'{load:.1f}' for load in os.getloadavg())}\n")
    for name in chosen:
        import_module(f"bench.{name}").main()
        print()


if __name__ == "__main__":
    main()
