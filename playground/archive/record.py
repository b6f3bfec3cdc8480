"""A comparison as plain data: what the archive keeps, what our own JSON holds and what can be imported again. What the
terminal and the API print for who asked is questions/record.py.

Times are seconds; those of an answer count from the moment it was asked for, so that they mean the same on every
machine. Media are named by the SHA-256 of their decoded bytes. No path, no key and no environment is ever in here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

LONGEST = {"name": 200, "note": 10_000, "label": 100}
"""Characters of what a person adds to a comparison."""

MOST_LABELS = 100

Settings = dict[str, Any]
"""The names and values of `prompt.conversation.Settings`."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a message. `text` holds words; `media` the digests of a picture, a recording, a clip's frames in
    order or a file's words in UTF-8, `sizes` the width and height of each picture; `data` a tool's arguments or its
    result, or the tokens of a clip's frame where they were chosen; `file_bytes` is the size of the file that a
    picture was, or of a frame's share of its clip.
    """

    kind: Literal["text", "image", "audio", "video", "document", "tool_call", "tool_result"]
    text: str = ""
    name: str = ""
    media: tuple[str, ...] = ()
    sizes: tuple[tuple[int, int], ...] = ()
    seconds: float = 0.0
    times: tuple[float, ...] = ()
    original: str = ""
    data: Any = None
    file_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """What one side said."""

    role: Literal["system", "user", "model"]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """The server that a model ran on: its name, host and kind."""

    name: str
    host: str
    kind: str = ""
    on_this_machine: bool = False


@dataclass(frozen=True, slots=True)
class Model:
    """What answered. `template` names the chat template by a digest, `sampling` says how it draws tokens where nobody
    chose; `server` is None on this machine, where `runtime` computes. `commit` is a hub's whole revision, `files` the
    SHA-256 of each file of weights (empty where it is not known), `parameters` the numbers that are stored and that a
    token reads.
    """

    spec: str
    variant: str
    weights: str
    engine: Literal["local", "server", "recital"]
    capabilities: dict[str, Any]
    revision: str = ""
    template: str = ""
    stored: str = ""
    precision: str = ""
    wish: str = ""
    demo: bool = False
    bytes: int = 0
    dtype: str = "auto"
    needs_bytes: int = 0
    runtime: Literal["transformers", "llama.cpp"] = "transformers"
    server: Place | None = None
    sampling: dict[str, Any] = field(default_factory=dict)
    commit: str = ""
    files: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contender:
    """A column. `system` is a system prompt of its own."""

    id: str
    label: str
    model: Model
    settings: Settings
    system: str | None = None


Chunk = tuple[float, Literal["thinking", "answer", "tool_call"], str, int]
"""Seconds since the answer was asked for, channel, text, tokens."""


@dataclass(frozen=True, slots=True)
class Called:
    """A call of a tool and what was given back; `at` and `given_at` are seconds since the answer was asked for."""

    name: str
    arguments: dict[str, Any]
    standing: Literal["waiting", "running", "given", "wrong", "refused"]
    at: float
    result: Any = None
    given_at: float | None = None
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A request of an answer whose calls were answered. `chunks` is how many of the answer's are its own; the rest is
    as in Answer.
    """

    chunks: int
    calls: tuple[Called, ...]
    started: float | None = None
    requested: float | None = None
    read: float | None = None
    finished: float | None = None
    prompt: dict[str, Any] | None = None
    last: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a contender gave. `messages` is what was put to it; `asked_at` the time of day in seconds since 1970.

    `started`, `requested`, `read` and `finished` are None where that moment never came. `prompt` and `last` hold what
    the engine told of the prompt's cost and at the end. `interrupted` tells that the program ended before the answer.
    `steps` are those that called tools; all the others are of the last one.
    """

    contender: Contender
    messages: tuple[Message, ...]
    state: Literal[
        "waiting", "loading", "reading", "thinking", "answering", "calling",
        "done", "stopped", "refused", "failed",
    ]  # fmt: skip
    asked_at: float
    reason: str = ""
    remedy: str = ""
    finish_reason: Literal["stop", "length", "tool_call", "stopped", "unsaid"] | None = None
    started: float | None = None
    requested: float | None = None
    read: float | None = None
    finished: float | None = None
    prompt: dict[str, Any] | None = None
    last: dict[str, Any] | None = None
    contended: bool = False
    interrupted: bool = False
    chunks: tuple[Chunk, ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Round:
    """One question. `before` is the id of the round that it goes on from."""

    id: str
    asked: tuple[Message, ...]
    answers: tuple[Answer, ...]
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A whole comparison. `last` is the id of the round that is shown, `made_by` names program, libraries, device."""

    id: str
    created: float
    rounds: tuple[Round, ...]
    last: str
    all_at_once: bool = False
    made_by: dict[str, str] = field(default_factory=dict)
    name: str = ""
    note: str = ""
    labels: tuple[str, ...] = ()
    format: Literal["gemma4-playground/comparison"] = "gemma4-playground/comparison"
    version: Literal[1] = 1
