"""Makes files for the media tests: pictures, recordings and clips in any format, in memory."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import av
import numpy as np
from PIL import Image

RATE = 16_000


def picture(
    format: str = "PNG", mode: str = "RGB", size: tuple[int, int] = (40, 30), **options: Any
) -> bytes:
    """A picture whose left half is red and right half is blue, in that mode."""
    image = Image.new("RGB", size, "red")
    image.paste((0, 0, 255), (size[0] // 2, 0, *size))
    return saved(image.convert(mode), format, **options)


def saved(image: Image.Image, format: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def animated(format: str) -> bytes:
    """Red, green and blue, one after the other."""
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
    return saved(frames[0], format, save_all=True, append_images=frames[1:], duration=100)


def heic(image: Image.Image, **options: Any) -> bytes:
    """As iPhones write it."""
    import pillow_heif

    pillow_heif.register_heif_opener()
    return saved(image, "HEIF", **options)


def png(width: int, height: int, pixels: bytes, depth: int = 1) -> bytes:
    """A grey PNG by hand, so that its header can say anything."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + check

    header = struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(pixels, 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def float_tiff(side: int, value: float) -> bytes:
    """A square of floating greys: one packed strip of a hundred rows, named as often as there are hundreds."""
    strip = zlib.compress(np.full(100 * side, value, "<f4").tobytes(), 1)
    count = side // 100
    strips = 8 + len(strip)
    longs, shorts = 4, 3
    tags = (
        (256, longs, 1, side),  # width and height
        (257, longs, 1, side),
        (258, shorts, 1, 32),  # bits
        (259, shorts, 1, 8),  # deflate
        (262, shorts, 1, 1),  # black is 0
        (273, longs, count, strips),  # where the strips begin
        (278, longs, 1, 100),  # rows in each
        (279, longs, count, strips + 4 * count),  # how long they are
        (339, shorts, 1, 3),  # floating
    )
    places = struct.pack(f"<{2 * count}I", *[8] * count, *[len(strip)] * count)
    directory = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags)
    head = struct.pack("<2sHI", b"II", 42, strips + len(places))
    return head + strip + places + directory + bytes(4)


def tone(seconds: float = 1.0, rate: int = RATE, hertz: float = 440.0) -> np.ndarray:
    """(N,) a sine of half the full scale."""
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)


def wav(samples: np.ndarray, rate: int = RATE, bits: int = 16, claimed: int | None = None) -> bytes:
    """A WAV by hand; `samples` (N,) or (N, channels), -1 to 1. 0 bits is floating point.

    `claimed` is the size of the sound in bytes that the header claims.
    """
    samples = samples if samples.ndim == 2 else samples[:, None]
    channels = samples.shape[1]
    scaled = samples * (2 ** (bits - 1) - 1) if bits else samples
    match bits:
        case 0:
            body = samples.astype("<f4").tobytes()
        case 8:
            body = (scaled + 128).astype(np.uint8).tobytes()
        case 24:
            body = scaled.astype("<i4").view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
        case _:
            body = scaled.astype(f"<i{bits // 8}").tobytes()
    width = bits // 8 or 4
    kind = 1 if bits else 3
    header = struct.pack(
        "<HHIIHH",
        kind,
        channels,
        rate,
        rate * channels * width % 2**32,
        channels * width,
        width * 8,
    )
    size = len(body) if claimed is None else claimed
    return (
        b"RIFF" + struct.pack("<I", min(36 + size, 2**32 - 1)) + b"WAVEfmt " + struct.pack("<I", 16) + header
        + b"data" + struct.pack("<I", size) + body
    )  # fmt: skip


def sound(
    format: str, codec: str, seconds: float = 1.0, rate: int = 48_000, layout: str = "stereo"
) -> bytes:
    """A tone, encoded."""
    out = io.BytesIO()
    with av.open(out, "w", format=format) as container:
        _write_sound(container, container.add_stream(codec, rate=rate, layout=layout), seconds)
    return out.getvalue()


def clip(
    format: str = "mp4",
    codec: str = "h264",
    sound_codec: str | None = "aac",
    seconds: float = 2.0,
    fps: int = 5,
    size: tuple[int, int] = (64, 48),
    pixels: np.ndarray | None = None,
) -> bytes:
    """A clip that grows lighter from black, with a tone; its upper half is always white. Or one of those pixels."""
    out = io.BytesIO()
    width, height = size
    with av.open(out, "w", format=format) as container:
        film = container.add_stream(codec, rate=fps)
        film.width, film.height, film.pix_fmt = width, height, "yuv420p"
        voice = (
            container.add_stream(sound_codec, rate=48_000, layout="stereo") if sound_codec else None
        )
        count = int(seconds * fps)
        for index in range(count):
            lighter = np.full((height, width, 3), 255 * index // count, np.uint8)
            lighter[: height // 2] = 255
            frame = av.VideoFrame.from_ndarray(
                lighter if pixels is None else pixels, format="rgb24"
            )
            frame.pts = index
            container.mux(film.encode(frame))
        container.mux(film.encode())
        if voice:
            _write_sound(container, voice, seconds)
    return out.getvalue()


def painted(
    colours: Sequence[tuple[int, ...]],
    times: Sequence[int],
    base: Fraction = Fraction(1, 1000),
    format: str = "mp4",
    codec: str = "h264",
    size: tuple[int, int] = (64, 48),
    pixels: str = "yuv420p",
    sound: tuple[float, float] | None = None,
    options: dict[str, str] | None = None,
    shape: Fraction | None = None,
) -> bytes:
    """A clip of single-coloured frames at those times, counted in `base` seconds, RGB or RGBA.

    `sound` is when a tone begins and how long it lasts, in seconds; `shape` is width by height of a pixel.
    """
    out = io.BytesIO()
    with av.open(out, "w", format=format) as container:
        film = container.add_stream(codec, rate=round(1 / base), options=options or {})
        film.width, film.height, film.pix_fmt = *size, pixels
        film.codec_context.time_base = base
        if shape:
            film.codec_context.sample_aspect_ratio = shape
        voice = None
        if sound:
            coding = "libopus" if format == "webm" else "aac"
            voice = container.add_stream(coding, rate=48_000, layout="stereo")
        for colour, at in zip(colours, times, strict=True):
            flat = np.full((size[1], size[0], len(colour)), colour, np.uint8)
            frame = av.VideoFrame.from_ndarray(flat, format="rgb24" if len(colour) == 3 else "rgba")
            frame.pts, frame.time_base = at, base
            container.mux(film.encode(frame))
        container.mux(film.encode())
        if sound:
            _write_sound(container, voice, sound[1], sound[0])
    return out.getvalue()


def cut_without_encoding(data: bytes, seconds: float, format: str = "mp4") -> bytes:
    """The clip from that second on, its packets as they are: those before are there, and an edit list hides them."""
    out = io.BytesIO()
    with av.open(io.BytesIO(data)) as whole, av.open(out, "w", format=format) as part:
        copies = {stream.index: part.add_stream_from_template(stream) for stream in whole.streams}
        for packet in whole.demux():
            if packet.dts is None:
                continue
            shift = round(seconds / packet.time_base)
            packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
            packet.stream = copies[packet.stream_index]
            part.mux(packet)
    return out.getvalue()


def repeated(size: tuple[int, int], count: int, rate: int) -> bytes:
    """A clip whose one frame, encoded once, comes `count` times: long and large, and quickly made."""
    out = io.BytesIO()
    with av.open(out, "w", format="matroska") as container:
        film = container.add_stream("h264", rate=rate, options={"preset": "ultrafast"})
        film.width, film.height, film.pix_fmt = *size, "yuv420p"
        frame = av.VideoFrame.from_ndarray(
            np.full((size[1], size[0], 3), 90, np.uint8), format="rgb24"
        )
        (packet,) = [*film.encode(frame), *film.encode()]
        data = bytes(packet)
        for index in range(count):
            one = av.Packet(data)
            one.pts = one.dts = index
            one.time_base, one.stream, one.is_keyframe = Fraction(1, rate), film, True
            container.mux(one)
    return out.getvalue()


def _write_sound(container: Any, stream: Any, seconds: float, start: float = 0.0) -> None:
    context = stream.codec_context
    rate, channels = context.sample_rate, context.layout.nb_channels
    samples = np.repeat(tone(seconds, rate).astype(np.float32), channels)
    frame = av.AudioFrame.from_ndarray(samples[None], format="flt", layout=context.layout.name)
    frame.sample_rate, frame.pts = rate, round(start * rate)
    resampler = av.AudioResampler(
        context.format, context.layout, rate, frame_size=context.frame_size or None
    )
    for piece in (*resampler.resample(frame), *resampler.resample(None)):
        container.mux(stream.encode(piece))
    container.mux(stream.encode())
