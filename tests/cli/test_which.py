"""`which` and `variants --json` for programs and for people."""

from __future__ import annotations

import json

import pytest

from playground.models.catalog import catalog
from playground.models.family.tasks import TASKS
from tests.cli.conftest import Call


def test_the_ranking_as_a_list_of_objects(call: Call) -> None:
    done = call("which", "--task", "transcription", "--memory", "16GB", "--json")
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert [one["variant"] for one in told][-2:] == ["26B-A4B", "31B"]
    first = told[0]
    assert first["fits"] is True and first["reasons"] and first["precision"] in ("int8", "int4")
    assert [one["fits"] for one in told] == [True, True, True, False, False]


@pytest.mark.parametrize("task", TASKS)
def test_every_task_is_ranked_in_words(call: Call, task: str) -> None:
    done = call("which", "--task", task, "--memory", "2 x 24 GB", "--device", "cuda")
    assert done.exit_code == 0
    assert done.stdout.startswith(f"{TASKS[task].title}, 2 x 24.0 GB (cuda):\n\n1. ")
    assert all(f". {one.name}" in done.stdout for one in catalog().variants)


def test_this_machine_is_measured_where_nothing_is_said(call: Call) -> None:
    assert len(json.loads(call("which", "--task", "code", "--json").stdout)) == 5


def test_every_answer_counts(call: Call) -> None:
    common = ("which", "--task", "questions", "--memory", "160GB", "--device", "cuda", "--json")

    def first(*more: str) -> str:
        return str(json.loads(call(*common, *more).stdout)[0]["variant"])

    assert first() == "31B"
    assert first("--first", "latency") == "26B-A4B"
    assert first("--media", "audio") == "12B"
    assert first("--longest", "200000", "--media", "image", "--media", "audio") == "12B"
    assert "Gemini" not in call(*common[:3], "--memory", "8GB", "--offline", "--json").stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--task", "poetry"), "There is no task 'poetry': questions, code,"),
        (("--task", "code", "--memory", "much"), "'much' is no amount of memory"),
        (("--task", "code", "--media", "smell"), "There are no smell media: image, audio, video."),
        ((), "Missing option '--task'"),
        (("--task", "code", "--longest", "0"), "'--longest'"),
    ],
)
def test_a_bad_call_is_one_line(call: Call, arguments: tuple[str, ...], words: str) -> None:
    done = call("which", *arguments)
    assert done.exit_code == 2
    assert words in done.stderr and done.stderr.count("\n") == 1 and done.stdout == ""


def test_variants_tell_everything_as_json(call: Call) -> None:
    told = json.loads(call("variants", "--json").stdout)
    published = catalog().published
    assert len(told["results"]) == len(published.results)
    assert len(told["speeds"]) == len(published.speeds)
    assert len(told["claims"]) == len(published.claims)
    assert {"budgets", "demos", "family", "variants"} <= set(told)
    named = {one["source"] for kind in ("results", "speeds", "claims") for one in told[kind]}
    assert named <= set(told["sources"])
    assert told["sources"]["card"]["kind"] == "model card"
