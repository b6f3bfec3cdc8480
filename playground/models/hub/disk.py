"""Whether the disk that holds the Hugging Face cache has room for a download."""

from __future__ import annotations

import shutil

from playground.models.hub.cache import cache

RESERVE = 1_000_000_000
"""Bytes of the disk that a download leaves free."""


class NoRoom(Exception):
    """The disk has less room than is missing."""

    def __init__(self, missing: int, free: int) -> None:
        super().__init__(f"{missing} bytes are missing, {free} are free")
        self.missing, self.free = missing, free


def check_room(missing: int) -> None:
    """Raises NoRoom when so many bytes would leave the disk less than the reserve."""
    there = cache()
    while not there.exists():
        there = there.parent
    free = shutil.disk_usage(there).free
    if missing + RESERVE > free:
        raise NoRoom(missing, free)
