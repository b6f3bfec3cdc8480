"""The catalogue in words: a card for each member, and a table of all."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import colours
from components.words import plain
from playground.engines.roster.installed import Damaged
from playground.models.catalog import Catalog, Variant, catalog
from playground.models.model import Model
from playground.models.sizes import size

HUB = "https://huggingface.co/"


def card(member: Variant, here: Sequence[Model | Damaged], licence: str) -> None:
    """One member: what it is, what it takes, what it weighs, and what of it is on this machine."""
    with st.container(border=True, height="stretch", key=f"variant_{member.name}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.subheader(colours.text(member.name, member.name), anchor=False, width="content")
            st.markdown(f":small[{headline(member)}]", width="content")
        st.markdown(member.character)
        takes(member)
        shape, memory = member.shape, member.memory_gb
        st.markdown(
            f"**Memory** {memory.bf16:g} GB in bf16, {memory.fp8:g} GB in 8 bits, {memory.q4:g} GB in 4 bits "
            f"by Google's table; what it takes here stands under *Does it fit?*  \n"
            f"**Context** {shape.context // 1024}K tokens · **Layers** {shape.layers}  \n"
            f"**Built as** {member.architecture}"
        )
        for line in on_this_machine(member, here):
            st.markdown(line)
        repo = member.weights.instruct
        st.markdown(f":material/link: [{repo}](https://huggingface.co/{repo}) · {licence}")


def headline(member: Variant) -> str:
    """Its parameters, in the words that fit its kind."""
    parameters = member.parameters
    stored = f"{parameters.stored / 1e9:.1f}B stored"
    if parameters.effective:
        return f"{parameters.effective / 1e9:g}B effective, {stored}"
    if parameters.active:
        return f"{parameters.active / 1e9:g}B active, {stored}"
    return stored


def takes(member: Variant) -> None:
    """Badges for what it takes, and one for what it does not."""
    with st.container(horizontal=True, gap="xsmall"):
        st.badge("text", icon=":material/notes:", color="gray")
        st.badge("pictures", icon=":material/image:", color="blue", help=member.encoders.vision)
        st.badge("video as frames", icon=":material/movie:", color="blue")
        if member.hears:
            st.badge("sound", icon=":material/mic:", color="green", help=member.encoders.audio)
        else:
            st.badge("no sound", icon=":material/mic_off:", color="gray")
        st.badge("thinking", icon=":material/psychology:", color="violet")
        st.badge("tools", icon=":material/build:", color="gray")


def on_this_machine(member: Variant, here: Sequence[Model | Damaged]) -> list[str]:
    """What of it can run here, a line each; never a demo as the real thing."""
    lines = []
    for model in here:
        if model.variant != member.name:
            continue
        if isinstance(model, Damaged):
            lines.append(f":orange[:material/error: {plain(model.reason)}] {plain(model.remedy)}")
        elif model.demo:
            lines.append(":material/toys: Here as a **demo-sized stand-in, not Gemma 4**")
        else:
            revision = f", revision `{model.revision}`" if model.revision else ""
            lines.append(f":material/check_circle: **Here**, {size(model.bytes)}{revision}")
    return list(dict.fromkeys(lines)) or [":material/cloud_off: Not on this machine"]


def table(held: Catalog) -> None:
    """All members in one table."""
    rows = [
        {
            "Variant": one.name,
            "Released": one.released,
            "Stored": f"{one.parameters.stored / 1e9:.2f}B",
            "Effective": _billions(one.parameters.effective),
            "Active": _billions(one.parameters.active),
            "Layers": one.shape.layers,
            "Context": f"{one.shape.context // 1024}K",
            "Vision": one.encoders.vision,
            "Sound": one.encoders.audio,
            "bf16 GB": one.memory_gb.bf16,
            "8-bit GB": one.memory_gb.fp8,
            "4-bit GB": one.memory_gb.q4,
            "KV a token": f"{one.shape.kv_bytes_per_token / 1024:g} KiB",
            "Mobile build GB": one.memory_gb.mobile,
            "Instruct": HUB + one.weights.instruct,
            "Base": HUB + one.weights.base,
            "Drafter": HUB + one.weights.drafter,
            "Quantised in training": ", ".join(one.weights.qat),
            "Licence": held.family.licence,
            "Sources": _sources(one),
        }
        for one in held.variants
    ]
    columns = {
        name: st.column_config.LinkColumn(display_text=r"huggingface\.co/(.*)")
        for name in ("Instruct", "Base", "Drafter")
    }
    st.dataframe(
        rows,
        hide_index=True,
        placeholder="–",
        column_config={"Variant": st.column_config.TextColumn(pinned=True), **columns},
        alt="The members of the family side by side",
    )


def shared_facts(held: Catalog) -> None:
    """What holds for all members."""
    family, sampling = held.family, held.family.sampling
    budgets = ", ".join(str(budget) for budget in family.image.budgets[:-1])
    with st.container(border=True, height="stretch", key="variant_all"):
        st.subheader("All of them", anchor=False)
        st.markdown(
            f"**Licence** {family.licence} · **Vocabulary** {family.vocabulary:,} tokens  \n"
            f"**Know** nothing after {family.training_cutoff}  \n"
            f"**A picture** costs up to {budgets} or {family.image.budgets[-1]} tokens, as you choose; "
            f"{family.image.default_budget} if you don't  \n"
            f"**Sound** costs {family.audio.tokens_per_second} tokens a second, for at most "
            f"{family.audio.seconds} s  \n"
            f"**A clip** is up to {family.video.frames} frames of up to {family.video.frame_tokens} tokens, for at "
            f"most {family.video.seconds} s  \n"
            f"**Sampling** as recommended: temperature {sampling.temperature:g}, top-p {sampling.top_p:g}, top-k "
            f"{sampling.top_k}"
        )


def _sources(one: Variant) -> str:
    groups = {
        "parameters": one.parameters.stored_source,
        "shape": one.shape.source,
        "encoders": one.encoders.source,
        "memory": one.memory_gb.source,
        "weights": one.weights.source,
    }
    kinds = catalog().sources
    return ", ".join(f"{what}: {kinds[source].kind}" for what, source in groups.items())


def _billions(count: int | None) -> str | None:
    return None if count is None else f"{count / 1e9:g}B"
