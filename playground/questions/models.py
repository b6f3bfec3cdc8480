"""A model on this machine as plain data."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from playground.models.model import Model


def plain(model: Model) -> dict[str, Any]:
    """What terminal and API both tell of one that can be asked."""
    return {
        "spec": model.spec,
        "variant": model.variant,
        "weights": model.weights,
        "revision": model.revision,
        "precision": model.precision,
        "place": model.place,
        "demo": model.demo,
        "capabilities": asdict(model.capabilities),
    }
