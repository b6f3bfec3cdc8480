"""Recordings of one question that are heard one by one, each in a request of its own, whose answers are then joined.

So goes a recording that is longer than a model hears at a time: split, and put piece by piece. Knows no model.
"""

from __future__ import annotations

from dataclasses import replace

from playground.prompt.conversation import Audio, Conversation, Settings


def can(settings: Settings) -> bool:
    """Whether answers to pieces can be joined: tools, a schema and a beginning hold for one answer."""
    return not (settings.tools or settings.schema is not None or settings.begun)


def recordings(conversation: Conversation) -> tuple[Audio, ...]:
    """Those of the question."""
    last = conversation.messages[-1]
    return tuple(part for part in last.parts if isinstance(part, Audio))


def names(conversation: Conversation, settings: Settings) -> tuple[str, ...]:
    """What each request hears; nothing where there is but one request."""
    if not (settings.one_by_one and can(settings)) or conversation.messages[-1].role != "user":
        return ()
    heard = recordings(conversation)
    return tuple(one.name for one in heard) if len(heard) > 1 else ()


def requests(conversation: Conversation, settings: Settings) -> tuple[Conversation, ...]:
    """What is put to the model one after the other: the question with each of its recordings, or as it is."""
    if not names(conversation, settings):
        return (conversation,)
    *before, last = conversation.messages
    return tuple(
        replace(
            conversation,
            messages=(
                *before,
                replace(
                    last,
                    parts=tuple(
                        part for part in last.parts if not isinstance(part, Audio) or part is one
                    ),
                ),
            ),
        )
        for one in recordings(conversation)
    )
