"""`delete`: weights out of this machine's cache."""

from __future__ import annotations

from playground.cli import options
from playground.cli.display import output
from playground.cli.repository import repository
from playground.models.gguf import finding
from playground.models.hub import cache
from playground.models.sizes import size
from playground.questions.faults import BadCall


def delete(model: options.Weights) -> int:
    """Remove a model's weights from this machine."""
    repo = repository(model)
    if repo.count("/") == 2:
        return _delete_file(repo)
    held = cache.size(repo)
    if not held:
        raise BadCall(f"{repo} is not in the Hugging Face cache.")
    if why := cache.remove(repo):
        raise BadCall(why)
    output.write(f"{repo} is deleted, {size(held)} are free again.\n")
    return 0


def _delete_file(name: str) -> int:
    """One GGUF file of a repository; the encoders beside it stay for the others."""
    repo, _, file = name.rpartition("/")
    here = file in [one.file.name for one in finding.in_repository(repo)]
    if not here and not finding.fault(cache.snapshots(repo), file):
        raise BadCall(f"{name} is not in the Hugging Face cache.")
    if why := finding.remove(repo, file):
        raise BadCall(why)
    output.write(f"{name} is deleted.\n")
    return 0
