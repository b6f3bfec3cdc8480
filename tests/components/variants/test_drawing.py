"""The drawings and charts: one scale for all, good SVG, and plain dictionaries."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from components.variants import charts
from components.variants.drawing import COLOURS, PER_PIXEL, WIDE, draw
from playground.models.family.anatomy import anatomy
from playground.models.fit import shapes

NAMES = tuple(shapes())
SVG = "{http://www.w3.org/2000/svg}"


def drawn(name: str, mode: str = "light") -> ElementTree.Element:
    colours = {**COLOURS[mode], "own": "#123456"}
    return ElementTree.fromstring(draw(name, anatomy(shapes()[name]), colours))


def bars(root: ElementTree.Element, colour: str) -> list[float]:
    return [
        float(one.attrib["width"]) for one in root.iter(f"{SVG}rect") if one.get("fill") == colour
    ]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("mode", COLOURS)
def test_a_drawing_is_svg_that_loads_nothing(name: str, mode: str) -> None:
    root = drawn(name, mode)
    assert name in "".join(root.itertext())
    assert not list(root.iter(f"{SVG}image")) and not list(root.iter(f"{SVG}script"))
    for one in root.iter(f"{SVG}rect"):
        assert float(one.attrib["x"]) + float(one.attrib["width"]) <= WIDE, "nothing is cut off"
        assert float(one.attrib["y"]) >= 0


@pytest.mark.parametrize("name", NAMES)
def test_areas_are_weights_at_one_scale(name: str) -> None:
    built, root = anatomy(shapes()[name]), drawn(name)
    lengths = bars(root, "#123456")
    assert len(lengths) == len(built.layers) + 1, "each layer, and the embedding"
    read = sum(one.own + one.active for one in built.layers)
    assert sum(lengths[:-1]) == pytest.approx(read / PER_PIXEL, rel=0.01)
    looked_up = sum(one.lookup for one in built.layers) / PER_PIXEL
    assert sum(bars(root, COLOURS["light"]["lookup"])) == pytest.approx(looked_up, rel=0.01)


def test_all_drawings_are_of_one_size_and_the_same_twice() -> None:
    assert len({drawn(name).attrib["viewBox"] for name in NAMES}) == 1
    assert ElementTree.tostring(drawn("E2B")) == ElementTree.tostring(drawn("E2B"))


def test_charts_know_every_member() -> None:
    assert set(NAMES) == set(charts.MEMBERS)


def test_charts_are_plain_and_load_nothing() -> None:
    shades = dict.fromkeys(charts.MEMBERS, "#123456")
    row = {"variant": "E2B", "what": "x", "value": 1, "part": "a", "x": 2, "y": 3}
    cell = {"row": "E2B bf16", "column": "2K", "words": "1", "verdict": "fits", "reason": "so"}
    for spec in (
        charts.stacked([row], "GB", {"a": "#123456"}),
        charts.bars([row], "GB", "part", ["a"]),
        charts.against([row], "x", "y", shades, ("old", 2.0)),
        charts.dots([row], "%", shades, log=True),
        charts.slopes([row], "y", shades),
        charts.heat([cell], "#000000", {"fits": "#ffffff"}),
    ):
        assert '"url"' not in json.dumps(spec)
