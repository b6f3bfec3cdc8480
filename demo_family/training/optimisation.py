"""The loop that every training here shares: two optimisers, a schedule by the clock, checkpoints and a log.

A training is given a number of seconds, not of steps, because the machine is shared; the learning rate follows the
share of that time already spent, so a run that was stopped goes on from its checkpoint where it was. Knows no model
and no data: it is given parameters and a function that makes the next loss.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

WARM_UP = 0.02
COOL_DOWN = 0.55
"""Shares of the time in which the rate rises, and in which it falls at the end."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to train and how fast to learn."""

    seconds: float
    matrix_rate: float = 0.02
    vector_rate: float = 4e-3
    weight_decay: float = 0.02
    log_every: int = 20
    save_every_seconds: float = 60.0


def rate(progress: float) -> float:
    """Share of the full learning rate after `progress` (0 to 1) of the time."""
    if progress < WARM_UP:
        return max(progress / WARM_UP, 0.02)
    left = (1 - progress) / COOL_DOWN
    return 1.0 if left >= 1 else max(0.5 - 0.5 * math.cos(math.pi * max(left, 0.0)), 0.01)


def _is_matrix(name: str, parameter: nn.Parameter) -> bool:
    return parameter.ndim == 2 and "embed_tokens" not in name and "position_embedding" not in name


class Training:
    """One training run of one module; `path` holds its checkpoint."""

    def __init__(
        self, module: nn.Module, plan: Plan, path: Path, say: Callable[[str], None] = print
    ) -> None:
        self.module, self.plan, self.path, self.say = module, plan, path, say
        named = [(name, p) for name, p in module.named_parameters() if p.requires_grad]
        matrices = [p for name, p in named if _is_matrix(name, p)]
        others = [p for name, p in named if not _is_matrix(name, p)]
        self.optimisers: list[torch.optim.Optimizer] = [
            torch.optim.Muon(matrices, lr=plan.matrix_rate, weight_decay=plan.weight_decay),
            torch.optim.AdamW(others, lr=plan.vector_rate, betas=(0.9, 0.98), weight_decay=0.0),
        ]
        self._full_rates = [group["lr"] for o in self.optimisers for group in o.param_groups]
        self.spent = 0.0
        self.steps = 0
        if path.exists():
            self._resume()

    def _resume(self) -> None:
        state = torch.load(self.path, weights_only=True)
        self.module.load_state_dict(state["module"])
        for optimiser, saved in zip(self.optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(saved)
        self.spent, self.steps = state["spent"], state["steps"]
        self.say(f"{self.path.stem}: going on at step {self.steps}, {self.spent:.0f} s spent")

    def save(self) -> None:
        """Write the checkpoint; an interrupted write leaves the previous one whole."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.path.with_suffix(".partial")
        torch.save(
            {
                "module": self.module.state_dict(),
                "optimisers": [o.state_dict() for o in self.optimisers],
                "spent": self.spent,
                "steps": self.steps,
            },
            partial,
        )
        partial.replace(self.path)

    def _set_rates(self, progress: float) -> None:
        groups = [group for o in self.optimisers for group in o.param_groups]
        for group, full in zip(groups, self._full_rates, strict=True):
            group["lr"] = full * rate(progress)

    def run(self, loss: Callable[[], tuple[Tensor, Mapping[str, float]]]) -> None:
        """Train until the time is spent, if any is left.

        `loss` makes a batch and gives its loss and figures for the log.
        """
        if self.spent >= self.plan.seconds:
            return
        self.module.train()
        seen: dict[str, list[float]] = {}
        saved = self.spent
        while self.spent < self.plan.seconds:
            began = time.perf_counter()
            self._set_rates(self.spent / self.plan.seconds)
            value, figures = loss()
            value.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(self.module.parameters(), 1.0)
            for optimiser in self.optimisers:
                optimiser.step()
                optimiser.zero_grad(set_to_none=True)
            self.steps += 1
            self.spent += time.perf_counter() - began
            for key, figure in figures.items():
                seen.setdefault(key, []).append(figure)
            if self.steps % self.plan.log_every == 0:
                self._log(seen)
                seen = {}
            if self.spent - saved > self.plan.save_every_seconds:
                self.save()
                saved = self.spent
        self.save()

    def _log(self, seen: dict[str, list[float]]) -> None:
        means = "  ".join(
            f"{key} {sum(values) / len(values):.3f}" for key, values in sorted(seen.items())
        )
        self.say(
            f"{self.path.stem}  step {self.steps}  {self.spent:.0f}/{self.plan.seconds:.0f} s  {means}"
        )


def autocast() -> Any:
    """bfloat16 where the processor multiplies it faster than float32 (measured: 2 to 5 times with AVX512-BF16)."""
    return torch.autocast("cpu", dtype=torch.bfloat16)
