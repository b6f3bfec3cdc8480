"""Who is told of every question and of every answer's end, and may refuse a question before anything of it happens.

The desk calls its witnesses; metrics, limits and the audit log are some. Knows none of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from playground.comparisons.answer import Answer
from playground.comparisons.comparison import Comparison
from playground.comparisons.contender import Contender
from playground.prompt.conversation import Conversation


class TooMany(Exception):
    """A visitor has had as much as one may have for now: one sentence for them."""


class Witness:
    """Sees and says nothing. Called in whatever thread it happens, and has to be quick."""

    def admit(self, owner: str, contenders: Sequence[Contender], asked: Conversation) -> None:
        """A visitor is about to put this to these. Raises TooMany: then nothing happens."""

    def refusal(self, contender: Contender) -> tuple[str, str] | None:
        """Why this contender may not be asked here, and what would help; None where it may."""
        return None

    def asked(self, comparison: Comparison) -> None:
        """The question was put."""

    def ended(self, comparison: Comparison, answer: Answer) -> None:
        """Nothing more will come of an answer that was put to work, or it was refused."""
