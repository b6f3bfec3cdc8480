"""A recording seen: waveform, spectrogram, silences and seconds, with a line where it plays. Knows no prompt."""

from __future__ import annotations

import base64
from pathlib import Path

import streamlit as st

from components.words import plain
from playground.prompt import media
from playground.prompt.conversation import Audio
from playground.prompt.media.spectra.look import BINS, HIGHEST_HZ, HOP, Look

HERE = Path(__file__).parent

WIDTH, LOUD, PITCH, FOOT = 1000, 90, 170, 44
"""Of the drawing: its width, the heights of waveform and spectrogram and of the seconds below."""

LETTERS = 30
"""Height of the seconds: they can be read on a telephone too, where the drawing is shrunk to a third."""

STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120)
"""Seconds from one mark to the next; as many as make at most TICKS."""

TICKS = 10
GREY = "#7f8ea3"

_figure = st.components.v2.component(
    "playground_heard",
    html='<div class="picture"><img><div class="at" hidden></div></div>',
    css=(HERE / "heard.css").read_text("utf-8"),
    js=(HERE / "heard.js").read_text("utf-8"),
)


def look_button(audio: Audio, key: str) -> None:
    """A button that opens the recording's picture."""
    if st.button(
        "Look",
        key=key,
        icon=":material/graphic_eq:",
        type="tertiary",
        help=f"See what is in {plain(audio.name)}",
    ):
        _dialog(audio)


@st.dialog("What is heard", width="large")
def _dialog(audio: Audio) -> None:
    st.markdown(f"**{plain(audio.name)}**, {audio.seconds:.1f} s")
    try:
        with st.spinner("Looking…"):
            look = media.look(audio)
    except media.MediaError as error:
        st.warning(plain(str(error)), icon=":material/error:")
        return
    _figure(
        key="heard",
        data={
            "picture": _uri(look),
            "seconds": look.seconds,
            "name": f"{audio.name}, {told(look)}",
        },
    )
    st.audio(audio.data, alt=audio.name)
    st.caption(
        f"Above how loud it is, below its pitch on a mel scale, 0 to {HIGHEST_HZ // 1000} kHz in {BINS} "
        f"bins every {HOP // 16} ms, which is what the audio encoder of E2B and E4B takes in; the 12B "
        f"model reads the samples themselves. Grey: silence. {told(look)} A click moves the player there."
    )


def told(look: Look) -> str:
    """Its silences in words."""
    if not look.silences:
        return "No silence of a quarter of a second or more."
    silent = sum(end - start for start, end in look.silences)
    if silent > 0.99 * look.seconds:
        return "Silent from end to end."
    count = len(look.silences)
    return f"{count} silence{'s' * (count > 1)}, {silent:.1f} of {look.seconds:.1f} s."


def drawing(look: Look) -> str:
    """The whole as an SVG."""
    scale = WIDTH / look.seconds
    middle, wide = LOUD / 2, WIDTH / len(look.peaks)
    loudest = max(0.02, *look.peaks)
    bars = "".join(
        f"M{(index + 0.5) * wide:.1f} {middle - high:.1f}v{2 * high:.1f}"
        for index, high in enumerate(max(0.5, middle * peak / loudest) for peak in look.peaks)
    )
    shades = "".join(
        f'<rect x="{start * scale:.1f}" y="0" width="{(end - start) * scale:.1f}" height="{LOUD + PITCH}"/>'
        for start, end in look.silences
    )
    step = next((one for one in STEPS if look.seconds / one <= TICKS), STEPS[-1])
    marks = "".join(
        f'<path d="M{at * scale:.1f} {LOUD + PITCH}v6" stroke="{GREY}"/>'
        f'<text x="{at * scale + 4:.1f}" y="{LOUD + PITCH + 32}">{at:g} s</text>'
        for at in (index * step for index in range(int(look.seconds / step) + 1))
        if at * scale < WIDTH - 80
    )
    encoded = base64.b64encode(look.spectrogram).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {LOUD + PITCH + FOOT}" '
        f'font-family="sans-serif" font-size="{LETTERS}" fill="{GREY}">'
        f'<path d="{bars}" stroke="{GREY}" stroke-width="{0.6 * wide:.1f}"/>'
        f'<image href="data:image/png;base64,{encoded}" y="{LOUD}" width="{WIDTH}" height="{PITCH}" '
        f'preserveAspectRatio="none"/><g fill="{GREY}" opacity="0.4">{shades}</g>{marks}</svg>'
    )


def _uri(look: Look) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(drawing(look).encode()).decode()}"
