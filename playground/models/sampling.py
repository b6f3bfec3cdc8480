"""How the next token is drawn where nobody says otherwise: a checkpoint's own way, a server's, or the family's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from playground.models import checkpoint
from playground.models.catalog import catalog


@dataclass(frozen=True, slots=True)
class Sampling:
    """What a model brings along: None is what nobody knows, and whoever draws decides.

    `temperature` 0 is greedy, `top_k` 0 off.
    """

    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None

    @property
    def words(self) -> str:
        """ "temperature 1 · top-p 0.95 · top-k 64"; empty where nothing is known."""
        known = (("temperature", self.temperature), ("top-p", self.top_p), ("top-k", self.top_k))
        return " · ".join(f"{name} {value:g}" for name, value in known if value is not None)

    def or_the_familys(self) -> Sampling:
        """The same; what it leaves open is the family's."""
        family = catalog().family.sampling
        return Sampling(
            family.temperature if self.temperature is None else self.temperature,
            family.top_p if self.top_p is None else self.top_p,
            family.top_k if self.top_k is None else self.top_k,
        )


UNKNOWN = Sampling()


def read(path: Path) -> Sampling:
    """A checkpoint's own sampling, from its generation_config.json; what that leaves open is the family's."""
    said = checkpoint.settings(path, "generation_config.json")
    found = told(said)
    if said.get("do_sample") is False:
        found = replace(found, temperature=0.0)
    return found.or_the_familys()


def told(values: Mapping[str, Any]) -> Sampling:
    """The sampling among values that a file or a server gives; what makes no sense counts as not said."""
    top_k = _within(values.get("top_k"), 0, 1000)
    return Sampling(
        _within(values.get("temperature"), 0, 2),
        _within(values.get("top_p"), 0, 1) or None,
        int(top_k) if top_k is not None and top_k == int(top_k) else None,
    )


def _within(value: object, least: float, most: float) -> float | None:
    """A number in its bounds, rounded to what was meant where it has been through 32 bits."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return round(float(value), 6) if least <= value <= most else None
