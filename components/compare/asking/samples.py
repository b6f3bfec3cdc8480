"""The samples that come with the program: prompts with media that suit them, one click each."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import streamlit as st

from components import shell
from components.compare.asking import composer
from components.compare.asking.tray import tray
from components.media import ICONS
from playground.prompt.conversation import Media
from playground.prompt.media import read

FOLDER = shell.ASSETS / "samples"


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
    """What the page shows before anything was asked: one click runs a sample."""
    with st.container(key="samples"):
        st.markdown("### One prompt, the whole family", anchors=False)
        st.markdown(
            ":gray[Type below and add pictures, sound or video, or begin with a sample: one click "
            "runs it.]"
        )
        pictures = [sample for sample in samples() if sample.kind == "image"]
        with st.grid("auto", min_column_width=140):
            for sample in pictures:
                with st.container(gap="xsmall"):
                    st.image(FOLDER / sample.file, alt=sample.title, width="stretch")
                    _button(sample, _run, "sample")
        with st.grid("auto", min_column_width=140):
            for sample in samples():
                if sample not in pictures:
                    _button(sample, _run, "sample")


def choose() -> None:
    """The samples as a list: one click puts a prompt into the box and its media into the tray."""
    with st.container(width=420).grid("auto", min_column_width=150, gap="xsmall"):
        for sample in samples():
            _button(sample, _fill, "fill")


def _button(sample: Sample, act: Callable[[Sample], None], key: str) -> None:
    st.button(
        sample.title,
        key=f"{key}_{re.sub('[^a-z0-9]+', '_', sample.title.lower()).strip('_')}",
        icon=ICONS[sample.kind],
        help=sample.prompt,
        width="stretch",
        on_click=act,
        args=(sample,),
    )


def _fill(sample: Sample) -> None:
    composer.fill(sample.prompt, _parts(sample))


def _run(sample: Sample) -> None:
    if shell.shown() is not None:
        return  # the second of two clicks: samples are offered where nothing was asked
    tray().hold(_parts(sample))
    composer.send(sample.prompt)


def _parts(sample: Sample) -> tuple[Media, ...]:
    return read(sample.file, (FOLDER / sample.file).read_bytes()) if sample.file else ()
