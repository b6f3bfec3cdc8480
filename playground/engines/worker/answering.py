"""Answers one conversation: prefill, then one token a step, each told with its time as soon as it
is chosen.

A plain decode loop: nothing between the model's forward and the choice of the next token but what
the answer needs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from playground.engines.events import Event, Finished, FinishReason, Read
from playground.engines.worker import memory
from playground.engines.worker.channels import Channels
from playground.engines.worker.constraint import Grammars
from playground.engines.worker.inputs import Inputs, prepare
from playground.engines.worker.meter import Meter, Tell, untold
from playground.engines.worker.prefill import Halted, prefill
from playground.engines.worker.prefix.kept import Kept, Reading
from playground.engines.worker.sampling import Sampler
from playground.engines.worker.weights import compiled, experts
from playground.engines.worker.weights.checkpoint import Checkpoint
from playground.engines.worker.weights.steps import Drafted, Plain, Steps
from playground.models.fit import CONTEXT
from playground.models.footprint import Config, kept_bytes, kv_bytes
from playground.prompt.conversation import Conversation, Settings


class Answering:
    """A checkpoint that answers. One question at a time."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._checkpoint = checkpoint
        self._model = checkpoint.model
        self._grammars = Grammars(checkpoint.tokenizer, checkpoint.marks)
        self._steps: Steps | None = None
        self._compiled: compiled.Compiled | None = None
        self._compiling = ""
        self._config: Config = checkpoint.model.config.to_dict()
        self._width = int(checkpoint.model.dtype.itemsize)
        room = self._bytes(CONTEXT) + kept_bytes(self._config, self._width)
        self._kept = Kept(checkpoint.model, room)

    def warm_up(self) -> None:
        """Three steps on a short prompt: thread pools, kernels and caches are ready before anybody
        waits. A drafter that breaks in them is left out. On a GPU a compiled step is tried.
        """
        warm, prompt = Settings(temperature=0, max_tokens=3), Conversation.ask(".")
        try:
            for _ in self.answer(prompt, warm, lambda: False):
                pass
        except Exception as error:
            if self._checkpoint.drafter is None:
                raise
            why = f"off: it does not fit this model ({type(error).__name__})."
            self._checkpoint = replace(self._checkpoint, drafter=None, drafting=why)
            self.warm_up()
            return
        self.forget()
        if self._checkpoint.device == "cuda" and self._checkpoint.drafter is None:
            self.compile(prompt)

    def compile(
        self,
        prompt: Conversation,
        length: int = compiled.LENGTH,
        how: Mapping[str, Any] = compiled.HOW,
    ) -> None:
        """Decode up to `length` tokens with a compiled step, if that is the better one for a short prompt."""
        inputs = prepare(self._checkpoint, prompt, Settings())
        with experts.for_few_rows(self._model):
            self._compiled, self._compiling = compiled.tried(
                self._model, inputs.tensors, length, how
            )

    @property
    def notes(self) -> tuple[str, ...]:
        """How it decodes, as far as there was a choice, for a person."""
        drafting = self._checkpoint.drafting
        notes = (f"drafter {drafting}" if drafting else "", self._compiling)
        return tuple(note for note in notes if note)

    def answer(
        self,
        conversation: Conversation,
        settings: Settings,
        halted: Callable[[], bool],
        tell: Tell = untold,
    ) -> Iterator[Event]:
        """The events of one answer, from the prompt read; `halted` is asked within layers and between tokens.

        How far it is with the prompt can't wait until an event is taken: it is told to `tell` at once.
        """
        memory.forget_peak(self._checkpoint.device)
        inputs = prepare(self._checkpoint, conversation, settings)
        self._steps = None
        needs = self._bytes(len(inputs.names) + settings.max_tokens)
        reading = self._kept.begin(inputs.names, inputs.earlier, needs)
        yield Read(time.perf_counter(), replace(inputs.prompt, cached=reading.known))
        try:
            reason = yield from self._decode(
                inputs, reading, settings, halted, Meter("prompt", tell)
            )
        except Halted:
            reason = "stopped"
            self._kept.end(reading, inputs.names, thought=False)
        except Exception:
            self.forget()
            raise
        if memory.short(self._checkpoint.device):
            self.forget()
        peak, device_peak = memory.peak(self._checkpoint.device)
        yield Finished(
            time.perf_counter(),
            reason,
            peak_memory_bytes=peak,
            peak_device_bytes=device_peak,
            weight_bytes_per_token=self._checkpoint.bytes_per_token,
            copy_bandwidth=self._checkpoint.copy_bandwidth,
            drafted=self._steps.drafted if self._steps else 0,
            accepted=self._steps.accepted if self._steps else 0,
        )

    def forget(self) -> None:
        """Give back what is kept of conversations."""
        self._kept.clear()

    def _bytes(self, tokens: int) -> int:
        """What the cache takes for so many tokens."""
        return kv_bytes(self._config, tokens, self._width)

    @torch.inference_mode()
    def _decode(
        self,
        inputs: Inputs,
        reading: Reading,
        settings: Settings,
        halted: Callable[[], bool],
        meter: Meter,
    ) -> Generator[Event, None, FinishReason]:
        """Yields chunks, returns the reason for the end."""
        model, marks, ids = self._model, self._checkpoint.marks, inputs.ids
        channels = Channels(self._checkpoint.tokenizer, marks, ids, inputs.begun)
        sampler = Sampler(settings, self._checkpoint.suppressed, self._checkpoint.device)
        size = int(model.config.get_text_config().vocab_size)
        first = len(ids) - inputs.begun
        held = self._grammars.begin(settings, ids[:first], size)
        if held is not None:
            for id in ids[first:]:
                held.take(id)
        logits = prefill(model, inputs.tensors, reading.cache, halted, meter)
        self._kept.read(reading)
        self._steps = self._begun(reading.cache, len(ids) + settings.max_tokens)
        reason: FinishReason = "length"
        with experts.for_few_rows(model):
            for left in range(settings.max_tokens - 1, -1, -1):
                if held is not None:
                    held.restrict(logits)
                id = sampler.choose(logits)
                if id == marks.call_ends or id in marks.ends:
                    reason = "tool_call" if id == marks.call_ends else "stop"
                    break
                yield channels.take(id, time.perf_counter())
                if held is not None:
                    held.take(id)
                    if held.over:
                        reason = "stop"
                        break
                if halted():
                    reason = "stopped"
                    break
                if left:
                    logits = self._steps.next(id)
                    ids.append(id)
        self._keep(reading, ids)
        return reason

    def _keep(self, reading: Reading, ids: list[int]) -> None:
        """What the cache holds stays for the next question: the prompt and what of the answer was computed on from."""
        marks, read = self._checkpoint.marks, len(reading.names)
        opened = max((at for at, id in enumerate(ids[:read]) if id == marks.turn_opens), default=0)
        names = np.concatenate([reading.names, np.array(ids[read:], dtype=np.int64)])
        self._kept.end(reading, names, thought=marks.thought_opens in ids[opened:])

    def _begun(self, cache: Any, tokens: int) -> Steps:
        """The quickest steps that there are from a prefilled cache on, for so many tokens in all."""
        if self._checkpoint.drafter:
            return Drafted(self._model, cache, self._checkpoint.drafter)
        if self._compiled and tokens <= self._compiled.length:
            return self._compiled.begin(cache)
        return Plain(self._model, cache)
