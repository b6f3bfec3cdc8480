"""What of a comparison is open on this screen: columns and rounds can be folded away. Nothing of it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile

import streamlit as st

from playground.comparisons.comparison import Comparison
from playground.comparisons.contender import Contender
from playground.comparisons.round import Round

OPEN = 3
"""Rounds that are open by themselves, the last one among them: a page takes memory for each, and time whenever it is
drawn. Those before fold as others come; one that somebody opened stays open.
"""


@dataclass
class View:
    """Of the comparison `of`: ids of the contenders whose columns are folded, and of the rounds that are."""

    of: str
    columns: set[str] = field(default_factory=set)
    rounds: set[str] = field(default_factory=set)
    path: tuple[str, ...] = ()
    turns: int = 0

    def follow(self, comparison: Comparison) -> int:
        """How often another branch was turned to: as long as rounds only came, those before stay where they are."""
        path = tuple(round.id for round in comparison.rounds)
        if path[: len(self.path)] != self.path:
            self.turns += 1
        pairs = zip(path, self.path, strict=False)
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        self.rounds |= set(path[max(0, same - OPEN) : max(0, len(path) - OPEN)])
        self.path = path
        return self.turns

    def open(self, contenders: Sequence[Contender]) -> list[Contender]:
        """Those whose columns are drawn: all where none would be left."""
        return [one for one in contenders if one.id not in self.columns] or list(contenders)

    def fold(self, id: str) -> None:
        """Fold a column, or open it again."""
        self.columns ^= {id}

    def enlarge(self, id: str, contenders: Sequence[Contender]) -> None:
        """Leave only that column open."""
        self.columns = {one.id for one in contenders} - {id}

    def open_all(self) -> None:
        """Open every column."""
        self.columns.clear()

    def fold_round(self, round: Round) -> None:
        """Fold the answers of a round, or open them again."""
        self.rounds ^= {round.id}

    def fold_earlier(self, comparison: Comparison) -> None:
        """Fold all rounds but the last; open all when they are."""
        earlier = {round.id for round in comparison.rounds[:-1]}
        self.rounds = set() if earlier <= self.rounds else earlier


def view(comparison: Comparison) -> View:
    """The one of this session."""
    held: View | None = st.session_state.get("view")
    if held is None or held.of != comparison.id:
        held = st.session_state.view = View(comparison.id)
    return held
