"""Compressed replies, however the network cuts them and whoever packed them."""

from __future__ import annotations

import gzip
import zlib

import pytest

from playground.engines.server.transport.inflating import PIECE_BYTES, Inflating

LONG = b"abc" * 100_000


def unpacked(encoding: str, body: bytes, size: int) -> bytes:
    inflating = Inflating(encoding)
    pieces = [
        piece for at in range(0, len(body), size) for piece in inflating.take(body[at : at + size])
    ]
    assert max(map(len, pieces)) <= PIECE_BYTES or not encoding
    return b"".join(pieces)


@pytest.mark.parametrize("size", [1, 7, 10_000_000])
def test_every_cut_unpacks_the_same(size: int) -> None:
    assert unpacked("gzip", gzip.compress(LONG), size) == LONG
    assert unpacked("deflate", zlib.compress(LONG), size) == LONG
    assert unpacked("", LONG, max(7, size)) == LONG


@pytest.mark.parametrize("size", [1, 7, 10_000_000])
def test_several_members_are_one_body(size: int) -> None:
    body = gzip.compress(b"one ") + gzip.compress(LONG) + gzip.compress(b" three") + bytes(9)
    assert unpacked("gzip", body, size) == b"one " + LONG + b" three"


@pytest.mark.parametrize("size", [1, 10_000_000])
def test_deflate_without_a_heading(size: int) -> None:
    assert unpacked("deflate", zlib.compress(LONG, wbits=-15), size) == LONG


def test_what_is_not_compressed_is_told() -> None:
    with pytest.raises(zlib.error):
        unpacked("gzip", b"no gzip at all", 100)
