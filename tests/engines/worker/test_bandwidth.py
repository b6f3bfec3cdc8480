"""What each token reads: counted from the weights in memory, against the formulas of footprint."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
import transformers

from playground.engines.worker.weights.bandwidth import bytes_per_token, copy_bandwidth
from playground.models.fit import shapes
from playground.models.footprint import footprint

DEMO = Path(__file__).parents[3] / "assets" / "demo"


@pytest.mark.parametrize("name", ["e2b", "e4b", "26b-a4b", "31b"])
def test_the_demo_family_reads_what_its_configuration_says(name: str) -> None:
    model = transformers.AutoModelForMultimodalLM.from_pretrained(DEMO / name, dtype="float32")
    foreseen = footprint(json.loads((DEMO / name / "config.json").read_text())).read_per_token
    assert bytes_per_token(model) == pytest.approx(4 * foreseen, rel=1e-4)


def test_so_do_the_true_configurations() -> None:
    for name, config in shapes().items():
        given = dict(config)
        built = transformers.CONFIG_MAPPING[given.pop("model_type")](**given)
        with torch.device("meta"):
            model = transformers.AutoModelForMultimodalLM.from_config(built, dtype=torch.bfloat16)
        foreseen = footprint(config).read_per_token
        assert bytes_per_token(model) == pytest.approx(2 * foreseen, rel=1e-4), name


def test_memory_is_copied_at_some_speed() -> None:
    assert 1e8 < copy_bandwidth("cpu") < 1e13
