"""The samples that come with the program, and the operator's own: prompts with media that suit them, one click each."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from functools import cache

import streamlit as st

from components import shell, web
from components.compare import settings
from components.compare.asking import composer
from components.compare.asking.tray import tray
from components.compare.schema import editor
from components.compare.tooling import chosen as tools
from components.media import ICONS
from components.words import plain
from playground import config
from playground.prompt.conversation import Settings
from playground.prompt.samples import LIST, Sample, SampleFault
from playground.prompt.samples import samples as of_folder
from playground.prompt.saving import saved

FOLDER = shell.ASSETS / "samples"


@cache
def built_in() -> tuple[Sample, ...]:
    """Those that assets/samples/samples.toml lists."""
    return of_folder(FOLDER)


def own() -> tuple[Sample, ...]:
    """Those of the operator's folder, and those that were saved there; what is wrong with it is said."""
    folder = config.read().samples
    if folder is None:
        return ()
    found: list[Sample] = []
    try:
        found += saved(folder)
        if (folder / LIST).exists():
            found = [*of_folder(folder), *found]
    except SampleFault as fault:
        st.warning(f"Samples of one's own: {plain(str(fault))}", icon=":material/error:")
    return tuple(found)


def offer() -> None:
    """What the page shows before anything was asked: one click runs a sample."""
    idle = not web.who().asks
    with st.container(key="samples"):
        st.markdown("## One prompt, the whole family", anchors=False)
        st.markdown(
            ":gray[Type below and add pictures, sound or video, or begin with a sample: one click "
            "runs it.]"
        )
        samples = (*own(), *built_in())
        pictures = [sample for sample in samples if sample.kind == "image" and sample.path]
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
        said = (sample.title, sample.prompt, *(file.name for file in sample.files))
        return f"{before}_own_{zlib.crc32(' '.join(said).encode())}"
    return f"{before}_{re.sub('[^a-z0-9]+', '_', sample.title.lower()).strip('_')}"


def _fill(sample: Sample) -> None:
    try:
        composer.fill(sample.prompt, sample.parts())
    except SampleFault as fault:
        tray().faults = [str(fault)]
        return
    _set(sample)


def _run(sample: Sample) -> None:
    if shell.shown() is not None:
        return  # the second of two clicks: samples are offered where nothing was asked
    try:
        tray().hold(sample.parts())
    except SampleFault as fault:
        tray().faults = [str(fault)]
        return
    _set(sample)
    composer.send(sample.prompt)


def _set(sample: Sample) -> None:
    """Its settings, where it has some of its own."""
    if sample.settings is not None:
        chosen = sample.settings.apply(Settings())
        settings.put(chosen, sample.settings.system or "")
        editor.put(chosen.schema)
        tools.put(chosen)
