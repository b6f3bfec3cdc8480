"""The playground from a terminal: `python -m playground ask | variants | models | download | delete | bench`.

Exit codes: 0 when at least one contender answered, 1 when none did, 2 for a bad call or a file that can't be read.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from playground.cli.ask import add_ask, ask
from playground.cli.bench import add_bench, bench
from playground.cli.listing import list_models, list_variants
from playground.cli.question import BadCall
from playground.cli.weights import add_weights, delete, download


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except BadCall as bad:
        print(f"playground: {bad}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has gone: nothing is left to say
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m playground", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    asking = commands.add_parser("ask", help="put a prompt to one or more models")
    add_ask(asking)
    asking.set_defaults(run=ask)
    measuring = commands.add_parser(
        "bench", help="measure the local engine next to plain transformers"
    )
    add_bench(measuring)
    measuring.set_defaults(run=bench)
    for name, run, words in (
        ("download", download, "fetch a model's weights from the hub"),
        ("delete", delete, "remove a model's weights from this machine"),
    ):
        weights = commands.add_parser(name, help=words)
        add_weights(weights)
        weights.set_defaults(run=run)
    for name, run, words in (
        ("variants", list_variants, "the members of the family"),
        ("models", list_models, "the models on this machine"),
    ):
        listing = commands.add_parser(name, help=words)
        listing.add_argument("--json", action="store_true", help="as one JSON object")
        listing.set_defaults(run=run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
