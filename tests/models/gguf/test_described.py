from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from playground.models.fit import shapes
from playground.models.footprint import footprint
from playground.models.gguf import described, header, need
from playground.models.gguf.header import Header, Tensor
from playground.models.gguf.types import TYPES
from playground.models.weight_files import Spoilt
from tests.models.gguf.files import TINY, TINY_ENCODERS, changed, fact, head

E2B = Header(
    {
        "general.architecture": "gemma4",
        "general.file_type": 2,
        "gemma4.block_count": 35,
        "gemma4.embedding_length": 1536,
        "gemma4.context_length": 131072,
        "gemma4.attention.head_count_kv": 1,
        "gemma4.attention.shared_kv_layers": 20,
        "gemma4.attention.sliding_window": 512,
        "gemma4.attention.sliding_window_pattern": (True, True, True, True, False) * 7,
        "gemma4.attention.key_length": 512,
        "gemma4.attention.value_length": 512,
        "gemma4.attention.key_length_swa": 256,
        "gemma4.attention.value_length_swa": 256,
    },
    {},
    (
        Tensor("token_embd.weight", (1536, 262144), TYPES[14]),
        Tensor("per_layer_token_embd.weight", (8960, 262144), TYPES[2]),
        Tensor("blk.0.attn_q.weight", (1536, 2048), TYPES[2]),
    ),
)


def test_the_cache_is_the_familys_own_figure() -> None:
    """6,144 bytes a token in the global layers and 6 MiB in the sliding ones (notes of the family, in bf16)."""
    assert described.kv_bytes(E2B, 8192, 0) == 8192 * 6144 + (6 << 20)
    assert described.window_bytes(E2B) == 6 << 20


def test_a_token_reads_the_output_and_no_table() -> None:
    assert described.bytes_per_token(E2B) == 1536 * 262144 // 256 * 210 + 1536 * 2048 // 32 * 18


def test_the_need_has_matrices_of_four_bits_twice() -> None:
    told = need.need(E2B, None)
    embeddings, matrix = (
        1536 * 262144 // 256 * 210 + 8960 * 262144 // 32 * 18,
        1536 * 2048 // 32 * 18,
    )
    assert told.weights == embeddings + 2 * matrix
    assert told.cache == described.kv_bytes(E2B, 32768, need.TEXT_BATCH) + (6 << 20)


def test_a_file_that_is_not_here_is_foreseen_as_one_that_is() -> None:
    """The true E2B, its layers' matrices in one: a file of them and what foretells it agree within a tenth."""
    config = shapes()["E2B"]
    layers = Tensor("blk.0.all", (32, footprint(config).layers // 32), TYPES[2])
    model = replace(E2B, tensors=(*E2B.tensors[:2], layers))
    told = need.need(model, replace(E2B, tensors=()))
    numbers = footprint(config)
    encoders = 2 * (numbers.vision + numbers.audio)
    foreseen = need.foreseen(config, sum(tensor.bytes for tensor in model.tensors))
    assert foreseen.total == pytest.approx(told.total + encoders, rel=0.1)
    assert need.foreseen(shapes()["31B"], 17_700_000_000).total > 24e9, "its file alone is less"


def test_experts_count_by_their_share() -> None:
    facts = {"gemma4.expert_count": 128, "gemma4.expert_used_count": 8}
    moe = Header(facts, {}, (Tensor("blk.0.ffn_down_exps.weight", (704, 2816, 128), TYPES[8]),))
    assert described.bytes_per_token(moe) == 704 * 2816 * 8 // 32 * 34


def test_the_variant_is_told_from_its_shape_alone() -> None:
    assert described.variant(E2B) == "E2B"
    assert described.variant(header.read(TINY)) == ""


def test_the_type_is_that_of_most_bytes_in_its_layers() -> None:
    assert described.quantisation(E2B) == "q4_0"
    mixed = Header({"general.file_type": 15}, {}, (Tensor("blk.0.a", (256, 9), TYPES[12]),))
    assert described.quantisation(mixed) == "q4_k_m"
    lying = Header({"general.file_type": 15}, {}, (Tensor("blk.0.a", (256, 9), TYPES[8]),))
    assert described.quantisation(lying) == "q8_0"


def test_capabilities_come_from_template_and_encoders() -> None:
    model = described.text_model(TINY)
    bare, whole = described.takes(model, None), described.takes(model, TINY_ENCODERS)
    assert (bare.image, bare.audio, bare.thinking, bare.tools) == (False, False, True, True)
    assert (whole.image, whole.audio, whole.image_pixels, whole.image_tokens) == (
        True,
        True,
        48,
        280,
    )


def test_another_architecture_is_named(tmp_path: Path) -> None:
    file = tmp_path / "llama.gguf"
    file.write_bytes(head(0, 1) + fact("general.architecture", "llama"))
    with pytest.raises(
        Spoilt, match=r"llama.gguf holds a model of the architecture 'llama', and no Gemma 4"
    ):
        described.text_model(file)
    with pytest.raises(Spoilt, match="holds a model of the architecture 'clip'"):
        described.text_model(TINY_ENCODERS)
    with pytest.raises(Spoilt, match="holds no encoders"):
        described.encoders(TINY, E2B)


def test_encoders_of_another_model_are_told_by_their_width() -> None:
    with pytest.raises(Spoilt, match="is for a model of width 128, and this one's is 1,536"):
        described.encoders(TINY_ENCODERS, E2B)


def test_a_model_with_its_encoders_inside_is_told(tmp_path: Path) -> None:
    inside = (b"blk.0.attn_q.weight", b"v.b.0.attn_q.weight")
    file = changed(TINY, tmp_path / "blob", inside)
    with pytest.raises(Spoilt, match=r"^blob holds its encoders in the same file \('v.b.0.attn"):
        described.text_model(file)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (b"gemma4v", b"gemma3v", "is for no Gemma 4: its projector is 'gemma3v'"),
        (b"gemma4a", b"ultravx", "is for no Gemma 4: its projector is 'ultravx'"),
        (b"clip.vision.patch_size", b"clip.vision.patch_sizX", "a patch_size or an image_max_pix"),
    ],
)
def test_encoders_of_another_family_are_told_by_what_they_project(
    before: bytes, after: bytes, words: str, tmp_path: Path
) -> None:
    """Gemma 3's of 4B, 12B and 27B are as wide as Gemma 4's E4B, 12B and 31B."""
    file = changed(TINY_ENCODERS, tmp_path / "mmproj.gguf", (before, after))
    with pytest.raises(Spoilt, match=rf"^mmproj.gguf .*{words}"):
        described.encoders(file, described.text_model(TINY))


@pytest.mark.parametrize(
    "name", ["block_count", "attention.sliding_window_pattern", "context_length"]
)
def test_facts_that_make_no_sense_are_told(name: str, tmp_path: Path) -> None:
    content = head(0, 2) + fact("general.architecture", "gemma4") + fact(f"gemma4.{name}", "many")
    (tmp_path / "odd.gguf").write_bytes(content)
    with pytest.raises(
        Spoilt, match=r"^odd.gguf (has a gemma4.block_count that makes|does not say how)"
    ):
        described.text_model(tmp_path / "odd.gguf")
