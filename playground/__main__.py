"""The playground from a terminal: `python -m playground ask | variants | models | download | delete | bench`.

Exit codes: 0 when at least one contender answered, 1 when none did, 2 for a bad call or a file that can't be read.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from playground.cli.ask import add_ask, ask
from playground.cli.bench import add_bench, bench
from playground.cli.listing import add_listing, list_models, list_variants
from playground.cli.question import BadCall
from playground.cli.weights import add_weights, delete, download
from playground.config import ConfigError, check


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        check()
        return int(options.run(options))
    except (BadCall, ConfigError) as bad:
        print(f"playground: {bad}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has gone: nothing is left to say
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m playground", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, run, add, words in (
        ("ask", ask, add_ask, "put a prompt to one or more models"),
        ("variants", list_variants, add_listing, "the members of the family"),
        ("models", list_models, add_listing, "the models on this machine"),
        ("download", download, add_weights, "fetch a model's weights from the hub"),
        ("delete", delete, add_weights, "remove a model's weights from this machine"),
        ("bench", bench, add_bench, "measure the local engine next to plain transformers"),
    ):
        command = commands.add_parser(name, help=words)
        add(command)
        command.set_defaults(run=run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
