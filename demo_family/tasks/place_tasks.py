"""Where things are in a drawn scene: how two lie to each other, in which part of the picture, in which box."""

from __future__ import annotations

import json

from demo_family.material.scenes import Scene
from demo_family.tasks.questions import Asker, Question

SIDE = (
    "Is the {one} left or right of the {other}?",
    "Is the {one} to the left or to the right of the {other}?",
    "Where is the {one}, left or right of the {other}?",
    "Left or right: where is the {one} from the {other}?",
    "Left or right of the {other}: where is the {one}?",
    "Do you see the {one} left or right of the {other}?",
    "From the {other}, is the {one} left or right?",
    "Which side of the {other} is the {one} on, left or right?",
    "Tell me whether the {one} is left or right of the {other}.",
    "Is the {one} on the left or on the right of the {other}?",
)
HEIGHT = (
    "Is the {one} above or below the {other}?",
    "Where is the {one}, above or below the {other}?",
    "Above or below: where is the {one} from the {other}?",
    "Does the picture show the {one} above or below the {other}?",
    "Do you see the {one} above or below the {other}?",
    "From the {other}, is the {one} above or below?",
    "Tell me whether the {one} is above or below the {other}.",
    "Is the {one} lower or higher than the {other}, below or above?",
    "Where is the {one} from the {other}, above or below?",
    "Is the {one} higher or lower than the {other}, above or below?",
)


def relation(scene: Scene, asker: Asker) -> Question | None:
    """How two things lie to each other."""
    choices = scene.singles
    if len(choices) < 2:
        return None
    one, other = asker.rng.sample(choices, 2)
    across, down = (one.centre[i] - other.centre[i] for i in (0, 1))
    if abs(across) >= abs(down):
        phrasings, answer = SIDE, "Left." if across < 0 else "Right."
    else:
        phrasings, answer = HEIGHT, "Above." if down < 0 else "Below."
    if max(abs(across), abs(down)) < 14:
        return None
    prompt = asker.ask(phrasings, one=one.name, other=other.name)
    return Question("position", prompt, answer, thought=", ".join(scene.names))


PLACE = (
    "Where is the {thing}?",
    "Where do you see the {thing}?",
    "Where in the picture is the {thing}?",
    "Tell me where the {thing} is.",
    "Where is the {thing} in the picture?",
    "Where in the image is the {thing}?",
    "Can you tell me where the {thing} is?",
    "Where do you find the {thing}?",
    "In which part of the picture is the {thing}?",
    "Can you see where the {thing} is?",
    "The {thing}: where is it?",
    "Where can I find the {thing}?",
    "Where can you see the {thing}?",
)
ITS_PLACE = (
    "Where is it?",
    "Where is the shape?",
    "Where in the picture is it?",
    "Where do you see the shape?",
    "Where can you see it?",
    "Tell me where it is.",
    "In which part of the picture is it?",
    "Where is the shape in the picture?",
    "Where in the picture is the shape?",
)
_ACROSS, _DOWN = ("left", "", "right"), ("top", "", "bottom")


def place(scene: Scene, asker: Asker) -> Question | None:
    """Ninths of the picture; a shape near a border between two is not asked about."""
    choices = []
    for thing in scene.singles:
        parts = thing.centre[0] / scene.width * 3, thing.centre[1] / scene.height * 3
        if all(abs(part - border) > 0.15 for part in parts for border in (1, 2)):
            choices.append((thing, _ACROSS[int(parts[0])], _DOWN[int(parts[1])]))
    if not choices:
        return None
    thing, across, down = asker.rng.choice(choices)
    where = f"{down} {across}".strip()
    answer = f"At the {where}." if where else "In the middle."
    alone = len(scene.things) == 1 and asker.rng.random() < 0.6
    prompt = asker.ask(ITS_PLACE) if alone else asker.ask(PLACE, thing=thing.name)
    return Question("place", prompt, answer, thought=thing.name)


BOX = (
    "Where is the {thing}? Answer with a box as JSON.",
    "Detect the {thing}. Output the box as JSON.",
    "Give the box of the {thing} as JSON.",
    "Give me a box of the {thing} as JSON.",
    "What is the box of the {thing}? Answer as JSON.",
    "Box of the {thing} as JSON.",
    "Find the {thing}. Answer with a box as JSON.",
    "Tell me the box of the {thing} as JSON.",
    "Detect the {thing} and answer with its box as JSON.",
    "Find the {thing} and give its box as JSON.",
)


def grid(value: float, size: int) -> int:
    """A pixel on the grid of 1000, to the nearest ten."""
    return min(1000, max(0, round(value / size * 100) * 10))


def box(scene: Scene, asker: Asker) -> Question | None:
    """A box as the family writes boxes: top, left, bottom, right on a grid of 1000."""
    choices = scene.singles
    if not choices:
        return None
    thing = asker.rng.choice(choices)
    left, top, right, bottom = thing.box
    edges = [
        grid(top, scene.height),
        grid(left, scene.width),
        grid(bottom, scene.height),
        grid(right, scene.width),
    ]
    answer = json.dumps([{"box_2d": edges, "label": thing.name}])
    return Question("box", asker.ask(BOX, thing=thing.name), answer, thought=thing.name)
