"""A file that somebody gave to be imported, told by its content: our own JSON, a zip of it, or lines of messages."""

from __future__ import annotations

from playground.archive.importing.messages import is_messages, messages
from playground.archive.importing.own import Decode, Imported, own


def read(name: str, data: bytes, decode: Decode) -> tuple[Imported, ...]:
    """The comparisons in it. Raises ImportFault."""
    return messages(name, data, decode) if is_messages(data) else own(name, data, decode)
