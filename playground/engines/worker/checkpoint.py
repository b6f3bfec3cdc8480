"""A checkpoint in memory: model, processor, and the token ids that its channels and its end are
marked with.

Any Gemma 4 directory, the real ones and the demo family alike, through transformers' own classes:
safetensors only, no code from the checkpoint, no network.
"""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers

from playground.engines.worker.channels import Marks

MEDIA_TOKENS = (
    "<|image|>",
    "<|audio|>",
    "<|video|>",
    "<|image>",
    "<image|>",
    "<|audio>",
    "<audio|>",
)
"""Never to be generated: a placeholder in the output makes the next step look for a picture that is
not there.
"""


class Unloadable(Exception):
    """A checkpoint that can't be loaded, and what would help."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A loaded model with all that turns a conversation into its input and its output into text."""

    model: Any
    processor: Any
    marks: Marks
    suppressed: tuple[int, ...]
    device: str

    @property
    def tokenizer(self) -> Any:
        """The processor's tokenizer."""
        return self.processor.tokenizer


def load(path: str, dtype: str) -> Checkpoint:
    """Load the directory in that dtype ("auto": as stored). Raises Unloadable and whatever
    transformers raises.
    """
    if not list(Path(path).glob("*.safetensors")):
        raise Unloadable(
            "The checkpoint has no safetensors file.",
            "Only safetensors weights are loaded; convert it first.",
        )
    processor = transformers.AutoProcessor.from_pretrained(path, local_files_only=True)
    model = transformers.AutoModelForMultimodalLM.from_pretrained(
        path,
        dtype=dtype,
        local_files_only=True,
        use_safetensors=True,
    )
    device = best_device()
    model.to(device).eval()
    read_in(model)
    return Checkpoint(
        model,
        processor,
        read_marks(model, processor.tokenizer),
        suppressed(model, processor),
        device,
    )


def read_in(model: torch.nn.Module) -> None:
    """Touch every page of the weights: their file is mapped, and what nobody read yet would be read
    within the first answer.
    """
    for tensor in (*model.parameters(), *model.buffers()):
        if tensor.device.type == "cpu" and tensor.is_contiguous():
            tensor.detach().reshape(-1).view(torch.uint8)[:: mmap.PAGESIZE].sum()


def best_device() -> str:
    """Where to compute: the first accelerator there is."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def read_marks(model: Any, tokenizer: Any) -> Marks:
    """The ids of the marks, from the checkpoint's own tokenizer and generation settings."""
    ends = model.generation_config.eos_token_id
    call_ends = token_id(tokenizer, "<|tool_response>")
    return Marks(
        thought_opens=token_id(tokenizer, "<|channel>"),
        thought_closes=token_id(tokenizer, "<channel|>"),
        call_opens=token_id(tokenizer, "<|tool_call>"),
        call_closes=token_id(tokenizer, "<tool_call|>"),
        ends=frozenset(ends if isinstance(ends, list) else [ends]),
        call_ends=call_ends,
    )


def suppressed(model: Any, processor: Any) -> tuple[int, ...]:
    """Ids that are never chosen: the media tokens and those that the checkpoint itself forbids."""
    ids = {token_id(processor.tokenizer, name) for name in MEDIA_TOKENS}
    ids |= set(model.generation_config.suppress_tokens or ())
    return tuple(sorted(id for id in ids if id is not None))


def token_id(tokenizer: Any, name: str) -> int | None:
    """The id of a token, None where the vocabulary does not have it."""
    id = tokenizer.convert_tokens_to_ids(name)
    return None if id is None or id == tokenizer.unk_token_id else int(id)
