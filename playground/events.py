"""What an engine tells while it answers: plain, timed facts in the order in which they happened.

Every `at` is `time.perf_counter()` of this machine, which all of its processes share, stamped by
the thread or process that made the event. Knows no engine and no screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Channel = Literal["thinking", "answer", "tool_call"]
FinishReason = Literal["stop", "length", "tool_call", "stopped", "unsaid"]
"""Why an answer ended; "unsaid" where a server called it whole and did not say why."""

Source = Literal["measured", "reported", "estimated"]


@dataclass(frozen=True, slots=True)
class PromptTokens:
    """What a prompt costs, in tokens by kind. `text` includes the chat template's own tokens.

    A picture's, a recording's or a frame's tokens include the two that open and close it; the time
    stamps between a clip's frames are text. `cached` of the total were not computed again; None where
    nobody can know.
    """

    text: int
    image: int = 0
    audio: int = 0
    video: int = 0
    cached: int | None = 0
    source: Source = "measured"

    @property
    def total(self) -> int:
        """All kinds together."""
        return self.text + self.image + self.audio + self.video


@dataclass(frozen=True, slots=True)
class OutputTokens:
    """What an answer cost, in tokens. Tool calls count as answer; the marks around a thought count
    as thinking.

    `hidden` of the thinking tokens never came: a server keeps them to itself. `first` is how many of
    the others came with the first piece, where pieces hold several.
    """

    thinking: int
    answer: int
    source: Source = "measured"
    hidden: int = 0
    first: float = 1.0

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


Event = Requested | Read | Chunk | Finished
