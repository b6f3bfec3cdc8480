from __future__ import annotations

import io
import struct
import tracemalloc
from pathlib import Path
from typing import Any

import gguf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.models.gguf import header
from playground.models.gguf.types import TYPES
from playground.models.weight_files import Spoilt
from tests.models.gguf.files import TINY, fact, head, listed, tensor, text

GB = 1 << 30

HOSTILE = {
    "tensors": (head(1 << 60, 0), "names 1,152,921,504,606,846,976 tensors"),
    "facts": (head(0, 1 << 60), "names 0 tensors and 1,152,921,504,606,846,976 facts"),
    "name": (head(0, 1) + struct.pack("<Q", GB) + b"x" * 99, "a name of 1,073,741,824 bytes"),
    "text": (head(0, 1) + text("a") + struct.pack("<IQ", 8, GB), "is cut off within its header"),
    "list": (head(0, 1) + listed("a", 4, 1 << 60), "is cut off within its header"),
    "texts": (head(0, 1) + listed("a", 8, 1 << 60), "is cut off within its header"),
    "lists in lists": (head(0, 1) + listed("a", 9, 1), "a list of lists"),
    "kind": (head(0, 1) + text("a") + struct.pack("<I", 99), "a fact of an unknown kind (99)"),
    "dimensions": (head(1, 0) + text("t") + struct.pack("<I", 1 << 31), "dimensions"),
    "shape": (head(1, 0) + tensor("t", [1 << 40, 1 << 40]), "a tensor whose shape makes no sense"),
    "no numbers": (head(1, 0) + tensor("t", [0]), "a tensor whose shape makes no sense"),
    "half a block": (head(1, 0) + tensor("t", [31], kind=2), "a tensor whose shape"),
    "type": (head(1, 0) + tensor("t", [32], kind=77), "of a type that is not known here (77)"),
    "offset": (head(1, 0) + tensor("t", [32], offset=1 << 62), "is cut off: "),
    "version": (head(0, 0, version=9), "is of GGUF version 9"),
    "alignment": (head(1, 1) + fact("general.alignment", 0) + tensor("t", [1]), "an alignment"),
    "odd alignment": (head(0, 1) + fact("general.alignment", 48), "an alignment"),
    "alignment in words": (head(0, 1) + fact("general.alignment", "32"), "an alignment"),
    "fact twice": (head(0, 2) + fact("a", 1) + fact("a", 1), "names 'a' twice"),
    "tensor twice": (head(2, 0) + tensor("t", [8]) + tensor("t", [8], offset=32) + bytes(128),
                     "names 't' twice"),
    "one upon the other": (head(2, 0) + tensor("t", [8]) + tensor("u", [8]) + bytes(128),
                           "one behind the other ('u')"),
    "a gap": (head(2, 0) + tensor("t", [8]) + tensor("u", [8], offset=64) + bytes(256),
              "one behind the other ('u')"),
    "other byte order": (b"GGUF" + struct.pack(">IQQ", 3, 1, 1), "of the other byte order"),
    "other": (b"PK\3\4" + b"x" * 400, "is no GGUF file"),
    "empty": (b"", "is empty"),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_header_is_one_sentence_and_no_memory(what: str, tmp_path: Path) -> None:
    content, words = HOSTILE[what]
    file = tmp_path / "evil.gguf"
    file.write_bytes(content)
    tracemalloc.start()
    with pytest.raises(Spoilt) as told:
        header.read(file)
    assert tracemalloc.get_traced_memory()[1] < 8e6
    tracemalloc.stop()
    said = str(told.value)
    assert said.startswith("evil.gguf ") and words in said and "\n" not in said


@given(st.data())
def test_damage_anywhere_is_told_or_harmless(data: st.DataObject) -> None:
    """Bytes of a real header changed, or the file cut: it is read or Spoilt, never anything else."""
    whole = TINY.read_bytes()[:120_000]
    at = data.draw(st.integers(0, len(whole) - 9))
    broken = whole[:at] + data.draw(st.binary(min_size=1, max_size=9)) + whole[at + 9 :]
    reading = header._Reading(io.BytesIO(broken), len(broken))
    with pytest.raises((header._Short, header._Wrong)):
        reading.header()  # that its tensors' numbers are missing, at least


def test_a_file_that_is_cut_off_says_how_much_is_there(tmp_path: Path) -> None:
    file = tmp_path / "half.gguf"
    file.write_bytes(TINY.read_bytes()[:3_000_000])
    with pytest.raises(Spoilt, match=r"^half.gguf is cut off: 3,000,000 of its 6,597,440 bytes"):
        header.read(file)


def test_what_is_wrong_with_a_file_is_found_out_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages are drawn anew with each click, and a vocabulary takes half a second."""
    looked: list[object] = []

    class Counted(header._Reading):
        def header(self) -> Any:
            looked.append(self)
            return super().header()

    monkeypatch.setattr(header, "_Reading", Counted)
    file = tmp_path / "bad.gguf"
    file.write_bytes(head(1, 0) + tensor("t", [31], kind=2))
    for _ in range(3):
        with pytest.raises(Spoilt, match=r"^bad.gguf "):
            header.read(file)
    assert len(looked) == 1
    file.write_bytes(head(1, 0) + tensor("t", [63], kind=2) + b" ")
    with pytest.raises(Spoilt):
        header.read(file)
    assert len(looked) == 2


def test_who_a_file_is_of_is_told_without_its_vocabulary(tmp_path: Path) -> None:
    """Other programs' folders hold many models of others."""
    file = tmp_path / "llama.gguf"
    rest = text("tokens") + struct.pack("<IIQ", 9, 8, 1 << 24)
    file.write_bytes(head(0, 2) + fact("general.architecture", "llama") + rest)
    assert header.architecture(file) == "llama"
    with pytest.raises(Spoilt, match=r"^llama\.gguf "):
        header.read(file)
    file.write_bytes(head(0, 1) + fact("general.name", "no architecture"))
    assert header.architecture(file) == ""


def test_a_vocabulary_is_counted_and_not_kept(tmp_path: Path) -> None:
    file = tmp_path / "wide.gguf"
    numbers = listed("tokenizer.ggml.scores", 6, 1 << 18, bytes(4 << 18))
    file.write_bytes(head(0, 2) + numbers + listed("each", 4, 60, bytes(240)))
    found = header.read(file)
    assert found.lengths["tokenizer.ggml.scores"] == 1 << 18
    assert set(found.facts) == {"each"} and found.facts["each"] == (0,) * 60


def test_it_reads_what_the_formats_own_package_reads() -> None:
    found, own = header.read(TINY), gguf.GGUFReader(TINY)
    assert [(t.name, t.sides, t.stored.name, t.bytes) for t in found.tensors] == [
        (t.name, tuple(map(int, t.shape)), t.tensor_type.name, t.n_bytes) for t in own.tensors
    ]
    assert found.architecture == "gemma4"
    assert found.whole("gemma4.context_length") == 8192
    assert found.facts["gemma4.attention.sliding_window_pattern"] == (True,) * 3 + (
        False,
        True,
        False,
    )
    assert found.lengths["tokenizer.ggml.tokens"] == 2048
    assert "tokenizer.ggml.tokens" not in found.facts


def test_types_take_what_the_formats_own_package_says() -> None:
    for number, stored in TYPES.items():
        kind = gguf.GGMLQuantizationType(number)
        assert (kind.name, gguf.GGML_QUANT_SIZES[kind]) == (
            stored.name,
            (stored.numbers, stored.bytes),
        )
