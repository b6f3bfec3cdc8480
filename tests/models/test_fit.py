"""Whether a variant fits, and what would where it does not."""

from __future__ import annotations

import pytest

from playground.models.catalog import variants
from playground.models.fit import fit, need, shapes
from playground.models.precision import PRECISIONS

GB = 10**9


def test_fewer_bytes_a_number_need_less() -> None:
    for config in shapes().values():
        totals = [need(config, one, 8192).total for one in PRECISIONS.values()]
        assert totals == sorted(totals, reverse=True)


def test_a_mixture_shrinks_as_others_do() -> None:
    bf16, int4 = (
        {name: need(shapes()[name], PRECISIONS[stored], 8192).weights for name in shapes()}
        for stored in ("bf16", "int4")
    )
    assert int4["26B-A4B"] / bf16["26B-A4B"] == pytest.approx(int4["31B"] / bf16["31B"], abs=0.02)


@pytest.mark.parametrize("variant", [one.name for one in variants()])
def test_it_fits_as_long_as_there_is_room(variant: str) -> None:
    total = fit(variant, "bf16", 8192, 0, 10**13).need.total
    assert fit(variant, "bf16", 8192, 0, int(total / 0.84)).verdict == "fits"
    assert fit(variant, "bf16", 8192, 0, int(total * 1.05)).verdict == "tight"
    lacking = fit(variant, "bf16", 8192, 0, int(total * 0.99))
    assert lacking.verdict == "does not fit" and lacking.instead


@pytest.mark.parametrize(
    ("variant", "precision", "context", "free", "instead"),
    [
        ("31B", "bf16", 262_144, 96 * GB, "a context of 32,768 tokens would"),
        ("31B", "bf16", 8192, 48 * GB, "int8 would"),
        ("31B", "bf16", 8192, 34 * GB, "int4 would"),
        ("26B-A4B", "bf16", 8192, 32 * GB, "int4 would"),
        ("26B-A4B", "bf16", 8192, 20 * GB, "12B in int8 would"),
        ("E2B", "fp32", 8192, 16 * GB, "bf16 would"),
        ("E2B", "bf16", 8192, 2 * GB, "a server with more memory would"),
    ],
)
def test_what_would_fit_instead(
    variant: str, precision: str, context: int, free: int, instead: str
) -> None:
    assert fit(variant, precision, context, 0, free).instead == instead


def test_pictures_take_room_while_they_are_read() -> None:
    config = shapes()["E2B"]
    few, many = (need(config, PRECISIONS["bf16"], 2048, count).total for count in (1, 40))
    assert many > few
