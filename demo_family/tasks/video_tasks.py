"""What can be asked about a clip: which way did the shape move. Knows no pixels."""

from __future__ import annotations

from demo_family.material.scenes import Direction, Thing
from demo_family.tasks.questions import Asker, Question, article

MOVES = (
    "Which way does the shape move?",
    "Where does the shape go?",
    "Which way does it move?",
    "Does the shape move left, right, up or down?",
    "What moves, and which way?",
    "Tell me which way it moves.",
    "Which way does it go?",
    "What is moving, and where does it go?",
    "In which direction does the shape move?",
    "Where did it go?",
    "Which way did the shape move?",
)
WAYS: dict[Direction, str] = {
    "left": "to the left",
    "right": "to the right",
    "up": "up",
    "down": "down",
}


def question(direction: Direction, thing: Thing, asker: Asker) -> Question:
    """Which way it moves, naming what moves."""
    name = article(thing.name)
    answer = f"{name[0].upper()}{name[1:]} moves {WAYS[direction]}."
    return Question("movement", asker.ask(MOVES), answer, thought=f"{thing.name}: {direction}")
