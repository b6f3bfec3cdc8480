"""Trains the demo family: towers, then one trunk, then four members grown from it. `python -m demo_family.train`.

Each stage keeps a checkpoint in the cache directory and is skipped once its time is spent, so the command can be
stopped and started again at any moment, and goes further when it is given more time.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn

from demo_family.architectures import FAMILY, TRUNK, Architecture
from demo_family.export import build, directory, export
from demo_family.tasks.identity import about_itself
from demo_family.training import banks
from demo_family.training.growing import grow
from demo_family.training.hearing import HearingLesson
from demo_family.training.lessons import Lessons, Material, Mix
from demo_family.training.optimisation import Plan, Training
from demo_family.training.seeing import SeeingLesson, prepare
from demo_family.training.talking import TalkingLesson

CACHE = Path(__file__).resolve().parents[1] / ".cache" / "demo"
PICTURES, CLIPS, RECORDINGS = 12_800, 800, 9_600


@dataclass(frozen=True, slots=True)
class Minutes:
    """How long each stage trains; defaults are what the shipped weights had.

    Towers and trunk had two cores, shared with other work; members trained two at a time with one core each.
    """

    seeing: float = 17
    hearing: float = 10
    trunk: float = 110
    member: float = 45
    copying: float = 9
    settling: float = 7

    def stretched(self, by: float) -> Minutes:
        """All stages longer or shorter."""
        return Minutes(*(getattr(self, field.name) * by for field in fields(self)))


MEMBERS = {
    "": (Mix(), 0.008, 1.5e-3),
    "-copying": (
        Mix(pictures=0.22, sounds=0.13, words=0.65, clips=0.03, copying=0.45),
        0.005,
        2e-3,
    ),
    "-settling": (Mix(pictures=0.34, sounds=0.16, words=0.5, clips=0.05), 0.005, 1e-3),
}
"""The stages of a member by the end of their checkpoint's name: what is asked, and the rates for matrices and vectors.

Half of the vocabulary are beginnings of words, which hardly come in the first stage: they are learnt in the second.
"""


@dataclass(frozen=True, slots=True)
class School:
    """What every member shares: the finished towers, and what they made of pictures, clips and recordings."""

    seeing: nn.Module
    hearing: nn.Module
    material: Material


def _say(line: str) -> None:
    print(line, flush=True)


def _tower(lesson: SeeingLesson | HearingLesson, name: str, minutes: float) -> nn.Module:
    Training(lesson, Plan(minutes * 60), CACHE / f"{name}.pt", _say).run(lesson.loss)
    tower: nn.Module = lesson.tower.eval()
    return tower


def school(minutes: Minutes) -> School:
    """Teach the towers and fill the banks, or take them from the cache."""
    seeing = _tower(SeeingLesson(seed=1, batch=32), "seeing", minutes.seeing)
    hearing = _tower(HearingLesson(seed=1), "hearing", minutes.hearing)
    material = Material(
        banks.bank(CACHE / "pictures.pt", PICTURES, partial(banks.picture_chunk, seeing), _say),
        banks.bank(
            CACHE / "recordings.pt", RECORDINGS, partial(banks.recording_chunk, hearing), _say
        ),
        banks.bank(CACHE / "clips.pt", CLIPS, partial(banks.clip_chunk, seeing), _say),
    )
    return School(seeing, hearing, material)


def trunk(given: School, minutes: Minutes) -> dict[str, Tensor]:
    """The state of the trained trunk, towers included."""
    torch.manual_seed(0)
    model = build(TRUNK)
    prepare(model)
    model.model.vision_tower.load_state_dict(given.seeing.state_dict())
    model.model.audio_tower.load_state_dict(given.hearing.state_dict())
    lesson = TalkingLesson(
        model, Lessons(given.material, Mix(), seed=2), styles=(False, True), seed=2
    )
    Training(lesson, Plan(minutes.trunk * 60), CACHE / "trunk.pt", _say).run(lesson.loss)
    state: dict[str, Tensor] = model.state_dict()
    return state


def member(
    architecture: Architecture, given: School, start: dict[str, Tensor], minutes: Minutes
) -> None:
    """Grow one member from the trunk, train it and write its checkpoint directory."""
    model = grow(architecture, start, seed=3)
    material = replace(
        given.material,
        sounds=given.material.sounds if architecture.sound else (),
        about_itself=about_itself(architecture, model.num_parameters()),
    )
    seed = 3 + list(FAMILY).index(architecture.name)
    long = (minutes.member, minutes.copying, minutes.settling)
    for (name, (mix, matrices, vectors)), stage in zip(MEMBERS.items(), long, strict=True):
        lesson = TalkingLesson(
            model, Lessons(material, mix, seed), styles=(architecture.thinking_block,), seed=3
        )
        plan = Plan(stage * 60, matrix_rate=matrices, vector_rate=vectors)
        path = CACHE / f"{architecture.name.lower()}{name}.pt"
        Training(lesson, plan, path, _say).run(lesson.loss)
    export(model, architecture, directory(architecture.name))
    _say(f"{architecture.name}: written to {directory(architecture.name).name}")


def main(arguments: list[str] | None = None, say: Callable[[str], None] = _say) -> int:
    """The command; 0 when all that was asked for is trained and written."""
    parser = argparse.ArgumentParser(
        prog="python -m demo_family.train", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument(
        "variants",
        nargs="*",
        metavar="VARIANT",
        help=f"of {', '.join(FAMILY)}; all when none is named",
    )
    parser.add_argument(
        "--longer",
        type=float,
        default=1.0,
        help="train this many times as long as the shipped weights",
    )
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 2)
    options = parser.parse_args(arguments)
    wanted = options.variants or list(FAMILY)
    strangers = [name for name in wanted if name not in FAMILY]
    if strangers:
        parser.error(f"{strangers[0]} is not in the demo family ({', '.join(FAMILY)})")
    torch.set_num_threads(options.threads)
    minutes = Minutes().stretched(options.longer)
    try:
        given = school(minutes)
        start = trunk(given, minutes)
        for name in wanted:
            member(FAMILY[name], given, start, minutes)
    except RuntimeError as fault:
        if "espeak-ng" not in str(fault):
            raise
        say(str(fault))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
