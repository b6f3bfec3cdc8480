"""What an example is: a question with its answer, and the choice of words for it. Knows no task."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

Phrasings = tuple[str, ...]
"""Ways to ask the same thing. The last one is held out: training never uses it."""


LEAD_INS = (
    "Please ",
    "Please tell me: ",
    "Now ",
    "Can you tell me: ",
    "Look: ",
    "I ask you: ",
    "And ",
)
"""What people say first, now and then; it changes nothing."""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to ask and what a good model answers.

    `thought` is what it writes first when thinking is on. `system` and `tools` (declarations, as the chat template
    takes them) stand before the question; `called` is the tool call and result that came before the answer.
    """

    task: str
    prompt: str
    answer: str
    thought: str = ""
    system: str = ""
    tools: tuple[Any, ...] = ()
    call: str = ""
    response: str = ""


@dataclass(frozen=True, slots=True)
class Asker:
    """Chooses phrasings: the training ones, or the one that was held out."""

    rng: Random
    held_out: bool = False

    def ask(self, phrasings: Phrasings, **words: object) -> str:
        """One phrasing with its words filled in; training mixes in small letters, missing stops and lead-ins."""
        if self.held_out:
            return phrasings[-1].format(**words)
        chosen = self.rng.choice(phrasings[:-1])
        luck = self.rng.random()
        if luck < 0.1:
            chosen = chosen.rstrip(".?!")
        elif luck < 0.25:
            chosen = chosen[0].lower() + chosen[1:]
        if luck > 0.9:
            chosen = self.rng.choice(LEAD_INS) + chosen[0].lower() + chosen[1:]
        return chosen.format(**words)


def listed(things: list[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return things[0] if len(things) == 1 else ", ".join(things[:-1]) + " and " + things[-1]


def article(name: str) -> str:
    """ "a red star", "an orange ring"."""
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


def sentence(text: str) -> str:
    """Starts with a capital and ends with a stop."""
    return text[0].upper() + text[1:] + "."
