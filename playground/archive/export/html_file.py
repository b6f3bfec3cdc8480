"""A comparison as one page that opens without a network and prints well: media in it, no script at all.

What people and models wrote is text or Markdown without HTML; the page's own policy forbids scripts and fetching.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from html import escape
from typing import TYPE_CHECKING

from playground.archive import record
from playground.archive.restoring.answered import every_step, figures, time_stages
from playground.archive.restoring.asked import Fetch, document
from playground.comparisons.figures import Figures, Stage
from playground.comparisons.going_on import cut_short
from playground.comparisons.steps import Step, judged, whole

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

POLICY = "default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'"

STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 80rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem } h2 { font-size: 1.2rem; margin-top: 2rem } h3 { font-size: 1rem; margin: 0 }
.asked { background: var(--soft); border-radius: 8px; padding: .8rem 1rem; white-space: pre-wrap }
.media { display: flex; flex-wrap: wrap; gap: .6rem; align-items: end; margin: .6rem 0 }
.media figure { margin: 0 } .media img { max-height: 12rem; max-width: 100%; border-radius: 6px }
.strip img { max-height: 5rem }
.file { flex-basis: 100%; min-width: 0 }
figcaption, .small { color: color-mix(in srgb, CanvasText 68%, Canvas); font-size: .85rem }
.answers { margin-top: 1rem; display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1rem }
.answer { border: 1px solid var(--line); border-radius: 8px; padding: .8rem 1rem; overflow-x: auto;
  break-inside: avoid; overflow-wrap: anywhere }
pre { background: var(--soft); padding: .6rem; white-space: pre-wrap }
.wide { overflow-x: auto } table { border-collapse: collapse; margin: 1rem 0 }
th, td { border: 1px solid var(--line); padding: .25rem .6rem; text-align: right }
th:first-child, td:first-child { text-align: left }
svg text { font: 12px system-ui, sans-serif; fill: CanvasText } .stage { white-space: nowrap; margin-right: .6rem }
.queue { fill: #b9c3d0 } .load { fill: #7f8ea3 } .media-stage { fill: #c8a13a }
.prefill { fill: #3d86c6 } .thinking { fill: #8e63ce } .answer-stage { fill: #2a9d77 } .tools { fill: #b5651d }
@media print { body { max-width: none; margin: 0 } .asked, pre { border: 1px solid var(--line) } }
"""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: its heading, the figure's name, how many digits stand behind the point, its scale."""

    heading: str
    name: str
    digits: int = 0
    scale: int = 1

    def cell(self, found: Figures) -> str:
        """The figure; "–" where it was not measured, with "≈" where it was estimated."""
        value = getattr(found, self.name)
        if value is None:
            return "–"
        about = "≈" if found.sources.get(self.name) == "estimated" else ""
        return f"{about}{getattr(value, 'total', value) * self.scale:,.{self.digits}f}"


COLUMNS = (
    Column("TTFT, ms", "ttft_s", scale=1000),
    Column("TPOT, ms", "tpot_ms", 1),
    Column("speed, tok/s", "output_tps", 1),
    Column("prefill, tok/s", "prefill_tps"),
    Column("E2E, s", "e2e_s", 2),
    Column("prompt tokens", "prompt_tokens"),
    Column("output tokens", "output_tokens"),
    Column("in line, s", "queue_s", 2),
    Column("loading, s", "load_s", 2),
)
CLASSES = {"media": "media-stage", "answer": "answer-stage"}
"""Stages whose names mean something else in the style."""

ROW = 40
"""Pixels of a contender's name and its bar below."""


def write(kept: record.Comparison, fetch: Fetch) -> bytes:
    """UTF-8."""
    when = datetime.fromtimestamp(kept.created, UTC)
    title = escape(kept.name or "Comparison")
    lines = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        f"<title>{title}</title><style>{STYLE}</style></head><body><main>",
        f"<h1>{title}</h1>",
        f'<p class="small">{when:%Y-%m-%d %H:%M} UTC · Gemma 4 playground</p>',
    ]
    if kept.note:
        lines.append(f"<p>{escape(kept.note)}</p>")
    for number, round in enumerate(kept.rounds, 1):
        lines += [f"<h2>Round {number}</h2>", *_asked(round.asked, fetch)]
        lines += ['<div class="answers">', *map(_answer, round.answers), "</div>"]
        lines += [_table(round.answers), _bars(round.answers)]
    lines += [_made_by(kept), "</main></body></html>\n"]
    return "\n".join(lines).encode("utf-8", "replace")


def _asked(asked: Sequence[record.Message], fetch: Fetch) -> Iterator[str]:
    for message in asked:
        words = "\n".join(part.text for part in message.parts if part.kind == "text")
        pieces = [_piece(part, fetch) for part in message.parts if part.media]
        if pieces:
            yield f'<div class="media">{"".join(pieces)}</div>'
        if words:
            about = '<span class="small">System prompt</span>\n' if message.role == "system" else ""
            yield f'<div class="asked" dir="auto">{about}{escape(words)}</div>'


def _piece(part: record.Part, fetch: Fetch) -> str:
    """A picture, a recording to play, a clip as its frames, or a file's words, folded."""
    name = escape(part.name)
    shown = f"<figcaption>{name} · {escape(part.original)}</figcaption>"
    if part.kind == "document":
        words = escape(document(part, fetch).text)
        said = f"<summary>{name} · {escape(part.original)}</summary>"
        return f'<details class="file">{said}<pre dir="auto">{words}</pre></details>'
    if part.kind == "audio":
        sound = f'<audio controls src="{_uri("audio/wav", fetch(part.media[0]))}"></audio>'
        return f"<figure>{sound}{shown}</figure>"
    pictures = "".join(
        f'<img alt="{name}" src="{_uri("image/png", fetch(one))}">' for one in part.media
    )
    kind = ' class="strip"' if part.kind == "video" else ""
    return f"<figure{kind}>{pictures}{shown}</figure>"


def _uri(mime: str, data: bytes) -> str:
    return f"data:{mime};base64,{base64.b64encode(data).decode()}"


def _answer(answer: record.Answer) -> str:
    model = answer.contender.model
    place = model.server.host if model.server else "this machine"
    weights = f"{model.weights} {model.revision} {model.precision}"
    demo = ", not Gemma 4" if model.demo else ""
    parts = [
        f"<h3>{escape(answer.contender.label)}</h3>",
        f'<p class="small">{escape(" ".join(weights.split()))}{demo} · {escape(place)}</p>',
    ]
    if begun := answer.contender.settings.get("begun"):
        parts.append(f'<p class="small" dir="auto">Begun for it: {escape(str(begun))}</p>')
    every = every_step(answer)
    if gone_on := sum(not step.calls for step in every[:-1]):
        parts.append(f'<p class="small">Cut and gone on with {gone_on} times.</p>')
    for step in whole(every):
        parts += _step(step, answer)
    if answer.state != "done" or answer.reason:
        said = "interrupted" if answer.interrupted else answer.state
        about = " ".join(word for word in (f"{said}.", answer.reason, answer.remedy) if word)
        parts.append(f'<p class="small">{escape(about)}</p>')
    return f'<div class="answer">{"".join(parts)}</div>'


def _step(step: Step, answer: record.Answer) -> Iterator[str]:
    """What was thought, said and called; of the calls what came back."""
    if step.piece:
        yield f'<p class="small">{escape(step.piece)}</p>'
    if step.thinking:
        folded = f'<div class="asked" dir="auto">{escape(step.thinking)}</div>'
        yield f"<details><summary>Thought</summary>{folded}</details>"
    schema = answer.contender.settings.get("schema")
    found = judged([step], schema if isinstance(schema, dict) else None)
    if found is not None:
        cut = cut_short(answer.state, answer.finish_reason)
        from playground.prompt.schema.judging import verdict  # only where somebody wanted it

        words = verdict(found, cut)
        yield f'<pre>{escape(step.text)}</pre><p class="small">{escape(words[:1].upper() + words[1:])}.</p>'
    else:
        yield f'<div dir="auto">{_markdown().render(step.text)}</div>'
    if step.tool_call and not step.calls:
        yield f"<pre>{escape(step.tool_call)}</pre>"
    for call in step.calls:
        given = json.dumps(call.arguments, ensure_ascii=False)
        result = json.dumps(call.result, ensure_ascii=False)
        head = f'<summary dir="auto">{escape(call.name)}</summary>'
        yield f"<details>{head}<pre>{escape(given)}</pre><pre>{escape(result)}</pre></details>"


@cache
def _markdown() -> MarkdownIt:
    """Markdown without HTML and without pictures, whose links lead to the web alone."""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    reader.validateLink = lambda url: url.startswith(("https://", "http://", "mailto:"))  # type: ignore[method-assign]
    return reader


def _table(answers: Sequence[record.Answer]) -> str:
    """A row a contender; what was not measured is a dash, what was estimated carries "≈"."""
    rows = [(answer.contender.label, figures(answer)) for answer in answers]
    if not any(found.sources for _, found in rows):
        return ""
    head = "".join(f"<th>{column.heading}</th>" for column in COLUMNS)
    body = "".join(
        f"<tr><td>{escape(label)}</td>"
        + "".join(f"<td>{column.cell(found)}</td>" for column in COLUMNS)
        + "</tr>"
        for label, found in rows
    )
    shared = any(found.contended for _, found in rows)
    note = "While another model used the same device." if shared else ""
    return (
        f'<div class="wide"><table><thead><tr><th>contender</th>{head}</tr></thead>'
        f'<tbody>{body}</tbody></table></div><p class="small">{note}</p>'
    )


def _bars(answers: Sequence[record.Answer]) -> str:
    """Where the time went: a bar a contender, in the order in which it went, and what the colours mean."""
    rows = [(answer.contender.label, time_stages(answer)) for answer in answers]
    longest = max((one.start + one.seconds for _, row in rows for one in row), default=0.0)
    if not longest:
        return ""
    drawn = []
    for number, (label, row) in enumerate(rows):
        y = number * ROW
        drawn.append(f'<text x="0" y="{y + 12}">{escape(label)}</text>')
        drawn += [_bar(one, y + 18, 100 / longest) for one in row]
    stages = dict.fromkeys(one.name for _, row in rows for one in row)
    colours = " ".join(
        f'<span class="stage"><svg width="12" height="12"><rect class="{_kind(name)}" width="12" height="12"/></svg> '
        f"{name}</span>"
        for name in stages
    )
    return (
        f'<svg role="img" aria-label="Where the time went" width="100%" height="{len(rows) * ROW}">'
        f'{"".join(drawn)}</svg><p class="small">{colours}<br>'
        f"Seconds since it was asked; the longest took {longest:.2f} s.</p>"
    )


def _bar(stage: Stage, y: int, scale: float) -> str:
    """In percent of the page's width, so that words keep their size on a telephone."""
    x, width = stage.start * scale, stage.seconds * scale
    took = f"<title>{stage.name}: {stage.seconds:.3f} s</title>"
    return f'<rect class="{_kind(stage.name)}" x="{x:.2f}%" y="{y}" width="{width:.2f}%" height="14">{took}</rect>'


def _kind(stage: str) -> str:
    return CLASSES.get(stage, stage)


def _made_by(kept: record.Comparison) -> str:
    said = " · ".join(f"{escape(name)} {escape(value)}" for name, value in kept.made_by.items())
    return f'<p class="small">{said}</p>'
