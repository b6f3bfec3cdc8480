"""Which member for a task: a table of cases, and what holds for every ranking."""

from __future__ import annotations

import itertools

import pytest

from playground.models.catalog import catalog
from playground.models.device import Kind
from playground.models.family.hardware import typed
from playground.models.family.tasks import TASKS, First
from playground.models.family.which import ANSWER, MOBILE, Choice, Need, which


def ranked(
    task: str, memory: str, kind: Kind = "cuda", first: First | None = None, **more: object
) -> tuple[Choice, ...]:
    return which(Need(task, typed(memory, kind), first=first, **more), catalog())  # type: ignore[arg-type]


def shown(choices: tuple[Choice, ...]) -> str:
    """ "12B@int4 E2B 31B- 26B-A4B!": a minus does not fit, an exclamation mark can't."""
    return " ".join(
        one.variant + "!" if not one.able else one.variant + "-" if not one.fits else one.spec
        for one in choices
    )


@pytest.mark.parametrize(
    ("task", "memory", "kind", "first", "ranking"),
    [
        ("questions", "8GB", "cuda", None, "31B- 26B-A4B- E2B- 12B- E4B-"),
        ("questions", "16GB", "cuda", None, "12B@int4 E4B@int8 E2B 31B- 26B-A4B-"),
        ("questions", "16GB", "cuda", "latency", "E4B@int8 12B@int4 E2B 31B- 26B-A4B-"),
        ("questions", "24GB", "cuda", None, "26B-A4B@int4 12B@int8 E4B E2B 31B-"),
        ("questions", "24GB", "cuda", "latency", "26B-A4B@int4 E4B 12B@int8 E2B 31B-"),
        ("questions", "48GB", "cuda", None, "31B@int8 26B-A4B@int8 12B E4B E2B"),
        ("questions", "48GB", "cpu", None, "26B-A4B@int8 31B@int8 12B E4B E2B"),
        ("questions", "2 x 24 GB", "cuda", None, "31B@int8 26B-A4B@int8 12B E4B E2B"),
        ("questions", "160GB", "cuda", None, "31B 26B-A4B 12B E4B E2B"),
        ("questions", "160GB", "cuda", "latency", "26B-A4B 12B 31B E4B E2B"),
        ("questions", "160GB", "cpu", None, "26B-A4B 31B 12B E4B E2B"),
        ("code", "16GB", "cuda", None, "12B@int4 E4B@int4 E2B 31B- 26B-A4B-"),
        ("code", "24GB", "cuda", None, "26B-A4B@int4 12B@int8 E4B E2B 31B-"),
        ("code", "48GB", "cuda", None, "31B@int8 26B-A4B@int8 12B E4B E2B"),
        ("code", "48GB", "cpu", None, "31B@int4 26B-A4B@int8 12B E4B E2B"),
        ("code", "160GB", "cuda", "latency", "31B 26B-A4B 12B E4B E2B"),
        ("long-documents", "16GB", "cuda", None, "E2B@int8 31B- 26B-A4B- E4B- 12B-"),
        ("long-documents", "24GB", "cuda", None, "E4B@int4 E2B 31B- 26B-A4B- 12B-"),
        ("long-documents", "48GB", "cuda", None, "26B-A4B@int8 12B@int8 E4B E2B 31B-"),
        ("long-documents", "48GB", "cuda", "latency", "26B-A4B@int8 E4B 12B@int8 E2B 31B-"),
        ("long-documents", "160GB", "cuda", None, "31B 26B-A4B 12B E4B E2B"),
        ("long-documents", "160GB", "cuda", "latency", "26B-A4B 12B 31B E4B E2B"),
        ("transcription", "8GB", "cuda", None, "E2B- 12B- E4B- 26B-A4B! 31B!"),
        ("transcription", "16GB", "cuda", None, "12B@int4 E4B@int8 E2B 26B-A4B! 31B!"),
        ("transcription", "16GB", "cpu", None, "E4B@int8 12B@int4 E2B 26B-A4B! 31B!"),
        ("transcription", "24GB", "cuda", None, "12B@int8 E4B E2B 26B-A4B! 31B!"),
        ("transcription", "160GB", "cuda", None, "12B E4B E2B 26B-A4B! 31B!"),
        ("transcription", "160GB", "mps", "latency", "E4B 12B E2B 26B-A4B! 31B!"),
        ("translation", "16GB", "cuda", None, "12B@int4 E4B@int8 E2B 26B-A4B! 31B!"),
        ("translation", "16GB", "cuda", "latency", "E2B E4B@int8 12B@int4 26B-A4B! 31B!"),
        ("translation", "48GB", "cpu", None, "12B E4B E2B 26B-A4B! 31B!"),
        ("on-device", "2GB", "cpu", None, "E2B 31B- 26B-A4B- 12B- E4B-"),
        ("on-device", "8GB", "cpu", None, "E2B E4B 31B- 26B-A4B- 12B-"),
        ("on-device", "8GB", "cpu", "quality", "E4B E2B 31B- 26B-A4B- 12B-"),
        ("on-device", "160GB", "cuda", None, "E2B E4B 26B-A4B 12B 31B"),
        ("at-scale", "16GB", "cuda", None, "12B@int4 E4B@int8 E2B 31B- 26B-A4B-"),
        ("at-scale", "24GB", "cuda", None, "26B-A4B@int4 12B@int8 E4B E2B 31B-"),
        ("at-scale", "160GB", "cuda", None, "26B-A4B 12B 31B E4B E2B"),
        ("at-scale", "160GB", "cuda", "latency", "26B-A4B 12B 31B E4B E2B"),
        ("detection", "16GB", "cuda", None, "12B@int4 E4B@int8 E2B 31B- 26B-A4B-"),
        ("detection", "48GB", "cpu", None, "26B-A4B@int8 31B@int8 12B E4B E2B"),
        ("detection", "48GB", "cuda", None, "31B@int8 26B-A4B@int8 12B E4B E2B"),
        ("documents", "16GB", "cuda", None, "12B@int4 E4B@int8 E2B 31B- 26B-A4B-"),
        ("documents", "16GB", "cuda", "latency", "E4B@int8 12B@int4 E2B 31B- 26B-A4B-"),
        ("documents", "48GB", "cpu", None, "31B@int8 26B-A4B@int8 12B E4B E2B"),
        ("documents", "160GB", "cuda", "latency", "26B-A4B 12B 31B E4B E2B"),
    ],
)
def test_the_ranking(task: str, memory: str, kind: Kind, first: First | None, ranking: str) -> None:
    assert shown(ranked(task, memory, kind, first)) == ranking


def test_offline_no_hosted_service_is_named_and_the_least_needy_comes_first() -> None:
    online, offline = ranked("questions", "8GB"), ranked("questions", "8GB", offline=True)
    assert "Google's Gemini API runs it, as gemma-4-31b-it." in online[0].reasons
    assert shown(offline) == "E2B- 12B- E4B- 26B-A4B- 31B-"
    assert "Gemini" not in str(offline)
    assert "A machine or a server with" in offline[0].reasons[-1]


def test_sound_rules_out_who_has_no_audio_encoder_whatever_the_task() -> None:
    found = ranked("code", "160GB", media=frozenset({"audio"}))
    assert shown(found) == "12B E4B E2B 26B-A4B! 31B!"
    assert found[-1].reasons == ("It takes no sound: it has no audio encoder.",)


def test_an_input_longer_than_the_context_rules_out() -> None:
    longest = 131_072 - ANSWER
    assert shown(ranked("questions", "900GB", longest=longest)).count("!") == 0
    found = ranked("questions", "900GB", longest=longest + 1)
    assert shown(found).endswith("E2B! E4B!")
    assert "131,072 tokens; input and answer take 131,073" in found[-1].reasons[0]


def test_a_longer_input_takes_more_memory() -> None:
    short, long = (ranked("questions", "60GB", longest=tokens) for tokens in (1_000, 120_000))
    needs = [
        {one.variant: one.needs for one in found if one.precision == "bf16"}
        for found in (short, long)
    ]
    assert all(needs[1][name] > needs[0][name] for name in needs[1])


def test_what_this_program_can_not_run_is_not_a_spec() -> None:
    first = ranked("on-device", "8GB")[0]
    assert (first.precision, first.spec) == (MOBILE, "E2B")


def test_just_fitting_is_said() -> None:
    tight = next(one for one in ranked("questions", "9GB") if one.variant == "E2B")
    assert tight.verdict == "tight" and tight.fits
    assert any("just fits into 9.0 GB" in reason for reason in tight.reasons)


ALL = list(
    itertools.product(TASKS, ("4GB", "30GB", "90GB"), ("cpu", "cuda"), ("quality", "latency"))
)


@pytest.mark.parametrize(("task", "memory", "kind", "first"), ALL)
def test_every_ranking_has_all_members_once_with_reasons(
    task: str, memory: str, kind: Kind, first: First
) -> None:
    found = ranked(task, memory, kind, first)
    assert sorted(one.variant for one in found) == sorted(one.name for one in catalog().variants)
    assert all(one.reasons and all(r.endswith(".") for r in one.reasons) for one in found)
    ranks = [0 if one.fits else 1 if one.able else 2 for one in found]
    assert ranks == sorted(ranks), "who fits first, who can't last"
    assert all(0 <= one.score <= 1 for one in found)


@pytest.mark.parametrize("task", TASKS)
def test_more_memory_never_takes_the_best_away(task: str) -> None:
    """With quality first, what runs first on more memory scores no less, but for what counts as even."""
    scores = [ranked(task, f"{gb}GB", "cuda", "quality")[0] for gb in (12, 16, 24, 32, 48, 80, 160)]
    fitting = [one.score for one in scores if one.fits]
    assert all(more >= less * 0.9 for less, more in itertools.pairwise(fitting))


@pytest.mark.parametrize("task", TASKS.values(), ids=lambda task: task.key)
def test_every_task_is_judged_by_results_that_there_are(task: object) -> None:
    from playground.models.family.tasks import Task

    assert isinstance(task, Task)
    assert all(catalog().published.result(key).values for key in task.results)


def test_an_unknown_task_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        ranked("poetry", "16GB")


def test_a_speed_is_told_with_what_it_was_measured_on() -> None:
    choices = which(Need("at-scale", typed("2 x 80 GB")), catalog())
    told = {one.variant: reason for one in choices for reason in one.reasons if "at once" in reason}
    assert told["31B"] == "2,807 tok/s with 100 at once (SGLang on 2 x H200, published)."
    assert told["26B-A4B"].endswith("(SGLang on H200, published).")
