"""`python -m bench [PART ...]`: engine, lag, start, memory, servers, streams, fit, churn, replay, archive,
together, history, prefix, rounds, schema, crowd, llama; all when none is named.
"""

from __future__ import annotations

import argparse
import os
import platform
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
    "llama",
)


def main() -> None:
    """Say on what it runs, then measure."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all when none is named"
    )
    chosen = parser.parse_args().parts or PARTS
    unknown = set(chosen) - set(PARTS)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}.")
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
