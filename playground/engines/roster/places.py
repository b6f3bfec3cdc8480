"""What `local:` means: a place on this machine's disk, and the model that lies there."""

from __future__ import annotations

from pathlib import Path

from playground.engines.roster import checkpoints, gguf_models
from playground.models.damage import damage
from playground.models.gguf import finding
from playground.models.hub import cache
from playground.models.hub.cache import snapshot
from playground.models.model import Model, ModelError
from playground.models.weight_files import Spoilt

ANOTHER = "Give a GGUF file of a Gemma 4 model, or download it again."


def exists(name: str) -> bool:
    """Whether something lies there, whatever it is."""
    return Path(name).expanduser().exists() or snapshot(name) is not None


def model(name: str) -> Model:
    """The model in a directory, a repository in the Hugging Face cache or a GGUF file. Raises ModelError."""
    path = Path(name).expanduser()
    spec = f"local:{name}"
    if path.is_file():
        return _gguf_file(path.absolute(), spec)
    if files := _gguf_of(name, path):
        return files
    if path.is_dir():
        path = path.resolve()
        if wrong := damage(path):
            raise ModelError(
                f"{name} can't be used: {wrong}.",
                "Give a directory with all that belongs to a checkpoint, its weights as safetensors files.",
            )
        return checkpoints.model(path, spec, path.name)
    found = checkpoints.cached(name, spec) if name.count("/") == 1 else None
    if found is None:
        raise ModelError(
            f"{name} is neither a directory nor whole in the Hugging Face cache.",
            f"Download it first ({_download(name)}), or give a directory.",
        )
    return found


def _whole(name: str, wrong: str) -> None:
    """Raises ModelError where something is wrong."""
    if wrong:
        remedy = f"Download it again (python -m playground download {name}), or delete it."
        raise ModelError(f"{name} is here but damaged: {wrong}.", remedy)


def _download(name: str) -> str:
    """The command that fetches a repository, or a GGUF file of one."""
    ours = name.count("/") == 2 and name.endswith(".gguf")
    return f"python -m playground download {name}" if ours else f"hf download {name}"


def _gguf_file(path: Path, spec: str) -> Model:
    try:
        return gguf_models.model(gguf_models.at(path), spec)
    except Spoilt as spoilt:
        raise ModelError(f"{spoilt}.", ANOTHER) from None


def _gguf_of(name: str, path: Path) -> Model | None:
    """The GGUF file that a directory, a repository or a file's name in a repository means; None where there is none.

    Raises ModelError where there are several.
    """
    if path.is_dir() and not (path / "config.json").exists():
        found = [finding.paired(file, file.name) for file in finding.models_in(path)]
        names = [f"local:{path / one.file.name}" for one in found]
        if not found and (wrong := finding.fault([path])):
            raise ModelError(f"{name} can't be used: {wrong}.", ANOTHER)
    elif name.count("/") in (1, 2):
        repo = "/".join(name.split("/")[:2])
        found = finding.in_repository(repo)
        if name != repo:
            found = [one for one in found if one.name == name]
        if not found and (name != repo or snapshot(repo) is None):
            file = name.removeprefix(repo).removeprefix("/")
            _whole(name, finding.fault(cache.snapshots(repo), file))
        names = [f"local:{one.name}" for one in found]
    else:
        return None
    if len(found) > 1:
        raise ModelError(f"{name} holds {len(found)} models.", f"Name one: {', '.join(names)}.")
    return gguf_models.model(found[0], names[0]) if found else None
