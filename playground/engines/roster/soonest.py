"""Which of several weights of a variant answers a question soonest here, out of how quick each was before.

Pure: knows no disk and no line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from playground.models.model import Model

NOUNS = {"image": "pictures", "audio": "sound", "video": "clips"}


@dataclass(frozen=True, slots=True)
class Expected:
    """What a question will take: tokens to read, tokens to write, and the kinds of media in it."""

    prompt: int
    answer: int
    kinds: frozenset[str] = frozenset()


USUAL = Expected(300, 250)
"""What nobody asked yet is taken for."""


@dataclass(frozen=True, slots=True)
class Speed:
    """Tokens a second, read and written."""

    reading: float
    writing: float

    def seconds(self, expected: Expected) -> float:
        """How long so much takes."""
        return expected.prompt / self.reading + expected.answer / self.writing


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model, and how quick it was here; None where nobody saw it yet."""

    model: Model
    speed: Speed | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Who answers, and why, in words that go on after its name; empty where there was no other."""

    model: Model
    why: str = ""


def choose(candidates: Sequence[Candidate], expected: Expected, room: int) -> Choice:
    """Of those that take all that is in the question and need no more than `room` bytes the soonest; where that is not
    known of each of them, safetensors before GGUF and the lightest first. Raises ValueError without candidates.
    """
    left = sorted(candidates, key=lambda one: (one.model.runtime != "transformers", _size(one)))
    if not left:
        raise ValueError("nobody is there to choose")
    whys = []
    for able, why in (
        ([one for one in left if _takes(one.model, expected)], _only_takes(expected)),
        ([one for one in left if _size(one) <= room], "the others do not fit into memory"),
    ):
        if kept := [one for one in left if one in able]:
            whys += [why] if len(kept) < len(left) else []
            left = kept
    if not any(_size(one) <= room for one in left):
        return Choice(
            min(left, key=_roughly).model, "the least of those that do not fit into memory"
        )
    if len(left) == 1:
        return Choice(left[0].model, whys[-1] if whys else "")
    timed = {one.model: one.speed.seconds(expected) for one in left if one.speed is not None}
    if len(timed) < len(left):
        unseen = ", ".join(name(one.model) for one in left if one.model not in timed)
        return Choice(left[0].model, f"how soon {unseen} would answer is seen once it did")
    first, *others = sorted(left, key=lambda one: timed[one.model])
    rest = ", ".join(f"{name(one.model)} {_about(timed[one.model])}" for one in others)
    return Choice(first.model, f"it takes {_about(timed[first.model])} for such a length, {rest}")


def name(model: Model) -> str:
    """What sets it apart from others of its variant: "q4_0 in llama.cpp"."""
    return f"{model.stored} in {model.runtime}"


def _size(one: Candidate) -> int:
    return one.model.needs_bytes


def _roughly(one: Candidate) -> tuple[bool, int]:
    """Where no need can be met: a GGUF file stays on the disk and is read as far as memory goes."""
    return one.model.runtime == "transformers", _size(one)


def _takes(model: Model, expected: Expected) -> bool:
    return all(getattr(model.capabilities, kind, True) for kind in expected.kinds)


def _only_takes(expected: Expected) -> str:
    kinds = " and ".join(NOUNS[kind] for kind in NOUNS if kind in expected.kinds)
    return f"the others take no {kinds}"


def _about(seconds: float) -> str:
    return f"about {seconds:.1f} s" if seconds < 10 else f"about {seconds:,.0f} s"
