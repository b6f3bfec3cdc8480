"""Linear layers in other layouts and fewer bytes: the same products, as far as the bytes allow."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from playground.engines.worker import processor
from playground.engines.worker.inputs import prepare
from playground.engines.worker.weights.checkpoint import load
from playground.engines.worker.weights.matrices import layout, linears
from playground.engines.worker.weights.matrices.linears import (
    FEW,
    GROUP,
    Halves,
    Int4,
    Int8,
    Packed,
    Wide,
)
from playground.prompt import media
from playground.prompt.conversation import Conversation, Settings

ASSETS = Path(__file__).parents[3] / "assets"
ROWS = (1, FEW, FEW + 1, 70)


def drawn(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(7)).bfloat16()


def apart(one: torch.Tensor, other: torch.Tensor) -> float:
    """The largest difference over the largest number."""
    return float((one.float() - other.float()).abs().max() / other.float().abs().max())


@pytest.mark.parametrize("rows", ROWS)
def test_packing_changes_no_product(rows: int) -> None:
    if not layout.packs():
        pytest.skip("oneDNN has no bf16 kernels for this CPU, so nothing is packed here")
    weight, x = drawn(192, 96), drawn(2, rows, 96)
    assert apart(Packed(weight)(x), torch.nn.functional.linear(x, weight)) < 0.005


@pytest.mark.parametrize("rows", ROWS)
def test_products_in_fp32_are_those_of_bf16(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linears, "BLOCK", 80)  # 192 rows are two blocks and a part of one
    layer = torch.nn.Linear(96, 192, bias=False).bfloat16().requires_grad_(False)
    want = layer(drawn(2, rows, 96))
    layer.__class__ = Wide
    got = layer(drawn(2, rows, 96))
    assert got.dtype == torch.bfloat16 and apart(got, want) < 0.01


def test_int8_leaves_rows_that_its_kernel_reads_past() -> None:
    assert [size for size in range(1, 65) if Int8.takes(drawn(16, size))] == [*range(8, 65, 8)]


@pytest.mark.parametrize("slow", [False, True])
@pytest.mark.parametrize("rows", ROWS)
def test_int8_is_off_by_less_than_a_rounding_of_its_own(
    rows: int, slow: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linears, "slow_bf16", lambda: slow)
    weight, x = drawn(192, 96), drawn(2, rows, 96)
    got = Int8(weight)(x)
    assert got.shape == (2, rows, 192) and got.dtype == torch.bfloat16
    assert apart(got, torch.nn.functional.linear(x, weight)) < 0.02


@pytest.mark.parametrize("kind", [Int4, Halves])
@pytest.mark.parametrize("rows", ROWS)
def test_int4_holds_what_q4_0_holds(rows: int, kind: type[Int4 | Halves]) -> None:
    """Weights that have been rounded to sixteen levels of each group's scale, as a QAT checkpoint's are, come back."""
    levels = torch.randint(-8, 8, (128, 2 * GROUP), generator=torch.Generator().manual_seed(3))
    levels[:, ::GROUP] = -8  # a group's extreme has the level -8
    scales = torch.tensor([0.5, 0.0625]).repeat(128, 1).repeat_interleave(GROUP, dim=1)
    weight, x = (levels * scales).bfloat16(), drawn(rows, 2 * GROUP)
    assert apart(kind(weight)(x), torch.nn.functional.linear(x, weight)) < 0.01


def test_a_group_of_zeros_stays_zero() -> None:
    zeros, x = torch.zeros(64, 2 * GROUP).bfloat16(), drawn(1, 2 * GROUP)
    assert not any(kind(zeros)(x).any() for kind in (Int4, Int8, Halves))


def test_fewer_bytes_are_read() -> None:
    weight = drawn(256, 512)
    assert Int8(weight).read_bytes == 256 * 512 + 2 * 256
    assert Int4(weight).read_bytes == Halves(weight).read_bytes == 256 * 512 * 5 // 8


def test_shapes_that_a_kernel_does_not_take_are_left_alone() -> None:
    assert not Int4.takes(drawn(40, 64)) and not Int4.takes(drawn(64, 40))
    assert not Halves.takes(drawn(64, 32)) and Halves.takes(drawn(40, 64))
    assert Int4.takes(drawn(64, 64)) and Int8.takes(drawn(40, 40))


@pytest.mark.parametrize("kind", [Int8, Halves])
def test_a_row_in_a_compiled_step_gives_the_same(kind: type[Int8 | Halves]) -> None:
    layer, x = kind(drawn(192, 128)), drawn(1, 128)
    step = torch.compile(layer, backend="eager", fullgraph=True)
    assert apart(step(x), layer(x)) < 0.01
    assert apart(step(drawn(5, 128)), layer(drawn(5, 128))) < 0.01


def test_what_is_quantised_moves_to_a_device_with_its_model() -> None:
    for kind in (Int8, Halves):
        assert {name for name, _ in kind(drawn(64, 64)).named_buffers()} == {"weight", "scale"}


def test_quantising_leaves_the_weights_that_it_was_given() -> None:
    weight = drawn(64, 64).float()
    before = weight.clone()
    for kind in (Int4, Int8, Halves):
        kind(weight)
        assert torch.equal(weight, before)


@pytest.mark.parametrize("precision", ["bf16", "int8"])
def test_a_cpu_that_is_slow_at_bf16_sees_and_hears_the_same(
    precision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Encoders and long prompts in fp32 give the model what bf16 gives it, as far as its numbers go."""
    monkeypatch.setattr(layout, "packs", lambda: False)
    processor.prepare()
    files = [ASSETS / "samples" / name for name in ("three-shapes.png", "beeps.wav")]
    parts = [part for file in files for part in media.read(file.name, file.read_bytes())]
    asked = Conversation.ask("What do you see and hear?", parts)
    logits = []
    for slow in (False, True):
        for module in (layout, linears):
            monkeypatch.setattr(module, "slow_bf16", lambda slow=slow: slow)
        checkpoint = load(
            str(ASSETS / "demo" / "e2b"), "bfloat16" if precision == "bf16" else precision
        )
        inputs = prepare(checkpoint, asked, Settings())
        with torch.inference_mode():
            logits.append(checkpoint.model(**inputs.tensors, logits_to_keep=1).logits[0, -1])
        assert checkpoint.model.model.vision_tower.dtype == (
            torch.float32 if slow else torch.bfloat16
        )
    assert logits[0].dtype == logits[1].dtype == torch.bfloat16
    assert not torch.equal(*logits) and apart(*logits) < 0.1
