"""Chooses the next token from the logits: greedy, or temperature, then top-k, then top-p, as
transformers orders them.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from playground.prompt.conversation import Settings


class Sampler:
    """Draws tokens for one answer, from a generator of its own: the same seed gives the same
    answer. What the settings leave open changes nothing.
    """

    def __init__(self, settings: Settings, suppressed: Sequence[int], device: str) -> None:
        self._temperature = 1.0 if settings.temperature is None else settings.temperature
        self._top_p = 1.0 if settings.top_p is None else settings.top_p
        self._top_k = settings.top_k
        self._suppressed = torch.tensor(list(suppressed), device=device, dtype=torch.long)
        # MPS has no generators of its own that multinomial takes; the draw is one number, made on
        # the CPU.
        self._generator = torch.Generator()
        if settings.seed is None:
            self._generator.seed()
        else:
            self._generator.manual_seed(settings.seed)

    def choose(self, logits: torch.Tensor) -> int:
        """The next token's id. `logits`: (vocabulary,), any float dtype; changed in place where it
        may be.
        """
        logits[self._suppressed] = -torch.inf
        if self._temperature == 0:
            return int(logits.argmax())
        size = logits.shape[-1]
        count = min(self._top_k or size, size)
        values, ids = torch.topk(logits.float() / self._temperature, count)
        shares = torch.softmax(values, dim=-1)
        if self._top_p < 1:
            # Sorted already: keep the fewest tokens that together reach top_p, the first one
            # always.
            before = shares.cumsum(dim=-1) - shares
            shares = shares.masked_fill(before >= self._top_p, 0.0)
        drawn = torch.multinomial(shares.cpu(), 1, generator=self._generator)
        return int(ids[int(drawn)])
