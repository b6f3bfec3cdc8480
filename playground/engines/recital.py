"""An engine that recites a text it was given, token by token at a chosen speed: for tests and
benchmarks.

It understands nothing and never stands in for a model on the page.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from playground.engines.base import EngineError, Stop
from playground.engines.events import (
    Channel,
    Chunk,
    Event,
    Finished,
    FinishReason,
    Progress,
    Read,
    Requested,
)
from playground.models.capabilities import Capabilities
from playground.models.model import Model
from playground.models.sampling import Sampling
from playground.prompt.conversation import Begun, Conversation, Settings, begun
from playground.prompt.cost import PromptTokens

EVERYTHING = Capabilities(
    image=True, audio=True, video=True, thinking=True, tools=True, schema=True, context=131_072
)


def reciter(name: str, capabilities: Capabilities = EVERYTHING, path: Path | None = None) -> Model:
    """A model that a `Recital` can play."""
    return Model(
        spec=f"recital:{name}",
        variant=name,
        weights="a text by heart",
        engine="recital",
        capabilities=capabilities,
        path=path,
        sampling=Sampling(1.0, 0.95, 64),
    )


class Recital:
    """Recites `text` (after `thinking`, when the settings ask for it), one word a token.

    `text` may be made from what was asked; what stands between Gemma 4's marks of a tool call in it is one.
    `load_s` and `prefill_s` are waited for, `tokens_per_second` 0 means at once; `breaks_after`
    tokens the engine fails.
    """

    notes: tuple[str, ...] = ()

    def __init__(
        self,
        model: Model,
        text: str | Callable[[Conversation], str] = "By heart.",
        thinking: str = "",
        tokens_per_second: float = 0,
        load_s: float = 0,
        prefill_s: float = 0,
        breaks_after: int | None = None,
    ) -> None:
        self.model = model
        self.loaded = False
        self._since: float | None = None
        self._text = text
        self._thought = _tokens(thinking)
        self._pace = 1 / tokens_per_second if tokens_per_second else 0.0
        self._load_s = load_s
        self._prefill_s = prefill_s
        self._breaks_after = breaks_after

    def load(self, stop: Stop) -> None:
        """Wait for `load_s`."""
        if not self.loaded:
            self._since = time.perf_counter()
            self.loaded = _wait_until(self._since + self._load_s, stop)
            self._since = None

    @property
    def loading(self) -> Progress | None:
        """As if it read so many bytes in that time."""
        since, now = self._since, time.perf_counter()
        if since is None or not self._load_s:
            return None
        share = min(1.0, (now - since) / self._load_s)
        total = max(1, self.model.bytes)
        return Progress(now, "weights", int(share * total), total, since)

    def stream(self, conversation: Conversation, settings: Settings, stop: Stop) -> Iterator[Event]:
        """Recite, at a steady pace that does not drift."""
        yield Requested(time.perf_counter())
        yield Read(time.perf_counter(), PromptTokens(text=len(conversation.question.split())))
        said = self._text if isinstance(self._text, str) else self._text(conversation)
        told = begun(conversation, settings) or Begun()
        said = said.removeprefix(told.text)
        thought = self._thought if settings.thinking and not told.text else []
        thought = thought[len(_tokens(told.thinking.rstrip())) :]
        pieces: list[tuple[Channel, str]] = [("thinking", token) for token in thought]
        pieces += [piece for part in _CALL.split(said) for piece in _spoken(part)]
        start = time.perf_counter() + self._prefill_s
        for number, (channel, text) in enumerate(pieces[: settings.max_tokens]):
            if not _wait_until(start + number * self._pace, stop):
                yield Finished(time.perf_counter(), "stopped")
                return
            if number == self._breaks_after:
                self.loaded = False
                raise EngineError("The reciter lost its voice.", "Run it again.")
            at = time.perf_counter()
            yield Chunk(channel, text, 1, at)
        cut = len(pieces) > settings.max_tokens
        ends: FinishReason = "tool_call" if pieces and pieces[-1][0] == "tool_call" else "stop"
        yield Finished(time.perf_counter(), "length" if cut else ends)

    def memory_bytes(self) -> int:
        """Nothing worth counting."""
        return 0

    def spare(self) -> None:
        """Nothing of that kind is held here."""

    def close(self) -> None:
        """Forget that it was loaded."""
        self.loaded = False


_CALL = re.compile(r"(<\|tool_call>.*?<tool_call\|>)", re.DOTALL)


def _spoken(part: str) -> list[tuple[Channel, str]]:
    """The tokens of a part of a text: those of a call, or words."""
    call = part.removeprefix("<|tool_call>").removesuffix("<tool_call|>")
    channel: Channel = "answer" if call == part else "tool_call"
    return [(channel, token) for token in (_tokens(call) if call.strip() else [])]


def _tokens(text: str) -> list[str]:
    """Words with the white space after them."""
    pieces: list[str] = []
    for piece in text.split(" "):
        pieces.append(piece + " ")
    return pieces if text else []


def _wait_until(moment: float, stop: Stop) -> bool:
    """Sleep until then; False when asked to stop before."""
    while True:
        if stop.is_set():
            return False
        left = moment - time.perf_counter()
        if left <= 0:
            return True
        time.sleep(min(left, 0.02))
