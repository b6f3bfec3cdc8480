"""Specs and the models that they lead to: the demo family, directories, a Hugging Face cache made here."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

from playground.engines.roster import checkpoints, specs
from playground.models import fit
from playground.models.catalog import variants
from playground.models.precision import PRECISIONS

E2B_SHAPE = {"num_hidden_layers": 35, "hidden_size": 1536, "max_position_embeddings": 131072}


def checkpoint(path: Path, shards: tuple[str, ...] = ("model.safetensors",)) -> Path:
    """A directory that looks like E2B's to whoever does not load it."""
    path.mkdir(parents=True)
    config = {"model_type": "gemma4", "text_config": E2B_SHAPE, "vision_config": {"patch_size": 16}}
    (path / "config.json").write_text(json.dumps(config))
    for name in ("tokenizer.json", "tokenizer_config.json", "processor_config.json"):
        (path / name).write_text("{}")
    (path / "chat_template.jinja").write_text("{{ messages }}")
    header = json.dumps({"w": {"dtype": "BF16", "shape": [0], "data_offsets": [0, 0]}}).encode()
    for shard in shards:
        (path / shard).write_bytes(struct.pack("<Q", len(header)) + header)
    return path


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub"


def cached(hub: Path, repo: str, revision: str = "0123456789abcdef") -> Path:
    folder = hub / f"models--{repo.replace('/', '--')}"
    path = checkpoint(folder / "snapshots" / revision)
    (folder / "refs").mkdir(exist_ok=True)
    (folder / "refs" / "main").write_text(revision)
    return path


def test_a_fresh_machine_has_the_demo_family(hub: Path) -> None:
    found = specs.installed()
    assert [model.spec for model in found] == ["demo:E2B", "demo:E4B", "demo:26B-A4B", "demo:31B"]
    assert all(model.demo and model.bytes > 0 and len(model.revision) == 8 for model in found)
    assert [model.capabilities.audio for model in found] == [True, True, False, False]
    assert specs.find("E2B") == specs.find("demo:e2b") == found[0]


def test_real_weights_come_before_the_demo(hub: Path) -> None:
    path = cached(hub, "google/gemma-4-E2B-it")
    model = specs.find("E2B")
    assert (model.spec, model.variant, model.path) == ("local:google/gemma-4-E2B-it", "E2B", path)
    assert (model.revision, model.precision, model.demo) == ("01234567", "bf16", False)
    assert specs.installed()[0] == model


def test_the_variant_is_read_from_the_shape_not_from_the_name(hub: Path, tmp_path: Path) -> None:
    path = checkpoint(tmp_path / "gemma-4-31B-it")
    assert specs.find(f"local:{path}").variant == "E2B"


def test_a_half_downloaded_repository_is_not_there(hub: Path) -> None:
    path = cached(hub, "google/gemma-4-E2B-it")
    index = {"weight_map": {"a": "model.safetensors", "b": "model-2.safetensors"}}
    (path / "model.safetensors.index.json").write_text(json.dumps(index))
    assert specs.find("E2B").demo
    with pytest.raises(specs.ModelError, match=r"damaged: model-2\.safetensors is missing"):
        specs.find("local:google/gemma-4-E2B-it")


def test_a_directory_without_safetensors_is_refused(hub: Path, tmp_path: Path) -> None:
    path = checkpoint(tmp_path / "pickled", shards=())
    (path / "pytorch_model.bin").write_bytes(b"\x80")
    with pytest.raises(specs.ModelError, match="has no safetensors file"):
        specs.find(f"local:{path}")


@pytest.mark.parametrize("name", [variant.name for variant in variants()])
def test_every_variant_is_found_or_explained(hub: Path, name: str) -> None:
    try:
        assert specs.find(name).variant == name
    except specs.ModelError as error:
        assert name in error.reason
        assert error.remedy


@pytest.mark.parametrize(
    "spec", ["", "E3B", "demo:", "demo:12B", "local:", "cloud:E2B", "local:../x/y"]
)
def test_a_spec_that_leads_nowhere_says_what_would(hub: Path, spec: str) -> None:
    with pytest.raises(specs.ModelError) as caught:
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
        found = roster.find(written)
        assert (found.spec, found.dtype) == ("demo:E2B@int8", "int8")
    assert roster.find("E2B@BF16").runtime == "transformers", "as E2B@bf16, and no GGUF file"
    with pytest.raises(roster.ModelError, match="has no drafter here"):
        roster.find("demo:E2B@No-Drafter")


def test_a_model_needs_what_was_foreseen_before_it_came() -> None:
    """Else a variant that was said to fit could be refused once it is here."""
    for wish in ("bf16", "int4"):
        model = specs.find(f"demo:26B-A4B@{wish}")
        assert model.path is not None
        config = json.loads((model.path / "config.json").read_text())
        assert model.needs_bytes == fit.need(config, PRECISIONS[wish], fit.CONTEXT, 1).total


@pytest.mark.parametrize("spec", ["demo:E2B@fp8", "E2B@", "local:a/b@int8", "E9B@int8"])
def test_a_precision_that_leads_nowhere_is_explained(hub: Path, spec: str) -> None:
    with pytest.raises(specs.ModelError):
        specs.find(spec)


def test_weights_that_are_quantised_already_stay_so(hub: Path, tmp_path: Path) -> None:
    path = checkpoint(tmp_path / "awq")
    header = json.dumps({"w": {"dtype": "I32", "shape": [0], "data_offsets": [0, 0]}}).encode()
    (path / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header)
    assert specs.find(f"local:{path}").dtype == "auto"
    with pytest.raises(specs.ModelError, match="stored in i32"):
        specs.find(f"local:{path}@int8")


def test_published_weights_have_the_drafter_that_lies_beside_them(hub: Path) -> None:
    path = cached(hub, "google/gemma-4-E2B-it")
    alone = specs.find("E2B")
    assert alone.drafter is None
    assert checkpoints.drafter_of(alone) == "google/gemma-4-E2B-it-assistant"
    beside = cached(hub, "google/gemma-4-E2B-it-assistant")
    assert specs.find("E2B").drafter == specs.find("E2B@int8").drafter == beside
    assert specs.find(f"local:{path}").drafter is None
    assert checkpoints.drafter_of(specs.find("demo:E2B")) == ""


def test_a_drafter_is_left_out_behind_the_name(hub: Path) -> None:
    cached(hub, "google/gemma-4-E2B-it")
    with pytest.raises(specs.ModelError, match="has no drafter here"):
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
    with pytest.raises(specs.ModelError, match="has a precision already"):
        specs.find("E2B@int8@int4")
