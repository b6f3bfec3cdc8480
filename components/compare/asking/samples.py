"""The samples that come with the program, and the operator's own: prompts with media that suit them, one click each."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from functools import cache

import streamlit as st

from components import shell, web
from components.compare.asking import composer
from components.compare.asking.tray import tray
from components.media import ICONS
from components.words import plain
from playground import config
from playground.prompt.samples import Sample, SampleFault
from playground.prompt.samples import samples as of_folder

FOLDER = shell.ASSETS / "samples"


@cache
def built_in() -> tuple[Sample, ...]:
    """Those that assets/samples/samples.toml lists."""
    return of_folder(FOLDER)


def own() -> tuple[Sample, ...]:
    """Those of the operator's folder; what is wrong with it is said."""
    folder = config.read().samples
    if folder is None:
        return ()
    try:
        return of_folder(folder)
    except SampleFault as fault:
        st.warning(f"Samples of one's own: {plain(str(fault))}", icon=":material/error:")
        return ()


def offer() -> None:
    """What the page shows before anything was asked: one click runs a sample."""
    idle = not web.who().asks
    with st.container(key="samples"):
        st.markdown("### One prompt, the whole family", anchors=False)
        st.markdown(
            ":gray[Type below and add pictures, sound or video, or begin with a sample: one click "
            "runs it.]"
        )
        samples = (*own(), *built_in())
        pictures = [sample for sample in samples if sample.kind == "image" and sample.file]
        with st.grid("auto", min_column_width=140):
            for sample in pictures:
                with st.container(gap="xsmall"):
                    st.image(
                        sample.path,
                        alt=sample.title,
                        width="stretch",
                        # By itself it would make a JPEG of a PNG on each run.
                        output_format="PNG" if sample.path.suffix.lower() == ".png" else "auto",
                    )
                    _button(sample, _run, "sample", idle)
        with st.grid("auto", min_column_width=140):
            for sample in samples:
                if sample not in pictures:
                    _button(sample, _run, "sample", idle)


def choose() -> None:
    """The samples as a list: one click puts a prompt into the box and its media into the tray."""
    with st.container(width=420).grid("auto", min_column_width=150, gap="xsmall"):
        for sample in (*own(), *built_in()):
            _button(sample, _fill, "fill")


def _button(
    sample: Sample, act: Callable[[Sample], None], key: str, disabled: bool = False
) -> None:
    st.button(
        plain(sample.title),
        key=_key(sample, key),
        icon=ICONS[sample.kind],
        help=plain(sample.prompt),
        width="stretch",
        on_click=act,
        args=(sample,),
        disabled=disabled,
    )


def _key(sample: Sample, before: str) -> str:
    """One's own may be called like another."""
    if sample.folder != FOLDER:
        return (
            f"{before}_own_{zlib.crc32(f'{sample.title} {sample.prompt} {sample.file}'.encode())}"
        )
    return f"{before}_{re.sub('[^a-z0-9]+', '_', sample.title.lower()).strip('_')}"


def _fill(sample: Sample) -> None:
    try:
        composer.fill(sample.prompt, sample.parts())
    except SampleFault as fault:
        tray().faults = [str(fault)]


def _run(sample: Sample) -> None:
    if shell.shown() is not None:
        return  # the second of two clicks: samples are offered where nothing was asked
    try:
        tray().hold(sample.parts())
    except SampleFault as fault:
        tray().faults = [str(fault)]
        return
    composer.send(sample.prompt)
