"""The remedies that one click can apply: what they are called, and what they make of a conversation and its settings.

Pure: knows no model and no screen. `check` chooses, the page offers, `apply` does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from playground.models.sizes import counted
from playground.prompt import media
from playground.prompt.conversation import (
    LONGEST_ANSWER,
    Audio,
    Conversation,
    Kind,
    Part,
    Settings,
    Video,
)

LONGER = 4
"""So many times the length that was too short."""

Action = Literal[
    "without_audio",
    "without_image",
    "without_video",
    "trim_audio",
    "split_audio",
    "one_by_one",
    "together",
    "trim_video",
    "image_tokens",
    "max_tokens",
    "longer",
    "no_thinking",
    "no_tools",
    "no_schema",
    "no_beginning",
    "go_on",
]


@dataclass(frozen=True, slots=True)
class Mend:
    """One remedy. `amount` is seconds for trimming and splitting, tokens for the budgets.

    "image_tokens" with amount 0 is the checkpoint's own budget.
    """

    action: Action
    amount: float = 0

    @property
    def label(self) -> str:
        """For the button."""
        match self.action:
            case "without_audio":
                return "Ask without the sound"
            case "without_image":
                return "Ask without the pictures"
            case "without_video":
                return "Ask without the clip"
            case "trim_audio":
                return f"Send the first {self.amount:g} s"
            case "split_audio":
                return f"Split into pieces of {self.amount:g} s"
            case "one_by_one":
                return f"Answer pieces of {self.amount:g} s one by one"
            case "together":
                return "Ask about all recordings together"
            case "trim_video":
                return f"Send the first {self.amount:g} s of the clip"
            case "image_tokens":
                return (
                    f"Use {self.amount:g} tokens a picture"
                    if self.amount
                    else "Use the default image budget"
                )
            case "max_tokens":
                return f"Answer in at most {counted(int(self.amount), 'token')}"
            case "longer":
                return f"Allow {counted(int(self.amount), 'token')}"
            case "no_thinking":
                return "Ask without thinking"
            case "no_tools":
                return "Ask without tools"
            case "no_schema":
                return "Ask without the schema"
            case "no_beginning":
                return "Ask without the beginning"
            case "go_on":
                return "Continue"


def apply(
    mend: Mend, conversation: Conversation, settings: Settings
) -> tuple[Conversation, Settings]:
    """The conversation and the settings after the remedy; what it does not concern stays as it is."""
    amount = mend.amount
    match mend.action:
        case "without_audio":
            return conversation.without("audio"), settings
        case "without_image":
            return conversation.without("image"), settings
        case "without_video":
            return conversation.without("video"), settings
        case "trim_audio":
            return _each(conversation, lambda part: (_trim(part, amount),)), settings
        case "split_audio":
            return _each(conversation, lambda part: _split(part, amount)), settings
        case "one_by_one":
            split = _each(conversation, lambda part: _split(part, amount))
            return split, replace(settings, one_by_one=True)
        case "together":
            return conversation, replace(settings, one_by_one=False)
        case "trim_video":
            return _each(conversation, lambda part: (_shorten(part, amount),)), settings
        case "image_tokens":
            return conversation, replace(settings, image_tokens=int(amount) or None)
        case "max_tokens" | "longer":
            return conversation, replace(settings, max_tokens=int(amount))
        case "no_thinking":
            # The length stays what it was, whoever chose it.
            length = int(settings.max_tokens)
            return conversation, replace(settings, thinking=False, max_tokens=length)
        case "no_tools":
            return conversation, replace(settings, tools=())
        case "no_schema":
            return conversation, replace(settings, schema=None)
        case "no_beginning":
            return conversation, replace(settings, begun="")
        case "go_on":  # what is put to the model stays; the desk lets it go on
            return conversation, settings


def longer(settings: Settings, room: int) -> tuple[Mend, ...]:
    """The remedy for an answer that was cut off, where there is `room` for more: so many tokens beside the prompt."""
    wanted = min(LONGER * settings.max_tokens, room, LONGEST_ANSWER)
    return (Mend("longer", wanted),) if wanted > settings.max_tokens else ()


def can_go_without(conversation: Conversation, kind: Kind) -> bool:
    """Whether a question is left when every part of that kind is taken away."""
    return any(part.kind != kind for part in conversation.messages[-1].parts)


def _each(conversation: Conversation, change: Callable[[Part], tuple[Part, ...]]) -> Conversation:
    return Conversation(
        tuple(
            replace(message, parts=tuple(new for part in message.parts for new in change(part)))
            for message in conversation.messages
        )
    )


def _trim(part: Part, seconds: float) -> Part:
    return media.trim(part, seconds) if isinstance(part, Audio) else part


def _split(part: Part, seconds: float) -> tuple[Part, ...]:
    return media.split(part, seconds) if isinstance(part, Audio) else (part,)


def _shorten(part: Part, seconds: float) -> Part:
    return media.shorten(part, seconds) if isinstance(part, Video) else part
