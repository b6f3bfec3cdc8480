"""The samples that come with the program: one click puts a prompt and its media where they can be sent."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache

import streamlit as st

from components import composer
from components.media import ICONS
from components.shell import ASSETS
from playground.media import read

FOLDER = ASSETS / "samples"


@dataclass(frozen=True, slots=True)
class Sample:
    """A prompt with a title and, but for text, a file."""

    kind: str
    title: str
    prompt: str
    file: str = ""


@cache
def samples() -> tuple[Sample, ...]:
    """Those that assets/samples/samples.toml lists."""
    listed = tomllib.loads((FOLDER / "samples.toml").read_text("utf-8"))["sample"]
    return tuple(Sample(**entry) for entry in listed)


def offer() -> None:
    """What the page shows before anything was asked."""
    with st.container(key="samples"):
        st.markdown("### One prompt, the whole family", anchors=False)
        st.markdown(
            ":gray[Type below and add pictures, sound or video, or begin with a sample: one click "
            "puts it into the box.]"
        )
        pictures = [sample for sample in samples() if sample.kind == "image"]
        with st.grid("auto", min_column_width=140):
            for sample in pictures:
                with st.container(gap="xsmall"):
                    st.image(FOLDER / sample.file, alt=sample.title, width="stretch")
                    _button(sample)
        with st.grid("auto", min_column_width=140):
            for sample in samples():
                if sample not in pictures:
                    _button(sample)


def _button(sample: Sample) -> None:
    st.button(
        sample.title,
        key=f"sample_{re.sub('[^a-z0-9]+', '_', sample.title.lower()).strip('_')}",
        icon=ICONS[sample.kind],
        help=sample.prompt,
        width="stretch",
        on_click=_use,
        args=(sample,),
    )


def _use(sample: Sample) -> None:
    parts = read(sample.file, (FOLDER / sample.file).read_bytes()) if sample.file else ()
    composer.fill(sample.prompt, parts)
