"""Several weights of one variant on this machine: which of them its bare name means, "E2B", and why.

Of the real ones that fit into memory those that answer soonest (`soonest`), else the demo-sized.
"""

from __future__ import annotations

from collections.abc import Sequence

from playground.engines.llama import package
from playground.engines.roster import installed, soonest, speeds
from playground.engines.roster.soonest import USUAL, Candidate, Choice, Expected
from playground.models.budget import memory_budget
from playground.models.catalog import Variant, variant
from playground.models.model import Model
from playground.prompt import tokens
from playground.prompt.conversation import Conversation, Settings, UsualLength


def several(spec: str, here: Sequence[Model] | None = None) -> tuple[Model, ...]:
    """The weights among which a variant's bare name leaves a choice; none where there is none. `here` is what is
    installed, looked up where it is not said.
    """
    wanted = variant(spec)
    found = _real(wanted, here) if wanted is not None else []
    return tuple(found) if len(found) > 1 else ()


def choice(
    spec: str, expected: Expected = USUAL, here: Sequence[Model] | None = None
) -> Choice | None:
    """What a variant's bare name means for such a question; None where that is no choice. `here` as above."""
    found = several(spec, here)
    return _choose(found, expected) if found else None


def best(wanted: Variant) -> Model | None:
    """The real weights that a usual question goes to; None where none are here."""
    found = _real(wanted)
    return _choose(found, USUAL).model if found else None


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


def _real(wanted: Variant, here: Sequence[Model] | None = None) -> list[Model]:
    """The variant's real weights here that can run."""
    if here is None:
        safetensors = installed.published(wanted)
        own = [safetensors] if isinstance(safetensors, Model) else []
        here = [*own, *installed.gguf_files()]
    able = ("transformers",) if package.missing() else ("transformers", "llama.cpp")
    found = [one for one in here if one.variant == wanted.name and not one.demo]
    return [one for one in found if one.runtime in able]


def _choose(found: Sequence[Model], expected: Expected) -> Choice:
    seen = [Candidate(one, speeds.of(one)) for one in found]
    return soonest.choose(seen, expected, memory_budget())
