"""A conversation put to several contenders: their answers, kept by threads that outlive the page
that started them.

Answers are plain objects that one thread writes and anybody reads. Knows engines through the pool,
and no screen.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Sequence

from playground.comparisons.answer import Answer
from playground.comparisons.contender import Contender
from playground.comparisons.pool import Pool
from playground.prompt.conversation import Conversation

LEASE_S = 10.0
"""A comparison that nobody watched for so long stops itself; reloading a tab takes two or three
seconds.
"""

log = logging.getLogger(__name__)


class Comparison:
    """One conversation, its contenders and their answers. It runs as long as somebody watches."""

    def __init__(
        self,
        conversation: Conversation,
        contenders: Sequence[Contender],
        all_at_once: bool = False,
    ) -> None:
        self.id = secrets.token_urlsafe(9)
        self.conversation = conversation
        self.contenders = tuple(contenders)
        self.all_at_once = all_at_once
        self._watched = time.monotonic()
        self.answers = tuple(
            Answer(contender, conversation, self._is_abandoned) for contender in self.contenders
        )

    @property
    def ended(self) -> bool:
        """Whether every answer has ended."""
        return all(answer.ended for answer in self.answers)

    def watch(self) -> None:
        """Say that somebody looks at it: the lease runs anew."""
        self._watched = time.monotonic()

    def stop(self) -> None:
        """End every answer now; what came so far stays."""
        for answer in self.answers:
            answer.stop()

    def run(self, pool: Pool) -> None:
        """Put the conversation to every contender that was not refused, in their order. Returns at
        once.
        """
        starts = [
            answer.begin(pool, self.all_at_once) for answer in self.answers if not answer.ended
        ]
        for start in starts:
            start()

    def renew(self, index: int, contender: Contender, conversation: Conversation) -> Answer:
        """A fresh answer in that place, not yet begun; the one that was there stops and is
        forgotten.
        """
        self.answers[index].stop()
        answer = Answer(contender, conversation, self._is_abandoned)
        self.watch()
        self.answers = (*self.answers[:index], answer, *self.answers[index + 1 :])
        self.contenders = tuple(answer.contender for answer in self.answers)
        return answer

    def _is_abandoned(self) -> bool:
        return time.monotonic() - self._watched > LEASE_S
