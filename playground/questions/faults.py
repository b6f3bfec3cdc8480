"""What a call can be refused for. Apart from the rest, so that it costs no import."""

from __future__ import annotations


class BadCall(Exception):
    """A call that can't be carried out; the text is one sentence for the person who made it."""
