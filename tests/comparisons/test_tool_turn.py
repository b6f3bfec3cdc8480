"""Answers that call tools: step after step until the last word, by themselves or by hand, and never without end."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from playground.comparisons import tool_turn
from playground.comparisons.answer import Answer
from playground.comparisons.comparison import Comparison
from playground.comparisons.contender import Contender
from playground.desk import Desk
from playground.engines.recital import Recital, reciter
from playground.models.model import Model
from playground.prompt.conversation import Conversation, Settings, ToolCall, ToolResult
from playground.tools.built_in import BUILT_IN
from playground.tools.declared import one
from tests import waiting
from tests.waiting import until

TOOLS = tuple(each.tool for each in BUILT_IN.values())
WEATHER = one(
    {
        "name": "get_weather",
        "parameters": {"properties": {"city": {"type": "string"}}, "required": ["city"]},
    }
)
Speak = Callable[[Conversation], str]


def call(text: str) -> str:
    return f"<|tool_call>{text}<tool_call|>"


def told(conversation: Conversation) -> list[ToolResult]:
    """All results that a model was told so far."""
    return [part for part in conversation.parts() if isinstance(part, ToolResult)]


@pytest.fixture
def ask() -> Iterator[Callable[..., Comparison]]:
    desks: list[Desk] = []

    def ask(speak: Speak, *names: str, **settings: object) -> Comparison:
        desks.append(Desk(lambda model: Recital(model, speak, thinking="hm"), budget_bytes=1))
        given = Settings(**{"tools": TOOLS, **settings})  # type: ignore[arg-type]
        columns = [Contender(reciter(name), given, name) for name in names or ("a",)]
        return desks[-1].start(Conversation.ask("How much?"), columns)

    ask.desks = desks  # type: ignore[attr-defined]
    yield ask
    for desk in desks:
        desk.close()


def ended(comparison: Comparison) -> Answer:
    return waiting.ended(comparison).answers[0]


def sums(conversation: Conversation) -> str:
    """Words, a call, and in the end what came back."""
    results = told(conversation)
    if not results:
        return "Let me see. " + call('call:calculator{expression:<|"|>6*7<|"|>}')
    return f"It is {results[-1].result}."


def test_it_goes_on_with_what_the_tool_gave(ask: Callable[..., Comparison]) -> None:
    answer = ended(ask(sums, thinking=True))
    assert answer.state == "done"
    assert answer.text == "Let me see.  \n\nIt is 42. "
    first, last = answer.steps
    (made,) = first.calls
    assert (made.name, made.arguments, made.result) == ("calculator", {"expression": "6*7"}, 42)
    assert (made.standing, made.by_hand) == ("given", False)
    assert (first.text, first.thinking, last.text) == ("Let me see.  ", "hm ", "It is 42. ")


def test_figures_stand_for_each_step_and_for_all(ask: Callable[..., Comparison]) -> None:
    answer = ended(ask(sums))
    each = [step.figures(answer.contended) for step in answer.steps]
    whole = answer.figures()
    assert (whole.steps, whole.calls) == (2, 1)
    assert whole.output_tokens is not None and each[0].output_tokens and each[1].output_tokens
    assert whole.output_tokens.total == len(answer.chunks)
    assert whole.output_tokens.total == sum(one.output_tokens.total for one in each)  # type: ignore[union-attr]
    assert whole.ttft_s == each[0].ttft_s
    assert whole.e2e_s == pytest.approx(sum(one.e2e_s for one in each))  # type: ignore[misc]
    assert whole.tools_s is not None and whole.tools_s >= 0
    stages = [stage.name for stage in answer.stages()]
    assert stages.count("prefill") == 2 and stages.count("tools") == 1
    starts = [stage.start for stage in answer.stages()]
    assert starts == sorted(starts)


def test_a_thought_stays_in_its_turn_and_leaves_the_history(ask: Callable[..., Comparison]) -> None:
    heard: list[Conversation] = []

    def speak(conversation: Conversation) -> str:
        heard.append(conversation)
        return sums(conversation)

    comparison = ask(speak, thinking=True)
    ended(comparison)
    assert [message.thought for message in heard[1].messages] == ["", "hm"]
    desk = ask.desks[0]  # type: ignore[attr-defined]
    desk.ask_on(comparison, Conversation.ask("And now?"), comparison.contenders)
    ended(comparison)
    assert [message.thought for message in heard[2].messages] == ["", "", ""]
    kinds = [[part.kind for part in message.parts] for message in heard[2].messages]
    assert kinds == [["text"], ["text", "tool_call", "tool_result", "text"], ["text"]]


def test_two_calls_in_one_turn(ask: Callable[..., Comparison]) -> None:
    def speak(conversation: Conversation) -> str:
        if results := told(conversation):
            return f"{results[0].result} and {results[1].result}"
        one = call('call:calculator{expression:<|"|>1+1<|"|>}')
        return one + call('call:calculator{"expression": "2+2"}')

    answer = ended(ask(speak))
    assert answer.text.strip() == "2 and 4"
    assert len(answer.steps[0].calls) == 2


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("call:nothing{}", "There is no tool called nothing"),
        ("call:calculator{}", "'expression' is a required property"),
        ("call:calculator{expression:7}", "7 is not of type 'string'"),
        ('call:calculator{expression:<|"|>1/0<|"|>}', "It divides by zero."),
        ('call:calculator{expression:<|"|>1', "is not whole"),
        ("rm -rf", "A call begins with call:"),
        ("call:roll_dice{count:1000000}", "greater than the maximum"),
    ],
)
def test_a_wrong_call_is_told_to_the_model(
    ask: Callable[..., Comparison], wrong: str, said: str
) -> None:
    def speak(conversation: Conversation) -> str:
        results = told(conversation)
        return f"{results[0].result}" if results else call(wrong)

    answer = ended(ask(speak))
    assert answer.state == "done"
    assert said in answer.text
    assert answer.steps[0].calls[0].standing == "wrong"


def test_it_calls_no_more_often_than_it_may(ask: Callable[..., Comparison]) -> None:
    again = call('call:calculator{expression:<|"|>1<|"|>}')
    answer = ended(ask(lambda conversation: again))
    assert answer.state == "done"
    assert "8 times, the most" in answer.reason
    assert len(answer.steps) == tool_turn.MOST_STEPS + 1


def test_all_results_together_are_bounded(
    ask: Callable[..., Comparison], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tool_turn, "MOST_CHARACTERS", 10)

    def speak(conversation: Conversation) -> str:
        done = len(told(conversation))
        return "enough" if done > 2 else call('call:calculator{expression:<|"|>10^6<|"|>}')

    answer = ended(ask(speak))
    results = [step.calls[0].result for step in answer.steps[:-1]]
    assert results[0] == 1_000_000
    assert "too long together" in results[1]["error"]


def test_the_longest_answer_holds_for_all_steps(ask: Callable[..., Comparison]) -> None:
    answer = ended(ask(lambda asked: "one two three " + sums(asked), max_tokens=22))
    assert answer.finish_reason == "length"
    assert "Cut off" in answer.reason


def test_the_same_seed_rolls_the_same_dice_for_everybody(ask: Callable[..., Comparison]) -> None:
    def speak(conversation: Conversation) -> str:
        results = told(conversation)
        return str(results) if len(results) > 1 else call("call:roll_dice{count:8,sides:100}")

    def rolled(**settings: object) -> list[str]:
        comparison = ask(speak, "a", "b", **settings)
        ended(comparison)
        return [answer.text for answer in comparison.answers]

    one, other = rolled(seed=7)
    assert one == other == rolled(seed=7)[0]
    assert rolled(seed=8)[0] != one
    assert len(set(rolled())) == 2


def test_dice_fall_anew_once_a_cut_answer_goes_on(ask: Callable[..., Comparison]) -> None:
    def speak(conversation: Conversation) -> str:
        results = told(conversation)
        words = "word " * 30 if len(results) == 1 else ""
        return "Over." if len(results) > 1 else words + call("call:roll_dice{count:8,sides:100}")

    comparison = ask(speak, seed=7, max_tokens=26)
    assert ended(comparison).finish_reason == "length"
    assert ask.desks[-1].go_on(comparison, "a") == ""  # type: ignore[attr-defined]
    answer = ended(comparison)
    assert answer.text.endswith("Over. ")
    first, second = (one.result["rolled"] for step in answer.steps for one in step.calls)
    assert first != second


def by_hand(conversation: Conversation) -> str:
    results = told(conversation)
    return (
        f"It is {results[0].result}." if results else call('call:get_weather{city:<|"|>Rome<|"|>}')
    )


def test_a_tool_of_ones_own_waits_for_a_person(ask: Callable[..., Comparison]) -> None:
    comparison = ask(by_hand, "a", "b", tools=(WEATHER,))
    one, other = comparison.answers
    until(lambda: bool(one.calling and other.calling), watched=comparison)
    assert (one.state, one.calling[0].standing) == ("calling", "waiting")
    one.give(0, '{"sky": "sunny"}')
    one.give(0, "twice")
    one.give(7, "nothing there")
    until(lambda: one.ended, watched=comparison)
    assert one.text == "It is {'sky': 'sunny'}. "
    assert one.steps[0].calls[0].by_hand
    assert not other.ended, "each is answered alone"
    other.decline(0)
    until(lambda: other.ended, watched=comparison)
    assert "refused this call" in other.text
    assert other.steps[0].calls[0].standing == "refused"


def test_built_in_tools_wait_too_where_a_person_wants_it(ask: Callable[..., Comparison]) -> None:
    comparison = ask(sums, by_hand=True)
    (answer,) = comparison.answers
    until(lambda: bool(answer.calling), watched=comparison)
    answer.give(0, "forty-two")
    assert ended(comparison).text.endswith("It is forty-two. ")


def test_what_waits_can_be_stopped_or_left(ask: Callable[..., Comparison]) -> None:
    comparison = ask(by_hand, "a", "b", tools=(WEATHER,))
    one, other = comparison.answers
    until(lambda: bool(one.calling and other.calling), watched=comparison)
    one.stop()
    other.leave()
    until(lambda: comparison.ended, watched=comparison)
    assert (one.state, other.state) == ("stopped", "done")
    assert other.finish_reason == "tool_call"
    assert other.tool_call.strip() == 'call:get_weather{city:<|"|>Rome<|"|>}'


def test_without_tools_a_call_is_shown_and_nothing_more(ask: Callable[..., Comparison]) -> None:
    answer = ended(ask(sums, tools=()))
    assert answer.state == "done" and len(answer.steps) == 1
    assert answer.tool_call.startswith("call:calculator")


def test_tools_that_are_none_are_refused(ask: Callable[..., Comparison]) -> None:
    answer = ended(ask(sums, tools=({"type": "function", "function": {"name": "a b"}},)))
    assert answer.state == "refused"
    assert [mend.action for mend in answer.mends] == ["no_tools"]


def test_calls_that_nobody_made_any_more_leave_the_history(ask: Callable[..., Comparison]) -> None:
    """A turn that ended in a call has no last word; the family's format can't go on after it."""
    heard: list[Conversation] = []

    def speak(conversation: Conversation) -> str:
        heard.append(conversation)
        return "Hello." if len(heard) > 1 else by_hand(conversation)

    comparison = ask(speak, tools=(WEATHER,))
    (answer,) = comparison.answers
    until(lambda: bool(answer.calling), watched=comparison)
    answer.leave()
    desk = ask.desks[0]  # type: ignore[attr-defined]
    desk.ask_on(comparison, Conversation.ask("Well?"), comparison.contenders)
    ended(comparison)
    assert not any(isinstance(part, ToolCall) for part in heard[1].parts())


def play(model: Model) -> Recital:
    return Recital(model, sums)
