"""Every export can be read by who it is for, and our own JSON comes back as it went."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
from dataclasses import asdict, replace
from html import unescape
from typing import Any

import pytest
from hypothesis import given

from playground.archive import record, recording
from playground.archive.export import FORMATS, bundle
from playground.archive.export.csv_file import inert
from playground.archive.importing.own import Imported, ImportFault, own_json, renamed
from playground.archive.recording import digest
from playground.archive.restoring.again import comparison
from playground.comparisons.contender import contenders
from playground.desk import Desk
from playground.engines.recital import EVERYTHING, Recital, reciter
from playground.prompt.conversation import Audio, Conversation, Document, Image, Settings
from playground.prompt.media.faults import MediaError
from tests.archive.records import MEDIA, PICTURE, WORDS, comparisons
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


@pytest.mark.parametrize(
    "words", ["=1+1", "+1", "-1", "@a", "\t=1", "\r1", "\n=1", "  =1+1", "\u00a0=1", "＝1", "＠a"]
)
def test_no_words_are_taken_for_a_formula(words: str) -> None:
    assert inert(words) == f"'{words}"
    assert inert(f"a{words}") == f"a{words}" and inert("") == "" and inert(" a") == " a"


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
    for line in re.split("\r\n?|\n", written):
        assert not line.startswith(("#", ">", "(")) or line[0] in "#>"


def test_markdown_breaks_lines_where_markdown_does() -> None:
    kept = small()
    (round,) = kept.rounds
    words = "one\u2028two\x85three\r\nfour\rfive\n\nsix\n"
    asked = (record.Message("user", (record.Part("text", text=words),)),)
    kept = replace(kept, rounds=(replace(round, asked=asked),))
    said = FORMATS["md"].write(kept, MEDIA.__getitem__).decode()
    assert "> one\u2028two\x85three\n> four\n> five\n>\n> six\n" in said


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


ASKED: dict[str, Any] = {"role": "user", "parts": [{"kind": "text", "text": "Hello!"}]}
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
NO_TEXT = b"\x89PNG"
PICTURE_OF = {"kind": "image", "media": [digest(NO_TEXT)], "sizes": [[3, 4]]}
RESULT = {"kind": "tool_result", "name": "f"}


def asked(part: dict[str, Any], **changes: Any) -> bytes:
    """A comparison of which such a part was asked; its medium is no text."""
    parts = [ASKED["parts"][0], {**part, **changes}]
    return spoilt(
        rounds=[{**ROUND, "asked": [{"role": "user", "parts": parts}]}],
        media={digest(NO_TEXT): base64.b64encode(NO_TEXT).decode()},
    )


def deep(levels: int) -> dict[str, Any]:
    held: dict[str, Any] = {}
    for _ in range(levels):
        held = {"a": held}
    return held


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
        (spoilt(labels=[str(n) for n in range(101)]), "too long"),
        (spoilt(name="x" * 201), "a name, a note or a label in it is too long"),
        (spoilt(note="x" * 10_001), "a name, a note or a label in it is too long"),
        (asked(PICTURE_OF, name="x" * 2001), "a name, a note or a label in it is too long"),
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
        (spoilt(name="\ud800"), "it holds half of a character"),
        (asked(PICTURE_OF, media=[], sizes=[]), "a picture or a clip is not whole"),
        (asked(PICTURE_OF, sizes=[[-3, 4]]), "a picture or a clip is not whole"),
        (asked(PICTURE_OF, sizes=[]), "zip() argument 2 is shorter"),
        (asked(PICTURE_OF, kind="document"), "is not UTF-8 text"),
        (asked(RESULT, data="\ud800"), "it holds half of a character"),
        (asked(RESULT, data=deep(300)), "it is nested too deeply"),
        (asked(RESULT, data=10**301), "it holds a number that is too large"),
        (spoilt(created=1).replace(b'"created": 1', b'"created": 1e999'), "that is too large"),
        (spoilt(created=253_402_300_799), "at a time that there is not"),  # in Japan the year 10000
        (told(asked_at=253_402_300_799), "at a time that there is not"),
        (told(finished=1e12), "an answer took a time that there is not"),
        (told(chunks=[[-1e6, "answer", "x", 1]]), "an answer took a time that there is not"),
    ],
)
def test_a_spoilt_file_is_one_sentence(data: bytes, said: str) -> None:
    with pytest.raises(ImportFault) as fault:
        read(data)
    assert said in str(fault.value)
    assert "\n" not in str(fault.value)


def test_there_is_an_end_to_what_was_asked() -> None:
    text = {"kind": "text", "text": "x" * 1_000_001}
    with pytest.raises(ImportFault, match="what was asked is too long"):
        read(asked(text))


def test_there_is_an_end_to_the_words_of_an_answer_and_of_a_comparison() -> None:
    half = [0.1, "answer", "x" * 1_000_000, 1]
    assert read(told(chunks=[half, half])).kept.rounds[0].answers[0].chunks
    with pytest.raises(ImportFault, match="more words than an answer can"):
        read(told(chunks=[half, half, [0.2, "thinking", "x", 1]]))
    held = json.loads(told(chunks=[half, half]))
    (one,) = held["rounds"][0]["answers"]
    several = [{**one, "contender": {**one["contender"], "id": str(n)}} for n in range(11)]
    held["rounds"][0]["answers"] = several
    with pytest.raises(ImportFault, match="more words than a comparison can"):
        read(json.dumps(held).encode())


def test_what_the_media_process_refuses_is_not_imported() -> None:
    def refuse(name: str, data: bytes) -> object:
        raise MediaError(name, "is no picture.")

    with pytest.raises(ImportFault, match=r"a\.json: \w{12} is no picture\."):
        own_json("a.json", FORMATS["json"].write(small(), MEDIA.__getitem__), refuse)


@pytest.mark.parametrize(
    ("use", "made", "good"),
    [
        ("image", (Image("", b"png", 3, 4),), True),
        ("image", (Audio("", b"png", 1.0),), False),
        ("image", (Document("", "png"),), False),
        (
            "image",
            (Image("", b"\x89PNG", 3, 4),),
            False,
        ),  # as a JPEG is, which no thumbnail is made of
        ("video", (Image("", b"png", 3, 4),), True),
        ("video", (Audio("", b"png", 1.0),), False),
        ("audio", (Audio("", b"png", 1.0),), True),
        ("audio", (Image("", b"png", 3, 4),), False),
    ],
)
def test_a_medium_has_to_be_what_it_is_used_as(
    use: str, made: tuple[object, ...], good: bool
) -> None:
    """A list that shows its thumbnail could not be drawn any more."""
    (name,) = (one for one, data in MEDIA.items() if data == PICTURE)
    part = record.Part(use, media=(name,), sizes=((3, 4),), times=(0.0,))  # type: ignore[arg-type]
    kept = replace(small(), rounds=(record.Round("r", (record.Message("user", (part,)),), ()),))
    written = FORMATS["json"].write(kept, MEDIA.__getitem__)
    if good:
        assert own_json("a.json", written, lambda name, data: made).kept == kept
    else:
        with pytest.raises(
            ImportFault, match=r"a\.json: the medium \w{12} is no (picture|recording)"
        ):
            own_json("a.json", written, lambda name, data: made)


def test_a_files_words_are_no_format_whatever_they_begin_with() -> None:
    """They were put to the media process, which took "%PDF-" for a PDF."""
    words = b"%PDF-1.7 is how a PDF begins."
    part = record.Part("document", name="notes.txt", media=(digest(words),))
    kept = replace(small(), rounds=(record.Round("r", (record.Message("user", (part,)),), ()),))

    def refuse(name: str, data: bytes) -> object:
        raise MediaError(name, "is no PDF.")

    written = FORMATS["json"].write(kept, {digest(words): words}.__getitem__)
    assert own_json("a.json", written, refuse).kept == kept


def test_who_has_a_long_id_comes_back() -> None:
    """A server may name its models as it likes: a contender's id has up to some 130 letters."""
    data = told()
    long = "server:" + "x" * 113 + " (2)#20"
    held = json.loads(data)
    held["rounds"][0]["answers"][0]["contender"]["id"] = long
    kept = read(json.dumps(held).encode()).kept
    assert kept.rounds[0].answers[0].contender.id == long


@pytest.mark.parametrize("form", [one for one in FORMATS if one != "json"])
def test_half_of_a_character_keeps_nobody_from_taking_it_away(form: str) -> None:
    """A server's JSON may hold one."""
    kept = read(told(state="done", chunks=[[0.1, "answer", "half: ?", 2]])).kept
    (answer,) = kept.rounds[0].answers
    half = replace(answer, chunks=((0.1, "answer", "half: \ud83d", 2),), reason="\ud83d")
    halved = replace(kept, name="\ud83d", rounds=(replace(kept.rounds[0], answers=(half,)),))
    assert b"\xed\xa0" not in FORMATS[form].write(halved, MEDIA.__getitem__)
    own_form = FORMATS["json"].write(halved, MEDIA.__getitem__)
    assert read(own_form).kept.rounds[0].answers[0].chunks[0][2] == "half: ?"
    assert bundle.write((halved,), MEDIA.__getitem__, FORMATS[form])
    assert bundle.write((halved,), MEDIA.__getitem__, FORMATS["json"])


def test_an_import_gets_ids_of_its_own() -> None:
    first = small()
    whole = replace(first, rounds=(*first.rounds, replace(first.rounds[0], id="s", before="r")))
    there = renamed(whole, "fresh")
    assert there.id == "fresh"
    assert {one.id for one in there.rounds}.isdisjoint({"r", "s"})
    assert there.rounds[1].before == there.rounds[0].id == there.last
