"""`delete`: weights out of this machine's cache."""

from __future__ import annotations

from playground.cli import options
from playground.cli.display import output
from playground.cli.faults import BadCall
from playground.cli.repository import repository
from playground.models.hub import cache
from playground.models.sizes import size


def delete(model: options.Weights) -> int:
    """Remove a model's weights from this machine."""
    repo = repository(model)
    held = cache.size(repo)
    if not held:
        raise BadCall(f"{repo} is not in the Hugging Face cache.")
    cache.remove(repo)
    output.write(f"{repo} is deleted, {size(held)} are free again.\n")
    return 0
