"""Specs and the models that they lead to: the demo family, directories, a Hugging Face cache made here."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

from playground.engines.roster import specs
from playground.models.catalog import variants
from playground.models.model import ModelError
from tests.engines.roster.hub import cached, checkpoint


def test_the_variant_is_read_from_the_shape_not_from_the_name(hub: Path, tmp_path: Path) -> None:
    path = checkpoint(tmp_path / "gemma-4-31B-it")
    assert specs.find(f"local:{path}").variant == "E2B"


def test_a_directory_without_safetensors_is_refused(hub: Path, tmp_path: Path) -> None:
    path = checkpoint(tmp_path / "pickled", shards=())
    (path / "pytorch_model.bin").write_bytes(b"\x80")
    with pytest.raises(ModelError, match="has no safetensors file"):
        specs.find(f"local:{path}")


@pytest.mark.parametrize("name", [variant.name for variant in variants()])
def test_every_variant_is_found_or_explained(hub: Path, name: str) -> None:
    try:
        assert specs.find(name).variant == name
    except ModelError as error:
        assert name in error.reason
        assert error.remedy


@pytest.mark.parametrize(
    "spec", ["", "E3B", "demo:", "demo:12B", "local:", "cloud:E2B", "local:../x/y"]
)
def test_a_spec_that_leads_nowhere_says_what_would(hub: Path, spec: str) -> None:
    with pytest.raises(ModelError) as caught:
        specs.find(spec)
    assert caught.value.reason.endswith(".")
    assert caught.value.remedy.endswith(".")


def test_a_precision_is_chosen_behind_the_name(hub: Path) -> None:
    whole, small = specs.find("demo:E2B"), specs.find("demo:E2B@int8")
    assert (whole.dtype, whole.precision) == ("float32", "bf16 weights, fp32 in memory")
    assert (small.dtype, small.precision) == ("int8", "bf16 weights, int8 in memory")
    assert (small.spec, small.path) == ("demo:E2B@int8", whole.path)
    assert (whole.title, small.title) == ("E2B", "E2B int8")
    assert small.needs_bytes < specs.find("demo:E2B@bf16").needs_bytes < whole.needs_bytes
    assert specs.find("E2B@bf16").precision == "bf16"


def test_a_precision_is_known_in_any_letters(hub: Path) -> None:
    for written in ("demo:E2B@INT8", "demo:e2b@Int8"):
        found = specs.find(written)
        assert (found.spec, found.dtype) == ("demo:E2B@int8", "int8")
    assert specs.find("E2B@BF16").runtime == "transformers", "as E2B@bf16, and no GGUF file"
    with pytest.raises(ModelError, match="has no drafter here"):
        specs.find("demo:E2B@No-Drafter")


@pytest.mark.parametrize("spec", ["demo:E2B@fp8", "E2B@", "local:a/b@int8", "E9B@int8"])
def test_a_precision_that_leads_nowhere_is_explained(hub: Path, spec: str) -> None:
    with pytest.raises(ModelError):
        specs.find(spec)


def test_weights_that_are_quantised_already_stay_so(hub: Path, tmp_path: Path) -> None:
    path = checkpoint(tmp_path / "awq")
    header = json.dumps({"w": {"dtype": "I32", "shape": [0], "data_offsets": [0, 0]}}).encode()
    (path / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header)
    assert specs.find(f"local:{path}").dtype == "auto"
    with pytest.raises(ModelError, match="stored in i32"):
        specs.find(f"local:{path}@int8")


def test_a_drafter_is_left_out_behind_the_name(hub: Path) -> None:
    cached(hub, "google/gemma-4-E2B-it")
    with pytest.raises(ModelError, match="has no drafter here"):
        specs.find("E2B@no-drafter")
    cached(hub, "google/gemma-4-E2B-it-assistant")
    bare = specs.find("E2B@no-drafter")
    assert (bare.drafter, bare.title) == (None, "E2B no drafter")
    assert specs.find(bare.spec) == bare
    both = specs.find("E2B@int8@no-drafter")
    assert (both.dtype, both.drafter, both.title) == ("int8", None, "E2B int8 no drafter")
    assert specs.find("E2B@no-drafter@int8").title == both.title
    assert specs.plain(both.spec) == "local:google/gemma-4-E2B-it"
    assert specs.wishes(both.spec) == ("int8", "no-drafter")
    assert specs.wishes("local:a@b/c") == ()
    with pytest.raises(ModelError, match="has a precision already"):
        specs.find("E2B@int8@int4")


def test_what_everybody_may_name(hub: Path, tmp_path: Path) -> None:
    cached(hub, "google/gemma-4-E2B-it")
    for spec in ("E2B", "12B@int8", "demo:E4B", "local:google/gemma-4-E2B-it@int4@no-drafter"):
        assert specs.open_to_all(spec)
    for spec in (f"local:{checkpoint(tmp_path / 'own')}", "local:/etc", "", "E9B", "E2B@q4_0"):
        assert not specs.open_to_all(spec)


def test_a_servers_model_is_called_what_it_calls_it() -> None:
    """An @ in its name is no wish: it loads its models itself."""
    spec = "server:lab/gemma@int8"
    assert (specs.plain(spec), specs.wishes(spec), specs.open_to_all(spec)) == (spec, (), True)
    with pytest.raises(ModelError, match="There is no precision 'bf17'"):
        specs.find("demo:E2B@bf17")
