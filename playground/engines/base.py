"""The one seam: an engine streams a model's answer as events.

Whoever can stream events from a conversation is an engine; `recital` is the smallest one. Engines
know nothing of queues, comparisons or screens.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from playground.engines.events import Event, Progress
from playground.models.model import Model
from playground.prompt.conversation import Conversation, Settings


class EngineError(Exception):
    """An answer that could not be given: why, and what would help, each one sentence for the person
    who asked.
    """

    def __init__(self, reason: str, remedy: str = "") -> None:
        super().__init__(f"{reason} {remedy}".strip())
        self.reason = reason
        self.remedy = remedy


class Stop(Protocol):
    """Asked by an engine between two steps: should the answer end now?"""

    def is_set(self) -> bool:
        """True once somebody asked to stop."""
        ...


class Engine(Protocol):
    """Where one model runs."""

    @property
    def model(self) -> Model:
        """The model that answers here."""
        ...

    @property
    def loaded(self) -> bool:
        """Whether the model is in memory and its process alive."""
        ...

    @property
    def loading(self) -> Progress | None:
        """How far the model is on its way into memory; None where it is not, or where nobody tells."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """How the loaded model decodes, as far as there was a choice, for a person: "drafter on"."""
        ...

    def load(self, stop: Stop) -> None:
        """Bring the model into memory; returns at once when it is there or when asked to stop.

        Raises EngineError when it can't be loaded.
        """
        ...

    def stream(self, conversation: Conversation, settings: Settings, stop: Stop) -> Iterator[Event]:
        """Answer: `Requested`, `Read` where the engine knows it, `Chunk`s, and `Finished` last.

        Ends with `Finished("stopped")` soon after `stop` is set. Raises EngineError when the answer
        breaks; what was yielded before stays good.
        """
        ...

    def memory_bytes(self) -> int:
        """What the model holds in memory now, 0 when that is not on this machine."""
        ...

    def spare(self) -> None:
        """Give back the memory that is held only so that a next question is answered sooner. Any thread may call it."""
        ...

    def close(self) -> None:
        """Give all memory back. The engine may be loaded again later."""
        ...
