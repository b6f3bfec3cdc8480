"""Shows a picture, a recording, a clip or a text: small, with its measures in words. Knows no model."""

from __future__ import annotations

import io
import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import wraps
from typing import TypeVar

import streamlit as st

from components.words import plain
from playground.prompt import media
from playground.prompt.conversation import Audio, Document, Image, Media, Video

Drawn = TypeVar("Drawn")

ICONS = {
    "text": ":material/notes:",
    "image": ":material/image:",
    "audio": ":material/mic:",
    "video": ":material/movie:",
    "document": ":material/description:",
}
NOUNS = {
    "text": "text",
    "image": "picture",
    "audio": "sound",
    "video": "video",
    "document": "file",
}

FIRST_LINES, FIRST_LETTERS = 4, 40
"""What a small drawing of a text shows of it."""

SHOWN = 20_000
"""Characters of a text that can be looked into; the page would grow slow with more."""

PAGE = re.compile(r"PDF, page ([\d,]+) of ([\d,]+)")
"""What a drawn page of a PDF is called."""

BARS = 60
"""Bars in a drawn waveform."""

STRIP = 6
"""Frames at most in a film strip."""

KEPT = 64
"""Small drawings of each kind that are kept."""


def measure(part: Media) -> str:
    """How large or how long it is."""
    match part:
        case Image():
            return f"{part.width}×{part.height}"
        case Audio():
            return f"{part.seconds:.1f} s"
        case Video():
            return f"{part.seconds:.1f} s, {_frames(part)}"
        case Document():
            return f"{len(part.text):,} characters"


def describe(part: Media) -> str:
    """Its name and measure, for captions and for those who can't see it."""
    return f"{part.name} · {measure(part)}"


def briefly(parts: Sequence[Media]) -> list[str]:
    """Each part with its icon, name and measure, as Markdown; the pages of one PDF together."""
    said: dict[str, str] = {}
    counts: dict[str, int] = {}
    begun: dict[str, tuple[str, int]] = {}
    for place, part in enumerate(parts):
        found = PAGE.fullmatch(part.original) if isinstance(part, Image) else None
        if found is None:
            said[f"{place} {part.name}"] = f"{ICONS[part.kind]} {plain(describe(part))}"
            continue
        pdf, page = part.name.rpartition(", ")[0], int(found[1].replace(",", ""))
        key, before = begun.get(pdf, ("", 0))
        if page <= before or not key:  # another of that name
            key = f"{place} {pdf}"
        begun[pdf] = key, page
        counts[key] = counts.get(key, 0) + 1
        said[key] = f"{ICONS['document']} {plain(pdf)} · {counts[key]} of {found[2]} pages"
    return list(said.values())


def facts(part: Media) -> str:
    """What the file was, and what of that goes to the models."""
    if isinstance(part, Image) and f"{part.width}×{part.height}" in part.original:
        return part.original
    if isinstance(part, Video):
        return f"{part.original}, {_frames(part)} of at most {part.frame_tokens:,} tokens"
    return ", ".join(word for word in (part.original, measure(part)) if word)


def preview(part: Media, height: int, widest: int, playable: bool = False) -> None:
    """Draw it `height` pixels high and at most `widest` wide; a playable recording gets a player beneath."""
    match part:
        case Image():
            width = min(widest, max(8, round(part.width * height / part.height)))
            picture(small(part, 2 * max(height, width)), width, describe(part))
        case Audio():
            st.image(_waveform(part), width=min(widest, 3 * height), alt=describe(part))
            if playable:
                st.audio(part.data, alt=part.name, width=widest)
        case Video():
            strip, ratio = _strip(part, height)
            picture(strip, min(widest, round(height * ratio)), describe(part))
        case Document():
            lines = part.text[:SHOWN].splitlines()[:FIRST_LINES]
            short = "\n".join(line[:FIRST_LETTERS] for line in lines)
            st.code(short, language=None, width=widest, height=height + 24)


def picture(png: bytes, width: int, alt: str) -> None:
    """Draw a PNG `width` pixels wide.

    The container is told the width, for st.image would decode, shrink and encode the picture on each run to hold to it.
    """
    with st.container(width=width):
        st.image(png, width="stretch", alt=alt, output_format="PNG")


def look_into(part: Document, key: str) -> None:
    """A button that shows the words of a file."""
    with st.popover(plain(part.name), icon=ICONS["document"], key=key, width="content"):
        st.caption(plain(facts(part)))
        st.code(part.text[:SHOWN], language=None, height=360, width=640, wrap_lines=True)
        if len(part.text) > SHOWN:
            st.caption(f"The first {SHOWN:,} of its {len(part.text):,} characters.")


def _frames(video: Video) -> str:
    return "1 frame" if len(video.frames) == 1 else f"{len(video.frames)} frames"


def _drawn_once(draw: Callable[..., Drawn]) -> Callable[..., Drawn]:
    """Keeps what was drawn last, by the hash of its part: the parts themselves go when their sessions close."""
    kept: OrderedDict[tuple[int, ...], Drawn] = OrderedDict()

    @wraps(draw)
    def recall(part: Media, *measures: int) -> Drawn:
        key = hash(part), *measures
        drawn = kept.pop(key, None) or draw(part, *measures)
        kept[key] = drawn
        while len(kept) > KEPT:
            kept.popitem(last=False)
        return drawn

    return recall


@_drawn_once
def small(image: Image, side: int) -> bytes:
    """A PNG of a picture, neither side longer than `side` pixels."""
    return media.thumbnail(image, side)


@_drawn_once
def _waveform(audio: Audio) -> str:
    """An SVG of the recording's peaks."""
    loudest = media.peaks(audio, BARS)
    scale = 30 / max(0.02, float(loudest.max()))
    bars = "".join(
        f'<rect x="{4 * index}" y="{36 - max(1.0, peak * scale):.1f}" width="2.4" '
        f'height="{2 * max(1.0, peak * scale):.1f}" rx="1.2"/>'
        for index, peak in enumerate(loudest.tolist())
    )
    return f'<svg viewBox="0 0 {4 * BARS} 72" fill="#7f8ea3">{bars}</svg>'


@_drawn_once
def _strip(video: Video, height: int) -> tuple[bytes, float]:
    """Frames from beginning to end side by side as a PNG, and its width by its height."""
    import PIL.Image

    count = min(STRIP, len(video.frames))
    step = (len(video.frames) - 1) / max(1, count - 1)
    pictures = []
    for index in range(count):
        picture = PIL.Image.fromarray(media.pixels(video.frames[round(index * step)]))
        picture.thumbnail((8 * height, 2 * height))
        pictures.append(picture)
    gap = height // 16
    width = sum(picture.width + gap for picture in pictures) - gap
    strip = PIL.Image.new("RGBA", (width, max(picture.height for picture in pictures)))
    left = 0
    for picture in pictures:
        strip.paste(picture, (left, 0))
        left += picture.width + gap
    out = io.BytesIO()
    strip.save(out, "PNG")
    return out.getvalue(), strip.width / strip.height
