"""What an engine tells while it answers: plain, timed facts in the order in which they happened.

Every `at` is `time.perf_counter()` of this machine, which all of its processes share, stamped by
the thread or process that made the event. Knows no engine and no screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from playground.models.sizes import size, time_left
from playground.prompt.cost import PromptTokens, Source

Channel = Literal["thinking", "answer", "tool_call"]
FinishReason = Literal["stop", "length", "tool_call", "stopped", "unsaid"]
"""Why an answer ended; "unsaid" where a server called it whole and did not say why."""

Work = Literal["weights", "prompt"]


@dataclass(frozen=True, slots=True)
class OutputTokens:
    """What an answer cost, in tokens. Tool calls count as answer; the marks around a thought count
    as thinking.

    `hidden` of the thinking tokens never came: a server keeps them to itself. `first` is how many of
    the others came with the first piece, None where each piece is a token.
    """

    thinking: int
    answer: int
    source: Source = "measured"
    hidden: int = 0
    first: float | None = None

    @property
    def total(self) -> int:
        """Both together."""
        return self.thinking + self.answer


@dataclass(frozen=True, slots=True)
class Requested:
    """The engine has the model in memory and got the request: TTFT counts from here."""

    at: float


@dataclass(frozen=True, slots=True)
class Read:
    """Pictures, sound and text are tokens now; prefill begins."""

    at: float
    prompt: PromptTokens


EARLY = 0.05
"""Share below which nothing is foreseen: beginnings are slower or quicker than what follows."""

ALL_READ = 0.99
"""Share of the bytes in the files of weights: some hold a few that no model reads."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far something is that comes before the first token and takes a while: `done` of `total`, begun at `since`.

    "weights" is bytes that have come into memory; "prompt" is reading it, in whatever the engine counts it by: layers
    of blocks, or tokens.
    """

    at: float
    what: Work
    done: int
    total: int
    since: float

    @property
    def share(self) -> float:
        """Between 0 and 1."""
        return self.done / self.total if self.total else 0.0

    def left_s(self, now: float) -> float | None:
        """Seconds that it will still take if it goes on as it did; None while it is too early to tell."""
        if self.share < EARLY:
            return None
        rest = (self.at - self.since) * (self.total - self.done) / self.done
        return max(0.0, rest - (now - self.at))

    def words(self, now: float) -> str:
        """For a person: "31% · 12 s left", of the weights "3.2 GB of 10.2 GB · 12 s left"."""
        if self.what == "weights" and self.share > ALL_READ:
            return "all read, getting ready"
        how_far = f"{self.share:.0%}"
        if self.what == "weights":
            how_far = f"{size(self.done)} of {size(self.total)}"
        left = self.left_s(now)
        return how_far + (f" · {time_left(left)}" if left else "")


@dataclass(frozen=True, slots=True)
class Chunk:
    """One piece of the answer. `tokens` is 0 when the engine does not say how many it holds.

    `text` may be empty: a mark around a thought, or the first bytes of a character.
    """

    channel: Channel
    text: str
    tokens: int
    at: float


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of an answer and what only the engine can know about it; what it does not know is
    None.

    `prompt` and `output` are for engines that count only at the end, `prefill_s` for those that
    time their own prefill. `peak_memory_bytes` is the model's process, `peak_device_bytes` the
    accelerator's share. `weight_bytes_per_token` is what each new token reads, `copy_bandwidth` the
    bytes a second that the device's memory was seen to copy. `drafted` and `accepted` count the
    tokens that a drafter guessed, and those of them that were right. `remarks` are sentences that a
    reader of the answer should know: what was sent otherwise, what the server did wrong.
    """

    at: float
    reason: FinishReason
    prompt: PromptTokens | None = None
    output: OutputTokens | None = None
    prefill_s: float | None = None
    peak_memory_bytes: int | None = None
    peak_device_bytes: int | None = None
    weight_bytes_per_token: int | None = None
    copy_bandwidth: float | None = None
    drafted: int = 0
    accepted: int = 0
    remarks: tuple[str, ...] = ()


Event = Requested | Read | Progress | Chunk | Finished
