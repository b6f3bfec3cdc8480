"""Which member for a task on a machine: a pure function of what is needed and of what the catalogue holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

from playground.models.catalog import Catalog, Variant
from playground.models.family.hardware import Hardware
from playground.models.family.published import Result, Speed
from playground.models.family.tasks import TASKS, First, Medium, Task
from playground.models.fit import ROOMY, Verdict, bytes_per_token, fit, shapes
from playground.models.precision import PRECISIONS
from playground.models.sizes import size

OFFERED = ("bf16", "int8", "int4")
"""Precisions from the widest down; fp32 holds no more than bf16 does."""

ANSWER = 1_024
"""Tokens of context kept for the answer."""

MOBILE = "mobile"
"""The precision of Google's builds for phones, which this program does not run."""

EVEN = {"cuda": 0.02, "mps": 0.02, "cpu": 0.05}
"""Within this share of the better one, two members count as equally good; a CPU is slow enough to give up more."""

GOOD_ENOUGH = {"quality": 0.9, "latency": 0.8}
"""Of the best that runs here: who reaches less is not chosen for its speed."""

EVEN_THROUGHPUT = 0.1

RULES = (
    "Who can't take the media or so long an input comes last.",
    "Of bf16, int8 and int4 each member has the widest that fits; who does not fit comes after all that do.",
    "Its score is the mean of its published results on the task, each as a share of the family's best.",
    "Quality first: by score. Scores within 2 % of the better (5 % on a CPU) count as equal; then the one that reads "
    "fewer bytes a token comes first.",
    "Latency first: those with at least 80 % of the best score that runs here, by bytes read a token; then the others.",
    "For many people at once: those with at least 90 % (latency first: 80 %) of the best score, by published output "
    "speed with 100 at once; speeds within 10 % count as equal.",
    "On a phone: those with a published mobile build first, in that build, and the quickest of them unless quality "
    "comes first.",
    "Unless it must run offline, a hosted service is named for who does not fit, and puts it before others that don't.",
)
"""What `which` does, in words."""


@dataclass(frozen=True, slots=True)
class Need:
    """What somebody wants: the task, the media of its prompts, the longest input in tokens, and where it is to run."""

    task: str
    hardware: Hardware
    media: frozenset[Medium] = frozenset()
    longest: int | None = None
    first: First | None = None
    offline: bool = False

    @property
    def job(self) -> Task:
        """The task itself. Raises KeyError."""
        return TASKS[self.task]

    @property
    def all_media(self) -> frozenset[Medium]:
        """What was asked for, and what the task can't do without."""
        return self.media | set(self.job.media)

    @property
    def context(self) -> int:
        """Tokens of context that it takes, the answer included."""
        return (self.job.longest if self.longest is None else self.longest) + ANSWER

    @property
    def comes_first(self) -> First:
        """Quality or latency: as said, else as the task has it."""
        return self.first or self.job.first


@dataclass(frozen=True, slots=True)
class Choice:
    """A member in the precision that it would run in; `able`: it takes what is asked; `score` is at most 1."""

    variant: str
    precision: str
    able: bool
    verdict: Verdict
    score: float
    bytes_per_token: int
    needs: int
    reasons: tuple[str, ...]

    @property
    def fits(self) -> bool:
        """Whether it can do it there."""
        return self.able and self.verdict != "does not fit"

    @property
    def spec(self) -> str:
        """How Compare calls it: "E4B@int8"."""
        usual = self.precision in (OFFERED[0], MOBILE)
        return self.variant if usual else f"{self.variant}@{self.precision}"


def which(wanted: Need, held: Catalog) -> tuple[Choice, ...]:
    """All members, the best choice first, each with its reasons. Raises KeyError for a task that there is not."""
    results = [held.published.result(key) for key in wanted.job.results]
    choices = [_choice(wanted, one, results, held) for one in held.variants]
    running = [one for one in choices if one.fits]
    too_big = [one for one in choices if one.able and not one.fits]
    unable = [one for one in choices if not one.able]

    def elsewhere(choice: Choice) -> tuple[bool, float]:
        member = next(one for one in held.variants if one.name == choice.variant)
        served = member.hosted is not None and not wanted.offline
        return not served, -choice.score if served else choice.needs

    return (*_ordered(wanted, running, held), *sorted(too_big, key=elsewhere), *unable)


def _ordered(wanted: Need, running: Sequence[Choice], held: Catalog) -> list[Choice]:
    """Those that can run it, by the rule of the task."""
    if not running:
        return []
    by_score = _in_steps(running, lambda one: one.score, EVEN[wanted.hardware.kind])
    quick = wanted.comes_first == "latency"
    if wanted.job.order == "phone":
        mobile = {one.name for one in held.variants if one.memory_gb.mobile}
        order = sorted(running, key=lambda one: one.bytes_per_token) if quick else by_score
        return sorted(order, key=lambda one: one.variant not in mobile)
    floor = GOOD_ENOUGH[wanted.comes_first] * max(one.score for one in running)
    good = [one for one in by_score if one.score >= floor]
    rest = [one for one in by_score if one.score < floor]
    if wanted.job.order == "throughput":
        speeds = _throughput(held)
        return _in_steps(good, lambda one: speeds[one.variant].value, EVEN_THROUGHPUT) + rest
    if quick:
        return sorted(good, key=lambda one: one.bytes_per_token) + rest
    return by_score


def _in_steps(
    choices: Sequence[Choice], value: Callable[[Choice], float], even: float
) -> list[Choice]:
    """By value, the highest first; those within a share of the step's best by bytes read a token."""
    left, order = sorted(choices, key=value, reverse=True), list[Choice]()
    while left:
        floor = value(left[0]) * (1 - even)
        step = [one for one in left if value(one) >= floor]
        order += sorted(step, key=lambda one: one.bytes_per_token)
        left = left[len(step) :]
    return order


def _choice(wanted: Need, member: Variant, results: Sequence[Result], held: Catalog) -> Choice:
    lacking, score = _lacking(wanted, member), _score(member.name, results)
    precision, needs, verdict = _stored(wanted, member)
    stored = OFFERED[-1] if precision == MOBILE else precision
    read = bytes_per_token(shapes()[member.name], PRECISIONS[stored], wanted.hardware.device)
    if lacking:
        reasons = [lacking]
    else:
        reasons = _reasons(wanted, member, results, held)
        if precision != MOBILE:
            reasons.append(f"Each token reads {size(read)} of weights.")
        reasons.append(_room(wanted, precision, needs))
        if verdict == "does not fit":
            reasons.append(_remedy(wanted, member, needs))
        elif precision == "int4":
            reasons.append("What 4 bits cost in accuracy is not published for it: compare.")
    return Choice(member.name, precision, not lacking, verdict, score, read, needs, tuple(reasons))


def _lacking(wanted: Need, member: Variant) -> str:
    """Why it can't do it at all; empty when it can."""
    if "audio" in wanted.all_media and not member.hears:
        return "It takes no sound: it has no audio encoder."
    if wanted.context > member.shape.context:
        return (
            f"Its context holds {member.shape.context:,} tokens; input and answer take "
            f"{wanted.context:,}."
        )
    return ""


def _stored(wanted: Need, member: Variant) -> tuple[str, int, Verdict]:
    """The widest precision that fits, else the widest that just does, else the narrowest; what it takes."""
    hardware, pictures = wanted.hardware, int(bool(wanted.all_media & {"image", "video"}))
    mobile = member.memory_gb.mobile
    if wanted.job.order == "phone" and mobile and mobile * 1e9 <= ROOMY * hardware.usable:
        return MOBILE, int(mobile * 1e9), "fits"
    tried = {
        stored: fit(member.name, stored, wanted.context, pictures, hardware.usable, hardware.device)
        for stored in OFFERED
    }
    for verdict in ("fits", "tight"):
        for stored, found in tried.items():
            if found.verdict == verdict:
                return stored, found.need.total, found.verdict
    last = tried[OFFERED[-1]]
    return OFFERED[-1], last.need.total, last.verdict


def _score(name: str, results: Sequence[Result]) -> float:
    """The mean of its results, each as a share of the family's best; 0 where it has none."""
    shares = []
    for one in results:
        values = [value for other, value in one.values.items() if other in shapes()]
        if name in one.values:
            own = one.values[name]
            shares.append(own / max(values) if one.better == "higher" else min(values) / own)
    return fmean(shares) if shares else 0.0


def _reasons(wanted: Need, member: Variant, results: Sequence[Result], held: Catalog) -> list[str]:
    said = ", ".join(
        f"{one.title} {one.values[member.name]:g}" for one in results if member.name in one.values
    )
    reasons = [f"{said}: {_score(member.name, results):.0%} of the family's best."]
    if wanted.job.order == "throughput":
        speed = _throughput(held)[member.name]
        where = f"{speed.engine} on {speed.hardware}, published"
        reasons.append(f"{speed.value:,.0f} tok/s with 100 at once ({where}).")
    if wanted.job.order == "phone" and not member.memory_gb.mobile:
        reasons.append("No mobile build is published.")
    if member.parameters.active:
        share = member.parameters.read_per_token / member.parameters.stored
        reasons.append(f"A mixture: a token reads {share:.0%} of its weights, memory holds all.")
    return reasons


def _room(wanted: Need, precision: str, needs: int) -> str:
    there, usable = wanted.hardware.words, wanted.hardware.usable
    if precision == MOBILE:
        return f"Its mobile build takes {size(needs)} without the KV cache, and {there} are there."
    said = f"In {precision} it takes {size(needs)} with {wanted.context:,} tokens of context"
    if needs > usable:
        return f"{said}: more than the {there} there are."
    if needs > ROOMY * usable:
        return f"{said}: it just fits into {there}."
    return f"{said}, and {there} are there."


def _remedy(wanted: Need, member: Variant, needs: int) -> str:
    """What would help somebody who wants it nonetheless."""
    if member.hosted is not None and not wanted.offline:
        return f"{member.hosted.at} runs it, as {member.hosted.name}."
    return f"A machine or a server with {size(needs / ROOMY)} would do."


def _throughput(held: Catalog) -> dict[str, Speed]:
    """Published output speed with 100 at once, by member."""
    return {one.variant: one for one in held.published.speeds if one.what == "throughput"}
