"""The catalogue: complete, in order, consistent with itself and with the true shapes; broken files say where."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import get_args

import pytest

from playground.models.catalog import CatalogError, able, catalog, variant, variants
from playground.models.family.published import REFERENCE, Kind
from playground.models.family.reading import unsourced
from playground.models.footprint import footprint

TEXT = (Path(__file__).parents[2] / "assets" / "catalog.toml").read_text("utf-8")


def test_the_family_stands_in_order_of_size() -> None:
    assert [one.name for one in variants()] == ["E2B", "E4B", "12B", "26B-A4B", "31B"]
    stored = [one.parameters.stored for one in variants()]
    assert stored == sorted(stored)


def test_who_hears() -> None:
    assert able("audio") == ("E2B", "E4B", "12B")
    assert able("video") == tuple(one.name for one in variants())


def test_precisions_take_less_the_coarser_they_are() -> None:
    for one in variants():
        assert one.memory_gb.bf16 > one.memory_gb.fp8 > one.memory_gb.q4
        assert one.memory_gb.bf16 == pytest.approx(one.parameters.bf16_gb * 1.12, rel=0.02)


def test_the_checkpoint_is_two_bytes_a_parameter() -> None:
    for one in variants():
        assert one.parameters.bf16_gb == pytest.approx(one.parameters.stored * 2 / 1e9, rel=0.01)


def test_repositories_are_the_instruction_tuned_ones() -> None:
    for one in variants():
        assert one.weights.instruct == f"google/gemma-4-{one.name}-it"
        assert one.weights.base == f"google/gemma-4-{one.name}"


def test_a_variant_is_found_in_any_case() -> None:
    assert variant("26b-a4b") is variant("26B-A4B") is not None
    assert variant("27B") is None


def test_every_source_has_a_title() -> None:
    for source in catalog().sources.values():
        assert source.title and source.kind in get_args(Kind)
        assert source.link.startswith("https://") or not source.link


def test_no_number_stands_without_a_source() -> None:
    assert list(unsourced(tomllib.loads(TEXT))) == []


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("stored_source = ", "stored_origin = ", "variant E2B.parameters.stored"),
        (
            'layers = 8\nhidden = 128\ncontext = 8192\nsource = "demo"\n',
            "layers = 8\n",
            "demo.stored",
        ),
        ('unit = "%"\nbetter = "higher"\nsource = "card"\n', "", "result mmlu_pro.values.31B"),
        ('default_budget = 280\nsource = "card"', "default_budget = 280", "family.image.budgets"),
        ("[[demo]]\n", "[[loose]]\nvalue = 3\n\n[[demo]]\n", "loose.value"),
    ],
)
def test_a_number_without_a_source_is_named(old: str, new: str, where: str) -> None:
    assert old in TEXT
    found = list(unsourced(tomllib.loads(TEXT.replace(old, new, 1))))
    assert where in found


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('source = "docs"', 'source = "hearsay"', "the source 'hearsay' is not in"),
        ("layers = 35", "", "E2B.shape: missing layers"),
        ("layers = 35", "layers = 35\nlayer = 1", "E2B.shape: unknown layer"),
        ("[[variant]]", "[[variant", "can't be read"),
        (
            'source = "card"\n[family.audio]',
            "[family.audio]",
            "image.budgets: a number without a source",
        ),
        ('values = { "31B"', 'values = { "32B"', "32B: published of, and no member"),
        ('result = "infographic_vqa"', 'result = "info"', "info: budgets of a result that"),
        ('verdict = "confirmed"', 'verdikt = "confirmed"', "unknown verdikt, missing verdict"),
        ("[family.image]", "[[family.image]]", "family.image is no table"),
    ],
)
def test_a_broken_catalogue_says_where(tmp_path: Path, old: str, new: str, words: str) -> None:
    path = tmp_path / "catalog.toml"
    path.write_text(TEXT.replace(old, new, 1), "utf-8")
    with pytest.raises(CatalogError, match=words):
        catalog(path)


def test_results_have_the_values_that_were_published() -> None:
    """One of each kind by hand: the card, the report, one computed, one of somebody else."""
    published = catalog().published
    assert published.result("mmlu_pro").values["12B"] == 77.2
    assert published.result("mrcr_128k").values == {
        "31B": 66.4, "26B-A4B": 44.1, "12B": 43.4, "E4B": 25.4, "E2B": 19.1, REFERENCE: 13.5,
    }  # fmt: skip
    domains = [published.result(f"tau2_{one}") for one in ("airline", "retail", "telecom")]
    mean = sum(one.values["12B"] for one in domains) / 3
    tau2 = published.result("tau2")
    assert tau2.source_of("12B") == "computed" and tau2.source_of("31B") == "card"
    assert tau2.values["12B"] == pytest.approx(mean, abs=0.05)
    with pytest.raises(KeyError):
        published.result("mmlu")


def test_results_lie_where_their_unit_can() -> None:
    for one in catalog().published.results:
        assert one.values, one.key
        if one.unit == "%":
            assert all(0 < value < 100 for value in one.values.values()), one.key
        if one.better == "lower":
            assert all(0 < value < 1 for value in one.values.values()), one.key


def test_the_most_tokens_for_a_picture_give_the_published_result() -> None:
    published = catalog().published
    for one in published.budgets:
        result = published.result(one.result)
        same = all(result.values[name] == value for name, value in one.values.items())
        assert same == (one.tokens == 1120), (one.result, one.tokens)


def test_keys_are_there_once() -> None:
    published = catalog().published
    keys = [one.key for one in published.results]
    claims = [(one.article, one.said) for one in published.claims]
    assert len(set(keys)) == len(keys) and len(set(claims)) == len(claims)


def test_every_claim_that_can_be_measured_names_models_and_files_that_there_are() -> None:
    names = {one.name for one in variants()}
    samples = Path(__file__).parents[2] / "assets" / "samples"
    measures = [one.measure for one in catalog().published.claims if one.measure]
    assert len(measures) > 10
    for measure in measures:
        assert {spec.partition("@")[0] for spec in measure.on} <= names
        assert measure.prompt and (not measure.file or (samples / measure.file).is_file())


def test_demo_sisters_are_what_their_files_say() -> None:
    for demo in catalog().published.demos:
        path = Path(__file__).parents[2] / "assets" / "demo" / demo.variant.lower() / "config.json"
        config = json.loads(path.read_text("utf-8"))
        text = config["text_config"]
        said = (demo.stored, demo.layers, demo.hidden, demo.context)
        assert said == (
            footprint(config).stored,
            text["num_hidden_layers"],
            text["hidden_size"],
            text["max_position_embeddings"],
        )
