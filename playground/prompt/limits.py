"""What a visitor may send: the numbers that the composer shows and the core holds to. Knows nothing else."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one prompt may hold.

    `document_characters` is the most in the words of one file, `all_characters` in those of all files together.
    `pixels` is what a picture or a frame may claim to have; it is scaled down to `stored_pixels`, which still exceed
    the 2.58 megapixels of the largest image budget (1120 tokens of 48 x 48 pixels); neither side may be longer than
    `side`. Of a clip, `frame_pixels` is the most in one frame (8K) and `clip_pixels` the most that is decoded to find
    the frames of its seconds: where that would take more, its key frames have to do. `audio_seconds` and
    `video_seconds` are what a file may last at all; what a model takes of it is the model's own matter.
    """

    characters: int = 100_000
    document_characters: int = 400_000
    all_characters: int = 1_000_000
    files: int = 16
    file_bytes: int = 100 * MEGABYTE
    total_bytes: int = 200 * MEGABYTE
    pixels: int = 80_000_000
    side: int = 4_000_000
    stored_pixels: int = 4_000_000
    frame_pixels: int = 36_000_000
    clip_pixels: int = 6_000_000_000
    audio_seconds: float = 600.0
    video_seconds: float = 600.0
    repeats: int = 20
    answers: int = 60


LIMITS = Limits()
