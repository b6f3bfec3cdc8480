"""The samples that come with the program: one click puts a prompt and its media where they can be sent."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from itertools import groupby

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
    headings = {"image": "Pictures", "audio": "Sound", "video": "Video", "text": "Words"}
    with st.container(key="samples"):
        for kind, group in groupby(samples(), lambda sample: sample.kind):
            st.markdown(f":gray[:small[{ICONS[kind]} {headings[kind]}]]")
            with st.grid("auto", min_column_width=150, gap="small"):
                for sample in group:
                    _card(sample)


def _card(sample: Sample) -> None:
    with st.container(border=True, gap="xsmall", height="stretch"):
        if sample.kind == "image":
            st.image(FOLDER / sample.file, alt=sample.title)
        st.button(
            sample.title,
            key=f"sample_{sample.title.lower().replace(' ', '_')}",
            icon=ICONS[sample.kind],
            help=sample.prompt,
            width="stretch",
            on_click=_use,
            args=(sample,),
        )


def _use(sample: Sample) -> None:
    parts = read(sample.file, (FOLDER / sample.file).read_bytes()) if sample.file else ()
    composer.fill(sample.prompt, parts)
