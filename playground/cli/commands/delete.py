"""`delete`: weights out of this machine's cache."""

from __future__ import annotations

from playground import hub_cache
from playground.cli import options
from playground.cli.display import output
from playground.cli.faults import BadCall
from playground.cli.repository import repository
from playground.sizes import size


def delete(model: options.Weights) -> int:
    """Remove a model's weights from this machine."""
    repo = repository(model)
    held = hub_cache.size(repo)
    if not held:
        raise BadCall(f"{repo} is not in the Hugging Face cache.")
    hub_cache.remove(repo)
    output.write(f"{repo} is deleted, {size(held)} are free again.\n")
    return 0
