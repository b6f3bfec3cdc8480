"""Bytes in words."""

from __future__ import annotations


def size(count: float) -> str:
    """ "10.2 GB", or "36 MB" below 50 million bytes; decimal, as disks and model cards count."""
    return f"{count / 1e9:.1f} GB" if count >= 5e7 else f"{count / 1e6:.0f} MB"
