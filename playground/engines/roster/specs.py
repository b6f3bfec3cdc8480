"""Which models this machine has, and what a spec means.

    demo:E2B                       the demo-sized E2B that comes with the program
    demo:E2B@q8_0                  its GGUF file of that type, where one was written
    local:google/gemma-4-E2B-it    a repository in the Hugging Face cache, or a directory
    local:google/gemma-4-E2B-it-qat-q4_0-gguf/gemma-4-E2B-it-q4_0.gguf
                                   a GGUF file of a repository in that cache, or any GGUF file by its path
    server:lab/gemma-4-E2B-it      a model of a server that the operator named (servers)
    E2B                            the best weights of that variant here: of the real ones that fit into memory those
                                   that answer soonest (soonest), else the demo-sized
    E2B@int8                       its safetensors, or any of those above, in a precision of one's own choice
    E2B@q4_0                       the variant's GGUF file of that type here, the official one first
    E2B@no-drafter                 the same without the drafter that lies beside its weights

Looks only at this machine's disk; a server is asked when its model is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from playground.engines.llama import package
from playground.engines.roster import checkpoints, gguf_models, soonest, speeds
from playground.engines.roster.demo_files import DEMO as DEMO
from playground.engines.roster.soonest import USUAL, Candidate, Choice, Expected
from playground.models.budget import memory_budget
from playground.models.catalog import Variant, variant, variants
from playground.models.damage import damage
from playground.models.gguf import finding, types
from playground.models.hub import cache
from playground.models.hub.cache import snapshot
from playground.models.model import Model
from playground.models.precision import PRECISIONS, Precision
from playground.models.servers import Server, ServerError, set_up
from playground.models.weight_files import Spoilt
from playground.prompt import tokens
from playground.prompt.conversation import Conversation, Settings, UsualLength

UNDRAFTED = "no-drafter"
ANOTHER = "Give a GGUF file of a Gemma 4 model, or download it again."

QUANTISED = {*(one.name for one in types.TYPES.values()), *types.MIXTURES.values()}
"""What numbers of a GGUF file can be stored as."""


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
    return [*real, *_gguf_files(), *demos, *_gguf_files(demo=True)]


def _gguf_files(demo: bool = False) -> list[Model]:
    """Those of the family that are here, or of the demo family, in its order."""
    found = []
    for one, spec in gguf_models.installed():
        with suppress(OSError, Spoilt):  # somebody is deleting it
            found.append(gguf_models.model(one, spec))
    order = [one.name for one in variants()]
    return sorted(
        (model for model in found if model.variant in order and model.demo == demo),
        key=lambda model: order.index(model.variant),
    )


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
    spec = _folded(spec)
    if plain(spec) != spec:
        before, _, wish = spec.rpartition("@")
        model = _safetensors(_known(before)) if variant(before) else find(before)
        return _undrafted(model) if wish == UNDRAFTED else _in_precision(model, PRECISIONS[wish])
    name_, at, wish = spec.partition("@")
    if at and wish.upper() in QUANTISED and (not colon or kind == "demo"):
        wanted = _known(name_.removeprefix("demo:"))
        return (_demo_quantised if colon else _quantised)(wanted, wish.lower())
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


def _folded(spec: str) -> str:
    """The spec with what was chosen about loading in the letters that it has: "E2B@INT8" is "E2B@int8"."""
    before, at, wish = spec.rpartition("@")
    chosen = at and (wish.lower() in PRECISIONS or wish.lower() == UNDRAFTED)
    return f"{_folded(before)}@{wish.lower()}" if chosen else spec


def plain(spec: str) -> str:
    """The spec without what somebody chose about how it is loaded."""
    before, _, wish = spec.rpartition("@")
    return plain(before) if wish in PRECISIONS or wish == UNDRAFTED else spec


def wishes(spec: str) -> tuple[str, ...]:
    """What somebody chose about how it is loaded: precisions, and UNDRAFTED."""
    return tuple(spec.removeprefix(plain(spec)).split("@")[1:])


def _in_precision(model: Model, precision: Precision) -> Model:
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


def _no_precision(wish: str) -> ModelError:
    names = ", ".join(PRECISIONS)
    return ModelError(f"There is no precision {wish!r}.", f"There are {names}, as in E2B@int8.")


def _known(name: str) -> Variant:
    known = variant(name)
    if known is None:
        names = ", ".join(one.name for one in variants())
        raise ModelError(f"There is no variant {name!r}.", f"The family is {names}.")
    return known


def several(spec: str, here: Sequence[Model] | None = None) -> tuple[Model, ...]:
    """The weights among which a variant's bare name leaves a choice; none where there is none. `here` is what is
    installed, looked up where it is not said.
    """
    wanted = variant(spec)
    found = _candidates(wanted, here) if wanted is not None else []
    return tuple(found) if len(found) > 1 else ()


def choice(
    spec: str, expected: Expected = USUAL, here: Sequence[Model] | None = None
) -> Choice | None:
    """What a variant's bare name means for such a question; None where that is no choice. `here` as above."""
    found = several(spec, here)
    return _choose(found, expected) if found else None


def expected(asked: Conversation, settings: Settings, model: Model) -> Expected:
    """What a question will take of a model: an answer of the length that was chosen, else of half the usual most."""
    longest = settings.max_tokens
    answer = longest // 2 if isinstance(longest, UsualLength) else longest
    kinds = frozenset({part.kind for part in asked.media()} & soonest.NOUNS.keys())
    return Expected(tokens.count(asked, settings, model).total, answer, kinds)


def words(spec: str, made: Choice, here: Sequence[Model] | None = None) -> str:
    """Who answers for a variant's bare name, why, and how to have another, in one line. `here` as above."""
    said = f"{spec} is {soonest.name(made.model)} here"
    others = dict.fromkeys(
        f"{spec}@{one.stored}" for one in several(spec, here) if one.stored != made.model.stored
    )
    another = f" Another: {', '.join(others)}." if others else ""
    return f"{said}: {made.why}.{another}"


def specs(here: Sequence[Model] | None = None) -> set[str]:
    """What everybody may name on this machine, apart from precisions: variants, what is installed, and GGUF files by
    their variants and types. `here` as above.
    """
    here = installed() if here is None else here
    typed = (f"{one.variant}@{one.stored}" for one in here if one.runtime == "llama.cpp")
    return {*(one.name for one in variants()), *(one.spec for one in here), *typed}


def _candidates(wanted: Variant, here: Sequence[Model] | None = None) -> list[Model]:
    """The variant's real weights here that can run."""
    if here is None:
        real = _looked_at(wanted)
        here = [*([real] if isinstance(real, Model) else []), *_gguf_files()]
    able = ("transformers",) if package.missing() else ("transformers", "llama.cpp")
    found = [one for one in here if one.variant == wanted.name and one.engine == "local"]
    return [one for one in found if not one.demo and one.runtime in able]


def _choose(found: Sequence[Model], expected: Expected) -> Choice:
    seen = [Candidate(one, speeds.of(one)) for one in found]
    return soonest.choose(seen, expected, memory_budget())


def _best(wanted: Variant) -> Model:
    found = _candidates(wanted)
    return _choose(found, USUAL).model if found else _safetensors(wanted)


def _safetensors(wanted: Variant) -> Model:
    """The variant's own, else the demo-sized. Raises ModelError."""
    real = _looked_at(wanted)
    if isinstance(real, Model):
        return real
    if _demo_path(wanted).is_dir():
        return _demo(wanted)
    if isinstance(real, Damaged):
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
    made = checkpoints.model(path, f"demo:{wanted.name}", _demo_name(wanted), wanted.name)
    return replace(
        checkpoints.loaded_as(made, "fp32"), revision=checkpoints.fingerprint(path), demo=True
    )


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
        return _checkpoint(path, path.name, spec)
    found = _cached(name, spec) if name.count("/") == 1 else None
    before, at, wish = name.rpartition("@")
    if at and found is None and (Path(before).expanduser().is_dir() or snapshot(before)):
        raise _no_precision(wish)
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


def _quantised(wanted: Variant, kind: str) -> Model:
    """The variant's GGUF file of that type, the official one first. Raises ModelError."""
    here = [one for one in _gguf_files() if one.variant == wanted.name and one.stored == kind]
    official = wanted.weights.gguf(kind)
    here.sort(key=lambda one: not (official and one.weights.startswith(f"{official}/")))
    if here:
        return here[0]
    get = (
        f"Download {official} (python -m playground download {wanted.name}@{kind})"
        if official
        else ""
    )
    raise ModelError(
        f"There is no GGUF file of {wanted.name} in {kind} on this machine.",
        get + (", or give" if get else "Give") + " a file of your own as local: and its path.",
    )


def _demo_quantised(wanted: Variant, kind: str) -> Model:
    """The demo-sized variant's GGUF file of that type. Raises ModelError."""
    demos = _gguf_files(demo=True)
    here = [one for one in demos if one.variant == wanted.name and one.stored == kind]
    if here:
        return here[-1]  # what was written for it comes behind what happens to lie elsewhere
    _demo(wanted)  # says so where there is no such member
    raise ModelError(
        f"There is no GGUF file of the {_demo_name(wanted)} in {kind} on this machine.",
        f"Write it (python -m demo_family.gguf {wanted.name} --type {kind}).",
    )


def _checkpoint(path: Path, weights: str, spec: str) -> Model:
    try:
        return checkpoints.model(path, spec, weights)
    except ValueError as error:
        raise ModelError(str(error), "Give the weights of a Gemma 4 model.") from None


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
