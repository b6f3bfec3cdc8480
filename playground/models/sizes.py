"""Bytes and waiting times in words."""

from __future__ import annotations


def size(count: float) -> str:
    """ "10.2 GB", or "36 MB" below 50 million bytes; decimal, as disks and model cards count."""
    return f"{count / 1e9:.1f} GB" if count >= 5e7 else f"{count / 1e6:.0f} MB"


def time_left(seconds: float) -> str:
    """ "3 min left", or "12 s left" below a minute."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min left" if minutes else f"{rest} s left"


def counted(number: int, noun: str) -> str:
    """ "1 token", "1,204 tokens"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
