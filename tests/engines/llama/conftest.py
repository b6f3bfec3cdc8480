from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.engines.llama.engine import LlamaEngine
from playground.engines.roster import specs
from playground.models.model import Model


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """The demo-sized E2B as GGUF files."""
    return member("E2B", tmp_path_factory.mktemp("gguf"))


@pytest.fixture
def engine(demo: Model) -> Iterator[LlamaEngine]:
    """One that is not loaded yet."""
    made = LlamaEngine(demo)
    yield made
    made.close()


def member(name: str, where: Path) -> Model:
    """A member of the demo family as GGUF files in that directory."""
    from demo_family.gguf import as_gguf  # brings torch, which most who import this do without

    file, _ = as_gguf(name, where)
    return specs.find(f"local:{file}")
