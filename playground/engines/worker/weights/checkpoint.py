"""A checkpoint in memory: model, processor, and the token ids that its channels and its end are
marked with.

Any Gemma 4 directory, the real ones and the demo family alike, through transformers' own classes:
safetensors only, no code from the checkpoint, no network.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers

from playground.engines.worker.weights import attention, bandwidth, norms
from playground.engines.worker.weights.drafter import Drafter, Unusable, make_buildable
from playground.engines.worker.weights.drafter import load as load_drafter
from playground.engines.worker.weights.mapped import read_in
from playground.engines.worker.weights.marks import Marks
from playground.engines.worker.weights.matrices import layout
from playground.models.precision import QUANTISED

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


END_OF_TURN = "<turn|>"
"""What Gemma 4 calls it where the tokenizer gives it no name of its own."""

BEYOND_CACHES = 1 << 28
"""Bytes read for each token from which on memory's bandwidth, and not a cache's, is the limit."""


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
    bytes_per_token: int
    """Weights that the next token reads."""
    copy_bandwidth: float | None
    """Bytes a second of this device's memory; None for a model so small that caches may hold it."""
    drafter: Drafter | None = None
    drafting: str = ""
    """"on", or why a drafter that is there is off."""

    @property
    def tokenizer(self) -> Any:
        """The processor's tokenizer."""
        return self.processor.tokenizer


def load(path: str, dtype: str, drafter: str = "") -> Checkpoint:
    """Load the directory in that dtype ("auto": as stored; "int8", "int4": quantised while it is loaded).

    `drafter` is the directory of a drafter, which is left out where it can't be used. Raises Unloadable and whatever
    transformers raises.
    """
    if not list(Path(path).glob("*.safetensors")):
        raise Unloadable(
            "The checkpoint has no safetensors file.",
            "Only safetensors weights are loaded; convert it first.",
        )
    device = best_device()
    attention.use()
    quantised = dtype in QUANTISED
    if drafter:
        make_buildable()
    processor = transformers.AutoProcessor.from_pretrained(path, local_files_only=True)
    model = transformers.AutoModelForMultimodalLM.from_pretrained(
        path,
        dtype="bfloat16" if quantised else dtype,
        local_files_only=True,
        use_safetensors=True,
    )
    if quantised:
        layout.quantise(model, dtype, device)
    model.to(device).eval()
    read_in(model)
    if device == "cpu":
        norms.shorten(model)
    guessing, drafting = _drafter(drafter, model)
    if device == "cpu" and model.dtype == torch.bfloat16 and not quantised:
        layout.suit_cpu(model)
    per_token = bandwidth.bytes_per_token(model)
    return Checkpoint(
        model,
        processor,
        read_marks(model, processor.tokenizer),
        suppressed(model, processor),
        device,
        per_token,
        bandwidth.copy_bandwidth(device) if per_token >= BEYOND_CACHES else None,
        guessing,
        drafting,
    )


def _drafter(path: str, model: Any) -> tuple[Drafter | None, str]:
    """The drafter, and in words whether there is one."""
    if not path:
        return None, ""
    try:
        return load_drafter(path, model), "on"
    except Unusable as why:
        return None, f"off: {why}"


def best_device() -> str:
    """Where to compute: the first accelerator there is."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def read_marks(model: Any, tokenizer: Any) -> Marks:
    """The ids of the marks, from the checkpoint's own tokenizer and generation settings."""
    call_ends = token_id(tokenizer, "<|tool_response>")
    return Marks(
        thought_opens=token_id(tokenizer, "<|channel>"),
        thought_closes=token_id(tokenizer, "<channel|>"),
        call_opens=token_id(tokenizer, "<|tool_call>"),
        call_closes=token_id(tokenizer, "<tool_call|>"),
        ends=ends(model, tokenizer),
        turn_opens=token_id(tokenizer, "<|turn>"),
        call_ends=call_ends,
    )


def ends(model: Any, tokenizer: Any) -> frozenset[int]:
    """The ids that end an answer: those of the generation settings and of the tokenizer together.

    Fine-tunes leave out one or the other, and a model whose turn has no end goes on for ever.
    """
    said = model.generation_config.eos_token_id
    ids = {*(said if isinstance(said, list) else [said]), tokenizer.eos_token_id}
    name = getattr(tokenizer, "eot_token", None) or END_OF_TURN
    ids.add(token_id(tokenizer, str(name)))
    return frozenset(int(id) for id in ids if id is not None)


def suppressed(model: Any, processor: Any) -> tuple[int, ...]:
    """Ids that are never chosen: the media tokens and those that the checkpoint itself forbids."""
    ids = {token_id(processor.tokenizer, name) for name in MEDIA_TOKENS}
    ids |= set(model.generation_config.suppress_tokens or ())
    return tuple(sorted(id for id in ids if id is not None))


def token_id(tokenizer: Any, name: str) -> int | None:
    """The id of a token, None where the vocabulary does not have it."""
    id = tokenizer.convert_tokens_to_ids(name)
    return None if id is None or id == tokenizer.unk_token_id else int(id)
