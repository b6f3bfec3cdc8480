"""Who answers: a model with its settings, one column of a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from playground.comparisons.lineup.naming import Column, labels
from playground.config import may_choose, may_manage
from playground.engines.roster import specs
from playground.models.model import Model, ModelError
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
    """Contenders in that order, named by what sets them apart from the first."""
    if not models:
        return ()
    columns = [Column(model, settings) for model, settings in models]
    names = labels(columns, columns[0].settings)
    return tuple(
        Contender(column.model, column.settings, name)
        for column, name in zip(columns, names, strict=True)
    )


def continued(columns: Sequence[Contender], before: Sequence[Contender]) -> tuple[Contender, ...]:
    """The columns under the ids that they have had before: by the id, else by the label where that was the id."""
    known = {one.id: one for one in before}
    taken = {one.id for one in columns}
    return tuple(
        replace(one, id=one.label)
        if one.id not in known
        and one.label not in taken
        and (old := known.get(one.label)) is not None
        and old.model.spec == one.model.spec
        else one
        for one in columns
    )


def found_again(contender: Contender) -> Contender:
    """The contender with its model as it is here now, where a record names it; unchanged where it can't be found.

    A record may come from anybody: where strangers come it leads to no other models than those that all can choose.
    """
    model = contender.model
    if model.here:
        return contender
    open_ = may_choose(specs.wishes(model.spec)) and specs.open_to_all(model.spec)
    if not (may_manage() or open_):
        return contender
    try:
        return replace(contender, model=specs.find(model.spec))
    except (ModelError, OSError):
        return contender
