"""One question in this process: where its words come from, what is refused, how the answer is shown."""

from __future__ import annotations

import sys
import time

import pytest

from playground.cli.display import notes
from playground.engines.roster import demo_files
from tests.cli.conftest import Call

ON = ("--on", "demo:E2B")


def test_a_prompt_from_standard_input(call: Call) -> None:
    done = call("ask", "-", *ON, "--json", input="\ufeffTwo\u2028lines,\nor three.\n")
    assert '"prompt": "Two\\u2028lines,\\nor three."' in done.stdout


@pytest.mark.parametrize(
    ("given", "words"),
    [(b"", "a prompt needs some text"), (b"Zo\xeb", "standard input is not UTF-8 text.")],
)
def test_a_standard_input_that_is_no_prompt(given: bytes, words: str, call: Call) -> None:
    done = call("ask", "-", *ON, input=given)
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1) and words in done.stderr


@pytest.mark.parametrize("command", [("ask", "-", *ON), ("ask", "--batch", "-", *ON)])
def test_a_standard_input_that_is_closed(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from playground.__main__ import main

    monkeypatch.setattr(sys, "stdin", None)
    assert main(command) == 2
    assert "there is no standard input to read" in capsys.readouterr().err


@pytest.mark.parametrize("spec", ["E2B@INT7", "demo:E2B@8bit", "E2B@", "demo:31B@q4"])
def test_a_precision_that_there_is_not_names_those_that_there_are(spec: str, call: Call) -> None:
    done = call("ask", "x", "--on", spec)
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert f"There is no precision {spec.partition('@')[2]!r}" in done.stderr
    assert "fp32, bf16, int8, int4" in done.stderr


def test_a_directory_may_have_the_sign_in_its_name_and_a_wrong_precision_too(call: Call) -> None:
    wrong = call("ask", "x", "--on", f"local:{demo_files.DEMO / 'e2b'}@Q4")
    assert "There is no precision 'Q4'" in wrong.stderr
    nowhere = call("ask", "x", "--on", "local:some@where")
    assert "some@where is neither a directory nor whole" in nowhere.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--image-tokens", "77"), "a picture can't take 77 tokens; 70, 140, 280, 560 or 1120"),
        (("--image-tokens", "0"), "a picture can't take 0 tokens"),
        (("--max-tokens", "two"), "Invalid value for '--max-tokens'"),
        (("--max-tokens", "2.5"), "Invalid value for '--max-tokens'"),
        (("--temperature", "warm"), "Invalid value for '--temperature'"),
        (("--temperature", "nan"), "the temperature lies between 0 and 2"),
        (("--top-p", "0"), "top-p lies above 0"),
        (("--top-k", "-1"), "top-k lies between"),
        (("--seed", "-1"), "the seed is a whole number"),
        (("--on",), "requires an argument"),
        (("--image", ""), "can't be read: Is a directory"),
        (("--image", "/no/such\nfile"), "/no/such file can't be read: No such file"),
        (("--system", "\udcff"), "the system is no text"),
        (("more", "words"), "unexpected extra argument"),
        (("--nonsense",), "No such option: --nonsense"),
    ],
)
def test_a_bad_value_is_one_line_and_exit_2(
    arguments: tuple[str, ...], words: str, call: Call
) -> None:
    done = call("ask", "x", *ON, *arguments)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("playground: ") and words in done.stderr


def test_a_bad_setting_of_the_operator_is_one_line_too(
    call: Call, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from playground.__main__ import main

    monkeypatch.setenv("PLAYGROUND_MEMORY_GB", "abc")
    for command in (["ask", "x", *ON], ["models"]):
        assert main(command) == 2
        out, err = capsys.readouterr()
        assert out == "" and err.count("\n") == 1 and "PLAYGROUND_MEMORY_GB is 'abc'" in err


def test_what_goes_wrong_after_a_slow_beginning_stays_on_its_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(ValueError), notes.beginning("asking E2B", quiet=False):
        time.sleep(notes.PATIENCE_S + 0.5)
        raise ValueError
    notes.fault("it is\ngone.")
    notes.fault("it is gone.")
    assert capsys.readouterr().err == (
        "playground: asking E2B ... it is gone.\nplayground: it is gone.\n"
    )


def test_a_slow_beginning_is_told_of_and_a_quick_one_is_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with notes.beginning("asking E2B", quiet=False) as begun:
        begun()
    assert capsys.readouterr().err == ""
    with notes.beginning("asking E2B", quiet=False) as begun:
        time.sleep(notes.PATIENCE_S + 0.5)
        begun()
    assert capsys.readouterr().err == "playground: asking E2B ... \n"


def test_piped_answers_stand_below_each_other_whole_and_in_order(call: Call) -> None:
    done = call(
        "ask", "x", *ON, "--on", "demo:31B", "--thinking", says="One two.", thinks="Hm well"
    )
    about = [line for line in done.stdout.splitlines() if "not Gemma 4" in line]
    assert [line.split()[1] for line in about] == ["E2B", "31B"]
    assert done.stdout.count("(thinks: Hm well )\n\nOne two. \n") == 2
    assert done.stdout.count("TTFT ") == 2


@pytest.mark.parametrize("says", ["\x1b]0;mine\x07", "\x9b31m", "a\rb", "\x08\x08"])
def test_an_answer_has_no_power_over_the_terminal(says: str, call: Call) -> None:
    done = call("ask", "x", *ON, says=f"It is {says} so.")
    assert not set(done.stdout) & set("\x1b\x07\x9b\r\x08")
    assert "It is " in done.stdout and " so." in done.stdout
