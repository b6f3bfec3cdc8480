"""A conversation made into the model's input tensors, and its tokens counted by kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from playground.engines.worker.weights.checkpoint import Checkpoint, token_id
from playground.prompt import media
from playground.prompt.conversation import Conversation, Settings
from playground.prompt.cost import PromptTokens
from playground.prompt.rendering import FRAME_TOKENS, render


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the model's forward takes for prefill: `input_ids` (1, prompt tokens) and the media's
    tensors.
    """

    tensors: dict[str, Any]
    prompt: PromptTokens

    @property
    def ids(self) -> list[int]:
        """The prompt's token ids."""
        return [int(id) for id in self.tensors["input_ids"][0]]


class Budgeted:
    """The checkpoint's picture processor, told a budget of soft tokens for each picture.

    transformers takes one budget a call, but frames of a clip cost 70 tokens each beside pictures
    with their own budget.
    """

    def __init__(self, processor: Any, budgets: Sequence[int]) -> None:
        self._processor = processor
        self._budgets = budgets

    def __getattr__(self, name: str) -> Any:
        return getattr(self._processor, name)

    def __call__(self, images: Any, **options: Any) -> Any:
        """Each picture by itself, then stacked as the checkpoint's processor would have."""
        flat = [image for nested in images for image in nested]
        options = {name: value for name, value in options.items() if name != "max_soft_tokens"}
        each = [
            self._processor([image], max_soft_tokens=budget, **options)
            for image, budget in zip(flat, self._budgets, strict=True)
        ]
        merged = each[0]
        for key, empty in (("pixel_values", 0), ("image_position_ids", -1)):
            if key in merged:
                merged[key] = _stack([one[key] for one in each], empty)
        merged["num_soft_tokens_per_image"] = [
            int(count) for one in each for count in one["num_soft_tokens_per_image"]
        ]
        return merged


def _stack(rows: Sequence[Any], empty: int) -> torch.Tensor:
    """(1, patches, n) each -> (pictures, most patches, n), filled up with `empty`, the processor's
    own padding.
    """
    tensors = [torch.as_tensor(np.asarray(row)) for row in rows]
    longest = max(tensor.shape[1] for tensor in tensors)
    return torch.cat(
        [
            torch.nn.functional.pad(tensor, (0, 0, 0, longest - tensor.shape[1]), value=empty)
            for tensor in tensors
        ]
    )


def prepare(checkpoint: Checkpoint, conversation: Conversation, settings: Settings) -> Inputs:
    """Pictures, sound and words as tensors on the model's device.

    The checkpoint's own chat template lays the prompt out; what looks like a control token in
    somebody's text stays text.
    """
    prompt = render(conversation)
    processor = checkpoint.processor
    stock = processor.image_processor
    budget = settings.image_tokens or stock.max_soft_tokens
    processor.image_processor = Budgeted(
        stock, [FRAME_TOKENS if frame else budget for frame in prompt.frames]
    )
    try:
        tensors = processor.apply_chat_template(
            prompt.filled(media.pixels, media.waveform),
            tools=list(settings.tools) or None,
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            enable_thinking=settings.thinking,
            sanitize_control_tokens=True,
        )
    finally:
        processor.image_processor = stock
    tensors.pop("attention_mask", None)  # all ones: one conversation, nothing padded
    on_device = {
        name: value.to(
            checkpoint.device, checkpoint.model.dtype if value.is_floating_point() else None
        )
        for name, value in tensors.items()
    }
    return Inputs(on_device, count(checkpoint, on_device["input_ids"][0].tolist(), prompt.frames))


def count(checkpoint: Checkpoint, ids: Sequence[int], frames: Sequence[bool]) -> PromptTokens:
    """Tokens by kind; `frames` tells which of the pictures, in order, are frames of a clip."""
    tokenizer = checkpoint.tokenizer
    kinds = {
        token_id(tokenizer, name): kind
        for kind, names in (
            ("picture", ("<|image>", "<|image|>", "<image|>")),
            ("audio", ("<|audio>", "<|audio|>", "<audio|>")),
        )
        for name in names
    }
    opens = token_id(tokenizer, "<|image>")
    counts = {"text": 0, "image": 0, "audio": 0, "video": 0}
    picture = -1
    for id in ids:
        kind = kinds.get(id, "text")
        if kind == "picture":
            picture += id == opens
            kind = "video" if frames[picture] else "image"
        counts[kind] += 1
    return PromptTokens(counts["text"], counts["image"], counts["audio"], counts["video"])
