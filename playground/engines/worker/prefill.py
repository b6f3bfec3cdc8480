"""Reads a prompt, block after block: so that it can be stopped, and so that it can be seen how far it is.

Blocks cost nothing and often save: keys out of a sliding layer's reach are not looked at, and layers that share keys
and values compute a single row of each block. A picture or a recording is never cut: its encoder runs with its block.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch

from playground.engines.worker.prefix.cache import back, place

BLOCK, BLOCK_ON_CPU = 2048, 512
"""Tokens: a block's products are as quick a token as those of longer ones, and none takes long."""

Tell = Callable[[int, int], None]
"""Is told how many layers of blocks are done, and of how many in all."""


class Halted(Exception):
    """Raised inside a forward pass when somebody asked to stop."""


def prefill(
    model: Any,
    tensors: dict[str, Any],
    cache: Any,
    halted: Callable[[], bool],
    tell: Tell,
    block: int | None = None,
) -> torch.Tensor:
    """Fill the cache with a prompt, whose tensors are what the model's forward takes; returns (vocabulary,) logits.

    The tokens that the cache holds are its beginning. Raises Halted soon after `halted` says so; the cache then stands
    at the end of the last whole block.
    """
    usual = BLOCK_ON_CPU if model.device.type == "cpu" else BLOCK
    blocks = list(cut(model, tensors, block or usual, cache.get_seq_length()))
    with Watched(model, halted, tell, blocks):
        for one in blocks:
            before = place(cache)
            try:
                out = model(**one, past_key_values=cache, use_cache=True, logits_to_keep=1)
            except Halted:
                back(cache, before)
                raise
    logits: torch.Tensor = out.logits[0, -1]
    return logits


def cut(
    model: Any, tensors: dict[str, Any], block: int, begin: int = 0
) -> Iterator[dict[str, Any]]:
    """The prompt from a token on in pieces of about so many, each with the pictures and recordings that lie in it."""
    ids = tensors["input_ids"]
    config = model.config
    runs = {
        name: media_runs(ids[0] == getattr(config, id, None))
        for name, id in (("image", "image_token_id"), ("audio", "audio_token_id"))
    }
    while begin < ids.shape[1]:
        end = min(begin + block, ids.shape[1])
        for first, last in (*runs["image"], *runs["audio"]):
            if first < end < last:
                end = last
        if ids.shape[1] - end < block // 4:  # too short to be worth a pass of its own
            end = ids.shape[1]
        yield _piece(tensors, begin, end, runs)
        begin = end


def _piece(
    tensors: dict[str, Any], begin: int, end: int, runs: dict[str, list[tuple[int, int]]]
) -> dict[str, Any]:
    piece = {"input_ids": tensors["input_ids"][:, begin:end]}
    for kind, names in (
        ("image", ("pixel_values", "image_position_ids")),
        ("audio", ("input_features", "input_features_mask")),
    ):
        within = [at for at, (first, _) in enumerate(runs[kind]) if begin <= first < end]
        for name in names:
            if within and name in tensors:
                piece[name] = tensors[name][within[0] : within[-1] + 1]
    if runs["image"] and "mm_token_type_ids" in tensors:
        # Pictures see themselves both ways; the mask counts places from the prompt's beginning.
        piece["mm_token_type_ids"] = tensors["mm_token_type_ids"][:, :end]
    return piece


def media_runs(marked: torch.Tensor) -> list[tuple[int, int]]:
    """Where True begins and ends, run by run. `marked`: (tokens,)."""
    if not isinstance(marked, torch.Tensor) or not marked.any():
        return []
    padded = torch.nn.functional.pad(marked.int(), (1, 1))
    changes = padded.diff().nonzero()[:, 0].tolist()
    return list(zip(changes[::2], changes[1::2], strict=True))


class Watched:
    """While it lasts, every part of the model asks first whether to stop, and tells how many layers are done."""

    def __init__(
        self,
        model: Any,
        halted: Callable[[], bool],
        tell: Tell,
        blocks: Sequence[dict[str, Any]],
    ) -> None:
        self._model = model
        self._halted = halted
        self._tell = tell
        self._done = 0
        self._total = sum(_layers(model, block) for block in blocks)
        self._hooks: list[Any] = []

    def __enter__(self) -> None:
        for module in self._model.modules():
            if isinstance(module, torch.nn.ModuleList):
                self._hooks += [layer.register_forward_hook(self._count) for layer in module]
            elif not list(module.children()):
                self._hooks.append(module.register_forward_pre_hook(self._ask))

    def __exit__(self, *_: object) -> None:
        for hook in self._hooks:
            hook.remove()

    def _ask(self, *_: object) -> None:
        if self._halted():
            raise Halted

    def _count(self, *_: object) -> None:
        self._done += 1
        self._tell(min(self._done, self._total), self._total)


def _layers(model: Any, block: dict[str, Any]) -> int:
    """Layers that a block passes through, those of the encoders that it needs included."""
    config = model.config
    layers = config.get_text_config().num_hidden_layers
    for given, encoder in (("pixel_values", "vision_config"), ("input_features", "audio_config")):
        if given in block:
            layers += getattr(getattr(config, encoder, None), "num_hidden_layers", 0) or 0
    return int(layers)
