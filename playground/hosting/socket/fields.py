"""Which fields stand in a protobuf message, read without making the message: thousands pass in a second.

Anybody may send one, so that reading it costs no more than its length, whatever stands in it.
"""

from __future__ import annotations

NUMBER, LENGTH_FIRST = 0, 2
"""How a field's value is written: a bool or number, or its length and then so many bytes."""

LONGEST_NUMBER = 10
"""Bytes of a number: 64 bits, seven in each."""

MOST = 50
"""Fields of a message: those of the page have one or two."""


def fields(data: bytes) -> tuple[int, ...]:
    """The numbers of its fields in order; none where that is no whole message of such fields, or one of too many."""
    at, found = 0, []
    while at < len(data):
        key, at = _varint(data, at)
        value, at = _varint(data, at)
        if key & 7 == LENGTH_FIRST:
            at += value
        elif key & 7 != NUMBER:
            return ()
        found.append(key >> 3)
        if len(found) > MOST:
            return ()
    return tuple(found) if at == len(data) else ()


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """The number that stands there in protobuf's way, and where the next byte is; past the end when it is cut off, or
    is none.
    """
    value = shift = 0
    for byte in data[at : at + LONGEST_NUMBER]:
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
    return 0, len(data) + 1
