"""Teaches a member to answer: joint training on answers alone, over the soft tokens of finished towers.

Runs transformers' own text model; only the putting together of words and soft tokens is done here, the way
`Gemma4Model.forward` does it, with masks that know branches.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS
from transformers.models.gemma4 import Gemma4ForConditionalGeneration

from demo_family.training.lessons import Lessons
from demo_family.training.optimisation import autocast
from demo_family.training.rows import Batch

HIDDEN_FROM_VIEW = -1e4


def attend(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor,
    scaling: float,
    **_: Any,
) -> tuple[Tensor, None]:
    """Attention in bfloat16 throughout, measured twice as fast here as the stock kernel with a mask.

    Shapes as transformers has them: (rows, heads, tokens, width); query heads that share a key head are laid out as
    one longer query, so that keys are never copied. `mask` is added to the scores.
    """
    rows, heads, tokens, width = query.shape
    groups = key.shape[1]
    with torch.autocast("cpu", enabled=False):
        folded = (query * scaling).bfloat16().reshape(rows, groups, heads // groups * tokens, width)
        scores = folded @ key.bfloat16().transpose(-1, -2)
        scores = scores.view(rows, groups, heads // groups, tokens, -1) + mask[:, :, None]
        chances = scores.softmax(-1).view(rows, groups, heads // groups * tokens, -1)
        mixed = (chances @ value.bfloat16()).view(rows, heads, tokens, width)
    return mixed.transpose(1, 2).to(query.dtype), None


ALL_ATTENTION_FUNCTIONS.register("demo_branches", attend)


def logits(
    model: Gemma4ForConditionalGeneration, batch: Batch, seeing: bool
) -> tuple[Tensor, Tensor, Tensor]:
    """Scores where something is to be written (n, vocabulary), with the right tokens and their weights (n,)."""
    inner = model.model
    text = inner.language_model
    words = text.embed_tokens(batch.ids)
    kinds = {"image": inner.embed_vision, "audio": inner.embed_audio}
    places = torch.zeros(batch.ids.shape, dtype=torch.bool)
    for kind, projector in kinds.items():
        ours = [(row, at, media) for row, at, media, its in batch.media if its == kind]
        if not ours:
            continue
        soft = projector(torch.cat([media for _, _, media in ours]).float())
        rows = torch.cat([torch.full((len(media),), row) for row, _, media in ours])
        columns = torch.cat([torch.arange(at, at + len(media)) for _, at, media in ours])
        words = words.index_put((rows, columns), soft.to(words.dtype))
        places[rows, columns] = True
    extra = None
    if text.hidden_size_per_layer_input:
        plain = batch.ids.masked_fill(places, text.config.pad_token_id)
        extra = text.get_per_layer_inputs(plain)
    causal = _added(batch.causal)
    masks = {
        "full_attention": causal,
        "sliding_attention": _added(batch.seeing) if seeing else causal,
    }
    hidden = text(
        inputs_embeds=words,
        per_layer_inputs=extra,
        position_ids=batch.position,
        attention_mask=masks,
        use_cache=False,
    ).last_hidden_state
    wanted = batch.weight[:, 1:] > 0
    scores = model.lm_head(hidden[:, :-1][wanted]).float()
    cap = text.config.final_logit_softcapping
    return cap * torch.tanh(scores / cap), batch.ids[:, 1:][wanted], batch.weight[:, 1:][wanted]


def _added(mask: Tensor) -> Tensor:
    return torch.zeros(mask.shape, dtype=torch.bfloat16).masked_fill_(~mask, HIDDEN_FROM_VIEW)


class TalkingLesson(nn.Module):
    """A member with its lessons. `styles` are the ways it is talked to: the trunk learns both, a member its own."""

    def __init__(
        self,
        model: Gemma4ForConditionalGeneration,
        lessons: Lessons,
        styles: tuple[bool, ...],
        seed: int,
    ) -> None:
        super().__init__()
        self.model, self.lessons, self.styles = model, lessons, styles
        self.rng = Random(seed)
        model.model.language_model.config._attn_implementation = "demo_branches"
        for tower in (model.model.vision_tower, model.model.audio_tower):
            if tower is not None:
                tower.requires_grad_(False)

    def loss(self) -> tuple[Tensor, Mapping[str, float]]:
        """The next batch, its loss and the share of tokens that were right."""
        larger = self.rng.choice(self.styles)
        batch = self.lessons.batch(empty_thought_block=larger)
        with autocast():
            scores, truth, weight = logits(self.model, batch, seeing=larger)
        each = functional.cross_entropy(scores, truth, reduction="none")
        loss = (each * weight).sum() / weight.sum()
        right = (scores.argmax(-1) == truth).float().mean()
        return loss, {
            "loss": float(loss.detach()),
            "right": float(right),
            "tokens": float(batch.ids.numel()),
        }
