"""Examples laid out for training: rows of tokens in which several questions share what comes before them.

The questions about one picture are branches after one prefix: each sees the picture and itself, none the others, and
each counts its positions on from the prefix, so the model learns exactly what it will be asked later at a fraction of
the cost. Rows without a picture hold independent examples side by side in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of tokens; `learnt` says that the model must write them itself."""

    ids: tuple[int, ...]
    learnt: bool = False


@dataclass(slots=True)
class Row:
    """Tokens of one row under construction. Branch 0 is the prefix that every other branch sees.

    `media` lists (first position, soft tokens) of pictures or sounds in the row.
    """

    ids: list[int] = field(default_factory=list)
    branch: list[int] = field(default_factory=list)
    position: list[int] = field(default_factory=list)
    weight: list[float] = field(default_factory=list)
    block: list[int] = field(default_factory=list)
    media: list[tuple[int, Tensor, str]] = field(default_factory=list)
    _branches: int = 0
    _prefix: int = 0

    def __len__(self) -> int:
        return len(self.ids)

    def prefix(
        self,
        before: Sequence[int],
        media: Tensor | None,
        kind: str,
        placeholder: int,
        after: Sequence[int],
    ) -> None:
        """What every branch of this row sees first."""
        self._add(before, 0, 0, None)
        if media is not None:
            self._media(media, kind, placeholder, 0, len(before))
        self._add(after, 0, self.position[-1] + 1, None)
        self._prefix = len(self.ids)

    def add(self, pieces: Sequence[Piece | tuple[Tensor, str, int]]) -> None:
        """One example as a branch of its own; media stand among its pieces as (features, kind, placeholder)."""
        self._branches += 1
        at = self._prefix
        learnt = sum(
            len(piece.ids) for piece in pieces if isinstance(piece, Piece) and piece.learnt
        )
        for piece in pieces:
            if isinstance(piece, Piece):
                self._add(
                    piece.ids, self._branches, at, max(learnt, 1) ** -0.5 if piece.learnt else None
                )
                at += len(piece.ids)
            else:
                media, kind, placeholder = piece
                self._media(media, kind, placeholder, self._branches, at)
                at += len(media)

    def _add(self, ids: Sequence[int], branch: int, position: int, weight: float | None) -> None:
        self.ids += ids
        self.branch += [branch] * len(ids)
        self.position += range(position, position + len(ids))
        self.weight += [weight or 0.0] * len(ids)
        self.block += [0] * len(ids)

    def _media(
        self, media: Tensor, kind: str, placeholder: int, branch: int, position: int
    ) -> None:
        self.media.append((len(self.ids), media, kind))
        self._add([placeholder] * len(media), branch, position, None)
        if kind == "image":
            self.block[-len(media) :] = [len(self.media)] * len(media)


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows padded to one length. `weight` of a token is what predicting it counts; 0 for what is only read.

    `causal` and `seeing` are (rows, 1, tokens, tokens) masks, true where a token is seen; in `seeing` the tokens of
    one picture also see those after them.
    """

    ids: Tensor
    position: Tensor
    weight: Tensor
    causal: Tensor
    seeing: Tensor
    media: tuple[tuple[int, int, Tensor, str], ...]


def collate(rows: Sequence[Row], pad: int) -> Batch:
    """Rows as one batch; padding sees itself only, so that no softmax is empty."""
    longest = max(len(row) for row in rows)

    def padded(name: str, fill: float) -> Tensor:
        return torch.tensor([getattr(row, name) + [fill] * (longest - len(row)) for row in rows])

    branch = padded("branch", -1).long()
    order = torch.arange(longest)
    before = order[:, None] >= order[None, :]
    same = (branch[:, :, None] == branch[:, None, :]) | (branch[:, None, :] == 0)
    real = (branch[:, None, :] >= 0) | (order[:, None] == order[None, :])
    causal = before & same & real
    block = padded("block", 0).long()
    together = (block[:, :, None] == block[:, None, :]) & (block[:, :, None] > 0) & same
    return Batch(
        ids=padded("ids", pad).long(),
        position=padded("position", 0).long(),
        weight=padded("weight", 0.0).float(),
        causal=causal[:, None],
        seeing=(causal | together)[:, None],
        media=tuple(
            (i, at, media, kind) for i, row in enumerate(rows) for at, media, kind in row.media
        ),
    )
