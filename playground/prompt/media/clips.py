"""Clips into the pictures that a model sees and, where there is one, a soundtrack as a recording of its own.

Gemma 4 reads a clip as one frame a second, at most 32, of at most 60 seconds (model card; transformers,
video_processing_gemma4.py). Only the first 60 seconds are read here; whether a longer clip is sent is the check's to
say.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import av

from playground.prompt.conversation import Audio, Image, Video
from playground.prompt.limits import Limits
from playground.prompt.media import containers, pictures, recordings
from playground.prompt.media.faults import MediaError
from playground.prompt.media.formats import Format
from playground.prompt.rendering import timestamp

MOST_FRAMES = 32
SEEN_SECONDS = 60.0
FRAME_PIXELS = 2 * 70 * 48 * 48
"""A frame is stored with twice the pixels that a model reads of it: 70 tokens of 48 x 48 pixels."""


def read(name: str, data: bytes, format: Format, limits: Limits) -> tuple[Audio | Video, ...]:
    """A clip, then its soundtrack if it has one; a recording alone where nothing moves. Raises MediaError."""
    with containers.opened(name, data, format) as container:
        film, sound = containers.film(container), containers.sound(container)
        if film is None and sound is None:
            raise MediaError(name, "has neither sound nor pictures that can be read.")
        if film is None:
            return (recordings.read(name, container, sound, format, limits),)
        if film.codec_context is None:
            raise MediaError(name, "has pictures in a coding that is not known here.")
        _check_length(name, containers.claimed_seconds(container), limits)
        _check_size(name, film.codec_context.width, film.codec_context.height, limits)
        span = _span(container, film)
    _check_length(name, span.seconds, limits)
    video = _video(name, data, format, span, limits)
    if sound is None:
        return (video,)
    try:
        soundtrack = _soundtrack(name, data, format, span.seconds, limits)
    except MediaError:
        return (replace(video, original=f"{video.original}, its soundtrack can't be read"),)
    return (video, soundtrack)


def shorten(video: Video, seconds: float) -> Video:
    """The clip as far as so many seconds; the clip itself when it is no longer than that."""
    if video.seconds <= seconds:
        return video
    kept = max(1, sum(at < seconds for at in video.times))
    return replace(
        video,
        frames=video.frames[:kept],
        times=video.times[:kept],
        seconds=seconds,
        original=f"{video.original}, first {seconds:g} s".lstrip(", "),
    )


@dataclass(frozen=True, slots=True)
class _Span:
    """When the pictures of a clip begin on its own clock, and for how long they last, both in seconds."""

    start: float
    seconds: float


def _span(container: Any, film: Any) -> _Span:
    """Read from the packets: some containers do not say how long they last, and some lie."""
    starts, ends = [], []
    try:
        for packet in container.demux(film):
            if packet.pts is not None:
                starts.append(float(packet.pts * packet.time_base))
                ends.append(float((packet.pts + (packet.duration or 0)) * packet.time_base))
    except av.FFmpegError:
        pass  # a clip that is cut off lasts as long as its packets
    start = min(starts, default=0.0)
    return _Span(start, max(ends, default=0.0) - start)


def sampling(seconds: float) -> tuple[float, ...]:
    """The moments to look at in a clip of that length: one a second, evenly, at most 32."""
    seen = min(seconds, SEEN_SECONDS)
    count = min(MOST_FRAMES, max(1, math.ceil(seen)))
    return tuple(index * seen / count for index in range(count))


def _video(name: str, data: bytes, format: Format, span: _Span, limits: Limits) -> Video:
    wanted = list(reversed(sampling(span.seconds)))
    taken: list[tuple[float, Image]] = []
    with containers.opened(name, data, format) as container:
        film = containers.film(container)
        assert film is not None
        film.thread_type = "AUTO"
        size = f"{film.codec_context.width}×{film.codec_context.height}"
        for frame in containers.frames(container, film):
            if frame is None:
                continue
            at = (frame.time or 0.0) - span.start
            if at + 1e-3 < wanted[-1]:
                continue
            _check_size(name, frame.width, frame.height, limits)
            while wanted and at + 1e-3 >= wanted[-1]:
                moment = wanted.pop()
            taken.append((moment, _still(name, moment, frame)))
            if not wanted:
                break
    if not taken:
        raise MediaError(name, "is damaged: none of its pictures can be decoded.")
    return Video(
        name,
        frames=tuple(image for _, image in taken),
        times=tuple(moment for moment, _ in taken),
        seconds=max(span.seconds, taken[-1][0]),
        original=f"{format.name} {size}, {timestamp(span.seconds)}",
    )


def _still(name: str, at: float, frame: Any) -> Image:
    """One frame as a picture, turned as the clip's metadata say."""
    scale = min(1.0, (FRAME_PIXELS / (frame.width * frame.height)) ** 0.5)
    width, height = max(1, round(frame.width * scale)), max(1, round(frame.height * scale))
    picture = frame.to_image(width=width, height=height, interpolation="AREA")
    if frame.rotation:
        picture = picture.rotate(frame.rotation, expand=True)
    return pictures.store(f"{name} {timestamp(at)}", picture.convert("RGB"), FRAME_PIXELS)


def _soundtrack(name: str, data: bytes, format: Format, seconds: float, limits: Limits) -> Audio:
    """The sound that belongs to the pictures that are looked at."""
    with containers.opened(name, data, format) as container:
        sound = containers.sound(container)
        most = min(seconds, SEEN_SECONDS) or SEEN_SECONDS
        return recordings.read(f"{name} (soundtrack)", container, sound, format, limits, most)


def _check_length(name: str, seconds: float, limits: Limits) -> None:
    if seconds > limits.video_seconds:
        most = containers.spell(limits.video_seconds)
        raise MediaError(name, f"lasts longer than {most}, the most for a clip.")


def _check_size(name: str, width: int, height: int, limits: Limits) -> None:
    if width * height > limits.pixels:
        most = limits.pixels / 1e6
        raise MediaError(
            name, f"has too many pixels: a frame may have at most {most:,.0f} megapixels."
        )
