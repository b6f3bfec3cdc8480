"""Decoding as one compiled graph with a cache of fixed length, where that is quicker than step by step.

On a GPU a step is some thousand small kernels, and starting them one by one takes longer than the weights take to read.
Compiling costs a minute or more while a model is loaded, so it is tried there, against the plain steps: only the
quicker of the two stays, and only if both say the same.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Any

import torch
from transformers import DynamicCache

from playground.engines.worker.weights.fixed_cache import FixedCache
from playground.engines.worker.weights.steps import Plain, Steps

log = logging.getLogger(__name__)

LENGTH = 8192
"""Tokens of prompt and answer that the cache has room for; longer ones are decoded step by step."""

HOW: Mapping[str, Any] = {"backend": "inductor", "mode": "reduce-overhead"}
"""Fused kernels, recorded once as a CUDA graph and replayed."""

WARMING = 3
"""Steps until all is ready: one compiles, one records, one replays."""

TIMED = 8
NO_GAIN = 1.0
"""Seconds of plain steps over those of compiled ones from which on compiled ones are worth it."""

NEAR = 0.05
"""Logits may differ by so much of the largest one: bf16 rounds in another order."""


class Compiled:
    """A compiled step; one for all answers, each of which begins with what its prefill left."""

    drafted = accepted = 0

    def __init__(
        self, model: Any, like: DynamicCache, length: int = LENGTH, how: Mapping[str, Any] = HOW
    ) -> None:
        self.length = length
        self._model = model
        self._cache = FixedCache(like, length)
        self._row = torch.zeros((1, 1), dtype=torch.long, device=model.device)
        torch._dynamo.mark_static_address(self._row)
        self._call = torch.compile(self._step, fullgraph=True, dynamic=False, **how)

    def begin(self, cache: DynamicCache) -> Compiled:
        """Go on from a prefilled cache."""
        self._cache.fill(cache)
        return self

    def next(self, id: int) -> torch.Tensor:
        """(vocabulary,): after the token `id`."""
        self._row.fill_(id)
        torch.compiler.cudagraph_mark_step_begin()  # type: ignore[no-untyped-call]
        # The graph writes its next result to the same place.
        logits: torch.Tensor = self._call().clone()
        return logits

    def _step(self) -> torch.Tensor:
        cache = self._cache
        out = self._model(
            input_ids=self._row,
            attention_mask=cache.masks(),
            position_ids=cache.position[None],
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
        )
        cache.position.add_(1)
        logits: torch.Tensor = out.logits[0, -1]
        return logits


@torch.inference_mode()
def tried(
    model: Any, prompt: Mapping[str, Any], length: int = LENGTH, how: Mapping[str, Any] = HOW
) -> tuple[Compiled | None, str]:
    """The compiled step where it is the better one, and in words how much quicker it is or why it is not used.

    `prompt` is what the model's forward takes for a short prompt.
    """
    compiled, words = _compared(model, prompt, length, how)
    if compiled is None:
        torch.compiler.reset()  # gives back what graphs and caches hold
    return compiled, words


def _compared(
    model: Any, prompt: Mapping[str, Any], length: int, how: Mapping[str, Any]
) -> tuple[Compiled | None, str]:
    try:
        compiled = Compiled(model, _prefilled(model, prompt), length, how)
        for id in range(WARMING):
            compiled.begin(_prefilled(model, prompt)).next(id)
        theirs, their_s = _timed(compiled.begin(_prefilled(model, prompt)))
        ours, our_s = _timed(Plain(model, _prefilled(model, prompt)))
    except Exception as error:
        log.exception("compiling failed")
        return None, f"not compiled: {type(error).__name__} while it was tried"
    if (ours - theirs).abs().max() > NEAR * ours.abs().max():
        return None, "not compiled: it would answer otherwise"
    if our_s <= NO_GAIN * their_s:
        return None, "not compiled: that is no quicker here"
    return compiled, f"compiled, {our_s / their_s:.1f} times as quick"


def _prefilled(model: Any, prompt: Mapping[str, Any]) -> DynamicCache:
    cache = DynamicCache(config=model.config.get_text_config())
    model(**prompt, past_key_values=cache, use_cache=True, logits_to_keep=1)
    return cache


def _timed(steps: Steps) -> tuple[torch.Tensor, float]:
    """(TIMED, vocabulary) logits after the same tokens each time, and the seconds they took."""
    began = time.perf_counter()
    logits = [steps.next(id).float().cpu() for id in range(TIMED)]
    return torch.stack(logits), time.perf_counter() - began
