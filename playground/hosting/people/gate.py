"""Holds back the questions of those who would have to sign in first, whichever way they come."""

from __future__ import annotations

from collections.abc import Sequence

from playground.comparisons.contender import Contender
from playground.comparisons.witnesses.witness import TooMany, Witness
from playground.hosting.people.visitor import USER
from playground.prompt.conversation import Conversation


class Gate(Witness):
    """For where one signs in to ask."""

    def admit(self, owner: str, contenders: Sequence[Contender], asked: Conversation) -> None:
        """Raises TooMany for who is not known."""
        if not owner.startswith(USER):
            raise TooMany("Sign in to ask.")
