"""The exported page: nothing that anybody wrote becomes a script, a picture from elsewhere or an element of its own."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given

from playground.archive import record
from playground.archive.export import FORMATS
from playground.archive.recording import digest
from tests.archive.records import MEDIA, PICTURE, SOUND, WORDS, comparisons
from tests.examples import many

PAYLOADS = (
    "<script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</title><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    '" autofocus onfocus="alert(1)',
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href=javascript:alert(1)>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x]: javascript:alert(1)\n\n[x]",
    "![x](https://evil.example/leak.png)",
    "![x](data:image/svg+xml,<svg onload=alert(1)>)",
    '[x](https://evil.example "\\" onmouseover=alert(1)")',
    '<https://evil.example/"onmouseover=alert(1)>',
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href=https://evil.example/><form action=//evil.example><button>",
    '```"><script>alert(1)</script>\nx\n```',
    "`</code><script>alert(1)</script>`",
    "]]><script>alert(1)</script><!--",
    "<!--><script>alert(1)</script>-->",
    "| a |\n|--|\n| <img src=x onerror=alert(1)> |",
    "\u2028<script>alert(1)</script>\x00<script>",
    "<style>@import 'https://evil.example'</style>",
    "<details open ontoggle=alert(1)>",
)

OWN = {
    "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "h4", "h5", "h6", "p", "div",
    "span", "figure", "figcaption", "img", "audio", "details", "summary", "pre", "code", "table",
    "thead", "tbody", "tr", "th", "td", "svg", "text", "rect", "a", "em", "strong", "ul", "ol", "li",
    "blockquote", "hr", "br",
}  # fmt: skip
"""Every element that the page may have."""

ATTRIBUTES = {
    "lang", "charset", "http-equiv", "content", "name", "class", "dir", "alt", "src", "controls",
    "href", "title", "role", "aria-label", "viewbox", "width", "height", "x", "y", "start", "style",
}  # fmt: skip


class Looked(HTMLParser):
    """Every element, checked as it comes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.counts: dict[str, int] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in OWN, tag
        self.counts[tag] = self.counts.get(tag, 0) + 1
        for name, value in attrs:
            assert name in ATTRIBUTES, (tag, name)
            if name == "src":
                assert (value or "").startswith(
                    ("data:image/png;base64,", "data:audio/wav;base64,")
                )
            if name == "href":
                assert not value or value.startswith(("http://", "https://", "mailto:")), value
            if name == "style":
                assert value in ("text-align:left", "text-align:right", "text-align:center")

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def page(kept: record.Comparison) -> str:
    return FORMATS["html"].write(kept, MEDIA.__getitem__).decode()


def hostile(payload: str) -> record.Comparison:
    """The payload wherever words from outside can stand."""
    model = record.Model(
        payload, payload, payload, "server", {}, payload, precision=payload,
        server=record.Place(payload, payload),
    )  # fmt: skip
    asked = (
        record.Message("system", (record.Part("text", text=payload),)),
        record.Message(
            "user",
            (
                record.Part("text", text=payload),
                record.Part("image", name=payload, media=(digest(PICTURE),), original=payload),
                record.Part("audio", name=payload, media=(digest(SOUND),), original=payload),
                record.Part("document", name=payload, media=(digest(WORDS),), original=payload),
            ),
        ),
    )
    answer = record.Answer(
        record.Contender("a", payload, model, {}),
        asked,
        "done",
        1e9,
        reason=payload,
        started=0.0,
        requested=0.1,
        read=0.2,
        finished=2.0,
        chunks=(
            (0.5, "thinking", payload, 1),
            (1.0, "answer", payload, 1),
            (1.5, "tool_call", payload, 1),
        ),
    )
    return record.Comparison(
        "abc",
        1e9,
        (record.Round("r", asked, (answer,)),),
        "r",
        made_by={payload: payload},
        name=payload,
        note=payload,
        labels=(payload,),
    )


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_that_was_written_comes_alive(payload: str) -> None:
    held = Looked(page(hostile(payload)))
    assert (held.counts["style"], held.counts["title"]) == (1, 7)  # the page's, and six stages'
    assert (held.counts["img"], held.counts["audio"], held.counts["meta"]) == (1, 1, 4)


def test_what_was_written_is_there_to_read() -> None:
    held = Looked(page(hostile('5 < 6 & **bold** "quoted"')))
    words = "".join(held.words)
    assert "5 < 6 & **bold**" in words, "as it was typed"
    assert held.counts["strong"] == 1, "an answer is Markdown"
    assert {"TTFT, ms", "400", "prefill, tok/s"} <= set(held.words)


def test_an_estimate_is_marked_and_what_nobody_measured_is_a_dash() -> None:
    kept = hostile("x")
    (round,) = kept.rounds
    prompt = {"text": 10, "source": "estimated"}
    answer = replace(round.answers[0], prompt=prompt, chunks=((1.1, "answer", "x", 0),))
    words = Looked(page(replace(kept, rounds=(replace(round, answers=(answer,)),)))).words
    assert {"1,000", "≈10", "–"} <= set(words)


def test_bars_shrink_with_the_page_and_names_keep_their_size() -> None:
    written = page(hostile("x"))
    assert "viewBox" not in written
    bars = re.findall(r'x="([\d.]+)%" y="\d+" width="([\d.]+)%"', written)
    ends = [float(start) + float(wide) for start, wide in bars]
    assert len(ends) == 6 and max(ends) == pytest.approx(100, abs=0.1)


def test_the_page_forbids_what_it_does_not_have() -> None:
    written = page(hostile("x"))
    policy = "default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'"
    assert f'<meta http-equiv="Content-Security-Policy" content="{policy}">' in written
    assert "<script" not in written


@many(25)
@given(comparisons())
def test_any_comparison_becomes_a_page(kept: record.Comparison) -> None:
    held = Looked(page(kept))
    assert held.counts["h2"] == len(kept.rounds)
