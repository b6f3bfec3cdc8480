"""`--set`, `--sweep` and `--repeat`: who is asked, what each is called, and what repeats give together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call

PICTURE = str(Path(__file__).parents[2] / "assets" / "samples" / "one-shape.png")
BOTH = ("--on", "demo:E2B", "--on", "demo:31B")


def told(call: Call, *arguments: str) -> dict[str, Any]:
    done = call("ask", "Say it.", *arguments, "--json", "--no-save")
    assert done.exit_code == 0, done.stderr
    held: dict[str, Any] = json.loads(done.stdout)
    return held


def names(held: dict[str, Any]) -> list[str]:
    return [answer["contender"] for answer in held["answers"]]


def test_one_contender_has_settings_of_its_own(call: Call) -> None:
    held = told(
        call, *BOTH, "--temperature", "0.5", "--set", "demo:E2B:thinking=on",
        "--set", "demo:E2B:system=Be brief: two words, x=y.", "--set", "demo:31B:precision=int8",
    )  # fmt: skip
    first, second = held["answers"]
    assert names(held) == ["E2B · thinking · “Be brief: two words, x=…”", "31B int8"]
    assert (first["settings"]["thinking"], second["settings"]["thinking"]) == (True, False)
    assert (first["system"], "system" in second) == ("Be brief: two words, x=y.", False)
    assert first["settings"]["temperature"] == second["settings"]["temperature"] == 0.5
    assert second["spec"] == "demo:31B@int8"


def test_tools_and_a_schema_of_ones_own_are_given_as_they_are_for_all(
    call: Call, tmp_path: Path
) -> None:
    schema, tool = tmp_path / "schema.json", {"name": "look_up", "parameters": {}}
    schema.write_text('{"type": "boolean"}', "utf-8")
    for said, names in (
        ("calculator, clock", ["calculator", "clock"]),
        (json.dumps([tool, "clock"]), ["look_up", "clock"]),
        ("[]", []),
    ):
        first, second = told(call, *BOTH, "--set", f"demo:E2B:tools={said}")["answers"]
        tools = first["settings"].get("tools", [])
        assert [one["function"]["name"] for one in tools] == names
        assert not second["settings"].get("tools")
    first, second = told(call, *BOTH, "--set", f"demo:31B:schema={schema}")["answers"]
    assert second["settings"]["schema"] == {"type": "boolean"}
    assert first["settings"].get("schema") is None


def test_the_second_of_one_name_is_set_alone(call: Call) -> None:
    held = told(
        call, "--on", "demo:E2B", "--on", "demo:E2B", "--seed", "7", "--set", "demo:E2B#2:top-k=5"
    )
    assert names(held) == ["E2B", "E2B · top-k 5"]
    assert [answer["settings"]["seed"] for answer in held["answers"]] == [7, 7]


def test_a_sweep_asks_each_once_a_value(call: Call) -> None:
    held = told(call, *BOTH, "--image", PICTURE, "--sweep", "image-tokens=70,280")
    assert names(held) == [
        f"{name} · {count} tokens a picture" for name in ("E2B", "31B") for count in (70, 280)
    ]
    assert held["sweep"] == [{"setting": "image_tokens", "values": [70, 280]}]
    assert [one["settings"]["image_tokens"] for one in held["answers"]] == [70, 280, 70, 280]
    assert "repeats" not in held


def test_repeats_have_seeds_of_their_own_and_say_what_they_give_together(call: Call) -> None:
    held = told(call, *BOTH, "--repeat", "3", "--seed", "7")
    assert [one["settings"]["seed"] for one in held["answers"]] == [7, 8, 9] * 2
    first, second = held["repeats"]
    assert (first["contender"], second["contender"]) == ("E2B", "31B")
    assert first["of"] == [f"E2B · {n} of 3" for n in (1, 2, 3)]
    assert (first["asked"], first["n"], first["agreement"]) == (3, 3, 1.0)
    assert first["distinct"] == [{"text": "By heart.", "count": 3}]
    assert first["figures"]["answer_tokens"] == {"mean": 2.0, "half_of_95_percent": 0.0, "n": 3}
    drawn = {one["settings"]["seed"] for one in told(call, *BOTH, "--repeat", "3")["answers"]}
    assert len(drawn) == 6


def test_in_words_they_stand_below_the_answers(call: Call) -> None:
    said = call("ask", "Say it.", "--on", "demo:E2B", "--repeat", "2", "--no-save").stdout
    assert said.count("By heart.") == 3
    assert "E2B: 2 of 2 answers came to their end, word for word the same." in said
    assert "(n 2)" in said.splitlines()[-1]


def test_a_line_of_a_batch_may_say_it_too(call: Call) -> None:
    line = {
        "prompt": "x", "on": ["demo:E2B"], "repeat": 2, "sweep": "temperature=0.5,1",
        "set": ["demo:E2B:thinking=on"],
    }  # fmt: skip
    done = call("ask", "--batch", "-", "--no-save", input=json.dumps(line))
    held = json.loads(done.stdout)
    assert len(held["answers"]) == 4 and len(held["repeats"]) == 2
    assert names(held)[0] == "E2B · temperature 0.5 · thinking · 1 of 2"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--set", "thinking=on"], "'thinking=on' is not as in E2B:image-tokens=280."),
        (["--set", "E4B:thinking=on"], "'E4B' is not asked; there is demo:E2B."),
        (["--set", "demo:E2B:flavour=sweet"], "There is no setting 'flavour'"),
        (["--set", "demo:E2B:precision=fp8"], "there is no precision 'fp8'"),
        (["--set", "demo:E2B:drafter=perhaps"], "drafter is on or off"),
        (["--set", "demo:E2B:drafter=off"], "has no drafter here"),
        (["--set", "demo:E2B:tools=abacus"], "abacus can't be read"),
        (["--set", "demo:E2B:tools=[3]"], "Tool 1 is no JSON object."),
        (["--set", 'demo:E2B:tools={"name'], "tools is no JSON."),
        (["--set", "demo:E2B:schema=nowhere.json"], "nowhere.json can't be read"),
        (["--set", 'demo:E2B:schema={"type": 3}'], "the schema can't be used as a schema:"),
        (["--set", "demo:E2B:image-tokens=90"], "can't take 90 tokens"),
        (["--sweep", "image-tokens"], "lacks its value"),
        (["--sweep", "system=a,b"], "system can't be swept"),
        (["--repeat", "0"], "A contender answers 1 to 20 times, not 0."),
        (["--repeat", "20", "--sweep", "seed=1,2,3,4"], "that makes 80 answers"),
    ],
)
def test_what_makes_no_sense_is_one_line(call: Call, arguments: list[str], why: str) -> None:
    done = call("ask", "x", "--on", "demo:E2B", *arguments)
    assert done.exit_code == 2 and done.stdout == ""
    assert why in done.stderr and done.stderr.count("\n") == 1
