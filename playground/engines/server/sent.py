"""Which beginnings of prompts went to a server before: what it may have kept and need not read again."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

REMEMBERED = 1000

SMALL = 0.05
"""A known beginning of less than this share of the prompt changes no figure."""


class Sent:
    """Remembers prompts by the digests of their beginnings, message by message."""

    def __init__(self) -> None:
        self._known: OrderedDict[bytes, None] = OrderedDict()

    def note(self, messages: Sequence[dict[str, Any]]) -> bool:
        """Whether a good part of the prompt, from its beginning, went out before; it is known from now on."""
        digest = hashlib.sha256()
        known = total = 0
        for message in messages:
            data = json.dumps(message).encode()
            digest.update(data)
            total += len(data)
            beginning = digest.digest()
            if beginning in self._known:
                known = total
            self._known[beginning] = None
            self._known.move_to_end(beginning)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return known > SMALL * total
