"""Keys and values in buffers that neither grow nor move, so that a compiled step finds them at the same address.

Sliding layers are rings: a token lies at its position modulo the window, over the one that has just left it. Attention
does not mind the order: places are in the keys already.
"""

from __future__ import annotations

from typing import Any

import torch

FULL, SLIDING = "full_attention", "sliding_attention"


class FixedCache:
    """What transformers' layers take for a cache while they decode one token after another."""

    is_compileable = True

    def __init__(self, like: Any, length: int) -> None:
        """Room for `length` tokens in layers like those of a DynamicCache that has been filled once."""
        layers = _own(like)
        self.position = torch.zeros(1, dtype=torch.long, device=layers[0].keys.device)
        """(1,): where the next token goes."""
        self._keys, self._values = [], []
        for layer in layers:
            room = min(length, layer.sliding_window) if layer.is_sliding else length
            self._keys.append(_buffer(layer.keys, room))
            self._values.append(_buffer(layer.values, room))
        self._rooms = {
            SLIDING if layer.is_sliding else FULL: keys.shape[2]
            for layer, keys in zip(layers, self._keys, strict=True)
        }
        for buffer in (self.position, *self._keys, *self._values):
            torch._dynamo.mark_static_address(buffer)

    def fill(self, cache: Any) -> None:
        """Take over what a DynamicCache of no more than `length` tokens holds."""
        tokens = cache.get_seq_length()
        self.position.fill_(tokens)
        for keys, values, layer in zip(self._keys, self._values, _own(cache), strict=True):
            kept = torch.arange(tokens - layer.keys.shape[2], tokens, device=keys.device)
            places = kept[-keys.shape[2] :] % keys.shape[2]
            keys[:, :, places] = layer.keys[:, :, -len(places) :]
            values[:, :, places] = layer.values[:, :, -len(places) :]

    def update(
        self, keys: torch.Tensor, values: torch.Tensor, layer: int, *_: object
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Put one token's (1, key heads, 1, size) in its place; returns all places of the layer, empty ones too."""
        place = self.position % self._keys[layer].shape[2]
        self._keys[layer].index_copy_(2, place, keys)
        self._values[layer].index_copy_(2, place, values)
        return self._keys[layer], self._values[layer]

    def masks(self) -> dict[str, torch.Tensor]:
        """For each kind of layer (1, 1, 1, room): which places hold a token, the next one's included."""
        return {
            kind: (torch.arange(room, device=self.position.device) <= self.position)[
                None, None, None
            ]
            for kind, room in self._rooms.items()
        }


def _own(cache: Any) -> list[Any]:
    """The layers with keys and values of their own; they come first."""
    return [layer for layer in cache.layers if layer.keys is not None]


def _buffer(like: torch.Tensor, room: int) -> torch.Tensor:
    one, heads, _, size = like.shape
    return torch.zeros((one, heads, room, size), dtype=like.dtype, device=like.device)
