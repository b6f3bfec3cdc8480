"""`download` and `delete`: weights from the hub into this machine's cache, and out of it again."""

from __future__ import annotations

import argparse
import sys
import threading
import time

from playground.cli.progress import Progress
from playground.cli.question import BadCall
from playground.models import hub_cache
from playground.models.catalog import variant
from playground.models.downloads import Download
from playground.models.sizes import size


def add_weights(parser: argparse.ArgumentParser) -> None:
    """The one argument of both."""
    parser.add_argument("model", metavar="MODEL", help="a variant (E2B), or a repository's id")


def download(options: argparse.Namespace) -> int:
    """Fetch and check; Ctrl-C stops it and keeps what came."""
    one = Download(_repo(options.model))
    thread = threading.Thread(target=one.run, daemon=True)
    thread.start()
    progress = Progress(sys.stderr)
    while not one.ended:
        try:
            progress.say(f"{one.repo}: {one.words}")
            time.sleep(0.2)
        except KeyboardInterrupt:
            one.cancel()
    progress.clear()
    if one.state == "done":
        print(f"{one.repo} is here, {size(one.total)}, every checksum right.")
        return 0
    words = one.reason or "It was stopped; what came is kept."
    print(f"playground: {words} {one.remedy}".rstrip(), file=sys.stderr)
    return 1


def delete(options: argparse.Namespace) -> int:
    """Remove a repository, whole or half."""
    repo = _repo(options.model)
    held = hub_cache.size(repo)
    if not held:
        raise BadCall(f"{repo} is not in the Hugging Face cache.")
    hub_cache.remove(repo)
    print(f"{repo} is deleted, {size(held)} are free again.")
    return 0


def _repo(name: str) -> str:
    known = variant(name)
    if known is not None:
        return known.weights.instruct
    if name.count("/") != 1:
        raise BadCall(f"{name!r} is neither a variant nor a repository's id (owner/name).")
    return name
