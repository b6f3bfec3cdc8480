"""A model on a server, behind the same seam as one on this machine."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

from playground.engines.base import EngineError, Stop
from playground.engines.events import Chunk, Event, Finished, Requested
from playground.engines.server.faults import may_try_again, not_whole, sentence
from playground.engines.server.profiles import PROFILES
from playground.engines.server.replies.leaks import leak
from playground.engines.server.replies.marks import Marks
from playground.engines.server.replies.reading import reading
from playground.engines.server.replies.reply import REASONS, Reply
from playground.engines.server.replies.usage import cut
from playground.engines.server.request import remarks, request
from playground.engines.server.sent import Sent
from playground.engines.server.transport import client
from playground.engines.server.transport.parcel import Way
from playground.engines.server.transport.receiver import receiver
from playground.engines.server.transport.wire import Halted, Heard, Incoming, Patience, send
from playground.models.model import Model
from playground.models.servers import ServerError
from playground.prompt import tokens
from playground.prompt.conversation import Conversation, Settings, Text, begun
from playground.prompt.cost import PromptTokens

MOST_CHARACTERS = 2_000_000
"""Of one answer: some sixty times what the longest one needs."""

SLACK = 4
"""A server that sends more than so many times the pieces that it may make tokens does not count."""


class ServerEngine:
    """One model of one server. May answer several at once, over connections of their own."""

    notes: tuple[str, ...] = ()
    loading = None

    def __init__(self, model: Model, patience: Patience | None = None) -> None:
        if model.server is None:
            raise ValueError("a model of the server engine names its server")
        self.model = model
        self._server = model.server
        self._patience = patience or Patience()
        self._profile = PROFILES[self._server.kind or "other"]
        self._way: Way | None = None
        self._changing = threading.Lock()
        self._sent = Sent(self._server.url, model.weights)
        self._tells_cached = False

    @property
    def loaded(self) -> bool:
        """Whether requests can be sent; the model's weights are the server's affair."""
        return self._way is not None

    def load(self, stop: Stop) -> None:
        """Get ready to send. What the server has to load counts in TTFT: it can't be told apart."""
        self._ready()

    def stream(self, conversation: Conversation, settings: Settings, stop: Stop) -> Iterator[Event]:
        """Send the request and pass the answer on. A try that fails before the first token may be made again; each
        begins with its own `Requested`, once its connection stands.
        """
        arguments = request(conversation, settings, self.model.weights, self._profile)
        extra = arguments.pop("extra_body", {})
        body = json.dumps({**arguments, **extra}).encode()
        known = self._profile.keeps and self._sent.note(arguments["messages"])
        tries = 0
        while True:
            heard = False
            try:
                url = f"{self._server.url}/chat/completions"
                incoming = send(self._ready(), url, body, self._patience)
                for event in self._listen(incoming, conversation, settings, stop, known):
                    heard = heard or isinstance(event, Chunk)
                    yield event
                return
            except Halted:
                yield Finished(time.perf_counter(), "stopped")
                return
            except Exception as error:
                tries += 1
                wait = None if heard else may_try_again(error, tries)
                if wait is None:
                    raise sentence(error, self._server, self.model.weights) from None
            if not _rest(wait, stop):
                yield Finished(time.perf_counter(), "stopped")
                return

    def memory_bytes(self) -> int:
        """Nothing of it is on this side."""
        return 0

    def spare(self) -> None:
        """Nothing of that kind is held here."""

    def close(self) -> None:
        """Close every connection that is kept."""
        with self._changing:
            kept, self._way = self._way, None
        if kept is not None:
            receiver().forget(kept)

    def _listen(
        self,
        incoming: Incoming,
        conversation: Conversation,
        settings: Settings,
        stop: Stop,
        known: bool,
    ) -> Iterator[Event]:
        """One try. `known` tells that the server may have kept a part of the prompt."""
        marks = self._profile.thought
        reply = Reply(Marks(*marks, named=False) if marks else Marks())
        spoken = characters = pieces = 0
        asked = at = time.perf_counter()
        reads = False

        def heard() -> Heard:
            nonlocal spoken, reads
            before, spoken = spoken, characters
            alive, reads = reads, False
            return "text" if characters > before else "life" if alive else ""

        for item in incoming.pieces(stop, heard):
            if isinstance(item, Requested):
                asked = item.at
                yield item
                continue
            at, data = item
            try:
                piece = json.loads(str(data, "utf-8"))
            except ValueError:
                if incoming.over:
                    break  # the connection ended in the middle of a piece
                raise
            if (how_far := reading(piece, at, asked)) is not None:
                reads = True
                yield how_far
            for chunk in reply.take(piece, at):
                characters += len(chunk.text)
                pieces += 1
                yield chunk
            if characters > MOST_CHARACTERS or pieces > SLACK * settings.max_tokens + 64:
                raise EngineError(
                    f"{self._server.name} went on far beyond the {settings.max_tokens:,} tokens that it was asked for; "
                    "the rest was cut off.",
                    "Something is wrong with this server: look at its log.",
                )
        for chunk in reply.rest(at):
            characters += len(chunk.text)
            yield chunk
        if not reply.reason and not (incoming.done and characters):
            raise EngineError(
                f"{self._server.name} {'broke off' if characters else 'ended'} without an end to its answer.",
                "Run it again, and look at the server's log if it happens again.",
            )
        if reply.reason and reply.reason not in REASONS:
            raise not_whole(reply.reason, self._server)
        yield self._finished(reply, conversation, settings, known)

    def _finished(
        self, reply: Reply, conversation: Conversation, settings: Settings, known: bool
    ) -> Finished:
        def foreseen(budget: int | None) -> PromptTokens:
            asked = settings if budget is None else replace(settings, image_tokens=budget)
            return tokens.count(conversation, asked, self.model)

        most = SLACK * self.model.capabilities.context, SLACK * settings.max_tokens + 64
        reply.usage = reply.usage.believed(*most)
        cached = reply.usage.cached
        self._tells_cached = self._tells_cached or cached is not None
        if cached is None and (self._tells_cached or not known):
            cached = 0  # vLLM leaves out a count of none
        told = (
            *remarks(conversation, settings, self._profile, self._server.name),
            *self._faults(reply, conversation, settings, foreseen(None)),
        )
        reason = REASONS.get(reply.reason, "unsaid")
        return reply.finished(
            time.perf_counter(), reason, foreseen, cached, self._profile.closing, told
        )

    def _faults(
        self, reply: Reply, conversation: Conversation, settings: Settings, foreseen: PromptTokens
    ) -> Iterator[str]:
        """What the server did wrong, a sentence each."""
        name, answer = self._server.name, reply.said("answer")
        if cut(reply.usage, foreseen):
            yield (
                f"{name} read {reply.usage.prompt:,} of about {foreseen.total:,} tokens: the rest of the prompt was "
                "cut off before the model saw it."
            )
        told = begun(conversation, settings)
        first = (
            told.text if told else ""
        )  # what it went on from is a part of the answer, and not of its making
        asked = [part.text for part in conversation.parts() if isinstance(part, Text)]
        if found := leak(first + answer, "\n".join([*asked, first])):
            yield f"{name} {found}."
        thought = reply.said("thinking") and not answer.strip() and not reply.said("tool_call")
        if thought and REASONS.get(reply.reason) == "stop":
            yield f"{name} sent a thought and no answer after it."
        if not reply.reason:
            yield f"{name} ended the answer without saying why."
        if settings.schema is not None and REASONS.get(reply.reason) == "stop":
            from playground.prompt.schema.judging import judge  # most answers never need it

            judged = judge(first + answer, settings.schema)
            if not judged.valid:
                yield f"{name} was given the schema and did not hold to it. {judged.faults[0]}"

    def _ready(self) -> Way:
        with self._changing:
            if self._way is None:
                try:
                    self._way = client.way(self._server, self._patience.connect_s)
                except ServerError as error:
                    raise EngineError(error.reason, error.remedy) from None
            return self._way


def _rest(seconds: float, stop: Stop) -> bool:
    """Wait; False when asked to stop meanwhile."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if stop.is_set():
            return False
        time.sleep(0.05)
    return True
