"""Files as they were uploaded, for as long as one may want other frames or pages of them: bounded, the oldest go first.

Knows no model. Their parts are elsewhere; without its file a part is only what it is.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Literal

from playground.prompt.conversation import Media, Video
from playground.prompt.limits import MEGABYTE
from playground.prompt.media.formats import recognise, untagged

KEPT_BYTES = 200 * MEGABYTE
"""Of all visitors' files together."""

Kind = Literal["pages", "clip"]
"""The kinds of files where there is a choice."""

_kept: OrderedDict[str, bytes] = OrderedDict()
_changing = threading.Lock()


def kind(name: str, data: bytes, parts: Sequence[Media]) -> Kind | None:
    """What may be chosen of a file that was read to these parts; None where there is no choice."""
    if any(isinstance(part, Video) for part in parts):
        return "clip"
    return "pages" if recognise(name, untagged(data)).kind == "pages" else None


def keep(data: bytes) -> str:
    """Keep a file; returns the name under which it is found."""
    key = hashlib.sha256(data).hexdigest()[:12]
    with _changing:
        _kept[key] = data
        _kept.move_to_end(key)
        while len(_kept) > 1 and sum(map(len, _kept.values())) > KEPT_BYTES:
            _kept.popitem(last=False)
    return key


def find(key: str) -> bytes | None:
    """The file, if it is still kept."""
    with _changing:
        return _kept.get(key)
