"""Held-out questions as conversations, with what counts as right. Knows no engine.

Everything is fresh from the seed: pictures in a font, voices in a tone and prompts in words that no training used.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from PIL import Image as Picture

from demo_family.architectures import Architecture
from demo_family.material import recordings, scenes
from demo_family.material.drawing import draw
from demo_family.material.scenes import Scene
from demo_family.tasks import (
    picture_tasks,
    place_tasks,
    sound_tasks,
    text_tasks,
    tool_tasks,
    video_tasks,
)
from demo_family.tasks.identity import about_itself
from demo_family.tasks.questions import Asker, Question
from demo_family.training import banks
from playground.prompt.conversation import (
    Conversation,
    Image,
    Message,
    Settings,
    Text,
    ToolCall,
    ToolResult,
    Video,
)
from playground.prompt.media.waveforms import store

LONGEST_ANSWER = 160

JSON_TASKS = ("JSON", "list as JSON", "box")
"""What is answered as JSON."""


@dataclass(frozen=True, slots=True)
class Exam:
    """One question put to a member, and the answer that would be right."""

    task: str
    conversation: Conversation = field(repr=False)
    expected: str
    settings: Settings
    tools: bool = False


def greedy(thinking: bool = False, tools: tuple[tool_tasks.Tool, ...] = ()) -> Settings:
    """Settings of an exam: the likeliest token always, a picture at 70 soft tokens."""
    return Settings(
        temperature=0,
        max_tokens=LONGEST_ANSWER,
        thinking=thinking,
        image_tokens=70,
        tools=tuple(tool.schema for tool in tools),
    )


def _image(scene: Scene, rng: Random, name: str = "picture.png") -> Image:
    drawn = draw(scene, rng.getrandbits(32), scale=3)
    return _stored(drawn, name)


def _stored(drawn: Picture.Image, name: str) -> Image:
    held = io.BytesIO()
    drawn.save(held, "PNG")
    return Image(name, held.getvalue(), drawn.width, drawn.height)


def _of_picture(
    task: picture_tasks.Task, scene: Callable[[Random], Scene]
) -> Callable[[Random], Exam | None]:
    def make(rng: Random) -> Exam | None:
        shown = scene(rng)
        question = task(shown, Asker(rng, held_out=True))
        if question is None:
            return None
        return Exam(
            question.task,
            Conversation.ask(question.prompt, (_image(shown, rng),)),
            question.answer,
            greedy(),
        )

    return make


def _of_sound(record: Callable[[Random], recordings.Recording]) -> Callable[[Random], Exam | None]:
    def make(rng: Random) -> Exam | None:
        recording = record(rng)
        question = sound_tasks.question(recording, Asker(rng, held_out=True))
        sound = store("recording.wav", recording.sound)
        return Exam(
            question.task, Conversation.ask(question.prompt, (sound,)), question.answer, greedy()
        )

    return make


def _of_words(
    task: Callable[[Asker], Question], thinking: bool = False
) -> Callable[[Random], Exam | None]:
    def make(rng: Random) -> Exam | None:
        question = task(Asker(rng, held_out=True))
        name = f"{question.task}, thinking" if thinking else question.task
        settings = greedy(thinking, question.tools)
        if question.response:
            return Exam(name, _after_the_call(question), question.answer, settings)
        expected = question.call or question.answer
        return Exam(
            name, Conversation.ask(question.prompt), expected, settings, tools=bool(question.call)
        )

    return make


def _after_the_call(question: Question) -> Conversation:
    name, city = _called(question.call)
    result = _plain(question.response)
    turn = Message("model", (ToolCall(name, {"city": city}), ToolResult(name, result)))
    return Conversation((Message("user", (Text(question.prompt),)), turn))


def _called(call: str) -> tuple[str, str]:
    name, rest = call.removeprefix("call:").split("{", 1)
    return name, rest.split('<|"|>')[1]


def _plain(response: str) -> dict[str, str | int]:
    inside = response.split("{", 1)[1][:-1]
    pairs = (pair.split(":", 1) for pair in inside.split(","))
    return {key: value.strip('<|">') if "<" in value else int(value) for key, value in pairs}


def _of_clip(rng: Random) -> Exam | None:
    moving, direction, thing = scenes.moving(rng, rng.randint(2, 5))
    shade = Random(rng.getrandbits(32))
    number = shade.getrandbits(32)
    frames = tuple(
        _stored(draw(each, number, scale=3), f"{i}.png") for i, each in enumerate(moving)
    )
    clip = Video(
        "clip.mp4", frames, tuple(float(i) for i in range(len(frames))), float(len(frames))
    )
    question = video_tasks.question(direction, thing, Asker(rng, held_out=True))
    return Exam(
        question.task, Conversation.ask(question.prompt, (clip,)), question.answer, greedy()
    )


def _shapes(count: int | None = None) -> Callable[[Random], Scene]:
    return lambda rng: scenes.shapes(rng, count)


def _word(rng: Random) -> Scene:
    while True:
        scene = banks.scene(rng, scenes.any_size(rng), held_out=True)
        if scene.lettering is not None:
            return scene


def _digits(rng: Random) -> recordings.Recording:
    return recordings.spoken(rng, held_out=True, digits=True)


def _spoken(rng: Random) -> recordings.Recording:
    return recordings.spoken(rng, held_out=True, digits=False)


def _of_both(rng: Random) -> Exam | None:
    shown, recording = scenes.shapes(rng, 1), recordings.spoken(rng, held_out=True, digits=True)
    asker = Asker(rng, held_out=True)
    seen = picture_tasks.describe(shown, asker).answer
    parts = (_image(shown, rng), store("recording.wav", recording.sound))
    prompt = asker.ask(sound_tasks.SEE_AND_HEAR)
    answer = f"{seen} {sound_tasks.heard(recording)}"
    return Exam("picture and sound", Conversation.ask(prompt, parts), answer, greedy())


PICTURES = (
    _of_picture(picture_tasks.name, _shapes(1)),
    _of_picture(picture_tasks.describe, _shapes(2)),
    _of_picture(picture_tasks.describe, _shapes(3)),
    _of_picture(picture_tasks.count, _shapes()),
    _of_picture(picture_tasks.count_kind, _shapes()),
    _of_picture(picture_tasks.colour, _shapes()),
    _of_picture(picture_tasks.shape, _shapes()),
    _of_picture(place_tasks.relation, _shapes()),
    _of_picture(place_tasks.place, _shapes()),
    _of_picture(picture_tasks.yes_no, _shapes()),
    _of_picture(place_tasks.box, _shapes()),
    _of_picture(picture_tasks.list_json, _shapes()),
    _of_picture(picture_tasks.read, _word),
    _of_picture(picture_tasks.text_colour, _word),
    _of_picture(picture_tasks.describe, scenes.empty),
    _of_clip,
)
SOUNDS = (
    _of_sound(_digits),
    _of_sound(_spoken),
    _of_sound(recordings.beeps),
    _of_sound(recordings.two_tones),
    _of_sound(recordings.noise),
    _of_both,
)
WORDS = (
    *(_of_words(task) for task, _ in (*text_tasks.TASKS, *tool_tasks.TASKS)),
    _of_words(text_tasks.small_sum, thinking=True),
    _of_words(text_tasks.reverse, thinking=True),
)


def exams(member: Architecture, parameters: int, seed: int, count: int) -> Iterator[Exam]:
    """`count` held-out questions of each task that the member was taught."""
    about = _of_words(about_itself(member, parameters))
    makers = (*PICTURES, *(SOUNDS if member.sound else ()), *WORDS, about)
    for number, make in enumerate(makers):
        made = 0
        rng = Random(f"exam {seed} {number}")
        while made < count:
            exam = make(rng)
            if exam is not None:
                made += 1
                yield exam


def right(exam: Exam, answer: str) -> bool:
    """Whether an answer counts: the same words; for boxes half of the area in common; for JSON the same content."""
    if exam.task == "box":
        return _boxes_agree(exam.expected, answer)
    if exam.task in JSON_TASKS:
        return read_json(answer) is not None and read_json(answer) == read_json(exam.expected)
    return answer.strip() == exam.expected.strip()


def read_json(text: str) -> Any:
    """What the text holds as JSON; None when it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def _boxes_agree(expected: str, answer: str) -> bool:
    (one,), found = json.loads(expected), read_json(answer)
    try:
        other: dict[str, Any] = found[0]
        alike = bool(one["label"] == other["label"]) and len(found) == 1
        return alike and _overlap(one["box_2d"], other["box_2d"]) >= 0.5
    except (KeyError, IndexError, TypeError, ValueError):
        return False


def _overlap(one: list[float], other: list[float]) -> float:
    """Area in common over area of both together; boxes are top, left, bottom, right."""
    high, wide = (max(0.0, min(one[i + 2], other[i + 2]) - max(one[i], other[i])) for i in (0, 1))
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return high * wide / max(sum(areas) - high * wide, 1e-9)


def word_errors(expected: str, answer: str) -> int:
    """Words to change, add or leave out to make the answer right (Levenshtein distance over words)."""
    want, got = expected.split(), answer.split()
    row = list(range(len(got) + 1))
    for i, word in enumerate(want, 1):
        before, row[0] = row[0], i
        for j, said in enumerate(got, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (word != said))
    return row[-1]
