"""Published results as a table and as charts, and what was measured here beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from components import shell
from components.variants import charts
from components.variants.sources import charted, named, note, shades
from components.words import plain
from playground.archive.archive import ArchiveError
from playground.archive.measured import Measured, speeds
from playground.models.catalog import Catalog, catalog
from playground.models.family.published import REFERENCE, Result, Speed
from playground.models.sizes import counted

UNITS = {"decode": "tok/s of one answer", "prefill": "tok/s read", "throughput": "tok/s in all"}
UNITS |= {"ttft": "ms to the first token", "speedup": "times as fast with a drafter"}


def table(held: Catalog) -> None:
    """Every published result; a click on a head puts them in its order."""
    names = [one.name for one in held.variants]
    rows = [
        {
            "Benchmark": one.title,
            "About": one.group,
            "Unit": one.unit,
            "Better": one.better,
            **{name: one.values.get(name) for name in (*names, REFERENCE)},
            **named(one.source),
            "Note": " ".join([one.note, *_others(one)]).strip() or None,
        }
        for one in held.published.results
    ]
    st.dataframe(
        rows,
        hide_index=True,
        placeholder="–",
        height=520,
        column_config={"Benchmark": st.column_config.TextColumn(pinned=True)},
        alt="Published benchmark results of the five members and of Gemma 3 27B, with their sources",
    )
    note(
        "Instruction-tuned, thinking on unless the title says otherwise. Your own task may order them otherwise: ask "
        "them on the Compare page."
    )


def _others(one: Result) -> list[str]:
    titles = catalog().sources
    return [f"{name}: {titles[source].title}." for name, source in one.sources.items()]


def quality(held: Catalog) -> None:
    """One result against the weights that a token reads: intelligence per parameter, drawn."""
    whole = [one for one in held.published.results if len(one.values) >= len(held.variants)]
    titles = {one.key: one.title for one in whole}
    key = st.selectbox("Result", list(titles), format_func=titles.__getitem__, key="quality_result")
    chosen = held.published.result(str(key))
    rows = [
        {
            "variant": one.name,
            "x": one.parameters.read_per_token / 1e9,
            "y": chosen.values[one.name],
        }
        for one in held.variants
        if one.name in chosen.values
    ]
    old = chosen.values.get(REFERENCE)
    y = f"{chosen.title}, {chosen.unit}" + (
        " (lower is better)" if chosen.better == "lower" else ""
    )
    spec = charts.against(
        rows,
        "billions of weights read a token",
        y,
        shades(held),
        (REFERENCE, old) if old is not None else None,
    )
    numbers = [
        {
            "Variant": row["variant"],
            "Read a token, billions": round(row["x"], 2),
            y: row["y"],
            **named(chosen.source_of(row["variant"])),
        }
        for row in rows
    ]
    alt = f"{y} against billions of weights read a token: " + "; ".join(
        f"{row['variant']} {row['y']:g} at {row['x']:.1f}" for row in rows
    )
    charted(spec, numbers, alt, "quality")


def long_context(held: Catalog) -> None:
    """MRCR, RULER and the like."""
    wanted = [one for one in held.published.results if one.group == "long context"]
    rows = [
        {"what": one.title, "variant": name, "value": value, "source": _kind(one, name)}
        for one in wanted
        for name, value in one.values.items()
        if name != REFERENCE
    ]
    _dots(held, rows, "%", "long", "Long-context results in percent")
    lost = [
        held.published.result(key).values["31B"] - held.published.result(key).values["26B-A4B"]
        for key in ("mrcr_128k", "ruler_128k")
    ]
    note(
        "MRCR asks for one of several alike needles, with thinking; the others are without. At the same length the "
        f"26B-A4B loses {lost[0]:.0f} points to the 31B on MRCR, and {lost[1]:.0f} on RULER."
    )


def budgets(held: Catalog) -> None:
    """What fewer tokens for a picture cost."""
    keys = list(dict.fromkeys(one.result for one in held.published.budgets))
    titles = {key: held.published.result(key).title for key in keys}
    key = st.selectbox("Benchmark", keys, format_func=titles.__getitem__, key="budget_result")
    chosen = held.published.result(str(key))
    wanted = [one for one in held.published.budgets if one.result == key]
    rows = [
        {"variant": name, "x": str(one.tokens), "value": one.values[name]}
        for one in sorted(wanted, key=lambda one: one.tokens)
        for name in shades(held)
    ]
    lower = " (lower is better)" if chosen.better == "lower" else ""
    numbers = [
        {
            "Variant": name,
            **{f"{one.tokens} tokens": one.values[name] for one in wanted},
            **named(wanted[0].source),
        }
        for name in shades(held)
    ]
    alt = f"{chosen.title}{lower} at 280 and at 1,120 tokens for a picture: " + "; ".join(
        f"{row['Variant']} {row['280 tokens']:g} and {row['1120 tokens']:g}" for row in numbers
    )
    charted(
        charts.slopes(rows, f"{chosen.title}, {chosen.unit}{lower}", shades(held)),
        numbers,
        alt,
        "budgets",
    )


def published_speeds(held: Catalog) -> None:
    """Speeds by engine and hardware, and those of this machine's archive beside them."""
    what = st.segmented_control(
        "Speed", list(UNITS), default="decode", required=True, key="speed_what"
    )
    rows: list[dict[str, Any]] = [_speed(one) for one in held.published.speeds if one.what == what]
    if what == "decode":
        rows = [*map(_measured, _own()), *rows]
    unit = UNITS[str(what)]
    _dots(held, rows, unit, "speeds", f"Published speeds, {unit}", log=True)
    if what == "decode" and not any(row["kind"] == "measured here" for row in rows):
        note(
            "The archive of this program holds no measured answers of real weights yet: once it does, they stand here "
            "beside the published ones."
        )


def _speed(one: Speed) -> dict[str, Any]:
    source = catalog().sources[one.source]
    where = ", ".join(part for part in (one.engine, one.hardware, one.precision) if part)
    return {
        "what": where + (f" ({one.note})" if one.note else ""),
        "variant": one.variant,
        "value": one.value,
        "source": source.title,
        "kind": source.kind,
    }


def _measured(one: Measured) -> dict[str, Any]:
    where = ", ".join(part for part in (one.engine, one.device, one.precision) if part)
    return {
        "what": f"Here: {where}",
        "variant": one.variant,
        "value": float(f"{one.speed:.3g}"),
        "source": f"{one.weights}, the median of {counted(one.count, 'answer')} in the archive",
        "kind": "measured here",
    }


def _own() -> Sequence[Measured]:
    """What the archive has measured of the family; nothing where there is no archive."""
    archive = shell.desk().archive
    if archive is None:
        return ()
    names = {one.name for one in catalog().variants}
    try:
        with archive.reading() as connection:
            return [one for one in speeds(connection) if one.variant in names]
    except ArchiveError as error:
        note(f":material/inventory_2: {plain(str(error))}")
        return ()


def _dots(
    held: Catalog, rows: list[dict[str, Any]], unit: str, key: str, title: str, log: bool = False
) -> None:
    numbers = [
        {
            "Variant": row["variant"],
            "What": row["what"],
            unit: row["value"],
            "Source": row["source"],
        }
        | ({"Kind": row["kind"]} if "kind" in row else {})
        for row in rows
    ]
    alt = f"{title}: " + "; ".join(f"{r['variant']}, {r['what']}: {r['value']:g}" for r in rows)
    charted(charts.dots(rows, unit, shades(held), log), numbers, alt, key)


def _kind(one: Result, name: str) -> str:
    source = catalog().sources[one.source_of(name)]
    return f"{source.kind}: {source.title}"
