"""Our own JSON: the record itself, with its media in base64. `importing` reads it again to an equal comparison."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from playground.archive import record
from playground.archive.restoring.asked import Fetch


def write(kept: record.Comparison, fetch: Fetch) -> bytes:
    """One object: the fields of `record.Comparison`, and "media" by their digests."""
    media = {name: base64.b64encode(fetch(name)).decode() for name in sorted(set(digests(kept)))}
    return written({**asdict(kept), "media": media})


def written(plain: dict[str, Any]) -> bytes:
    """JSON in UTF-8; of half a character, which a server's answer may hold, stands a question mark."""
    return json.dumps(plain, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def digests(kept: record.Comparison) -> Iterator[str]:
    """The names of all media, as often as they are used."""
    for round in kept.rounds:
        for messages in (round.asked, *(answer.messages for answer in round.answers)):
            for message in messages:
                for part in message.parts:
                    yield from part.media
