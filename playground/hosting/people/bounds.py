"""What one question may be: whom it may go to and how large it and its answers may be, for visitors and for operators.

Knows nobody's use of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from playground.comparisons.contender import Contender
from playground.comparisons.witnesses.witness import TooMany, Witness
from playground.config import Config, Most
from playground.engines.roster import specs
from playground.prompt.conversation import Conversation, Text, weight

MEGABYTE = 1_000_000
ANY = Most()


@dataclass(frozen=True, slots=True)
class Sizes:
    """The most that a question has: contenders, characters, megabytes of media, tokens of an answer."""

    contenders: Most = ANY
    prompt: Most = ANY
    media_mb: Most = ANY
    answer: Most = ANY


class Bounds(Witness):
    """`models` are patterns of what visitors may ask, all if there are none. `operates` tells operators by their keys:
    they may ask every model.
    """

    def __init__(
        self,
        sizes: Sizes,
        models: Sequence[str] = (),
        operates: Callable[[str], bool] | None = None,
    ) -> None:
        self._sizes = sizes
        self._models = tuple(models)
        self._operates = operates or (lambda key: False)

    def admit(self, owner: str, contenders: Sequence[Contender], asked: Conversation) -> None:
        """Raises TooMany for a question that is too large, with its size and the most."""
        operator = self._operates(owner)
        sizes = self._sizes
        most = sizes.contenders.of(operator)
        if most is not None and len(contenders) > most:
            raise TooMany(f"{most} answers to a question are the most here; leave some out.")
        most = sizes.prompt.of(operator)
        long = max((_length(asked, one) for one in contenders), default=0)
        if most is not None and long > most:
            raise TooMany(f"The prompt has {long:,} characters; the most here is {most:,}.")
        most, heavy = sizes.media_mb.of(operator), sum(map(weight, asked.media()))
        if most is not None and heavy > most * MEGABYTE:
            raise TooMany(
                f"The media take {heavy / MEGABYTE:,.1f} MB; the most here is {most:,} MB."
            )
        most = sizes.answer.of(operator)
        longest = max((one.settings.max_tokens for one in contenders), default=0)
        if most is not None and longest > most:
            raise TooMany(
                f"An answer of {longest:,} tokens is asked for; the most here is {most:,}: lower the longest answer."
            )

    def refusal(self, contender: Contender) -> tuple[str, str] | None:
        """For models that are not for visitors."""
        names = (specs.plain(contender.model.spec), contender.model.variant)
        if not self._models or any(fnmatchcase(n, one) for one in self._models for n in names):
            return None
        return f"{contender.model.title} is not open to visitors here.", "Choose another."


def _length(asked: Conversation, contender: Contender) -> int:
    """Characters of what a person wrote for it: a system prompt and a beginning of its own too."""
    own = contender.system
    told = [one for one in asked.messages if one.role == "user" or own is None]
    parts = (part for one in told if one.role != "model" for part in one.parts)
    text = sum(len(part.text) for part in parts if isinstance(part, Text))
    return text + len(own or "") + len(contender.settings.begun)


def sizes(config: Config) -> Sizes:
    """As the operator set them."""
    return Sizes(
        config.most_contenders, config.most_prompt, config.most_media_mb, config.most_answer
    )
