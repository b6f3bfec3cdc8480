"""Which weights a variant's bare name means, where several of it are here."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.engines.llama import package
from playground.engines.roster import namesakes, specs, speeds
from playground.engines.roster.soonest import Expected
from playground.prompt.conversation import Conversation, Settings
from tests.engines.roster.hub import OFFICIAL, cached, snapshot
from tests.models.gguf.files import e2b

pytestmark = pytest.mark.usefixtures("hub")


def test_a_variant_alone_means_what_fits_into_memory(
    hub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert specs.find("E2B").demo
    light = e2b(snapshot(hub, OFFICIAL) / "e2b.gguf")
    assert specs.find("E2B").path == light
    cached(hub, "google/gemma-4-E2B-it")
    assert specs.find("E2B").spec == "local:google/gemma-4-E2B-it"
    monkeypatch.setattr(namesakes, "memory_budget", lambda: 1)
    assert specs.find("E2B").path == light
    monkeypatch.setattr(package, "find_spec", lambda name: None)
    assert specs.find("E2B").spec == "local:google/gemma-4-E2B-it"


def test_a_variant_alone_means_what_answers_soonest(
    hub: Path,
) -> None:
    light = e2b(snapshot(hub, OFFICIAL) / "e2b.gguf")
    assert namesakes.choice("E2B") is None, "one alone is no choice"
    cached(hub, "google/gemma-4-E2B-it")
    whole, file = specs.find("E2B"), specs.find("E2B@q4_0")
    assert (whole.runtime, file.path) == ("transformers", light)
    speeds.note(whole, 200, 4)
    made = namesakes.choice("E2B")
    assert made is not None
    assert namesakes.words("E2B", made) == (
        "E2B is bf16 in transformers here: how soon q4_0 in llama.cpp would answer is seen once it did. "
        "Another: E2B@q4_0."
    )
    speeds.note(file, 40, 16)
    assert specs.find("E2B") == file
    long = namesakes.choice("E2B", Expected(4000, 50))
    assert long is not None and long.model == whole
    assert specs.find("E2B@bf16").path == whole.path
    assert specs.find("E2B@int8").title == "E2B int8"
    assert all(map(specs.open_to_all, ("E2B", "E2B@q4_0", whole.spec, file.spec)))


def test_a_length_that_was_chosen_counts_whole_and_the_usual_one_half() -> None:
    model, asked = specs.find("demo:E2B"), Conversation.ask("What is 3 + 4?")
    usual = namesakes.expected(asked, Settings(), model)
    assert (usual.answer, usual.kinds) == (256, frozenset())
    assert usual.prompt == 16
    assert namesakes.expected(asked, Settings(max_tokens=40), model).answer == 40
    assert namesakes.expected(asked, Settings(thinking=True), model).answer == 1024
