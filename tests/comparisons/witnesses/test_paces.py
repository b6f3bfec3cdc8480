"""What the end of an answer leaves behind: its model's speeds, where it says something of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from playground.comparisons.answer import Answer
from playground.comparisons.comparison import Comparison
from playground.comparisons.contender import contenders
from playground.comparisons.witnesses.paces import Paces
from playground.comparisons.witnesses.witness import Witness
from playground.desk import Desk
from playground.engines.recital import Recital, reciter
from playground.engines.roster import speeds
from playground.models.model import Model
from playground.prompt.conversation import Conversation, Settings
from tests.waiting import ended, until

HERE = replace(reciter("E2B"), engine="local")
LONG = "The red circle is left of the blue square. " * 10


class Told(Witness):
    """Counts the answers that those before it were told of: an answer has ended a moment before they are."""

    def __init__(self) -> None:
        self.answers = 0

    def ended(self, comparison: Comparison, answer: Answer) -> None:
        self.answers += 1


@pytest.fixture
def answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Puts a prompt to models that recite so many words at 500 a second."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def ask(*models: Model, prompt: str = LONG, words: int = 40, **how: bool) -> None:
        said = " ".join(f"w{n}" for n in range(words))
        held = Desk(
            lambda model: Recital(model, said, tokens_per_second=500, prefill_s=0.01), 10**12
        )
        told = Told()
        held.witnesses += [Paces(), told]
        asked = contenders([(one, Settings()) for one in models])
        ended(held.start(Conversation.ask(prompt), asked, **how))
        until(lambda: told.answers == len(models))
        held.close()

    return ask


def test_an_answer_of_this_machine_is_noted(answered: Callable[..., None]) -> None:
    answered(HERE)
    seen = speeds.of(HERE)
    assert seen is not None and seen.reading > 0 < seen.writing


@pytest.mark.parametrize(
    ("models", "how"),
    [
        ((reciter("E2B"),), {}),
        ((HERE,), {"prompt": "Hi."}),
        ((HERE,), {"words": 5}),
        ((HERE, replace(HERE, spec="local:other", variant="31B")), {"all_at_once": True}),
    ],
    ids=["of none here", "little to read", "little to write", "beside another"],
)
def test_others_say_nothing_of_it(
    answered: Callable[..., None], models: tuple[Model, ...], how: dict[str, object]
) -> None:
    answered(*models, **how)
    assert speeds.of(models[0]) is None
