"""Answers one conversation: prefill, then one token a step, each told with its time as soon as it
is chosen.

A plain decode loop: nothing between the model's forward and the choice of the next token but what
the answer needs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from typing import Any

import torch
from transformers import DynamicCache

from playground.conversation import Conversation, Settings
from playground.engines.worker import memory
from playground.engines.worker.channels import Channels
from playground.engines.worker.checkpoint import Checkpoint
from playground.engines.worker.inputs import prepare
from playground.engines.worker.sampling import Sampler
from playground.engines.worker.steps import Drafted, Plain, Steps
from playground.events import Event, Finished, FinishReason, Read


class Halted(Exception):
    """Raised inside a forward pass when somebody asked to stop."""


class Answering:
    """A checkpoint that answers. One question at a time."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._checkpoint = checkpoint
        self._model = checkpoint.model
        self._steps: Steps | None = None

    def warm_up(self) -> None:
        """Three steps on a short prompt: thread pools, kernels and caches are ready before anybody
        waits. A drafter that breaks in them is left out.
        """
        warm = Settings(temperature=0, max_tokens=3)
        try:
            for _ in self.answer(Conversation.ask("."), warm, lambda: False):
                pass
        except Exception as error:
            if self._checkpoint.drafter is None:
                raise
            why = f"off: it does not fit this model ({type(error).__name__})."
            self._checkpoint = replace(self._checkpoint, drafter=None, drafting=why)
            self.warm_up()

    @property
    def drafting(self) -> str:
        """Whether a drafter is "on", or why it is off; empty when there is none."""
        return self._checkpoint.drafting

    def answer(
        self,
        conversation: Conversation,
        settings: Settings,
        halted: Callable[[], bool],
    ) -> Iterator[Event]:
        """The events of one answer, from the prompt read; `halted` is asked between layers and tokens."""
        memory.forget_peak(self._checkpoint.device)
        inputs = prepare(self._checkpoint, conversation, settings)
        yield Read(time.perf_counter(), inputs.prompt)
        self._steps = None
        try:
            reason = yield from self._decode(inputs.tensors, inputs.ids, settings, halted)
        except Halted:
            reason = "stopped"
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

    @torch.inference_mode()
    def _decode(
        self,
        tensors: dict[str, Any],
        ids: list[int],
        settings: Settings,
        halted: Callable[[], bool],
    ) -> Generator[Event, None, FinishReason]:
        """Yields chunks, returns the reason for the end."""
        model, marks = self._model, self._checkpoint.marks
        channels = Channels(self._checkpoint.tokenizer, marks, ids)
        sampler = Sampler(settings, self._checkpoint.suppressed, self._checkpoint.device)
        cache = DynamicCache(config=model.config.get_text_config())
        with Interruptible(model, halted):
            out = model(**tensors, past_key_values=cache, use_cache=True, logits_to_keep=1)
        drafter = self._checkpoint.drafter
        self._steps = Drafted(model, cache, drafter) if drafter else Plain(model, cache)
        logits = out.logits[0, -1]
        for left in range(settings.max_tokens - 1, -1, -1):
            id = sampler.choose(logits)
            if id == marks.call_ends:
                return "tool_call"
            if id in marks.ends:
                return "stop"
            yield channels.take(id, time.perf_counter())
            if halted():
                return "stopped"
            if left:
                logits = self._steps.next(id)
        return "length"


class Interruptible:
    """While it lasts, every layer of the model asks first whether to stop: prefill of a long prompt
    ends in mid-way.
    """

    def __init__(self, model: Any, halted: Callable[[], bool]) -> None:
        self._model = model
        self._halted = halted
        self._hooks: list[Any] = []

    def __enter__(self) -> None:
        for module in self._model.modules():
            if isinstance(module, torch.nn.ModuleList):
                self._hooks += [layer.register_forward_pre_hook(self._ask) for layer in module]

    def __exit__(self, *_: object) -> None:
        for hook in self._hooks:
            hook.remove()

    def _ask(self, *_: object) -> None:
        if self._halted():
            raise Halted
