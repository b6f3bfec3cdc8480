"""A part of a prompt in a few lines: what it is, what it costs, and a recording drawn in characters."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from playground.cli.display import output
from playground.models.sizes import counted
from playground.prompt import media
from playground.prompt.conversation import Audio, Media, Video
from playground.prompt.media.spectra.look import Look
from playground.prompt.rendering import timestamp

WIDE, HIGH = 60, 8
"""Characters of a drawn recording, and rows of its spectrogram."""

BARS = "▁▂▃▄▅▆▇█"
SHADES = " ░▒▓█"


def lines(part: Media, costs: Mapping[str, int]) -> Iterator[str]:
    """What is said of a part; `costs` are tokens by model."""
    name = "".join(letter if letter.isprintable() else "?" for letter in part.name)
    yield f"{name}: {part.original or part.kind}{_measure(part)}"
    if isinstance(part, Audio):
        try:
            yield from _drawn(media.look(part))
        except media.MediaError as error:
            yield f"  {error}"
    if costs:
        yield "  " + ", ".join(
            f"{model} {counted(count, 'token')}" for model, count in costs.items()
        )


def _measure(part: Media) -> str:
    if isinstance(part, Audio):
        return f", {part.seconds:.1f} s"
    if isinstance(part, Video):
        times = ", ".join(map(timestamp, part.times))
        return f", {counted(len(part.frames), 'frame')} of at most {part.frame_tokens} tokens at {times}"
    return ""


def _drawn(look: Look) -> Iterator[str]:
    """Loudness, pitch from high to low, and silences; without the first two where the terminal lacks their signs."""
    if output.fits(BARS + SHADES):
        yield "  " + _signs([peak / max(0.02, *look.peaks) for peak in _pooled(look.peaks)], BARS)
        for row in _rows(look.spectrogram):
            yield "  " + _signs(row, SHADES).rstrip()
    for start, end in look.silences:
        yield f"  silent from {start:.1f} to {end:.1f} s"


def _pooled(values: Sequence[float]) -> list[float]:
    """The loudest of each stretch, WIDE of them."""
    edges = [round(index * len(values) / WIDE) for index in range(WIDE + 1)]
    return [max(values[start : max(end, start + 1)]) for start, end in pairwise(edges)]


def _rows(spectrogram: bytes) -> list[list[float]]:
    """The spectrogram's rows from above, each WIDE shares between the quietest and the loudest."""
    import PIL.Image

    with PIL.Image.open(io.BytesIO(spectrogram), formats=["PNG"]) as picture:
        grey = picture.convert("RGB").convert("L").resize((WIDE, HIGH), PIL.Image.Resampling.BOX)
    values = list(grey.tobytes())
    low, high = min(values), max(values)
    shares = [(value - low) / max(1, high - low) for value in values]
    return [shares[row * WIDE : (row + 1) * WIDE] for row in range(HIGH)]


def _signs(values: Sequence[float], signs: str) -> str:
    return "".join(signs[min(len(signs) - 1, int(value * len(signs)))] for value in values)
