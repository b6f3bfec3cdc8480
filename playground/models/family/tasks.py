"""What people want a model for, and by which published results each is judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Medium = Literal["image", "audio", "video"]
First = Literal["quality", "latency"]

MEDIA: tuple[Medium, ...] = ("image", "audio", "video")


@dataclass(frozen=True, slots=True)
class Task:
    """`results` are keys of the catalogue, `longest` the usual input in tokens, `media` what it can't do without.

    `order` is by what the good ones are put in order. `prompt` and `file` (of the samples) try it out; `note` says what
    the results leave open.
    """

    key: str
    title: str
    results: tuple[str, ...]
    prompt: str
    longest: int = 2_000
    media: tuple[Medium, ...] = ()
    first: First = "quality"
    order: Literal["results", "throughput", "phone"] = "results"
    file: str = ""
    note: str = ""


TASKS = {
    one.key: one
    for one in (
        Task(
            "questions",
            "Factual questions",
            ("mmlu_pro", "gpqa_diamond", "mmmlu"),
            "Which planet has the shortest day, and how long is it?",
            note="Nothing after their training's end is known to any of them.",
        ),
        Task(
            "code",
            "Code",
            ("livecodebench_v6", "scicode", "terminal_bench"),
            "Write a Python function that merges two sorted lists without sorting again.",
            longest=16_000,
            note="All results are with thinking on.",
        ),
        Task(
            "long-documents",
            "Long documents",
            ("mrcr_128k", "ruler_128k", "loft"),
            "Summarise the text below in three sentences.",
            longest=100_000,
        ),
        Task(
            "transcription",
            "Transcription of speech",
            ("fleurs_english",),
            "Write down what is said, in English, digits as digits. Only the transcription.",
            longest=1_000,
            media=("audio",),
            file="digits.wav",
            note="Longer recordings are split. Only speech was trained, no music.",
        ),
        Task(
            "translation",
            "Translation of speech",
            ("covost",),
            "Write down what is said, then translate it into German on a new line.",
            longest=1_000,
            media=("audio",),
            file="digits.wav",
            note="Longer recordings are split. Only speech was trained, no music.",
        ),
        Task(
            "on-device",
            "On a phone or a small board",
            ("mmlu_pro", "ifeval", "mmmu_pro"),
            "Remind me in one friendly sentence to water the plants.",
            first="latency",
            order="phone",
        ),
        Task(
            "at-scale",
            "A product for many people at once",
            ("mmlu_pro", "ifbench", "tau2"),
            "A customer wants to return shoes after 40 days; we take 30. Answer kindly in two sentences.",
            longest=4_000,
            order="throughput",
        ),
        Task(
            "detection",
            "Detection: where things are in a picture",
            ("mmmu_pro", "infographic_vqa"),
            "Give the box of every shape as JSON: a list of objects with label and box_2d.",
            longest=1_500,
            media=("image",),
            file="three-shapes.png",
            note="No published result measures boxes; understanding of pictures stands for it. Boxes come as "
            "[y1, x1, y2, x2] on a grid of their own.",
        ),
        Task(
            "documents",
            "Documents and small print",
            ("omnidocbench", "infographic_vqa"),
            "Write down all text in the picture.",
            longest=4_000,
            media=("image",),
            file="word.png",
            note="The results are at the most tokens for a picture; at the usual number all read far worse: raise it.",
        ),
    )
}
"""By key, in the order in which they are offered."""
