"""The playground from a terminal: `playground COMMAND`, or `python -m playground COMMAND`; `--help` lists the commands.

Exit codes: 0 when somebody answered (of a batch: when every line was answered), 1 when not, 2 for a bad call or a file
that can't be read, 130 after Ctrl-C and 143 after SIGTERM.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    from playground.cli.app import run  # not before Ctrl-C is seen to

    return run(sys.argv[1:] if arguments is None else arguments)


def program() -> int:
    """What the installed command runs: `main`, which Ctrl-C ends without a word as long as there is nothing to lose."""
    # An exception would break into imports at any point, and some print it or swallow it.
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # a shell's background
        signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    return main()


if __name__ == "__main__":
    sys.exit(program())
