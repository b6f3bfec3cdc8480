"""A server's own words: found in whatever it sent, shortened, and what would help where they are known.

Knows no error of the client.
"""

from __future__ import annotations

import json
import re
from typing import Any

from playground.models.servers import Server
from playground.prompt.letters import mended

SHOWN = 200
"""Characters of a server's own words that are shown."""

KEYS = ("error", "message", "detail", "msg")
"""Under these a server says what went wrong, one inside the other."""

REMEDIES = (
    (
        # vLLM: "At most 4 image(s) may be provided in one prompt."
        r"[Aa]t most \d+ (image|picture)",
        "Send fewer pictures, or a shorter clip: its frames count as pictures.",
    ),
    (r"[Aa]t most \d+ audio", "Send fewer recordings."),
    (r"[Aa]t most \d+ video", "Send fewer clips."),
    (
        r"mm_processor_kwargs|trust-request-mm-kwargs",
        "Choose no image budget, or start it with --trust-request-mm-kwargs.",
    ),
    (
        r"(?i)context (length|window|size)|too long|too many tokens|exceeds? the (maximum|available|model)"
        r"|max(imum)?_?(model|context)_?len",
        "Shorten the prompt, send fewer files, or ask for a shorter answer.",
    ),
    (
        r"(?i)(image|vision|multimodal)[^.]{0,40}(not supported|unsupported|not enabled)"
        r"|(not support|unsupported)[^.]{0,40}(image|vision)|mmproj",
        "Ask without pictures.",
    ),
    (
        r"(?i)audio[^.]{0,40}(not supported|unsupported)|(not support|unsupported)[^.]{0,40}audio",
        "Ask without sound.",
    ),
    (
        r"(?i)response_format|json_?schema|structured|guided|grammar",
        "Ask without the schema, or make it simpler.",
    ),
    (r"(?i)out of memory|\boom\b", "Send less, or give the server more memory."),
    (r"(?i)\btool[_ -]?(choice|call|s\b)[^.]{0,60}requires", "Ask without tools, or start it with them."),
)  # fmt: skip
"""What servers complain about, and what helps."""


def words(sent: Any) -> str:
    """What a server says went wrong, wherever it says it; the whole text where it is no JSON."""
    if isinstance(sent, str):
        try:
            return mended(_found(json.loads(sent), 6))
        except (ValueError, RecursionError):
            return mended(sent)
    return mended(_found(sent, 6))


def _found(sent: Any, depth: int) -> str:
    if isinstance(sent, str):
        return sent
    if depth and isinstance(
        sent, list
    ):  # Gemini wraps its errors; FastAPI lists the fields that it refuses
        return "; ".join(text for one in sent[:4] if (text := _found(one, depth - 1)))
    if depth and isinstance(sent, dict):
        for key in KEYS:
            if text := _found(sent.get(key), depth - 1):
                return text
    return ""


def excerpt(text: Any, server: Server) -> str:
    """The beginning of what a server said, in one line, without the key and without markup."""
    plain = re.sub(r"<[^>]*>", " ", mended(server.key.hide(str(text))))
    plain = " ".join(plain.split())
    return plain[:SHOWN] + "…" * (len(plain) > SHOWN)


def remedy(said: str, otherwise: str) -> str:
    """What helps against a complaint that is known."""
    return next((help for pattern, help in REMEDIES if re.search(pattern, said)), otherwise)
