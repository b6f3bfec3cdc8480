"""What lies on this machine: the demo family, and a Hugging Face cache made here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from playground.engines.roster import checkpoints, installed, specs
from playground.models import fit
from playground.models.model import ModelError
from playground.models.precision import PRECISIONS
from tests.engines.roster.hub import cached


def test_a_fresh_machine_has_the_demo_family(hub: Path) -> None:
    found = installed.models()
    assert [model.spec for model in found] == ["demo:E2B", "demo:E4B", "demo:26B-A4B", "demo:31B"]
    assert all(model.demo and model.bytes > 0 and len(model.revision) == 8 for model in found)
    assert [model.capabilities.audio for model in found] == [True, True, False, False]
    assert specs.find("E2B") == specs.find("demo:e2b") == found[0]


def test_real_weights_come_before_the_demo(hub: Path) -> None:
    path = cached(hub, "google/gemma-4-E2B-it")
    model = specs.find("E2B")
    assert (model.spec, model.variant, model.path) == ("local:google/gemma-4-E2B-it", "E2B", path)
    assert (model.revision, model.precision, model.demo) == ("01234567", "bf16", False)
    assert installed.models()[0] == model


def test_a_half_downloaded_repository_is_not_there(hub: Path) -> None:
    path = cached(hub, "google/gemma-4-E2B-it")
    index = {"weight_map": {"a": "model.safetensors", "b": "model-2.safetensors"}}
    (path / "model.safetensors.index.json").write_text(json.dumps(index))
    assert specs.find("E2B").demo
    with pytest.raises(ModelError, match=r"damaged: model-2\.safetensors is missing"):
        specs.find("local:google/gemma-4-E2B-it")


def test_published_weights_have_the_drafter_that_lies_beside_them(hub: Path) -> None:
    path = cached(hub, "google/gemma-4-E2B-it")
    alone = specs.find("E2B")
    assert alone.drafter is None
    assert checkpoints.drafter_of(alone) == "google/gemma-4-E2B-it-assistant"
    beside = cached(hub, "google/gemma-4-E2B-it-assistant")
    assert specs.find("E2B").drafter == specs.find("E2B@int8").drafter == beside
    assert specs.find(f"local:{path}").drafter is None
    assert checkpoints.drafter_of(specs.find("demo:E2B")) == ""


def test_a_model_needs_what_was_foreseen_before_it_came() -> None:
    """Else a variant that was said to fit could be refused once it is here."""
    for wish in ("bf16", "int4"):
        model = specs.find(f"demo:26B-A4B@{wish}")
        assert model.path is not None
        config = json.loads((model.path / "config.json").read_text())
        assert model.needs_bytes == fit.need(config, PRECISIONS[wish], fit.CONTEXT, 1).total
