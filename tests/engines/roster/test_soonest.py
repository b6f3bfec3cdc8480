"""Which weights a variant's bare name means: a table for the choice itself, and what is kept of speeds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from playground.engines.roster import soonest, specs, speeds
from playground.engines.roster.soonest import Candidate, Expected, Speed, choose
from playground.models.model import Model

WHOLE = replace(specs.find("demo:E2B"), demo=False, stored="bf16", needs_bytes=10)
FILE = replace(
    WHOLE,
    runtime="llama.cpp",
    stored="q4_0",
    needs_bytes=4,
    spec="local:q4_0",
    capabilities=replace(WHOLE.capabilities, audio=False),
)
LARGER = replace(FILE, stored="q8_0", needs_bytes=6, spec="local:q8_0")
QUICK_READER, QUICK_WRITER = Speed(200, 4), Speed(40, 16)
LONG, SHORT = Expected(4000, 50), Expected(100, 300)

TABLE = [
    # who is there, what is expected, room in bytes, who answers, why
    ([Candidate(WHOLE, QUICK_READER), Candidate(FILE, QUICK_WRITER)], LONG, 99, WHOLE,
     "it takes about 32 s for such a length, q4_0 in llama.cpp about 103 s"),
    ([Candidate(WHOLE, QUICK_READER), Candidate(FILE, QUICK_WRITER)], SHORT, 99, FILE,
     "it takes about 21 s for such a length, bf16 in transformers about 76 s"),
    ([Candidate(FILE, QUICK_WRITER), Candidate(WHOLE, QUICK_READER)], LONG, 9, FILE,
     "the others do not fit into memory"),
    ([Candidate(WHOLE, QUICK_READER), Candidate(FILE, QUICK_WRITER)],
     replace(SHORT, kinds=frozenset({"audio"})), 99, WHOLE, "the others take no sound"),
    ([Candidate(FILE, QUICK_WRITER), Candidate(WHOLE)], SHORT, 99, WHOLE,
     "how soon bf16 in transformers would answer is seen once it did"),
    ([Candidate(LARGER, QUICK_WRITER), Candidate(FILE)], SHORT, 99, FILE,
     "how soon q4_0 in llama.cpp would answer is seen once it did"),
    ([Candidate(LARGER, Speed(40, 10)), Candidate(WHOLE), Candidate(FILE, QUICK_WRITER)], SHORT, 9, FILE,
     "it takes about 21 s for such a length, q8_0 in llama.cpp about 32 s"),
    ([Candidate(WHOLE), Candidate(FILE)], SHORT, 1, FILE,
     "the least of those that do not fit into memory"),
    ([Candidate(WHOLE)], SHORT, 99, WHOLE, ""),
]  # fmt: skip


@pytest.mark.parametrize(("there", "expected", "room", "answers", "why"), TABLE)
def test_who_answers_soonest(
    there: list[Candidate], expected: Expected, room: int, answers: Model, why: str
) -> None:
    made = choose(there, expected, room)
    assert (made.model, made.why) == (answers, why)


def test_nobody_is_no_choice() -> None:
    with pytest.raises(ValueError, match="nobody"):
        choose([], SHORT, 99)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return speeds._file()


def test_speeds_are_kept_by_model_and_their_medians_count(kept: Path) -> None:
    for reading, writing in ((100.0, None), (120.0, 5.0), (900.0, 6.0)):
        speeds.note(WHOLE, reading, writing)
    assert speeds.of(WHOLE) == Speed(120.0, 5.5)
    assert speeds.of(replace(WHOLE, precision="int8")) is None
    speeds.note(FILE, 40.0, None)
    assert speeds.of(FILE) is None, "both are needed"
    for _ in range(speeds.KEPT):
        speeds.note(WHOLE, 50.0, 2.0)
    assert speeds.of(WHOLE) == Speed(50.0, 2.0)


ENDLESS = f'{{"x": {{"reading": [1{"0" * 400}]}}}}'


@pytest.mark.parametrize(
    "content", ["", "[]", '{"x": 1}', '{"x": {"reading": ["a"]}}', ENDLESS, "{" * 9999]
)
def test_a_damaged_file_is_as_none(kept: Path, content: str) -> None:
    kept.parent.mkdir(parents=True)
    kept.write_text(content)
    assert speeds.of(WHOLE) is None
    speeds.note(WHOLE, 3.0, 4.0)
    assert speeds.of(WHOLE) == Speed(3.0, 4.0)


def test_where_nothing_can_be_written_nothing_breaks(kept: Path) -> None:
    kept.parent.parent.joinpath(kept.parent.name).write_text("a file in the folder's place")
    speeds.note(WHOLE, 3.0, 4.0)
    assert speeds.of(WHOLE) is None


def test_names_say_what_sets_models_apart() -> None:
    assert soonest.name(FILE) == "q4_0 in llama.cpp"
