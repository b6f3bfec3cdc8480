"""Bytes and waiting times in words."""

from __future__ import annotations


def size(count: float) -> str:
    """ "10.2 GB", or "36 MB" below 50 million bytes, "12 kB" below one; decimal, as disks and model cards count."""
    if count >= 5e7:
        return f"{count / 1e9:.1f} GB"
    return f"{count / 1e6:.0f} MB" if count >= 999_500 or not count else f"{count / 1e3:.0f} kB"


def time_left(seconds: float) -> str:
    """ "3 min left", or "12 s left" below a minute."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min left" if minutes else f"{rest} s left"


def counted(number: int, noun: str) -> str:
    """ "1 token", "1,204 tokens"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
