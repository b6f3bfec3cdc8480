"""How the members are built: a drawing of each to one scale, and where their weights lie."""

from __future__ import annotations

import streamlit as st

from components import colours
from components.variants import charts, drawing
from components.variants.sources import charted, dark, named, note
from playground.models.catalog import Catalog, Variant
from playground.models.family.anatomy import anatomy
from playground.models.fit import bytes_per_token, shapes
from playground.models.precision import PRECISIONS

SHOWN = ("bf16", "int8", "int4")


def drawings(held: Catalog) -> None:
    """The five side by side, what the marks mean, and their demo-sized sisters."""
    mode = "dark" if dark() else "light"
    palette = drawing.COLOURS[mode]
    with st.grid("auto", min_column_width=210, gap="medium"):
        for one in held.variants:
            built = anatomy(shapes()[one.name])
            shade = {**palette, "own": colours.chart(one.name)}
            svg = drawing.draw(one.name, built, shade)
            st.image(svg, alt=f"{one.name}: {built.words}", width="stretch")
    st.markdown(
        "**To one scale**: every area is a number of weights. A row is a layer, the first at the bottom. The mark "
        "before it: long and strong, it attends to everything; short and pale, to a window; hollow, it shares keys and "
        "values of an earlier layer. In the member's colour: read for every token. Yellow: per-layer embeddings, "
        "looked up. Pale violet: experts that a token does not read. Green: encoders."
    )
    with st.expander("The same in words", icon=":material/notes:"):
        st.markdown(
            "\n".join(
                f"- **{one.name}** {anatomy(shapes()[one.name]).words}" for one in held.variants
            )
        )
    _demos(held)


def _demos(held: Catalog) -> None:
    st.subheader("Their demo-sized sisters", anchor=False)
    note(
        "The same architectures, trained here from scratch on drawn shapes and synthesised sounds: **not Gemma 4**. At "
        "the scale above each would be a dot."
    )
    st.dataframe(
        [
            {
                "Sister of": demo.variant,
                "Stored": f"{demo.stored / 1e6:.1f}M",
                "Layers": demo.layers,
                "Hidden": demo.hidden,
                "Context": demo.context,
                **named(demo.source),
            }
            for demo in held.published.demos
        ],
        hide_index=True,
        alt="The demo-sized sisters of four members",
    )


def parameters(held: Catalog) -> None:
    """Weights by what becomes of them, as bars."""
    parts = {
        "read for a token": colours.chart("E2B"),
        "looked up": "#b58a1f",
        "experts not read": colours.chart("26B-A4B"),
        "encoders": colours.chart("E4B"),
    }
    rows = [
        {"variant": one.name, "part": part, "value": count / 1e9}
        for one in held.variants
        for part, count in zip(parts, _parts(one), strict=True)
    ]
    spec = charts.stacked(rows, "billions of weights", parts)
    table = [
        {
            "Variant": one.name,
            "Stored": one.parameters.stored,
            "Effective (card)": one.parameters.effective,
            "Active (card)": one.parameters.active,
            "Read for a token": one.parameters.read_per_token,
            "Looked up": one.parts.per_layer_embedding,
            "Experts": one.parts.experts,
            "For pictures": one.parts.vision,
            "For sound": one.parts.audio,
            **named(one.parts.source),
        }
        for one in held.variants
    ]
    alt = "Stored weights of each member, by whether a token reads them: " + "; ".join(
        f"{one.name} {one.parameters.stored / 1e9:.1f}B, of which {one.parameters.read_per_token / 1e9:.1f}B are read"
        for one in held.variants
    )
    charted(
        spec,
        table,
        alt,
        "parameters",
        "*Effective* is what is read for a token (E2B, E4B): the per-layer embeddings are looked up. *Active* is the "
        "same of the mixture: memory holds all experts, a token reads few.",
    )


def _parts(one: Variant) -> tuple[int, int, int, int]:
    parts, read = one.parts, one.parameters.read_per_token
    idle = parts.embedding + parts.layers + parts.experts - read
    return read, parts.per_layer_embedding, idle, parts.vision + parts.audio


def reads(held: Catalog) -> None:
    """Gigabytes that a token reads, by precision."""
    rows = [
        {
            "variant": one.name,
            "precision": stored,
            "value": bytes_per_token(shapes()[one.name], PRECISIONS[stored]) / 1e9,
        }
        for one in held.variants
        for stored in SHOWN
    ]
    table = [
        {
            "Variant": one.name,
            **{
                f"{row['precision']}, GB": round(row["value"], 2)
                for row in rows
                if row["variant"] == one.name
            },
            **named(one.parameters.read_per_token_source),
        }
        for one in held.variants
    ]
    alt = "Gigabytes of weights that the next token reads, in bf16: " + ", ".join(
        f"{row['variant']} {row['value']:.1f}" for row in rows if row["precision"] == "bf16"
    )
    charted(
        charts.bars(rows, "GB of weights a token", "precision", SHOWN),
        table,
        alt,
        "reads",
        "A single answer is written as fast as memory is read: its bandwidth divided by this is the most tokens a "
        "second. Embeddings keep 16 bits in int8 and int4.",
    )
