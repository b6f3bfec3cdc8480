"""The audit log, a line of JSON for each answer: who, when, which model and revision, where, tokens, how it ended.

Never what was asked or answered, unless the operator says so. Each day has a file of its own, and old ones are removed.
"""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import os
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from playground.comparisons.answer import Answer
from playground.comparisons.comparison import Comparison
from playground.comparisons.witnesses.witness import Witness
from playground.prompt.conversation import Text

BEGINS, ENDS = "audit-", ".jsonl"

log = logging.getLogger(__name__)


class Audit(Witness):
    """Writes into a folder, which is made. Files older than `days` are removed. With `content` the question's words and
    the answer's stand in the line too.
    """

    def __init__(self, folder: Path, days: int, content: bool = False) -> None:
        self._folder = folder
        self._days = days
        self._content = content
        self._writing = threading.Lock()
        self._swept: date | None = None
        self.fault = ""

    def ended(self, comparison: Comparison, answer: Answer) -> None:
        """Write one line. Never raises: `fault` says in a sentence what is wrong."""
        now = datetime.now(UTC)
        line = json.dumps(self._line(comparison, answer, now), ensure_ascii=False)
        with self._writing:
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                file = self._folder / f"{BEGINS}{now.date()}{ENDS}"
                _append(file, f"{line}\n".encode("utf-8", "replace"))
                if self._swept != now.date():
                    self._sweep(now.date())
                self.fault = ""
            except OSError as error:
                if not self.fault:
                    log.warning("the audit log can't be written: %r", error)
                self.fault = "The audit log can't be written."

    def _line(self, comparison: Comparison, answer: Answer, now: datetime) -> dict[str, Any]:
        model, figures = answer.contender.model, answer.figures()
        read, said = figures.prompt_tokens, figures.output_tokens
        line = {
            "at": now.isoformat(timespec="milliseconds"),
            "visitor": known_as(comparison.owner),
            "comparison": comparison.id,
            "contender": answer.contender.label,
            "model": model.variant,
            "weights": model.weights,
            "revision": model.revision,
            "ran_on": model.place,
            "state": "interrupted" if answer.interrupted else answer.state,
            "refused": answer.state == "refused",
            "prompt_tokens": read.total if read else None,
            "output_tokens": said.total if said else None,
            "seconds": round(answer.elapsed(), 3),
        }
        if answer.state in ("refused", "failed"):
            line["reason"] = answer.reason
        if self._content:
            parts = answer.conversation.messages[-1].parts
            line["question"] = "\n".join(one.text for one in parts if isinstance(one, Text))
            line["answer"] = answer.text
        return line

    def _sweep(self, today: date) -> None:
        oldest = today - timedelta(days=self._days)
        for file in self._folder.glob(f"{BEGINS}*{ENDS}"):
            said = file.name.removeprefix(BEGINS).removesuffix(ENDS)
            try:
                old = date.fromisoformat(said) < oldest
            except ValueError:
                continue  # not ours
            if old:
                file.unlink(missing_ok=True)
        self._swept = today


def _append(file: Path, line: bytes) -> None:
    """Add a line in one piece: other programs may write into the same file, and lines of two must not mix."""
    place = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        if os.write(place, line) < len(line):
            raise OSError(errno.ENOSPC, "No space left on device")
    finally:
        os.close(place)


def known_as(visitor: str) -> str:
    """A visitor in the log: always the same, and not the cookie, with which one could be them. Empty for nobody."""
    return hashlib.sha256(visitor.encode()).hexdigest()[:16] if visitor else ""
