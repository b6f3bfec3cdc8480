"""Undoes compressions that nobody asked for, in pieces of a bounded size. Knows no network."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

ENCODINGS = frozenset({"", "identity", "gzip", "deflate"})
"""Those that are undone."""

PIECE_BYTES = 64_000

EITHER = zlib.MAX_WBITS | 32
"""For zlib: with the heading of gzip or of zlib, as it comes."""


class Inflating:
    """Follows one body. Raises zlib.error for what is not compressed as was said."""

    def __init__(self, encoding: str) -> None:
        self._unpacking = zlib.decompressobj(EITHER) if encoding in ("gzip", "deflate") else None

    def take(self, data: bytes) -> Iterator[bytes]:
        """What the next bytes hold."""
        if self._unpacking is None:
            yield data
            return
        while data:
            if piece := self._unpacking.decompress(data, PIECE_BYTES):
                yield piece
            data = self._unpacking.unconsumed_tail
