"""The disclosures of all answers, as one list in JSON (docs/disclosure.schema.json)."""

from __future__ import annotations

import json

from playground.archive import record
from playground.archive.export.disclosed import disclose
from playground.archive.restoring.asked import Fetch


def write(kept: record.Comparison, fetch: Fetch) -> bytes:
    """UTF-8."""
    told = json.dumps(disclose(kept), ensure_ascii=False, indent=1)
    return f"{told}\n".encode("utf-8", "replace")
