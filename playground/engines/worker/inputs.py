"""A conversation made into the model's input tensors, and its tokens counted by kind."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from playground.engines.worker.prefill import media_runs
from playground.engines.worker.prefix.kept import Names
from playground.engines.worker.weights.checkpoint import Checkpoint, token_id
from playground.prompt import media, template
from playground.prompt.conversation import Begun, Conversation, Settings, begun, digest
from playground.prompt.cost import PromptTokens
from playground.prompt.rendering import render
from playground.prompt.template import words_before_calls


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the model's forward takes for prefill: `input_ids` (1, prompt tokens) and the media's
    tensors.

    `names` tells for each token what it is: its id, or a number for the medium that it is a part of, below zero.
    The first `earlier` tokens may have been read before; those after them are the question. The last `begun` tokens
    are the beginning of the answer.
    """

    tensors: dict[str, Any]
    prompt: PromptTokens
    names: Names
    earlier: int
    begun: int = 0

    @property
    def ids(self) -> list[int]:
        """The prompt's token ids."""
        return [int(id) for id in self.tensors["input_ids"][0]]


class Budgeted:
    """The checkpoint's picture processor, told a budget of soft tokens for each picture.

    transformers takes one budget a call, but frames of a clip have a budget of their own beside
    that of pictures.
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
    processor = checkpoint.processor
    prompt = render(conversation, words_before_calls(processor.chat_template))
    stock = processor.image_processor
    budget = settings.image_tokens or stock.max_soft_tokens
    budgets = [frame or budget for frame in prompt.frames]
    processor.image_processor = Budgeted(stock, budgets)
    try:
        tensors = processor.apply_chat_template(
            prompt.filled(media.pixels, media.waveform),
            tools=settings.functions or None,
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
    told = begun(conversation, settings)
    more = _go_on(checkpoint, tensors, told) if told else 0
    on_device = {
        name: value.to(
            checkpoint.device, checkpoint.model.dtype if value.is_floating_point() else None
        )
        for name, value in tensors.items()
    }
    ids = on_device["input_ids"][0].tolist()
    digests = [
        [f"{one.digest} {most}" for one, most in zip(prompt.images, budgets, strict=True)],
        [recording.digest for recording in prompt.audios],
    ]
    return Inputs(
        on_device,
        count(checkpoint, ids, prompt.frames),
        _names(checkpoint, ids, digests),
        _earlier(checkpoint, ids, conversation),
        more,
    )


def _go_on(checkpoint: Checkpoint, tensors: dict[str, Any], told: Begun) -> int:
    """Put what was begun behind the prompt; returns how many tokens that are."""
    chat = template.of(Path(checkpoint.tokenizer.name_or_path))
    more = chat.go_on(tensors["input_ids"][0].tolist(), told)
    own = torch.tensor([more], dtype=tensors["input_ids"].dtype)
    tensors["input_ids"] = torch.cat([tensors["input_ids"], own], dim=1)
    if "mm_token_type_ids" in tensors:
        kinds = tensors["mm_token_type_ids"]
        tensors["mm_token_type_ids"] = torch.cat([kinds, torch.zeros_like(own)], dim=1)
    return len(more)


def _names(checkpoint: Checkpoint, ids: Sequence[int], digests: Sequence[Sequence[str]]) -> Names:
    """What each token is. The tokens of all pictures look alike, and those of all recordings: their bytes tell them
    apart.
    """
    names = np.array(ids, dtype=np.int64)
    config = checkpoint.model.config
    for placeholder, kind in zip(("image_token_id", "audio_token_id"), digests, strict=True):
        runs = media_runs(torch.tensor(names == getattr(config, placeholder, None)))
        for number, (begin, end) in enumerate(runs):
            # A medium that is not known for sure is like no other.
            known = kind[number] if len(runs) == len(kind) else secrets.token_hex(8)
            names[begin:end] = -1 - int(digest(known.encode())[:15], 16)
    return names


def _earlier(checkpoint: Checkpoint, ids: Sequence[int], conversation: Conversation) -> int:
    """How many tokens stand before the question: what is asked is always read, so that figures mean the same whenever
    it is asked again. A turn of the model's that goes on has no question but its last token.
    """
    roles = [message.role for message in conversation.messages]
    if roles[-1] == "model" or conversation.begun is not None:
        return len(ids) - 1
    turns = [place for place, id in enumerate(ids) if id == checkpoint.marks.turn_opens]
    # The last one opens the answer, the one before it the question.
    return turns[-2] if "model" in roles and len(turns) > 1 else 0


def count(checkpoint: Checkpoint, ids: Sequence[int], frames: Sequence[int]) -> PromptTokens:
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
