"""Clips into the pictures that a model sees and, where there is one, a soundtrack as a recording of its own.

Gemma 4 reads a clip as one frame a second, at most 32, of at most 60 seconds (model card; transformers,
video_processing_gemma4.py). Only the first 60 seconds are read here; whether a longer clip is sent is the check's to
say.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from playground.prompt.conversation import Audio, Image, Video
from playground.prompt.limits import Limits
from playground.prompt.media import containers, stills, timelines
from playground.prompt.media.faults import MediaError
from playground.prompt.media.formats import Format
from playground.prompt.media.sound import recordings, soundfiles
from playground.prompt.media.timelines import Run, Timeline
from playground.prompt.media.wishes import USUAL, Wish
from playground.prompt.rendering import timestamp

USUAL_FRAMES = 32
SEEN_SECONDS = 60.0

TOO_LONG = "takes too long to decode: save it with fewer pixels, or a shorter piece of it."

APART = Fraction(1, 2)
"""Seconds by which sound and pictures may end apart without a word."""


def read(
    name: str, data: bytes, format: Format, limits: Limits, wish: Wish = USUAL
) -> tuple[Audio | Video, ...]:
    """A clip, then its soundtrack if it has one; a recording alone where nothing moves. Raises MediaError."""
    if (recording := soundfiles.read(name, data, format, limits)) is not None:
        return (recording,)
    with containers.opened(name, data, format) as container:
        film, sound = containers.film(container), containers.sound(container)
        containers.check_readable(name, container)
        if film is None:
            return (recordings.read(name, container, sound, format, limits),)
        _check_size(name, film.codec_context.width, film.codec_context.height, limits)
        try:
            timeline = timelines.of(container, film, sound)
        except timelines.TooManyPictures:
            most = timelines.MOST_PICTURES
            raise MediaError(
                name, f"has more than {most:,} pictures, the most for a clip."
            ) from None
    if not timeline.shown:
        raise MediaError(name, "is damaged: none of its pictures can be decoded.")
    video = _video(name, data, format, timeline, limits, wish)
    if sound is None:
        return (video,)
    if timeline.sound is None:
        return (replace(video, original=f"{video.original}, its soundtrack is empty"),)
    try:
        soundtrack = _soundtrack(name, data, format, timeline.start, timeline.sound, limits)
    except MediaError as error:
        lost = f"{video.original}, its soundtrack can't be read ({error.fault.rstrip('.')})"
        return (replace(video, original=lost),)
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


def sampling(seconds: float, frames: int = 0) -> tuple[float, ...]:
    """The moments to look at in a clip of that length, evenly: so many, or one a second and at most 32."""
    seen = min(seconds, SEEN_SECONDS)
    count = frames or min(USUAL_FRAMES, max(1, math.ceil(seen)))
    return tuple(index * seen / count for index in range(count))


def _video(
    name: str, data: bytes, format: Format, timeline: Timeline, limits: Limits, wish: Wish
) -> Video:
    """The pictures at the moments to look at, as far as the pictures go on; sound may last longer."""
    seconds = timelines.whole(timeline.end - timeline.start)
    lasting = seconds
    if timeline.sound and timeline.sound[1] - timeline.end > APART:
        lasting = timelines.whole(timeline.sound[1] - timeline.start)
    if lasting > limits.video_seconds:
        most = containers.spell(limits.video_seconds)
        raise MediaError(name, f"lasts longer than {most}, the most for a clip.")
    with containers.opened(name, data, format) as container:
        film = containers.film(container)
        assert film is not None
        width, height = film.codec_context.width, film.codec_context.height
        words = [f"{format.name} {width}×{height}", timestamp(lasting)]
        if lasting > seconds:
            still = len(timeline.shown) == 1
            words.append("one picture" if still else f"its pictures end at {timestamp(seconds)}")
        moments = sampling(seconds, wish.frames)
        runs = timeline.runs(moments)
        if _pixels(runs, width, height) > limits.clip_pixels:
            runs = timeline.key_frames(moments)
            words.append("only its key frames, because decoding them all takes too long")
            if not runs or _pixels(runs, width, height) > limits.clip_pixels:
                raise MediaError(name, TOO_LONG)
        shape = stills.pixel_shape(film)
        share = len(data) // sum(len(run.moments) for run in runs)
        taken: list[tuple[float, Image]] = []
        last: Any = None
        for moment, frame in _screens(container, film, timeline, runs):
            _check_size(name, frame.width, frame.height, limits)
            title = f"{name} {timestamp(moment)}"
            if frame is last:  # the picture stood still
                taken.append((moment, replace(taken[-1][1], name=title)))
            else:
                taken.append((moment, stills.still(title, frame, shape, share, wish.frame_tokens)))
            last = frame
    if not taken:
        raise MediaError(name, "is damaged: none of its pictures can be decoded.")
    lost = sum(len(run.moments) for run in runs) - len(taken)
    if lost:
        words.append(f"{lost} of its pictures can't be decoded")
    return Video(
        name,
        frames=tuple(image for _, image in taken),
        times=tuple(moment for moment, _ in taken),
        seconds=lasting,
        original=", ".join(words),
        frame_tokens=wish.frame_tokens,
    )


def _screens(
    container: Any, film: Any, timeline: Timeline, runs: Sequence[Run]
) -> Iterator[tuple[float, Any]]:
    """Each moment with the frame on the screen then: the last one that began until then."""
    context = containers.decoder(film)
    packets = enumerate(containers.packets(container, film))
    for run in runs:
        moments = list(reversed(run.moments))
        screen = None
        for at, frame in _decoded(context, packets, film, timeline, run):
            while moments and screen is not None and at > moments[-1] + timelines.EPSILON:
                yield moments.pop(), screen
            if not moments:
                break
            screen = frame
        while moments and screen is not None:
            yield moments.pop(), screen
        context.flush_buffers()


def _decoded(
    context: Any, packets: Iterator[tuple[int, Any]], film: Any, timeline: Timeline, run: Run
) -> Iterator[tuple[Fraction, Any]]:
    """The frames of a run that can be decoded, each with its time."""

    def needed() -> Iterator[Any]:
        for number, packet in packets:
            if number < run.first:
                continue
            # Pictures that no other needs are decoded only where they are looked at.
            context.skip_frame = "DEFAULT" if number in run.wanted else "NONREF"
            yield packet
            if number == run.last:
                return

    order = iter(timeline.times[run.first :])
    for frame in containers.frames(context, needed()):
        if frame is None:
            continue
        if timeline.reordered or frame.pts is None:
            yield next(order, timeline.times[-1]), frame
        else:
            yield frame.pts * film.time_base - timeline.start, frame


def _soundtrack(
    name: str,
    data: bytes,
    format: Format,
    start: Fraction,
    lasting: tuple[Fraction, Fraction],
    limits: Limits,
) -> Audio:
    """The sound of the seconds that are looked at, also where the picture stands still."""
    begins, ends = lasting
    with containers.opened(name, data, format) as container:
        sound = containers.sound(container)
        lead = float(begins - start)
        track = recordings.read(
            f"{name} (soundtrack)", container, sound, format, limits, SEEN_SECONDS, lead
        )
    if ends - start > SEEN_SECONDS + APART:
        return replace(track, original=f"{track.original}, first {SEEN_SECONDS:g} s")
    return track


def _pixels(runs: Sequence[Run], width: int, height: int) -> int:
    """How many pixels have to be decoded."""
    return sum(run.last - run.first + 1 for run in runs) * width * height


def _check_size(name: str, width: int, height: int, limits: Limits) -> None:
    if width * height > limits.frame_pixels:
        most = limits.frame_pixels / 1e6
        raise MediaError(
            name,
            f"has too many pixels: a frame may have at most {most:,.0f} megapixels. Save it smaller.",
        )
