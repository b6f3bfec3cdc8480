"""What sets the columns of a round apart, in words below their names."""

from __future__ import annotations

from components.media import NOUNS
from playground.comparisons.round import Round
from playground.prompt import overrides
from playground.prompt.conversation import Settings, UsualLength

TOLD = (
    "thinking",
    "temperature",
    "top_p",
    "top_k",
    "image_tokens",
    "max_tokens",
    "one_by_one",
    "schema",
)
"""The settings that are told, in this order; tools and how an answer begins stand in the panes."""


def notes(round: Round) -> dict[str, str]:
    """By each contender's id the settings in which they differ, and what was left out for it."""
    every = [answer.settings for answer in round.answers]
    different = [name for name in TOLD if len({repr(_chosen(one, name)) for one in every}) > 1]
    sent = {part.kind for part in round.asked.media()}
    told = {}
    for answer in round.answers:
        got = {part.kind for part in answer.conversation.messages[-1].parts}
        words = [overrides.words(name, getattr(answer.settings, name)) for name in different]
        words += [f"without the {NOUNS[kind]}" for kind in sorted(sent - got)]
        told[answer.contender.id] = " · ".join(words)
    return told


def _chosen(settings: Settings, name: str) -> object:
    """A setting's value; lengths that nobody chose are all alike."""
    value = getattr(settings, name)
    return None if isinstance(value, UsualLength) else value
