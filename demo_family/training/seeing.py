"""Teaches the vision tower to see: what every cell of a picture shows, before any word is spoken."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers.models.gemma4.configuration_gemma4 import Gemma4VisionConfig
from transformers.models.gemma4.modeling_gemma4 import Gemma4VisionModel

from demo_family.architectures import PATCH, TRUNK, vision_config
from demo_family.material import cells, scenes
from demo_family.material.drawing import TRAINING_FONTS, draw
from demo_family.material.scenes import Scene, Size
from demo_family.training.optimisation import autocast


def vision_tower() -> Gemma4VisionModel:
    """A fresh tower, started so that it can learn: the stock start has all positions alike."""
    tower = Gemma4VisionModel(Gemma4VisionConfig(**vision_config(TRUNK)))
    prepare(tower)
    return tower


def prepare(module: nn.Module) -> None:
    """Start values for training from scratch: variance-keeping matrices, queries of unit logits, distinct positions."""
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            if name.endswith("position_embedding_table"):
                parameter.normal_(std=0.3)
            elif name.endswith("q_norm.weight"):
                parameter.fill_(parameter.shape[0] ** -0.5)
            elif parameter.ndim == 2 or ".experts." in name:
                parameter.normal_(std=parameter.shape[-1] ** -0.5)


def patches(pictures: np.ndarray[Any, Any]) -> tuple[Tensor, Tensor]:
    """Pictures of one size (n, height, width, 3) uint8 as the processor gives them: patches in [0, 1], positions."""
    n, height, width, _ = pictures.shape
    rows, columns = height // PATCH, width // PATCH
    cut = pictures.reshape(n, rows, PATCH, columns, PATCH, 3).transpose(0, 1, 3, 2, 4, 5)
    values = (
        torch.from_numpy(np.ascontiguousarray(cut.reshape(n, rows * columns, -1))).float() / 255
    )
    x, y = torch.meshgrid(torch.arange(columns), torch.arange(rows), indexing="xy")
    positions = torch.stack((x, y), dim=-1).reshape(1, -1, 2).expand(n, -1, 2)
    return values, positions


def features(tower: Gemma4VisionModel, pictures: np.ndarray[Any, Any]) -> Tensor:
    """Soft tokens before the projector: (n, cells, hidden)."""
    values, positions = patches(pictures)
    found: Tensor = tower(pixel_values=values, pixel_position_ids=positions).last_hidden_state
    return found.reshape(len(pictures), -1, found.shape[-1])


def random_scene(rng: Random, size: Size) -> Scene:
    """A scene for seeing lessons: shapes, random letters, or next to nothing."""
    kind = rng.random()
    if kind < 0.6:
        return scenes.shapes(rng, size=size)
    if kind < 0.97:
        longest = min(6, size[0] // 17)
        alphabet = cells.CHARACTERS if rng.random() < 0.6 else scenes.LETTERS
        text = "".join(rng.choice(alphabet) for _ in range(rng.randint(1, longest)))
        return scenes.word(rng, text, TRAINING_FONTS, size=size)
    return scenes.empty(rng, size=size)


class SeeingLesson(nn.Module):
    """The tower with one small linear head for each kind of label."""

    def __init__(self, seed: int, batch: int = 64) -> None:
        super().__init__()
        self.tower = vision_tower()
        hidden = self.tower.config.hidden_size
        self.shape = nn.Linear(hidden, cells.SHAPE_CLASSES)
        self.colour = nn.Linear(hidden, cells.COLOUR_CLASSES)
        self.character = nn.Linear(hidden, cells.CHARACTER_CLASSES)
        self.centre = nn.Linear(hidden, 1)
        self.order = nn.Linear(hidden, cells.ORDER_CLASSES)
        self.frame = nn.Linear(hidden, 4)
        self.place = nn.Linear(hidden, 2)
        self.rng, self.batch = Random(seed), batch

    def loss(self) -> tuple[Tensor, Mapping[str, float]]:
        """A fresh batch of pictures of one size, its loss and how much of it was right."""
        size = scenes.any_size(self.rng)
        drawn = [random_scene(self.rng, size) for _ in range(self.batch)]
        pictures = np.stack([np.asarray(draw(scene, self.rng.getrandbits(32))) for scene in drawn])
        truths = [cells.label(scene) for scene in drawn]
        with autocast():
            seen = features(self.tower, pictures)
        seen = functional.rms_norm(seen.float(), seen.shape[-1:])
        parts: dict[str, Tensor] = {}
        figures: dict[str, float] = {}
        for name in ("shape", "colour", "character", "order"):
            truth = torch.from_numpy(np.stack([getattr(t, name) for t in truths])).flatten()
            guess = getattr(self, name)(seen).flatten(0, 1)
            parts[name], figures[name] = _balanced(guess, truth)
        centre = torch.from_numpy(np.stack([t.centre for t in truths])).float()
        logit = self.centre(seen).squeeze(-1)
        weight = torch.tensor(3.0)
        parts["centre"] = functional.binary_cross_entropy_with_logits(
            logit, centre, pos_weight=weight
        )
        figures["centre"] = float(((logit > 0) == (centre > 0)).all(dim=1).float().mean())
        at = torch.from_numpy(np.stack([t.shape for t in truths]) > 0)
        frame = torch.from_numpy(np.stack([t.frame for t in truths]))
        place = torch.from_numpy(np.stack([t.place for t in truths]))
        parts["place"] = 4 * (self.place(seen) - place).abs().mean()
        if at.any():
            parts["frame"] = 4 * (self.frame(seen)[at] - frame[at]).abs().mean()
        for name in ("frame", "place"):
            figures[name] = float(parts.get(name, torch.zeros(())).detach()) / 4
        total = torch.stack(list(parts.values())).sum()
        return total, {**figures, "loss": float(total.detach())}


def _balanced(guess: Tensor, truth: Tensor) -> tuple[Tensor, float]:
    """Cross entropy with filled and empty cells counting alike; the share of filled cells named rightly."""
    each = functional.cross_entropy(guess, truth, reduction="none")
    filled = truth > 0
    right = (
        (guess.argmax(-1) == truth)[filled].float().mean() if filled.any() else torch.tensor(1.0)
    )
    loss = each[~filled].mean() + (each[filled].mean() if filled.any() else 0.0)
    return loss, float(right)
