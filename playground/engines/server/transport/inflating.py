"""Undoes compressions that nobody asked for, in pieces of a bounded size. Knows no network."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

ENCODINGS = frozenset({"", "identity", "gzip", "deflate"})
"""Those that are undone."""

PIECE_BYTES = 64_000

EITHER, BARE = zlib.MAX_WBITS | 32, -zlib.MAX_WBITS
"""For zlib: with the heading of gzip or of zlib, as it comes; and without any, as some take "deflate" to mean."""

GZIP = 0x1F
"""What gzip begins with; zlib's heading begins with a byte that ends in METHOD."""

METHOD = 8


class Inflating:
    """Follows one body. Raises zlib.error for what is not compressed as was said."""

    def __init__(self, encoding: str) -> None:
        self._compressed = encoding in ("gzip", "deflate")
        self._unpacking: zlib._Decompress | None = None
        self._may_be_bare = encoding == "deflate"

    def take(self, data: bytes) -> Iterator[bytes]:
        """What the next bytes hold."""
        if not self._compressed:
            yield data
            return
        full = False
        while data or full:  # what did not fit into a piece may be held though all was taken
            if self._unpacking is None:
                self._unpacking = self._begun(data[0])
            elif self._unpacking.eof:  # each flush may be a whole of its own
                if not data or data[0] != GZIP:
                    return
                self._unpacking = zlib.decompressobj(EITHER)
            one = self._unpacking
            if piece := one.decompress(data, PIECE_BYTES):
                yield piece
            data, full = (
                one.unused_data if one.eof else one.unconsumed_tail,
                len(piece) == PIECE_BYTES,
            )

    def _begun(self, first: int) -> zlib._Decompress:
        bare = self._may_be_bare and first != GZIP and first % 16 != METHOD
        return zlib.decompressobj(BARE if bare else EITHER)
