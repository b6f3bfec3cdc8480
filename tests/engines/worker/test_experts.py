"""Which way transformers multiplies experts: changed while tokens are decoded on an accelerator, and changed back."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from playground.engines.worker.weights.experts import for_few_rows


class Mixture:
    """What is asked of a model."""

    def __init__(self, device: str, how: str) -> None:
        self.device = SimpleNamespace(type=device)
        self.how = {"": None, "text_config": how}

    def get_experts_implementation(self) -> dict[str, str | None]:
        return self.how

    def set_experts_implementation(self, how: dict[str, str | None]) -> None:
        self.how = how


@pytest.mark.parametrize(
    ("device", "usual", "decoding"),
    [
        ("cuda", "grouped_mm", "batched_mm"),
        ("cuda", "eager", "eager"),
        ("cpu", "grouped_mm", "grouped_mm"),
    ],
)
def test_it_is_as_before_when_decoding_ends(device: str, usual: str, decoding: str) -> None:
    model = Mixture(device, usual)
    with pytest.raises(KeyboardInterrupt), for_few_rows(model):
        assert model.how == {"": None, "text_config": decoding}
        raise KeyboardInterrupt
    assert model.how == {"": None, "text_config": usual}
