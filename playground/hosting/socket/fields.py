"""Which fields stand in a protobuf message, read without making the message: thousands pass in a second.

Anybody may send one, so that reading it costs no more than its length, whatever stands in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

NUMBER, LENGTH_FIRST = 0, 2
"""How a field's value is written: a bool or number, or its length and then so many bytes."""

LONGEST_NUMBER = 10
"""Bytes of a number: 64 bits, seven in each."""

MOST = 50
"""Fields of a message: those of the page have one or two."""


def fields(data: bytes) -> tuple[int, ...]:
    """The numbers of its fields in order; none where that is no whole message of such fields, or one of too many."""
    found = tuple(islice(_spans(data), MOST + 1))
    whole = len(found) <= MOST and (found[-1][2] if found else 0) == len(data)
    return tuple(number for number, _, _ in found) if whole else ()


def holds(data: bytes, number: int, inner: int) -> bool:
    """Whether it has a field of that number which is a message with a field of the inner one."""
    return any(
        one == number and any(each == inner for each, _, _ in _spans(data[start:end]))
        for one, start, end in _spans(data)
    )


def _spans(data: bytes) -> Iterator[tuple[int, int, int]]:
    """The number of each field, and from where to where its value goes; up to the first that is none."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        value, end = _varint(data, at)
        if key & 7 == LENGTH_FIRST:
            at, end = end, end + value
        elif key & 7 != NUMBER:
            return
        yield key >> 3, at, end
        at = end


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
