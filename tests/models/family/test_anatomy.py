"""What a drawing shows is what the configuration holds."""

from __future__ import annotations

import pytest

from playground.models.family.anatomy import anatomy
from playground.models.fit import shapes
from playground.models.footprint import footprint


@pytest.mark.parametrize(
    ("name", "layers", "full", "shared"),
    [
        ("E2B", 35, 7, 20),
        ("E4B", 42, 7, 18),
        ("12B", 48, 8, 0),
        ("26B-A4B", 30, 5, 0),
        ("31B", 60, 10, 0),
    ],
)
def test_layers_are_those_of_the_configuration(
    name: str, layers: int, full: int, shared: int
) -> None:
    built = anatomy(shapes()[name])
    assert len(built.layers) == layers
    assert sum(one.full for one in built.layers) == full
    assert sum(one.shares for one in built.layers) == shared


@pytest.mark.parametrize("name", ["E2B", "E4B", "12B", "26B-A4B", "31B"])
def test_nothing_that_is_stored_is_missing_from_the_layers(name: str) -> None:
    """But for what stands between embedding and layers: the last norm, and the per-layer projection."""
    config = shapes()[name]
    counted, built = footprint(config), anatomy(config)
    inside = sum(one.own for one in built.layers)
    assert 0.97 * counted.layers < inside < counted.layers
    assert sum(one.lookup for one in built.layers) == counted.per_layer_embedding
    assert sum(one.experts for one in built.layers) == counted.experts
    assert sum(one.active for one in built.layers) == int(counted.experts * counted.active) * bool(
        counted.experts
    )


def test_words_say_what_the_drawing_shows() -> None:
    words = anatomy(shapes()["26B-A4B"]).words
    assert "30 layers, 5 with global attention" in words
    assert "experts of 22.8B, 1.43B read for a token" in words
    assert "nothing for sound" in words
