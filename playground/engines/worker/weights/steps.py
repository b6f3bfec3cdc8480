"""One token in, the logits for the next one out: a plain step of the model, or several at once behind a drafter.

Knows the model and its cache; what is chosen from the logits is the caller's.
"""

from __future__ import annotations

from typing import Any, Protocol

import torch

from playground.engines.worker.weights.drafter import Drafter


class Steps(Protocol):
    """Where the decode loop gets its logits from."""

    drafted: int
    accepted: int

    def next(self, id: int) -> torch.Tensor:
        """(vocabulary,): after the token `id`."""
        ...


class Plain:
    """One pass of the model for each token."""

    drafted = accepted = 0

    def __init__(self, model: Any, cache: Any) -> None:
        self._model = model
        self._cache = cache
        self._row = torch.empty((1, 1), dtype=torch.long, device=model.device)

    def next(self, id: int) -> torch.Tensor:
        """(vocabulary,): after the token `id`."""
        self._row.fill_(id)
        out = self._model(
            input_ids=self._row, past_key_values=self._cache, use_cache=True, logits_to_keep=1
        )
        logits: torch.Tensor = out.logits[0, -1]
        return logits


class Drafted:
    """Speculative decoding: the drafter guesses some tokens, one pass of the model gives the logits after each of them.

    A guess counts only when the caller comes back with the very token that was guessed, so whatever the drafter says,
    the tokens are those that the model alone would have led to (Leviathan et al. 2023, with equality for the test).
    """

    def __init__(self, model: Any, cache: Any, drafter: Drafter) -> None:
        self.drafted = 0
        self.accepted = 0
        self._model = model
        self._cache = cache
        self._drafter = drafter
        self._guesses: list[int] = []
        self._at = 0
        self._out: Any = None
        cache.activate_past_recording()

    def next(self, id: int) -> torch.Tensor:
        """(vocabulary,): after the token `id`."""
        if self._guesses and self._guesses[0] == id:
            self._guesses.pop(0)
            self._at += 1
            self.accepted += 1
        else:
            self._cache.crop(-len(self._guesses))
            guesses = [] if self._out is None else self._guess(id)
            rows = torch.tensor([[id, *guesses]], device=self._model.device)
            self._out = self._model(
                input_ids=rows,
                past_key_values=self._cache,
                use_cache=True,
                output_hidden_states=True,
                return_shared_kv_states=True,
            )
            self.drafted += len(guesses)
            self._guesses, self._at = guesses, 0
        logits: torch.Tensor = self._out.logits[0, self._at]
        return logits

    def _guess(self, id: int) -> list[int]:
        """What may follow: from the model's state before `id`, and the keys and values up to there."""
        wrong = len(self._guesses)
        shared = {
            kind: tuple(part[:, :, : part.shape[2] - wrong] for part in pair)
            for kind, pair in self._out.shared_kv_states.items()
        }
        state = self._out.hidden_states[-1][:, self._at : self._at + 1]
        return self._drafter.guess(id, state, shared, self._cache.get_seq_length())
