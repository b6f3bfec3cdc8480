"""Trains the demo family: towers, then one trunk, then four members grown from it. `python -m playground.demo.train`.

Each stage keeps a checkpoint in the cache directory and is skipped once its time is spent, so the command can be
stopped and started again at any moment, and goes further when it is given more time.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from torch import nn

from playground.demo import banks
from playground.demo.architectures import FAMILY, TRUNK, Architecture
from playground.demo.export import build, directory, export
from playground.demo.growing import grow
from playground.demo.hearing import HearingLesson
from playground.demo.identity import about_itself
from playground.demo.lessons import Lessons, Material, Mix
from playground.demo.optimisation import Plan, Training
from playground.demo.seeing import SeeingLesson, prepare
from playground.demo.talking import TalkingLesson

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "demo"
PICTURES, CLIPS, RECORDINGS = 12_800, 800, 9_600


@dataclass(frozen=True, slots=True)
class Minutes:
    """How long each stage trains; defaults are what the shipped weights had."""

    seeing: float = 11
    hearing: float = 10
    trunk: float = 30
    member: float = 10

    def stretched(self, by: float) -> Minutes:
        """All stages longer or shorter."""
        return Minutes(self.seeing * by, self.hearing * by, self.trunk * by, self.member * by)


def _say(line: str) -> None:
    print(line, flush=True)


def _taught(lesson: SeeingLesson | HearingLesson, name: str, minutes: float) -> nn.Module:
    Training(lesson, Plan(minutes * 60), CACHE / f"{name}.pt", _say).run(lesson.loss)
    return lesson.tower.eval()


def material(minutes: Minutes, sound: bool) -> tuple[Material, nn.Module, nn.Module | None]:
    """The finished towers and the banks that they made."""
    seeing = _taught(SeeingLesson(seed=1, batch=32), "seeing", minutes.seeing)
    hearing = _taught(HearingLesson(seed=1), "hearing", minutes.hearing) if sound else None
    pictures = banks.bank(CACHE / "pictures.pt", PICTURES, partial(banks.picture_chunk, seeing), _say)
    clips = banks.bank(CACHE / "clips.pt", CLIPS, partial(banks.clip_chunk, seeing), _say)
    heard = banks.bank(CACHE / "recordings.pt", RECORDINGS, partial(banks.recording_chunk, hearing), _say) if sound else []
    return Material(pictures, heard, clips), seeing, hearing


def trunk(minutes: Minutes) -> dict[str, torch.Tensor]:
    """The state of the trained trunk."""
    given, seeing, hearing = material(minutes, sound=True)
    torch.manual_seed(0)
    model = build(TRUNK)
    prepare(model)
    model.model.vision_tower.load_state_dict(seeing.state_dict())
    if hearing is not None:
        model.model.audio_tower.load_state_dict(hearing.state_dict())
    lesson = TalkingLesson(model, Lessons(given, Mix(), seed=2), styles=(False, True), seed=2)
    Training(lesson, Plan(minutes.trunk * 60), CACHE / "trunk.pt", _say).run(lesson.loss)
    return model.state_dict()


def member(architecture: Architecture, minutes: Minutes) -> None:
    """Grow one member, train it and write its checkpoint directory."""
    start = trunk(minutes)
    given, _, _ = material(minutes, architecture.sound)
    model = grow(architecture, start, seed=3)
    given = Material(given.pictures, given.sounds, given.clips, about_itself(architecture, model.num_parameters()))
    lessons = Lessons(given, Mix(), seed=3 + list(FAMILY).index(architecture.name))
    lesson = TalkingLesson(model, lessons, styles=(architecture.thinking_block,), seed=3)
    plan = Plan(minutes.member * 60, matrix_rate=0.01, vector_rate=2e-3)
    Training(lesson, plan, CACHE / f"{architecture.name.lower()}.pt", _say).run(lesson.loss)
    export(model, architecture, directory(architecture.name))
    _say(f"{architecture.name}: written to {directory(architecture.name)}")


def main(arguments: list[str] | None = None, say: Callable[[str], None] = _say) -> int:
    """The command; 0 when all that was asked for is trained and written."""
    parser = argparse.ArgumentParser(prog="python -m playground.demo.train", description=__doc__.splitlines()[0])
    parser.add_argument("variants", nargs="*", metavar="VARIANT", help=f"of {', '.join(FAMILY)}; all when none is named")
    parser.add_argument("--longer", type=float, default=1.0, help="train this many times as long as the shipped weights")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 2)
    options = parser.parse_args(arguments)
    wanted = options.variants or list(FAMILY)
    strangers = [name for name in wanted if name not in FAMILY]
    if strangers:
        parser.error(f"{strangers[0]} is not in the demo family ({', '.join(FAMILY)})")
    torch.set_num_threads(options.threads)
    minutes = Minutes().stretched(options.longer)
    try:
        for name in wanted:
            member(FAMILY[name], minutes)
    except RuntimeError as fault:
        if "espeak-ng" not in str(fault):
            raise
        say(str(fault))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
