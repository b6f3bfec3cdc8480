"""Who answers: a model with its settings, one column of a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from playground.config import may_manage
from playground.engines import roster
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


def contenders(
    models: Sequence[tuple[Model, Settings]], ids: Sequence[str] = ()
) -> tuple[Contender, ...]:
    """Contenders in that order; a title that comes again is numbered: "E2B", "E2B int8", "E2B (2)".

    `ids` say whose column each is, whatever stands beside it: one that comes again is numbered too. Without them the
    labels do.
    """
    labels = _numbered([model.title for model, _ in models])
    named = _numbered(ids) if ids else labels
    return tuple(
        Contender(model, settings, label, id)
        for (model, settings), label, id in zip(models, labels, named, strict=True)
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


def _numbered(names: Sequence[str]) -> list[str]:
    seen: dict[str, int] = {}
    numbered = []
    for name in names:
        seen[name] = count = seen.get(name, 0) + 1
        numbered.append(name if count == 1 else f"{name} ({count})")
    return numbered


def found_again(contender: Contender) -> Contender:
    """The contender with its model as it is here now, where a record names it; unchanged where it can't be found.

    A record may come from anybody: where strangers come it leads to no other models than those that all can choose.
    """
    model = contender.model
    if model.here:
        return contender
    known = {one.spec for one in roster.installed()}
    if not (may_manage() or model.server or roster.plain(model.spec) in known):
        return contender
    try:
        return replace(contender, model=roster.find(model.spec))
    except (roster.ModelError, OSError):
        return contender
