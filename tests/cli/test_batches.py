"""A file of questions, a line each: how lines are told apart, what may stand in one, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from playground.prompt.conversation import Settings
from playground.questions.question import SETTINGS, WISHES
from tests.cli.conftest import Call

ON = ("--on", "demo:E2B")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "questions.jsonl"


def lines(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\x85", "\r"])
def test_a_line_ends_at_a_line_feed_alone(sign: str, file: Path, call: Call) -> None:
    said = json.dumps({"prompt": f"one{sign}two"}, ensure_ascii=False).replace("\\r", "\r")
    file.write_bytes(f'{said}\r\n\r\n{{"prompt": "x"}}'.encode())
    done = call("ask", "--batch", str(file), *ON)
    first, second = lines(done.stdout)
    if sign == "\r":  # JSON's strings can't hold it, and it ends no line either
        assert first == {"line": 1, "error": "it is not JSON."}
    else:
        assert first["prompt"] == f"one{sign}two"
    assert second["line"] == 3


def test_what_is_written_can_be_torn_by_nobody(file: Path, call: Call) -> None:
    file.write_text(json.dumps({"prompt": "a\u2028b\x85c"}))
    done = call("ask", "--batch", str(file), *ON, says="d\u2029e \x9b2J f\x7f")
    (told,) = lines(done.stdout)
    assert (told["prompt"], told["answers"][0]["text"]) == (
        "a\u2028b\x85c",
        "d\u2029e \x9b2J f\x7f ",
    )


def test_a_byte_order_mark_spoils_nothing(file: Path, call: Call) -> None:
    file.write_bytes(b'\xef\xbb\xbf{"prompt": "x"}\n')
    done = call("ask", "--batch", str(file), *ON)
    assert done.exit_code == 0 and lines(done.stdout)[0]["prompt"] == "x"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_another_encoding_is_said_to_be_one(encoding: str, file: Path, call: Call) -> None:
    file.write_bytes(
        "\ufeff{}\n".encode(encoding) if encoding != "utf-16" else "{}".encode(encoding)
    )
    done = call("ask", "--batch", str(file), *ON)
    assert done.exit_code == 2 and "is UTF-16 text; save it as UTF-8." in done.stderr


def test_one_line_of_another_encoding_costs_that_line(file: Path, call: Call) -> None:
    file.write_bytes('{"prompt": "Zoë"}\n'.encode("latin-1") + b'{"prompt": "x"}\n')
    done = call("ask", "--batch", str(file), *ON)
    bad, good = lines(done.stdout)
    assert bad == {"line": 1, "error": "it is not UTF-8 text."}
    assert good["answers"][0]["state"] == "done"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"prompt": "x", "max-tokens": 5}', "'max-tokens' means nothing here; did you mean 'max_tokens'?"),
        ('{"prompt": "x", "temprature": 0}', "'temprature' means nothing here; did you mean 'temperature'?"),
        ('{"question": "x"}', "'question' means nothing here; there are prompt, system, on, "),
        ('{"prompt": "x", "batch": "y"}', "'batch' means nothing here"),
        ('{"prompt": "x", "temperature": "hot"}', "temperature must be a number, not 'hot'."),
        ('{"prompt": "x", "temperature": NaN}', "the temperature lies between 0 and 2."),
        ('{"prompt": "x", "top_k": 2.5}', "top_k must be a whole number, not 2.5."),
        ('{"prompt": "x", "seed": true}', "seed must be a whole number, not True."),
        ('{"prompt": "x", "seed": -1}', "the seed is a whole number from 0 up."),
        ('{"prompt": "x", "thinking": "yes"}', "thinking must be true or false, not 'yes'."),
        ('{"prompt": "x", "image_tokens": 77}', "a picture can't take 77 tokens; 70, 140, 280, 560 or 1120"),
        ('{"prompt": "x", "on": 5}', "on must be a name or a list of names, not 5."),
        ('{"prompt": "x", "on": ["demo:E2B", 5]}', "on must be a name or a list of names"),
        ('{"prompt": "x", "image": {"a": 1}}', "image must be a name or a list of names"),
        ('{"prompt": "x", "image": "a\\u0000b"}', "can't be read: embedded null byte."),
        ('{"prompt": "x", "system": 5}', "system must be text, not 5."),
        ('{"prompt": ["x"]}', "prompt must be text, not ['x']."),
        ('{"prompt": "\\ud800"}', "the prompt is no text"),
        ('{"prompt": ""}', "a prompt needs some text"),
        ('["x"]', "it is not a JSON object."),
        ("[" * 100_000, "it is nested too deeply."),
        ('{"prompt": "x", "on": "local:' + "a" * 300 + '"}', "can't be looked up: File name too long."),
    ],
)  # fmt: skip
def test_a_bad_line_is_one_sentence_and_costs_itself(
    line: str, words: str, file: Path, call: Call
) -> None:
    file.write_text(line + '\n{"prompt": "x"}\n')
    done = call("ask", "--batch", str(file), *ON)
    bad, good = lines(done.stdout)
    assert bad["line"] == 1 and words in bad["error"] and bad["error"].count(". ") == 0
    assert words in done.stderr, "who looks at standard error sees it too"
    assert good["answers"][0]["state"] == "done"
    assert done.exit_code == 1


def test_null_is_as_if_nothing_was_said(file: Path, call: Call) -> None:
    file.write_text('{"prompt": "x", "temperature": null, "on": null, "seed": null}\n')
    done = call("ask", "--batch", str(file), *ON, "--temperature", "0.5")
    (told,) = lines(done.stdout)
    assert told["answers"][0]["settings"]["temperature"] == 0.5


def test_every_setting_can_stand_in_a_line() -> None:
    assert set(SETTINGS) == set(Settings.__dataclass_fields__)
    assert set(SETTINGS) < set(WISHES)


def test_the_end_says_what_was_not_answered(file: Path, call: Call) -> None:
    file.write_text('{"prompt": "x"}\n' * 4 + "{}\n" * 12)
    done = call("ask", "--batch", str(file), *ON)
    assert done.exit_code == 1
    summary = done.stderr.splitlines()[-1]
    assert summary == (
        "4 of 16 lines were answered; not 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 and 2 more."
    )


def test_a_refused_line_was_not_answered(file: Path, call: Call) -> None:
    sound = str(Path(__file__).parents[2] / "assets" / "samples" / "digits.wav")
    file.write_text('{"prompt": "x"}\n' + json.dumps({"prompt": "x", "audio": sound}))
    done = call("ask", "--batch", str(file), "--on", "demo:31B")
    assert lines(done.stdout)[1]["answers"][0]["state"] == "refused"
    assert done.exit_code == 1 and done.stderr.endswith("1 of 2 lines were answered; not 2.\n")


def test_all_answered_is_exit_0(file: Path, call: Call) -> None:
    file.write_text('{"prompt": "x"}\n{"prompt": "y"}\n')
    done = call("ask", "--batch", str(file), *ON)
    assert done.exit_code == 0 and done.stderr.endswith("2 of 2 lines were answered.\n")


def test_lines_from_standard_input(call: Call) -> None:
    done = call("ask", "--batch", "-", *ON, input='\ufeff{"prompt": "x"}\n{"prompt": "y"}')
    assert [told["prompt"] for told in lines(done.stdout)] == ["x", "y"]


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_no_lines_at_all_is_a_bad_call(text: str, file: Path, call: Call) -> None:
    file.write_text(text)
    done = call("ask", "--batch", str(file), *ON)
    assert done.exit_code == 2 and "has no lines" in done.stderr and done.stdout == ""
