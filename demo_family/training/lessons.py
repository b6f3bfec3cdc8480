"""Makes batches for joint training: rows of questions about pictures, recordings, clips and words. Knows no model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from random import Random
from typing import TypeVar

from torch import Tensor

from demo_family.tasks import picture_tasks, sound_tasks, text_tasks, tool_tasks, video_tasks
from demo_family.tasks.questions import Asker, Question
from demo_family.tokenizer import tokenizer
from demo_family.training.banks import Clip, Heard, Seen
from demo_family.training.rendering import Rendered, Style, render
from demo_family.training.rows import Batch, Piece, Row, collate
from demo_family.vocabulary import vocabulary

T = TypeVar("T")
ROOM = 230
"""Tokens that a row is filled to: attention costs their square."""
SYSTEMS = (
    "You are a helpful assistant.", "You are a helpful assistant.", "Be brief.", "Answer in one sentence.",
    "You are a friendly model.", "Be kind.", "You are a demo model.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mix:
    """Shares of the rows of a batch."""

    pictures: float = 0.55
    sounds: float = 0.17
    words: float = 0.28
    clips: float = 0.06
    """Share of batches that hold clips only: their rows are long."""
    copying: float = 0.0
    """Share of the questions in words that are lists to copy, beside those that come anyway."""


@dataclass(frozen=True, slots=True)
class Material:
    """What there is to talk about. `about_itself` asks a member about itself; None where it has no self yet."""

    pictures: Sequence[Seen]
    sounds: Sequence[Heard]
    clips: Sequence[Clip]
    about_itself: Callable[[Asker], Question] | None = None


class Lessons:
    """An endless supply of batches for one kind of member."""

    def __init__(self, material: Material, mix: Mix, seed: int, rows: int = 24) -> None:
        self.material, self.mix, self.rows = material, mix, rows
        self.rng = Random(seed)
        self.asker = Asker(self.rng)
        words = vocabulary()
        self._image, self._audio = words.id("<|image|>"), words.id("<|audio|>")
        self._pad = words.id("<pad>")
        self._encode = lru_cache(maxsize=50_000)(_encoder())
        tasks = [*text_tasks.TASKS, *tool_tasks.TASKS]
        if material.about_itself is not None:
            tasks.append((material.about_itself, 2.0))
        self._beeps = [sound for sound in material.sounds if sound.recording.kind == "beeps"]
        self._text_tasks = [task for task, _ in tasks]
        self._text_weights = [weight for _, weight in tasks]

    def batch(self, empty_thought_block: bool) -> Batch:
        """The next batch, all rows in one style except for thinking, which comes and goes."""
        if self.material.clips and self.rng.random() < self.mix.clips:
            return collate(
                [self._clips(empty_thought_block) for _ in range(self.rows // 2)], self._pad
            )
        rows = []
        sounds = self.mix.sounds if self.material.sounds else 0.0
        for _ in range(self.rows):
            kind = self.rng.choices(
                ("picture", "sound", "words"), (self.mix.pictures, sounds, self.mix.words)
            )[0]
            if kind == "picture":
                rows.append(self._picture(empty_thought_block))
            elif kind == "sound":
                rows.append(self._independent(empty_thought_block, self._sound_example))
            else:
                rows.append(self._independent(empty_thought_block, self._text_example))
        return collate(rows, self._pad)

    def _style(self, empty_thought_block: bool) -> Style:
        return Style(thinking=self.rng.random() < 0.2, empty_thought_block=empty_thought_block)

    def _system(self, question: Question) -> Question:
        return (
            replace(question, system=self.rng.choice(SYSTEMS))
            if self.rng.random() < 0.08
            else question
        )

    def _gap(self) -> str:
        return self.rng.choice(("", "", "", "\n", " "))

    def _picture(self, empty_thought_block: bool) -> Row:
        seen = self.rng.choice(self.material.pictures)
        style = self._style(empty_thought_block)
        asked = picture_tasks.questions(seen.scene, self.asker, wanted=6)
        system = self._system(asked[0]).system
        row = Row()
        first = render(replace(asked[0], system=system), style)
        before, after = self._encode(first.opening + "<|image>"), self._encode("<image|>")
        row.prefix(before, seen.features, "image", self._image, after)
        for question in asked:
            # Now and then no words at all: then the picture is to be described.
            silent = question.task in _OPEN and self.rng.random() < 0.1
            content = "" if silent else self._gap() + question.prompt
            pieces = self._asked(content, render(question, style))
            if len(row) + sum(len(piece.ids) for piece in pieces) <= ROOM:
                row.add(pieces)
        return row

    def _asked(self, content: str, rendered: Rendered) -> list[Piece]:
        return [
            Piece(self._encode(content + rendered.asking)),
            Piece(self._encode(rendered.target), learnt=True),
        ]

    def _independent(
        self, empty_thought_block: bool, example: Callable[[Style], list[Piece | Media]]
    ) -> Row:
        row = Row()
        while True:
            pieces = example(self._style(empty_thought_block))
            length = sum(
                len(piece.ids) if isinstance(piece, Piece) else len(piece[0]) for piece in pieces
            )
            if len(row) and len(row) + length > ROOM:
                return row
            row.add(pieces)

    def _text_example(self, style: Style) -> list[Piece | Media]:
        task = self.rng.choices(self._text_tasks, self._text_weights)[0]
        if self.rng.random() < self.mix.copying:
            task = text_tasks.echo
        question = task(self.asker)
        if not question.tools and self.rng.random() < 0.05:
            question = replace(question, tools=tool_tasks.TOOLS)
        rendered = render(self._system(question), style)
        return [Piece(self._encode(rendered.opening)), *self._asked(question.prompt, rendered)]

    def _picture_and_sound(self, style: Style) -> list[Piece | Media]:
        """A picture, a question and a recording; the question is about either, or both."""
        seen, heard = self.rng.choice(self.material.pictures), self.rng.choice(self.material.sounds)
        described = picture_tasks.describe(seen.scene, self.asker)
        both = f"{described.answer} {sound_tasks.heard(heard.recording)}"
        question = self.rng.choice(
            (
                Question("both", self.asker.ask(sound_tasks.SEE_AND_HEAR), both, described.thought),
                sound_tasks.question(heard.recording, self.asker),
                picture_tasks.questions(seen.scene, self.asker, wanted=1)[0],
            )
        )
        rendered = render(question, style)
        return [
            Piece(self._encode(rendered.opening + "<|image>")),
            (seen.features, "image", self._image),
            Piece(self._encode("<image|>" + self._gap() + question.prompt + "<|audio>")),
            (heard.features, "audio", self._audio),
            *self._asked("<audio|>", rendered),
        ]

    def _sound_example(self, style: Style) -> list[Piece | Media]:
        if self.rng.random() < 0.1:
            return self._picture_and_sound(style)
        # Counting beeps is learnt last of all that is heard.
        heard = self.rng.choice(self._beeps if self.rng.random() < 0.2 else self.material.sounds)
        question = sound_tasks.question(heard.recording, self.asker)
        rendered = render(self._system(question), style)
        sound: Media = (heard.features, "audio", self._audio)
        silent = question.task == "what is heard" and self.rng.random() < 0.15
        words = "" if silent else question.prompt
        if self.rng.random() < 0.25:
            opening = self._encode(rendered.opening + "<|audio>")
            return [Piece(opening), sound, *self._asked("<audio|>" + self._gap() + words, rendered)]
        opening = self._encode(rendered.opening + words + self._gap() + "<|audio>")
        return [Piece(opening), sound, *self._asked("<audio|>", rendered)]

    def _clips(self, empty_thought_block: bool) -> Row:
        clip = self.rng.choice(self.material.clips)
        question = video_tasks.question(clip.direction, clip.thing, self.asker)
        rendered = render(question, self._style(empty_thought_block))
        step = self.rng.choice((1, 1, 1, 2))
        gap, row = self._gap(), Row()
        opening = rendered.opening
        pieces: list[Piece | Media] = []
        for number, frame in enumerate(clip.frames):
            pieces.append(Piece(self._encode(f"{opening}00:{number * step:02d}{gap}<|image>")))
            pieces.append((frame, "image", self._image))
            opening = "<image|>" + gap
        row.add([*pieces, *self._asked(opening + question.prompt, rendered)])
        return row


Media = tuple[Tensor, str, int]
_OPEN = frozenset(
    {"name one shape", "describe two", "describe three", "describe a word", "nothing"}
)


def _encoder() -> Callable[[str], tuple[int, ...]]:
    made = tokenizer()
    return lambda text: tuple(made(text, add_special_tokens=False).input_ids)
