"""A text file as a document: decoded, its lines ended alike, and without what terminals obey."""

from __future__ import annotations

import re

from playground.prompt.conversation import Document
from playground.prompt.limits import Limits
from playground.prompt.media.documents.encodings import told
from playground.prompt.media.faults import MediaError
from playground.prompt.media.strangers import is_text

WIDEST = 4
"""Bytes of a letter at most, in any encoding."""

LINE_ENDS = re.compile("\r\n?|\f")
COMMANDS = re.compile("\x1b\\[[0-9;:?]*[ -/]*[@-~]|\x1b.|\x1a|\ufeff", re.DOTALL)
"""What terminals obey (ECMA-48), the end mark of old, and byte order marks in the middle of files that were joined."""


def read(name: str, data: bytes, limits: Limits) -> Document:
    """The words in the file. Raises MediaError."""
    if len(data) > WIDEST * limits.document_characters + WIDEST:
        raise MediaError(name, too_long(limits))
    for text, encoding, sure in told(data):
        if is_text(text, sure):
            return document(name, text, encoding, limits)
    raise MediaError(
        name, "begins like a text, but not all of it is text that can be read: save it as UTF-8."
    )


def document(name: str, text: str, origin: str, limits: Limits) -> Document:
    """Words as a part; `origin` says what they were. Raises MediaError when they are none, or too many."""
    clean = COMMANDS.sub("", LINE_ENDS.sub("\n", text)).rstrip()
    if not clean.strip():
        raise MediaError(name, "holds no words.")
    if len(clean) > limits.document_characters:
        raise MediaError(name, too_long(limits))
    lines = clean.count("\n") + 1
    return Document(name, clean, f"{origin}, {lines:,} line{'s' * (lines > 1)}")


def too_long(limits: Limits) -> str:
    """What is said of a text with too many letters."""
    most = limits.document_characters
    return f"has more than {most:,} characters, the most for a text: send a part of it."
