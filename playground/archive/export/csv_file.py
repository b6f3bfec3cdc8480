"""The figures as CSV: a row an answer, units in the headings, absent ones empty, sources beside them."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

from playground.archive import record
from playground.archive.restoring.answered import figures
from playground.archive.restoring.asked import Fetch
from playground.comparisons.figures import Figures

COLUMNS = (
    "comparison", "round", "question", "contender", "variant", "weights", "revision", "place",
    "precision", "state", "asked_at", "queue_s", "load_s", "media_s", "ttft_s", "ttfa_s", "tpot_ms",
    "output_tps", "prefill_tps", "itl_p50_ms", "itl_p95_ms", "itl_p99_ms", "e2e_s", "prompt_tokens",
    "cached_tokens", "thinking_tokens", "answer_tokens", "steps", "calls", "tools_s", "peak_memory_bytes", "contended",
    "sources",
)  # fmt: skip


FORMULAS, BLANKS = tuple("=+-@＝＋－＠"), ("\t", "\r", "\n")


def write(kept: record.Comparison, fetch: Fetch) -> bytes:
    """UTF-8 with a byte order mark, which spreadsheets want."""
    out = io.StringIO()
    rows = csv.DictWriter(out, COLUMNS)
    rows.writeheader()
    for number, round in enumerate(kept.rounds, 1):
        for answer in round.answers:
            rows.writerow({**_about(kept, number, round, answer), **_figures(figures(answer))})
    return out.getvalue().encode("utf-8-sig", "replace")


def _about(
    kept: record.Comparison, number: int, round: record.Round, answer: record.Answer
) -> dict[str, object]:
    model = answer.contender.model
    return {
        "comparison": kept.id,
        "round": number,
        "question": inert(words(round.asked[-1])),
        "contender": inert(answer.contender.label),
        "variant": inert(model.variant),
        "weights": inert(model.weights),
        "revision": inert(model.revision),
        "place": inert(model.server.host if model.server else "this machine"),
        "precision": inert(model.precision),
        "state": answer.state,
        "asked_at": datetime.fromtimestamp(answer.asked_at, UTC).isoformat(timespec="milliseconds"),
    }


def _figures(found: Figures) -> dict[str, object]:
    gaps, prompt, output = found.itl_ms, found.prompt_tokens, found.output_tokens
    plain = {name: getattr(found, name) for name in COLUMNS if hasattr(found, name)}
    return {
        **plain,
        "itl_p50_ms": gaps and gaps.p50,
        "itl_p95_ms": gaps and gaps.p95,
        "itl_p99_ms": gaps and gaps.p99,
        "prompt_tokens": prompt and prompt.total,
        "cached_tokens": prompt and prompt.cached,
        "thinking_tokens": output and output.thinking,
        "answer_tokens": output and output.answer,
        "sources": " ".join(f"{name}={source}" for name, source in sorted(found.sources.items())),
    }


def words(message: record.Message) -> str:
    """The text of a message."""
    return "\n".join(part.text for part in message.parts if part.kind == "text")


def inert(text: str) -> str:
    """Words that a spreadsheet does not take for a formula, behind blanks and in wide signs neither."""
    begins = text.lstrip()[:1] in FORMULAS or text[:1] in BLANKS
    return f"'{text}" if text and begins else text
