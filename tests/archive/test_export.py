"""Every export can be read by who it is for, and our own JSON comes back as it went."""

from __future__ import annotations

import base64
import csv
import io
import json
from dataclasses import asdict, replace
from html import unescape
from typing import Any

import pytest
from hypothesis import given

from playground.archive import record, recording
from playground.archive.export import FORMATS
from playground.archive.importing.own import Imported, ImportFault, own_json, renamed
from playground.archive.recording import digest
from playground.archive.restoring import comparison
from playground.comparisons.contender import contenders
from playground.desk import Desk
from playground.engines.recital import EVERYTHING, Recital, reciter
from playground.prompt.conversation import Conversation, Settings
from playground.prompt.media.faults import MediaError
from tests.archive.records import MEDIA, WORDS, comparisons
from tests.examples import many

MANY = many(25)


def believe(name: str, data: bytes) -> object:
    """In the place of the media process, which has tests of its own."""
    return None


def read(data: bytes) -> Imported:
    return own_json("a.json", data, believe)


@MANY
@given(comparisons())
def test_our_own_json_comes_back_as_it_went(kept: record.Comparison) -> None:
    written = FORMATS["json"].write(kept, MEDIA.__getitem__)
    assert read(written).kept == kept
    assert FORMATS["json"].write(read(written).kept, MEDIA.__getitem__) == written


@MANY
@given(comparisons())
def test_a_restored_comparison_is_recorded_as_it_was(kept: record.Comparison) -> None:
    live = comparison(kept, MEDIA.__getitem__)
    again = recording.comparison(live, kept.created)
    for before, after in zip(kept.rounds, again.rounds, strict=True):
        assert (after.id, after.before) == (before.id, before.before)
        for one, other in zip(before.answers, after.answers, strict=True):
            assert other.chunks == one.chunks
            assert [step.calls for step in other.steps] == [step.calls for step in one.steps]
            assert [step.chunks for step in other.steps] == [step.chunks for step in one.steps]
            assert (other.state, other.reason, other.finish_reason) == (
                one.state,
                one.reason,
                one.finish_reason,
            )
            assert [m.role for m in other.messages] == [m.role for m in one.messages]


@MANY
@given(comparisons())
def test_csv_has_a_row_an_answer_and_no_formulas(kept: record.Comparison) -> None:
    written = FORMATS["csv"].write(kept, MEDIA.__getitem__).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(written, newline="")))
    assert len(rows) == sum(len(round.answers) for round in kept.rounds)
    assert not any(str(value).startswith(("=", "+", "@")) for row in rows for value in row.values())


@MANY
@given(comparisons())
def test_messages_are_lines_of_json(kept: record.Comparison) -> None:
    written = FORMATS["messages"].write(kept, MEDIA.__getitem__).decode()
    for line in written.split("\n")[:-1]:
        entry = json.loads(line)
        assert entry["messages"][-1]["role"] == "assistant"
        assert isinstance(entry["messages"][-1]["content"], str)


@MANY
@given(comparisons())
def test_markdown_keeps_what_models_wrote_in_quotations(kept: record.Comparison) -> None:
    written = FORMATS["md"].write(kept, MEDIA.__getitem__).decode()
    for line in written.splitlines():
        assert not line.startswith(("#", ">", "(")) or line[0] in "#>"


def test_a_files_words_are_in_every_format_that_holds_questions() -> None:
    part = record.Part("document", name="![x](y).md", media=(digest(WORDS),), original="UTF-8")
    kept = small()
    (round,) = kept.rounds
    asked = (record.Message("user", (part, record.Part("text", text="Why?"))),)
    kept = replace(kept, rounds=(replace(round, asked=asked),))
    said = FORMATS["md"].write(kept, MEDIA.__getitem__).decode()
    assert "> File \\!\\[x\\]\\(y\\).md:\n>\n> ````\n> ```\n> zwölf <b>\n> ````\n" in said
    assert "zwölf &lt;b&gt;" in FORMATS["html"].write(kept, MEDIA.__getitem__).decode()
    assert read(FORMATS["json"].write(kept, MEDIA.__getitem__)).kept == kept


@pytest.mark.parametrize(
    ("said", "most", "verdict"),
    [
        ('{"n": 1}', 99, "Valid against the schema."),
        ('{"n": "x"}', 99, "Not valid against the schema: n: 'x' is not of type 'integer'."),
        ("[1, 2, 3, 4, 5]", 3, "Not whole: it was cut short."),
    ],
)
def test_what_is_read_tells_whether_an_answer_keeps_its_schema(
    said: str, most: int, verdict: str
) -> None:
    schema = {"properties": {"n": {"type": "integer"}}}
    desk = Desk(lambda model: Recital(model, said), 1)
    asked = contenders([(reciter("E2B"), Settings(schema=schema, max_tokens=most))])
    made = desk.start(Conversation.ask("Which?"), asked)
    made.answers[0].wait()
    kept = recording.comparison(made, 0.0)
    desk.close()
    for format in ("md", "html"):
        assert verdict in unescape(FORMATS[format].write(kept, MEDIA.__getitem__).decode())


def small() -> record.Comparison:
    """The smallest comparison, for files that are spoilt."""
    said = record.Message(
        "user", (record.Part("image", media=(next(iter(MEDIA)),), sizes=((3, 4),)),)
    )
    return record.Comparison("abc", 1e9, (record.Round("r", (said,), ()),), "r")


def spoilt(**changes: object) -> bytes:
    plain = json.loads(FORMATS["json"].write(small(), MEDIA.__getitem__))
    return json.dumps({**plain, **changes}).encode()


ASKED = {"role": "user", "parts": [{"kind": "text", "text": "Hello!"}]}
ROUND = {"id": "r", "asked": [ASKED], "answers": []}
ANSWER: dict[str, Any] = {
    "contender": {
        "id": "a",
        "label": "a",
        "model": {
            "spec": "a",
            "variant": "a",
            "weights": "a",
            "engine": "local",
            "capabilities": {},
        },
        "settings": {},
    },
    "messages": [ASKED],
    "state": "done",
    "asked_at": 1e9,
}
STEP = {"chunks": 3, "calls": []}


def told(
    settings: dict[str, Any] | None = None,
    capabilities: dict[str, Any] | None = None,
    **changes: Any,
) -> bytes:
    """A comparison whose answer says such things of itself."""
    contender = ANSWER["contender"]
    model = {**contender["model"], "capabilities": {**asdict(EVERYTHING), **(capabilities or {})}}
    answer = {**ANSWER, "contender": {**contender, "model": model, "settings": settings or {}}}
    return spoilt(rounds=[{**ROUND, "answers": [{**answer, **changes}]}])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"not json", "a.json is not JSON."),
        (b"[" * 100_000, "a.json is not JSON."),
        (b"[]", "is no comparison of this program"),
        (b'{"format": "else"}', "is no comparison of this program"),
        (spoilt(version=2), "newer version"),
        (spoilt(id=7), "id: Input should be a valid string"),
        (spoilt(last="x"), "The round that is shown is not among the rounds"),
        (spoilt(media={}), "lacks the medium"),
        (spoilt(media=[]), "media: it is no object"),
        (spoilt(media={next(iter(MEDIA)): "%%%"}), "is not base64"),
        (
            spoilt(media={next(iter(MEDIA)): base64.b64encode(b"x").decode()}),
            "is not what its name says",
        ),
        (spoilt(created=float("nan")), "is not JSON"),
        (spoilt(created=1e300), "at a time that there is not"),
        (spoilt(labels=["x" * 101]), "too long"),
        (spoilt(rounds=[]), "at least one question"),
        (spoilt(rounds=[{"id": "r", "asked": [], "answers": []}]), "at least one question"),
        (spoilt(rounds=[{**ROUND, "before": "q"}]), "goes on from"),
        (spoilt(rounds=[{**ROUND, "answers": [ANSWER, ANSWER]}]), "answers twice"),
        (spoilt(rounds=[{**ROUND, "answers": [{**ANSWER, "steps": [STEP]}]}]), "are not its own"),
        (
            spoilt(
                rounds=[{**ROUND, "answers": [{**ANSWER, "steps": [{**STEP, "chunks": 0}] * 99}]}]
            ),
            "more calls than an answer can",
        ),
        (told(prompt={"text": "many"}), "prompt.text: Input should be a valid integer"),
        (told(last={"at": "late", "reason": "stop"}), "last.at: Input should be a valid number"),
        (told(settings={"schema": "x"}), "settings.schema: Input should be a valid dict"),
        (told(settings={"temperature": 9}), "the temperature lies between 0 and 2"),
        (told(settings={"tools": [{"function": 3}]}), "Tool 1: its function is no JSON object."),
        (told(capabilities={"context": "x"}), "capabilities.context: Input should be"),
    ],
)
def test_a_spoilt_file_is_one_sentence(data: bytes, said: str) -> None:
    with pytest.raises(ImportFault) as fault:
        read(data)
    assert said in str(fault.value)
    assert "\n" not in str(fault.value)


def test_what_the_media_process_refuses_is_not_imported() -> None:
    def refuse(name: str, data: bytes) -> object:
        raise MediaError(name, "is no picture.")

    with pytest.raises(ImportFault, match=r"a\.json: \w{12} is no picture\."):
        own_json("a.json", FORMATS["json"].write(small(), MEDIA.__getitem__), refuse)


def test_an_import_gets_ids_of_its_own() -> None:
    first = small()
    whole = replace(first, rounds=(*first.rounds, replace(first.rounds[0], id="s", before="r")))
    there = renamed(whole, "fresh")
    assert there.id == "fresh"
    assert {one.id for one in there.rounds}.isdisjoint({"r", "s"})
    assert there.rounds[1].before == there.rounds[0].id == there.last
