"""What the page's process and its workers say to each other: small pickled messages over a pair of
sockets.

A worker is a process that holds one model; the host is a process that has imported the heavy
libraries and forks workers. No torch here.
"""

from __future__ import annotations

from dataclasses import dataclass

from playground.engines.events import Event
from playground.prompt.conversation import Conversation, Settings


@dataclass(frozen=True, slots=True)
class Fork:
    """To the host: fork a worker; its end of the connection to it follows."""


@dataclass(frozen=True, slots=True)
class Hello:
    """First words of a forked worker: its process id."""

    pid: int


@dataclass(frozen=True, slots=True)
class Died:
    """From the host: the worker of that process id ended; `status` is its exit code, or minus the
    signal.
    """

    pid: int
    status: int


@dataclass(frozen=True, slots=True)
class Load:
    """To a worker: load the checkpoint in that directory. `dtype` is "float32", "bfloat16",
    "auto" (as stored), or "int8" or "int4" (quantised while it is loaded).
    `drafter` is the directory of its drafter, if it is to have one.
    """

    path: str
    dtype: str
    drafter: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """From a worker: the model is in memory and warm. `device` is "cpu", "cuda" or "mps"; `notes` say
    how it decodes, where there was a choice.
    """

    device: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """To a worker: answer this."""

    number: int
    conversation: Conversation
    settings: Settings


@dataclass(frozen=True, slots=True)
class Halt:
    """To a worker: end the answer of that number soon."""

    number: int


@dataclass(frozen=True, slots=True)
class Forget:
    """To a worker: give back what is kept of earlier conversations."""


@dataclass(frozen=True, slots=True)
class Told:
    """From a worker: an event of the answer of that number; of loading, where it is 0."""

    number: int
    event: Event


@dataclass(frozen=True, slots=True)
class Broke:
    """From a worker: loading or answering failed, in two sentences for the person who asked."""

    reason: str
    remedy: str
