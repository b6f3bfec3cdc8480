"""Random records for property tests: every part, state, script and ending."""

from __future__ import annotations

from dataclasses import asdict

from hypothesis import strategies as st

from playground.archive import record
from playground.archive.recording import digest
from playground.engines.recital import EVERYTHING

PICTURE, SOUND, WORDS = b"png", b"wav", "```\nzwölf <b>".encode()
MEDIA = {digest(data): data for data in (PICTURE, SOUND, WORDS)}

words = st.sampled_from(
    (
        "",
        "a",
        "=1+1",
        "two\nlines",
        "敏捷的",
        "كلب",
        "# <b>*x*</b>",
        "🦊\u200b\u2028",
        "\t\r\n\x00",
        "~`[]()",
    )
)
moments = st.floats(0, 1e4, allow_nan=False)
maybe = st.none() | moments
data = st.sampled_from((None, True, 7, "x", [1, {"a": [None]}], {"b": {"c": 1.5}}))

parts = st.one_of(
    st.builds(record.Part, st.just("text"), text=words),
    st.builds(
        record.Part,
        st.just("image"),
        name=words,
        media=st.just((digest(PICTURE),)),
        sizes=st.just(((3, 4),)),
        original=words,
    ),
    st.builds(
        record.Part,
        st.just("audio"),
        name=words,
        media=st.just((digest(SOUND),)),
        seconds=moments,
        original=words,
    ),
    st.builds(
        record.Part,
        st.just("video"),
        name=words,
        media=st.just((digest(PICTURE),) * 2),
        sizes=st.just(((3, 4),) * 2),
        times=st.just((0.0, 0.5)),
        seconds=moments,
        original=words,
    ),
    st.builds(
        record.Part,
        st.just("document"),
        name=words,
        media=st.just((digest(WORDS),)),
        original=words,
    ),
    st.builds(
        record.Part,
        st.just("tool_call"),
        name=words,
        data=st.sampled_from(({}, {"x": [1]})),
    ),
    st.builds(record.Part, st.just("tool_result"), name=words, data=data),
)


@st.composite
def messages(draw: st.DrawFn) -> tuple[record.Message, ...]:
    system = (record.Message("system", (record.Part("text", text="Be kind."),)),)
    question = record.Message("user", tuple(draw(st.lists(parts, min_size=1, max_size=4))))
    return (*(system if draw(st.booleans()) else ()), question)


models = st.builds(
    record.Model,
    spec=words,
    variant=words,
    weights=words,
    engine=st.sampled_from(["local", "server", "recital"]),
    capabilities=st.just(asdict(EVERYTHING)),
    revision=words,
    precision=words,
    demo=st.booleans(),
    bytes=st.integers(0, 2**40),
    server=st.none() | st.just(record.Place("lab", "gpu1:8000", "vllm")),
)

settings = st.fixed_dictionaries({"max_tokens": st.integers(1, 32_768), "thinking": st.booleans()})
channels = st.sampled_from(["thinking", "answer", "tool_call"])


calls = st.builds(
    record.Called,
    name=words,
    arguments=st.sampled_from(({}, {"x": [1]}, {"q": "=1+1"})),
    standing=st.sampled_from(["given", "wrong", "refused"]),
    at=moments,
    result=data,
    given_at=moments,
    by_hand=st.booleans(),
)


@st.composite
def steps(draw: st.DrawFn, chunks: int) -> tuple[record.Step, ...]:
    """The steps of an answer with so many chunks."""
    counts = draw(st.lists(st.integers(0, chunks), max_size=2))
    if sum(counts) > chunks:
        counts = []
    return tuple(
        record.Step(
            chunks=count,
            calls=tuple(draw(st.lists(calls, min_size=1, max_size=2))),
            started=draw(maybe),
            requested=draw(maybe),
            read=draw(maybe),
            finished=draw(maybe),
            prompt=draw(st.none() | st.just({"text": 3, "source": "reported"})),
        )
        for count in counts
    )


@st.composite
def answers(draw: st.DrawFn, label: str) -> record.Answer:
    times = sorted(draw(st.lists(moments, max_size=6)))
    chunks = tuple((at, draw(channels), draw(words), draw(st.integers(0, 3))) for at in times)
    return record.Answer(
        contender=record.Contender(label, label, draw(models), draw(settings)),
        messages=draw(messages()),
        state=draw(st.sampled_from(["done", "stopped", "refused", "failed"])),
        asked_at=draw(st.floats(1e9, 2e9)),
        reason=draw(words),
        remedy=draw(words),
        finish_reason=draw(st.sampled_from([None, "stop", "length", "tool_call", "stopped"])),
        started=draw(maybe),
        requested=draw(maybe),
        read=draw(maybe),
        finished=draw(moments),
        prompt=draw(st.none() | st.just({"text": 3, "image": 4, "source": "reported"})),
        contended=draw(st.booleans()),
        chunks=chunks,
        steps=draw(steps(len(chunks))),
    )


@st.composite
def comparisons(draw: st.DrawFn) -> record.Comparison:
    count = draw(st.integers(1, 3))
    rounds = []
    for number in range(count):
        labels = draw(st.lists(st.sampled_from("abcd"), min_size=1, max_size=3, unique=True))
        before = draw(st.sampled_from([None, *(one.id for one in rounds)])) if rounds else None
        given = tuple(draw(answers(label)) for label in labels)
        rounds.append(record.Round(f"r{number}", draw(messages()), given, before))
    return record.Comparison(
        id=draw(st.sampled_from(["abc", "x-_9"])),
        created=draw(st.floats(1e9, 2e9)),
        rounds=tuple(rounds),
        last=draw(st.sampled_from([one.id for one in rounds])),
        all_at_once=draw(st.booleans()),
        made_by={"python": "3.11"},
        name=draw(words),
        note=draw(words),
        labels=tuple(draw(st.lists(words, max_size=2))),
    )
