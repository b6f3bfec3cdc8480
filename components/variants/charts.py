"""The page's charts as Vega-Lite: plain dictionaries out of rows, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
Spec = dict[str, Any]

MEMBERS = ("E2B", "E4B", "12B", "26B-A4B", "31B")
LEGEND = {"orient": "top", "title": None, "columns": 3}
LINES = "split(replace(datum.label, ')', ''), ' (')"
"""What stands in brackets behind a name is a line of its own."""


def members(shades: Mapping[str, str], legend: Any = LEGEND) -> Spec:
    """The colour of each member."""
    scale = {"domain": list(shades), "range": list(shades.values())}
    return {"field": "variant", "type": "nominal", "scale": scale, "legend": legend}


def stacked(rows: Sequence[Row], unit: str, shades: Mapping[str, str]) -> Spec:
    """A bar a member, made of parts in the order of `shades`."""
    parts = list(shades)
    return {
        "data": {"values": [{**row, "order": parts.index(row["part"])} for row in rows]},
        "mark": {"type": "bar", "height": 20},
        "height": {"step": 34},
        "encoding": {
            "y": {"field": "variant", "type": "nominal", "sort": list(MEMBERS), "title": None},
            "x": {"field": "value", "type": "quantitative", "title": unit},
            "color": {
                "field": "part",
                "type": "nominal",
                "sort": parts,
                "scale": {"domain": parts, "range": list(shades.values())},
                "legend": {**LEGEND, "columns": 2},
            },
            "order": {"field": "order", "type": "quantitative"},
            "tooltip": [
                {"field": "variant"},
                {"field": "part"},
                {"field": "value", "title": unit, "format": ".3~f"},
            ],
        },
    }


def bars(rows: Sequence[Row], unit: str, by: str, kinds: Sequence[str]) -> Spec:
    """For each member a bar for each of `kinds`, a value of the field `by`."""
    return {
        "data": {"values": list(rows)},
        "mark": {"type": "bar"},
        "height": {"step": 14},
        "encoding": {
            "y": {"field": "variant", "type": "nominal", "sort": list(MEMBERS), "title": None},
            "yOffset": {"field": by, "type": "nominal", "sort": list(kinds)},
            "x": {"field": "value", "type": "quantitative", "title": unit},
            "color": {"field": by, "type": "nominal", "sort": list(kinds), "legend": LEGEND},
            "tooltip": [
                {"field": "variant"},
                {"field": by},
                {"field": "value", "title": unit, "format": ".3~f"},
            ],
        },
    }


def against(
    rows: Sequence[Row], x: str, y: str, shades: Mapping[str, str], line: tuple[str, float] | None
) -> Spec:
    """A named point for each member; `line` is a level with its words."""
    points: list[Spec] = [
        {"mark": {"type": "point", "filled": True, "size": 160}, "encoding": {"color": members(shades, None)}},
        {
            "mark": {"type": "text", "dy": -14, "fontWeight": 600},
            "encoding": {"text": {"field": "variant"}, "color": members(shades, None)},
        },
    ]  # fmt: skip
    layers: list[Spec] = [
        {
            **layer,
            "data": {"values": list(rows)},
            "encoding": {
                **layer["encoding"],
                "x": {
                    "field": "x",
                    "type": "quantitative",
                    "title": x,
                    "scale": {"type": "log", "domain": [1.5, 45], "nice": False},
                    "axis": {"values": [2, 5, 10, 20, 40]},
                },
                "y": {
                    "field": "y",
                    "type": "quantitative",
                    "title": y,
                    "scale": {"zero": False, "padding": 24},
                },
                "tooltip": [
                    {"field": "variant"},
                    {"field": "x", "title": x, "format": ".3~f"},
                    {"field": "y", "title": y},
                ],
            },
        }
        for layer in points
    ]
    if line:
        level = {"values": [{"level": line[1], "words": line[0]}]}
        place = {"y": {"field": "level", "type": "quantitative"}}
        layers += [
            {
                "data": level,
                "mark": {"type": "rule", "strokeDash": [5, 4], "color": "gray"},
                "encoding": place,
            },
            {
                "data": level,
                "mark": {"type": "text", "align": "right", "dy": -7, "dx": -4, "color": "gray"},
                "encoding": {**place, "x": {"value": "width"}, "text": {"field": "words"}},
            },
        ]
    return {"layer": layers, "height": 320}


def dots(rows: Sequence[Row], unit: str, shades: Mapping[str, str], log: bool = False) -> Spec:
    """A line for each `what`, with a dot for each member."""
    order = list(dict.fromkeys(row["what"] for row in rows))
    scale: Spec = {"type": "log"} if log else {"zero": True}
    return {
        "data": {"values": list(rows)},
        "mark": {"type": "point", "filled": True, "size": 120, "opacity": 0.9},
        "height": {"step": 32},
        "encoding": {
            "y": {
                "field": "what",
                "type": "nominal",
                "sort": order,
                "title": None,
                "axis": {
                    "labelLimit": 200,
                    "grid": True,
                    "labelExpr": LINES,
                    "labelOverlap": False,
                },
            },
            "x": {"field": "value", "type": "quantitative", "title": unit, "scale": scale},
            "color": members(shades),
            "tooltip": [
                {"field": "variant"},
                {"field": "what"},
                {"field": "value", "title": unit},
                {"field": "source"},
            ],
        },
    }


def slopes(rows: Sequence[Row], y: str, shades: Mapping[str, str]) -> Spec:
    """A line a member between values of x."""
    return {
        "data": {"values": list(rows)},
        "mark": {"type": "line", "point": {"size": 80}, "strokeWidth": 2},
        "height": 400,
        "encoding": {
            "x": {
                "field": "x",
                "type": "ordinal",
                "sort": None,
                "title": "soft tokens for a picture",
                "axis": {"labelAngle": 0},
            },
            "y": {"field": "value", "type": "quantitative", "title": y, "scale": {"zero": False}},
            "color": members(shades),
            "tooltip": [
                {"field": "variant"},
                {"field": "x", "title": "tokens"},
                {"field": "value", "title": y},
            ],
        },
    }


def heat(rows: Sequence[Row], ink: str, shades: Mapping[str, str]) -> Spec:
    """A cell for each `row` and `column` in the order of the rows, its `words` in it and its `reason` on pointing."""
    place = {
        "x": {
            "field": "column",
            "type": "nominal",
            "sort": list(dict.fromkeys(row["column"] for row in rows)),
            "title": "context, tokens",
            "axis": {"orient": "top", "labelAngle": 0, "labelFlush": False},
        },
        "y": {
            "field": "row",
            "type": "nominal",
            "sort": list(dict.fromkeys(row["row"] for row in rows)),
            "title": None,
            "axis": {"labelBound": False, "labelFlush": False, "labelOverlap": False},
        },
    }
    scale = {"domain": list(shades), "range": list(shades.values())}
    return {
        "data": {"values": list(rows)},
        "height": {"step": 24},
        "encoding": {
            **place,
            "tooltip": [
                {"field": "row", "title": "model"},
                {"field": "column", "title": "context"},
                {"field": "words", "title": "GB in all"},
                {"field": "reason", "title": "so"},
            ],
        },
        "layer": [
            {
                "mark": {"type": "rect", "cornerRadius": 3},
                "encoding": {
                    "color": {
                        "field": "verdict",
                        "type": "nominal",
                        "scale": scale,
                        "legend": {**LEGEND, "columns": 2},
                    }
                },
            },
            {
                "mark": {"type": "text", "color": ink, "fontSize": 11},
                "encoding": {"text": {"field": "words"}},
            },
        ],
    }
