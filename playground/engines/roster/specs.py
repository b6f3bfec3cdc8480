"""What a spec means, the word by which a person names a model.

demo:E2B                       the demo-sized E2B that comes with the program
demo:E2B@q8_0                  its GGUF file of that type, where one was written
local:google/gemma-4-E2B-it    a repository in the Hugging Face cache, or a directory
local:google/gemma-4-E2B-it-qat-q4_0-gguf/gemma-4-E2B-it-q4_0.gguf
                               a GGUF file of a repository in that cache, or any GGUF file by its path
server:lab/gemma-4-E2B-it      a model of a server that the operator named (servers)
E2B                            the best weights of that variant here (namesakes)
E2B@int8                       its safetensors, or any of those above, in a precision of one's own choice
E2B@q4_0                       the variant's GGUF file of that type here, the official one first
E2B@no-drafter                 the same without the drafter that lies beside its weights
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from playground.engines.roster import checkpoints, demo_files, installed, namesakes, places
from playground.engines.roster.installed import Damaged
from playground.models.catalog import Variant, variant, variants
from playground.models.gguf import types
from playground.models.model import Model, ModelError
from playground.models.precision import PRECISIONS, Precision
from playground.models.servers import Server, ServerError, set_up

UNDRAFTED = "no-drafter"

SERVER = "server:"

QUANTISED = {*(one.name for one in types.TYPES.values()), *types.MIXTURES.values()}
"""What numbers of a GGUF file can be stored as."""


def find(spec: str, servers: Sequence[Server] | None = None) -> Model:
    """The model that a spec names; `servers` are those that may be named, the configured ones if it is None.

    Raises ModelError.
    """
    if spec.startswith(SERVER):
        return _served(spec.removeprefix(SERVER), servers)
    spec = _folded(spec)
    if chosen := wishes(spec):
        bare = plain(spec)
        model = _safetensors(_known(bare)) if variant(bare) else find(bare)
        for wish in chosen:
            model = _undrafted(model) if wish == UNDRAFTED else _in(PRECISIONS[wish], model)
        return model
    kind, colon, name = spec.partition(":")
    if not colon:
        return _of_variant(spec)
    if kind == "demo":
        return _demo(name)
    if kind == "local":
        return _local(name)
    raise ModelError(
        f"{spec!r} names no model.",
        "Give a variant (E2B), demo:E2B, local: and a repository id or a directory, or server:NAME/MODEL.",
    )


def _folded(spec: str) -> str:
    """The spec with what was chosen about loading in the letters that it has: "E2B@INT8" is "E2B@int8"."""
    before, at, wish = spec.rpartition("@")
    chosen = at and (wish.lower() in PRECISIONS or wish.lower() == UNDRAFTED)
    return f"{_folded(before)}@{wish.lower()}" if chosen else spec


def plain(spec: str) -> str:
    """The spec without what somebody chose about how it is loaded: a server loads its models itself."""
    before, _, wish = spec.rpartition("@")
    chosen = not spec.startswith(SERVER) and (wish in PRECISIONS or wish == UNDRAFTED)
    return plain(before) if chosen else spec


def wishes(spec: str) -> tuple[str, ...]:
    """What somebody chose about how it is loaded: precisions, and UNDRAFTED."""
    return tuple(spec.removeprefix(plain(spec)).split("@")[1:])


def open_to_all(spec: str, here: Sequence[Model] | None = None) -> bool:
    """Whether everybody may try such a spec, in whatever precision: a variant, what is installed, a GGUF file by its
    variant and type, or a server. Paths of this machine's disk are not for visitors. `here` is what is installed,
    looked up where it is not said.
    """
    bare = plain(spec)
    if bare.startswith(SERVER):
        return True
    here = installed.models() if here is None else here
    typed = (f"{one.variant}@{one.stored}" for one in here if one.runtime == "llama.cpp")
    return bare in {*(one.name for one in variants()), *(one.spec for one in here), *typed}


def _in(precision: Precision, model: Model) -> Model:
    """The same model with numbers of that precision in memory."""
    if model.stored not in PRECISIONS or model.runtime != "transformers":
        raise ModelError(
            f"{model.weights} is stored in {model.stored}, which can't be changed here.",
            "Name it without a precision.",
        )
    if PRECISIONS.keys() & model.wish.split():
        raise ModelError(f"{model.spec} has a precision already.", "Name one.")
    spec, wish = f"{model.spec}@{precision.name}", f"{precision.name} {model.wish}".strip()
    return replace(checkpoints.loaded_as(model, precision.name), spec=spec, wish=wish)


def _undrafted(model: Model) -> Model:
    """The same model without its drafter."""
    if model.drafter is None:
        raise ModelError(f"{model.weights} has no drafter here.", f"Name it without @{UNDRAFTED}.")
    wish = f"{model.wish} no drafter".strip()
    return replace(model, drafter=None, spec=f"{model.spec}@{UNDRAFTED}", wish=wish)


def _of_variant(spec: str) -> Model:
    wanted, stored = _typed(spec)
    if not stored:
        return namesakes.best(wanted) or _safetensors(wanted)
    here = _gguf_files(wanted, stored, demo=False)
    official = wanted.weights.gguf(stored)
    here.sort(key=lambda one: not (official and one.weights.startswith(f"{official}/")))
    if here:
        return here[0]
    own = "a file of your own as local: and its path."
    download = f"Download {official} (python -m playground download {wanted.name}@{stored})"
    raise ModelError(
        f"There is no GGUF file of {wanted.name} in {stored} on this machine.",
        f"{download}, or give {own}" if official else f"Give {own}",
    )


def _demo(spec: str) -> Model:
    wanted, stored = _typed(spec)
    if stored and (here := _gguf_files(wanted, stored, demo=True)):
        return here[-1]  # what was written for it comes behind what happens to lie elsewhere
    whole = demo_files.model(wanted)
    if not stored:
        return whole
    raise ModelError(
        f"There is no GGUF file of the {demo_files.name(wanted)} in {stored} on this machine.",
        f"Write it (python -m demo_family.gguf {wanted.name} --type {stored}).",
    )


def _typed(spec: str) -> tuple[Variant, str]:
    """The variant that is named, and the type of its GGUF file, if one is. Raises ModelError."""
    name, at, stored = spec.partition("@")
    if at and stored.upper() not in QUANTISED:
        raise _no_precision(stored)
    return _known(name), stored.lower()


def _gguf_files(wanted: Variant, stored: str, demo: bool) -> list[Model]:
    files = installed.gguf_files()
    return [m for m in files if (m.variant, m.stored, m.demo) == (wanted.name, stored, demo)]


def _safetensors(wanted: Variant) -> Model:
    """The variant's own, else the demo-sized. Raises ModelError."""
    real = installed.published(wanted)
    if isinstance(real, Model):
        return real
    if demo_files.path(wanted).is_dir():
        return demo_files.model(wanted)
    if isinstance(real, Damaged):
        raise ModelError(real.reason, real.remedy)
    raise ModelError(
        f"There are no weights of {wanted.name} on this machine.",
        f"Download {wanted.weights.instruct} into the Hugging Face cache "
        f"(hf download {wanted.weights.instruct}), or choose another variant.",
    )


def _local(name: str) -> Model:
    before, at, wish = name.rpartition("@")
    if at and not places.exists(name) and places.exists(before):
        raise _no_precision(wish)
    return places.model(name)


def _known(name: str) -> Variant:
    known = variant(name)
    if known is None:
        names = ", ".join(one.name for one in variants())
        raise ModelError(f"There is no variant {name!r}.", f"The family is {names}.")
    return known


def _no_precision(wish: str) -> ModelError:
    names = ", ".join(PRECISIONS)
    return ModelError(f"There is no precision {wish!r}.", f"There are {names}, as in E2B@int8.")


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
