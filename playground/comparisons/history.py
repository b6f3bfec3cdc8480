"""What one contender was asked and said before: its own words, never another's.

Thoughts stay out of it: the family's format drops them when a turn is over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playground.comparisons.contender import Contender
from playground.comparisons.steps import turn, whole
from playground.prompt.conversation import Conversation, Message, Text

if TYPE_CHECKING:
    from playground.comparisons.answer import Answer
    from playground.comparisons.round import Round


def conversation(asked: Conversation, contender: Contender, before: Round | None) -> Conversation:
    """What is put to a contender: the system prompt, its history up to the round `before`, and the question of
    `asked`.
    """
    words = asked.system if contender.system is None else contender.system
    system = (Message("system", (Text(words),)),) if words.strip() else ()
    return Conversation((*system, *history(contender.id, before), asked.messages[-1]))


def history(id: str, last: Round | None) -> tuple[Message, ...]:
    """All that a contender was asked and said up to the round `last`, without a system prompt.

    Rounds in which it was not there, was refused or said nothing are left out with their questions.
    """
    answer = last.answer(id) if last else None
    if answer is not None:
        return known(answer)
    return history(id, last.before) if last else ()


def known(answer: Answer) -> tuple[Message, ...]:
    """What its contender goes on with once an answer is over."""
    told = tuple(message for message in answer.conversation.messages if message.role != "system")
    every = whole(answer.steps)
    if answer.state == "refused" or not (answer.text if every[0].piece else every[-1].text).strip():
        return told[:-1]
    if len(every) > 1:
        return (*told, *turn(every))
    return (*told, Message("model", (Text(answer.text),)))
