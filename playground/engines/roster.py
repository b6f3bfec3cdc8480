"""Which models this machine has, and what a spec means.

    demo:E2B                       the demo-sized E2B that comes with the program
    local:google/gemma-4-E2B-it    a repository in the Hugging Face cache, or a directory
    server:lab/gemma-4-E2B-it      a model of a server that the operator named (servers)
    E2B                            the best weights of that variant here: real ones, else the demo-sized
    E2B@int8                       any of those on this machine, in a precision of one's own choice

Looks only at this machine's disk; a server is asked when its model is named.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from playground.models import capabilities, checkpoint, fit, sampling, weight_files
from playground.models.catalog import Variant, variant, variants
from playground.models.damage import damage, damage_of_weights
from playground.models.hub import cache
from playground.models.hub.cache import snapshot
from playground.models.model import Model
from playground.models.precision import PRECISIONS, Precision
from playground.models.servers import Server, ServerError, set_up
from playground.models.weight_files import Spoilt

DEMO = Path(__file__).resolve().parents[2] / "assets" / "demo"


class ModelError(Exception):
    """A spec that leads to no model: why, and what would help, one sentence each."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason} {remedy}")
        self.reason = reason
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Damaged:
    """Weights of a variant that are here and can't be used: why, and what would help, one sentence each."""

    variant: str
    weights: str
    reason: str
    remedy: str


def installed() -> tuple[Model, ...]:
    """Every model on this machine that can run: the real ones first, each in the family's order."""
    return tuple(one for one in _here() if isinstance(one, Model))


def damaged() -> tuple[Damaged, ...]:
    """What lies on this machine and can't run, in the same order."""
    return tuple(one for one in _here() if isinstance(one, Damaged))


def _here() -> list[Model | Damaged]:
    real = [found for one in variants() if (found := _looked_at(one)) is not None]
    demos: list[Model | Damaged] = []
    for one in variants():
        if _demo_path(one).is_dir():
            try:
                demos.append(_demo(one))
            except ModelError as error:
                demos.append(Damaged(one.name, _demo_name(one), error.reason, error.remedy))
    return [*real, *demos]


def _looked_at(wanted: Variant) -> Model | Damaged | None:
    """The published weights of a variant, or what is wrong with them; None when they are not here."""
    try:
        return _real(wanted)
    except ModelError as error:
        return Damaged(wanted.name, wanted.weights.instruct, error.reason, error.remedy)
    except (OSError, Spoilt):  # somebody is deleting it
        return None


def find(spec: str, servers: Sequence[Server] | None = None) -> Model:
    """The model that a spec names; `servers` are those that may be named, the configured ones if it is None.

    Raises ModelError.
    """
    kind, colon, name = spec.partition(":")
    if kind == "server":
        return _served(name, servers)
    if plain(spec) != spec:
        return _in_precision(find(plain(spec)), PRECISIONS[spec.rpartition("@")[2]])
    if "@" in spec and kind != "local":
        raise _no_precision(spec.partition("@")[2])
    if not colon:
        return _best(_known(spec))
    if kind == "demo":
        return _demo(_known(name))
    if kind == "local":
        return _local(name)
    raise ModelError(
        f"{spec!r} names no model.",
        "Give a variant (E2B), demo:E2B, local: and a repository id or a directory, or server:NAME/MODEL.",
    )


def plain(spec: str) -> str:
    """The spec without a precision of one's own choice."""
    before, _, wish = spec.rpartition("@")
    return before if wish in PRECISIONS else spec


def _in_precision(model: Model, precision: Precision) -> Model:
    """The same model with numbers of that precision in memory."""
    if model.stored not in PRECISIONS:
        raise ModelError(
            f"{model.weights} is stored in {model.stored}, which can't be changed here.",
            "Name it without a precision.",
        )
    spec = f"{model.spec}@{precision.name}"
    return replace(_loaded_as(model, precision.name), spec=spec, wish=precision.name)


def _no_precision(wish: str) -> ModelError:
    names = ", ".join(PRECISIONS)
    return ModelError(f"There is no precision {wish!r}.", f"There are {names}, as in E2B@int8.")


def _loaded_as(model: Model, name: str) -> Model:
    """The model in a precision, with what it then needs."""
    precision, stored = PRECISIONS.get(name), PRECISIONS.get(model.stored)
    dtype, said = "auto", model.stored
    if precision and stored and precision != stored:
        dtype, said = precision.dtype, f"{stored.name} weights, {precision.name} in memory"
    return replace(model, dtype=dtype, precision=said, needs_bytes=_needs(model, precision))


def _needs(model: Model, precision: Precision | None) -> int:
    """Bytes that it takes with a picture in a usual context, as fit foresees them. Where that is not to be told, its
    files and a fifth on top: the overhead that Google's own memory table includes.
    """
    assert model.path is not None
    if precision is not None:
        with suppress(LookupError, TypeError, ValueError, AttributeError, ArithmeticError):
            config = checkpoint.settings(model.path, "config.json")
            return fit.need(config, precision, fit.CONTEXT, 1).total
    return model.bytes * 6 // 5


def _known(name: str) -> Variant:
    known = variant(name)
    if known is None:
        names = ", ".join(one.name for one in variants())
        raise ModelError(f"There is no variant {name!r}.", f"The family is {names}.")
    return known


def _best(wanted: Variant) -> Model:
    real = _looked_at(wanted)
    if isinstance(real, Model):
        return real
    if _demo_path(wanted).is_dir():
        return _demo(wanted)
    if real is not None:
        raise ModelError(real.reason, real.remedy)
    raise ModelError(
        f"There are no weights of {wanted.name} on this machine.",
        f"Download {wanted.weights.instruct} into the Hugging Face cache "
        f"(hf download {wanted.weights.instruct}), or choose another variant.",
    )


def _demo_path(wanted: Variant) -> Path:
    return DEMO / wanted.name.lower()


def _demo_name(wanted: Variant) -> str:
    return f"demo-sized {wanted.name}"


def _demo(wanted: Variant) -> Model:
    path = _demo_path(wanted)
    if not path.is_dir():
        raise ModelError(
            f"There is no demo-sized {wanted.name}.",
            "The demo family is E2B, E4B, 26B-A4B and 31B.",
        )
    if wrong := damage(path):
        raise ModelError(f"The {_demo_name(wanted)} is damaged: {wrong}.", "Get this program anew.")
    model = Model(
        spec=f"demo:{wanted.name}",
        variant=wanted.name,
        weights=_demo_name(wanted),
        engine="local",
        capabilities=capabilities.read(path),
        revision=_fingerprint(path),
        stored=_stored_dtype(path),
        demo=True,
        path=path,
        bytes=_size(path),
        sampling=sampling.read(path),
    )
    return _loaded_as(model, "fp32")


def _real(wanted: Variant) -> Model | None:
    """The instruction-tuned weights of the variant, when they are in the Hugging Face cache. Raises ModelError."""
    repo = wanted.weights.instruct
    return _cached(repo, f"local:{repo}")


def _cached(repo: str, spec: str) -> Model | None:
    """A repository in the Hugging Face cache. Raises ModelError where it is damaged."""
    found = cache.snapshot(repo)
    if found is not None:
        return _checkpoint(found, repo, spec)
    if wrong := cache.damaged(repo):
        raise ModelError(
            f"{repo} is here but damaged: {wrong}.",
            f"Download it again (python -m playground download {repo}), or delete it.",
        )
    return None


def _local(name: str) -> Model:
    path = Path(name).expanduser()
    spec = f"local:{name}"
    if path.is_dir():
        path = path.resolve()
        if wrong := damage(path):
            raise ModelError(
                f"{name} can't be used: {wrong}.",
                "Give a directory with all that belongs to a checkpoint, its weights as safetensors files.",
            )
        return _checkpoint(path, path.name, spec)
    found = _cached(name, spec) if name.count("/") == 1 else None
    before, at, wish = name.rpartition("@")
    if at and found is None and (Path(before).expanduser().is_dir() or snapshot(before)):
        raise _no_precision(wish)
    if found is None:
        raise ModelError(
            f"{name} is neither a directory nor whole in the Hugging Face cache.",
            f"Download it first (hf download {name}), or give a directory.",
        )
    return found


def _checkpoint(path: Path, weights: str, spec: str) -> Model:
    try:
        takes = capabilities.read(path, weights)
    except ValueError as error:
        raise ModelError(str(error), "Give the weights of a Gemma 4 model.") from None
    revision = path.name[:8] if path.parent.name == "snapshots" else ""
    model = Model(
        spec=spec,
        variant=_variant_of(path) or path.name,
        weights=weights,
        engine="local",
        capabilities=takes,
        revision=revision,
        stored=_stored_dtype(path),
        path=path,
        bytes=_size(path),
        drafter=_drafter(weights),
        sampling=sampling.read(path),
    )
    return _loaded_as(model, model.stored)


def _drafter(repo: str) -> Path | None:
    """Where the drafter of published weights lies, when it is whole in the Hugging Face cache."""
    known = _published(repo)
    return cache.snapshot(known.weights.drafter, damage_of_weights) if known else None


def drafter_of(model: Model) -> str:
    """The repository of the drafter that belongs to published weights; empty for others."""
    known = _published(model.weights)
    return known.weights.drafter if known else ""


def _published(repo: str) -> Variant | None:
    return next((one for one in variants() if one.weights.instruct == repo), None)


def _served(name: str, servers: Sequence[Server] | None) -> Model:
    from playground.engines.server.looking import (  # an HTTP client, which most runs never need
        look,
        served,
    )

    place, _, wanted = name.partition("/")
    try:
        said = set_up()
        known = said.servers if servers is None else servers
        server = next((one for one in known if one.name == place), None)
        if server is None:
            fault = next((one for one in said.faults if one.name == place), None)
            if fault is not None:
                raise ModelError(fault.words, "Mend that entry and start again.")
            listed = ", ".join(one.name for one in known) or "none is set up"
            raise ModelError(f"There is no server {place!r}.", f"The servers here: {listed}.")
        seen = look.looks.get(server)
        if wanted not in seen.names:
            listed = ", ".join(seen.names[:8]) or "none"
            raise ModelError(f"{place} has no model {wanted!r}.", f"Its models: {listed}.")
        return served.model(server, wanted)
    except ServerError as error:
        remedy = error.remedy or "See that it runs, and that its address and key are right."
        raise ModelError(error.reason, remedy) from None


def _variant_of(path: Path) -> str | None:
    """The member whose text model has this shape: names of repositories and directories prove nothing."""
    config = checkpoint.settings(path, "config.json")
    text = config.get("text_config") or config
    shape = (text.get("num_hidden_layers"), text.get("hidden_size"))
    return next(
        (one.name for one in variants() if shape == (one.shape.layers, one.shape.hidden)), None
    )


def _size(path: Path) -> int:
    return sum(file.stat().st_size for file in weight_files.files(path))


def _fingerprint(path: Path) -> str:
    file = path / "model.safetensors"
    stat = file.stat()
    return _digest(file, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=32)
def _digest(file: Path, modified: int, size: int) -> str:
    """The first eight digits of the file's SHA-256; the other arguments are there to notice a change."""
    return hashlib.sha256(file.read_bytes()).hexdigest()[:8]


def _stored_dtype(path: Path) -> str:
    """The most frequent dtype in the first safetensors file, in the words of the field ("bf16")."""
    dtypes = weight_files.header(weight_files.files(path)[0]).dtypes
    names = {"BF16": "bf16", "F16": "fp16", "F32": "fp32"}
    most = max(set(dtypes), key=dtypes.count) if dtypes else ""
    return names.get(most, most.lower())
