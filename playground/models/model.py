"""The noun: something that can answer. Knows no engine; only where one would run it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from playground.models.capabilities import Capabilities
from playground.models.sampling import UNKNOWN, Sampling
from playground.models.servers import Server


@dataclass(frozen=True, slots=True)
class Model:
    """Something that can answer: a variant, its weights and where they run.

    `spec` names it on the command line and in links ("demo:E2B", "local:google/gemma-4-E2B-it").
    `weights` is a repo id, a directory's name or a server's model name; `bytes` is the size of the
    weights as stored, `stored` the precision of most of them, `precision` says in words how they lie
    in memory, `wish` is the one that somebody chose. `dtype` is what a local model's numbers become
    when it is loaded ("auto": what they are), `needs_bytes` about what it then takes of the memory
    that this program gives out. `runtime` runs a local model, `path` is a directory for transformers and a file for
    llama.cpp, `encoders` that model's file for pictures and sound. `drafter` is the directory of
    its drafter, `sampling` how it draws tokens where nobody says otherwise, `server` where a model of
    the server engine runs. `template` names the chat template that it had, by a digest, where no file
    tells. `here` is False for one that only a record names: it has to be found again before it is
    asked; `facts` is then what the record knows of its files.
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
    runtime: Literal["transformers", "llama.cpp"] = "transformers"
    encoders: Path | None = field(default=None, repr=False)
    bytes: int = 0
    dtype: str = "auto"
    needs_bytes: int = 0
    drafter: Path | None = field(default=None, repr=False)
    sampling: Sampling = UNKNOWN
    server: Server | None = field(default=None, repr=False)
    template: str = field(default="", repr=False)
    here: bool = True
    facts: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

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
        """What it shares with others while it computes: models with the same name here contend. Two names for one
        server are one device.
        """
        return self.place if self.server is None else self.server.host


class ModelError(Exception):
    """Why there is no such model to ask, and what would help, one sentence each."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason} {remedy}")
        self.reason = reason
        self.remedy = remedy
