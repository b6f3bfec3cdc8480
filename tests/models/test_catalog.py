"""The catalogue: complete, in order, consistent with itself and with the true shapes; broken files say where."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.models.catalog import CatalogError, able, catalog, variant, variants

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
    assert all(title for title in catalog().sources.values())


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('source = "docs"', 'source = "hearsay"', "the source 'hearsay' is not in"),
        ("layers = 35", "", "E2B.shape: missing layers"),
        ("layers = 35", "layers = 35\nlayer = 1", "E2B.shape: unknown layer"),
        ("[[variant]]", "[[variant", "can't be read"),
    ],
)
def test_a_broken_catalogue_says_where(tmp_path: Path, old: str, new: str, words: str) -> None:
    path = tmp_path / "catalog.toml"
    path.write_text(TEXT.replace(old, new, 1), "utf-8")
    with pytest.raises(CatalogError, match=words):
        catalog(path)
