"""A model on a server calls tools like any other: what comes back goes there as the protocol has it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from playground.comparisons.contender import Contender
from playground.desk import Desk
from playground.engines.recital import EVERYTHING
from playground.engines.server.engine import ServerEngine
from playground.models.model import Model
from playground.models.servers import Key, Server
from playground.prompt.conversation import Conversation, Settings
from playground.tools.built_in import BUILT_IN
from tests.servers.hostile import Hostile, serving


@pytest.fixture(scope="module")
def hostile() -> Iterator[Hostile]:
    with serving() as server:
        yield server


def test_a_served_model_goes_on_with_what_its_calls_gave(hostile: Hostile) -> None:
    server = Server("lab", hostile.url, "vllm", Key(""))
    model = Model("server:lab/x", "x", "calculates", "server", EVERYTHING, server=server)
    desk = Desk(ServerEngine, 1)
    settings = Settings(tools=(BUILT_IN["calculator"].tool,), thinking=True)
    comparison = desk.start(Conversation.ask("How much?"), [Contender(model, settings, "x")])
    (answer,) = comparison.answers
    answer.wait()
    assert answer.state == "done", answer.reason
    assert answer.text == 'Let me see.\n\nIt is 42 and {"error": "It divides by zero."}.'
    first, last = answer.steps
    assert [call.standing for call in first.calls] == ["given", "wrong"]
    assert (first.thinking, last.thinking) == ("a sum", "")
    figures = answer.figures()
    assert figures.output_tokens is not None and figures.output_tokens.total == 27, (
        "less what ends each turn"
    )
    assert figures.prompt_tokens is not None and figures.prompt_tokens.total == 70
    desk.close()

    sent, sent_on = (json.loads(body) for _, _, body in hostile.seen if body)
    assert sent["tools"] == sent_on["tools"] and "from" not in sent["tools"][0]
    question, call, *told = sent_on["messages"]
    assert question["role"] == "user"
    assert (call["content"], call["reasoning"]) == ("Let me see.", "a sum")
    assert [one["tool_call_id"] for one in told] == [one["id"] for one in call["tool_calls"]]
    assert [one["content"] for one in told] == ["42", '{"error": "It divides by zero."}']
