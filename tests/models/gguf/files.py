"""GGUF headers for the tests, byte by byte, whole and broken."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

from playground.models.gguf.header import Tensor
from playground.models.gguf.types import TYPES

HERE = Path(__file__).parents[2] / "data" / "gguf"
TINY, TINY_ENCODERS = HERE / "tiny4-f16.gguf", HERE / "mmproj-tiny4-f16.gguf"


def text(words: str) -> bytes:
    """A text as the format has it."""
    return struct.pack("<Q", len(words.encode())) + words.encode()


def head(tensors: int, facts: int, version: int = 3) -> bytes:
    """The beginning."""
    return b"GGUF" + struct.pack("<IQQ", version, tensors, facts)


def changed(source: Path, file: Path, *places: tuple[bytes, bytes]) -> Path:
    """A copy of a file with other bytes in the first place where those of each pair stand."""
    content = source.read_bytes()
    for before, after in places:
        assert len(before) == len(after) and before in content
        content = content.replace(before, after, 1)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def fact(name: str, value: str | int) -> bytes:
    """A text, or a whole number of 32 bits."""
    if isinstance(value, str):
        return text(name) + struct.pack("<I", 8) + text(value)
    return text(name) + struct.pack("<II", 4, value)


def listed(name: str, kind: int, count: int, content: bytes = b"") -> bytes:
    """A list that says it has so many entries."""
    return text(name) + struct.pack("<IIQ", 9, kind, count) + content


def tensor(name: str, sides: Sequence[int], kind: int = 0, offset: int = 0) -> bytes:
    """A tensor's description."""
    told = struct.pack("<I", len(sides)) + struct.pack(f"<{len(sides)}Q", *sides)
    return text(name) + told + struct.pack("<IQ", kind, offset)


def e2b(file: Path) -> Path:
    """A file with the header of E2B's text model in Q4_0 and holes where its numbers would be."""
    pattern = listed("gemma4.attention.sliding_window_pattern", 7, 35, bytes((1, 1, 1, 1, 0)) * 7)
    facts = {
        "general.architecture": "gemma4",
        "gemma4.block_count": 35,
        "gemma4.embedding_length": 1536,
        "gemma4.context_length": 131072,
        "gemma4.attention.head_count_kv": 1,
        "gemma4.attention.shared_kv_layers": 20,
        "gemma4.attention.sliding_window": 512,
        "gemma4.attention.key_length": 512,
        "gemma4.attention.value_length": 512,
        "gemma4.attention.key_length_swa": 256,
        "gemma4.attention.value_length_swa": 256,
        "tokenizer.chat_template": "{{ enable_thinking }}{{ tools }}",
    }
    tensors = {"token_embd.weight": ((1536, 262144), 14), "blk.0.ffn_up.weight": ((1536, 6144), 2)}
    content = head(len(tensors), len(facts) + 1) + pattern
    content += b"".join(fact(name, value) for name, value in facts.items())
    at = 0
    for name, (sides, kind) in tensors.items():
        content += tensor(name, sides, kind, at)
        at += Tensor(name, sides, TYPES[kind]).bytes
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    with file.open("r+b") as stream:
        stream.truncate(400_000_000)
    return file
