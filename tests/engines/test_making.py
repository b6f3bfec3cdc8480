"""Which engine a model gets, and when what engines share is begun."""

from __future__ import annotations

from dataclasses import replace

import pytest

from playground.engines.llama.engine import LlamaEngine
from playground.engines.local import LocalEngine
from playground.engines.making import Engines
from playground.engines.recital import reciter
from playground.engines.roster import specs
from playground.engines.server.engine import ServerEngine
from playground.engines.server.transport.receiver import Receiver
from playground.engines.workers import Workers
from playground.models.servers import Server

HERE = specs.find("demo:E2B")
FILE = replace(HERE, runtime="llama.cpp")
FAR = replace(reciter("far"), engine="server", server=Server("far", "http://far"))


def test_a_model_gets_the_engine_of_where_it_runs() -> None:
    engines = Engines()
    assert [type(engines.make(one)) for one in (HERE, FILE, FAR)] == [
        LocalEngine,
        LlamaEngine,
        ServerEngine,
    ]
    engines.close()


def test_what_engines_share_is_begun_once_by_the_first_who_needs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun: list[str] = []
    monkeypatch.setattr(Workers, "start", lambda self: begun.append("host"))
    monkeypatch.setattr(Receiver, "start", lambda self: begun.append("courier"))
    engines = Engines()
    engines.expect([reciter("by heart"), FILE])
    assert begun == [], "llama.cpp has processes of its own"
    engines.expect([FAR])
    assert begun == ["courier"], "nobody wants a model of transformers"
    engines.expect([FAR, HERE])
    engines.expect([HERE])
    assert begun == ["courier", "host"]
