"""The one seam: a model, and an engine that streams its answer as events.

Whoever can stream events from a conversation is an engine; `recital` is the smallest one. Engines
know nothing of queues, comparisons or screens.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from playground.capabilities import Capabilities
from playground.conversation import Conversation, Settings
from playground.events import Event, Progress
from playground.sampling import UNKNOWN, Sampling
from playground.servers import Server


class EngineError(Exception):
    """An answer that could not be given: why, and what would help, each one sentence for the person
    who asked.
    """

    def __init__(self, reason: str, remedy: str = "") -> None:
        super().__init__(f"{reason} {remedy}".strip())
        self.reason = reason
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Model:
    """Something that can answer: a variant, its weights and where they run.

    `spec` names it on the command line and in links ("demo:E2B", "local:google/gemma-4-E2B-it").
    `weights` is a repo id, a directory's name or a server's model name; `bytes` is the size of the
    weights as stored, `stored` the precision of most of them, `precision` says in words how they lie
    in memory, `wish` is the one that somebody chose. `dtype` is what a local model's numbers become
    when it is loaded ("auto": what they are), `needs_bytes` about what it then takes of the memory
    that this program gives out. `drafter` is the directory of its drafter, `sampling` how it draws
    tokens where nobody says otherwise, `server` where a model of the server engine runs.
    """

    spec: str
    variant: str
    weights: str
    engine: Literal["local", "server", "recital"]
    capabilities: Capabilities = field(repr=False)
    revision: str = ""
    stored: str = ""
    precision: str = ""
    wish: str = ""
    demo: bool = False
    path: Path | None = field(default=None, repr=False)
    bytes: int = 0
    dtype: str = "auto"
    needs_bytes: int = 0
    drafter: Path | None = field(default=None, repr=False)
    sampling: Sampling = UNKNOWN
    server: Server | None = field(default=None, repr=False)

    @property
    def title(self) -> str:
        """The variant, with the precision that somebody chose for it: "E2B", "E2B int8"."""
        return f"{self.variant} {self.wish}".rstrip()

    @property
    def place(self) -> str:
        """Where it runs, in words: "this machine", "lab (gpu1:8000)"."""
        return "this machine" if self.server is None else f"{self.server.name} ({self.server.host})"

    @property
    def leaves_machine(self) -> bool:
        """Whether a prompt to this model travels to another machine."""
        return self.server is not None and not self.server.on_this_machine

    @property
    def device(self) -> str:
        """What it shares with others while it computes: models with the same name here contend."""
        return self.place


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

    def close(self) -> None:
        """Give all memory back. The engine may be loaded again later."""
        ...
