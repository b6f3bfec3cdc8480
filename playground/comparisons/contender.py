"""Who answers: a model with its settings, one column of a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from playground.models.model import Model
from playground.prompt.conversation import Settings


@dataclass(frozen=True, slots=True)
class Contender:
    """A model with its settings, one column.

    `label` is what it is called, `id` whose column it is through all rounds (the label if nothing else is said); both
    are unique in a comparison. `system` is a system prompt of its own; None takes the question's.
    """

    model: Model
    settings: Settings
    label: str
    id: str = ""
    system: str | None = None

    def __post_init__(self) -> None:
        if not self.id:
            object.__setattr__(self, "id", self.label)


def contenders(models: Sequence[tuple[Model, Settings]]) -> tuple[Contender, ...]:
    """Contenders in that order; a title that comes again is numbered: "E2B", "E2B int8", "E2B (2)"."""
    seen: dict[str, int] = {}
    columns = []
    for model, settings in models:
        seen[model.title] = count = seen.get(model.title, 0) + 1
        label = model.title if count == 1 else f"{model.title} ({count})"
        columns.append(Contender(model, settings, label))
    return tuple(columns)
