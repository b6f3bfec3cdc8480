"""OpenAI messages come in: our own as one comparison again, anybody's as hostile input."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from playground.archive.archive import Archive
from playground.archive.export import FORMATS
from playground.archive.importing.file import read
from playground.archive.importing.own import ImportFault
from playground.archive.writing.taking_in import take_in
from playground.prompt import media
from playground.prompt.conversation import Conversation
from tests.archive.kept import columns, desk, settled
from tests.waiting import ended

SAMPLE = Path(__file__).parents[2] / "assets" / "samples" / "one-shape.png"
PICTURE = f"data:image/png;base64,{base64.b64encode(SAMPLE.read_bytes()).decode()}"

SHOWN = {"type": "image_url", "image_url": {"url": PICTURE}}
WORDS = {"type": "text", "text": "?"}


def lines(*entries: Any) -> bytes:
    return b"".join(json.dumps(entry).encode() + b"\n" for entry in entries)


def said(*turns: tuple[str, Any], **about: Any) -> dict[str, Any]:
    return {
        "messages": [{"role": role, "content": words} for role, words in turns],
        "metadata": about,
    }


def test_our_own_come_back_as_one_comparison(opened: Callable[[], Archive]) -> None:
    held = desk(opened())
    archive = held.archive
    assert archive is not None
    asked = Conversation.ask("What?", media.read("a.png", SAMPLE.read_bytes()), "Be kind.")
    comparison = ended(held.start(asked, columns("a", "b")))
    held.ask_on(comparison, Conversation.ask("And?"), columns("a", "b"))
    ended(comparison)
    settled(held)
    kept = archive.record(comparison.id)
    assert kept is not None
    (imported,) = read("m.jsonl", FORMATS["messages"].write(kept, archive.store.get), media.read)
    found = archive.find(take_in(archive, imported))
    assert found is not None
    assert [round.asked.question for round in found.rounds] == ["What?", "And?"]
    assert found.rounds[0].asked.system == "Be kind."
    assert [part.kind for part in found.rounds[0].asked.media()] == ["image"]
    for round in found.rounds:
        assert [one.contender.label for one in round.answers] == ["a", "b"]
        assert [one.text.strip() for one in round.answers] == ["one two three"] * 2
        assert [one.figures().ttft_s for one in round.answers] == [None, None], "nobody measured"
    assert [m.role for m in found.answers[0].conversation.messages] == ["user", "model", "user"]


def test_anybodys_lines_are_a_comparison_each() -> None:
    data = lines(
        said(("user", "Hi"), ("assistant", "Hello")),
        said(
            ("system", "Be brief."),
            (
                "user",
                [
                    {"type": "image_url", "image_url": {"url": PICTURE}},
                    {"type": "text", "text": "?"},
                ],
            ),
            ("assistant", "A lamp"),
        ),
    )
    one, other = read("m.jsonl", data, media.read)
    assert one.kept.rounds[0].answers[0].contender.label == "imported"
    assert len(other.media) == 1 and other.kept.rounds[0].asked[1].parts[0].sizes == ((512, 512),)
    (single,) = read("m.jsonl", lines(said(("user", "Hi"), ("assistant", "Yes"))), media.read)
    assert single.kept.rounds[0].answers[0].chunks == ((0.0, "answer", "Yes", 0),)


URL = {"type": "image_url", "image_url": {"url": "https://evil.example/leak.png"}}
FILE = {"type": "image_url", "image_url": {"url": "file:///etc/passwd"}}
NO_PICTURE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,aGVsbG8="}}
BROKEN = {"type": "image_url", "image_url": {"url": "data:image/png;base64,%%%"}}
STRANGE = {"type": "input_file", "file": "x"}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"messages": [', "line 1 is not JSON"),
        (b'{"messages": ' + b"[" * 100_000, "line 1 is not JSON"),
        (lines(said(("user", "a"), ("assistant", "b")), {"x": "messages"}), "line 2 holds no messages"),
        (lines({"messages": "x"}), "holds no messages"),
        (lines({"messages": []}), "it holds no answer"),
        (lines({"messages": [7]}), "no role"),
        (lines(said(("tool", "x"))), "no role"),
        (lines(said(("assistant", "x"))), "no question came before"),
        (lines(said(("user", "x"), ("system", "y"), ("assistant", "z"))), "only the first"),
        (lines(said(("user", ""), ("assistant", "z"))), "a message is empty"),
        (lines(said(("user", 7), ("assistant", "z"))), "neither text nor a list"),
        (lines(said(("user", [URL]), ("assistant", "z"))), "which is not fetched"),
        (lines(said(("user", [FILE]), ("assistant", "z"))), "which is not fetched"),
        (lines(said(("user", [NO_PICTURE]), ("assistant", "z"))), "a medium"),
        (lines(said(("user", [BROKEN]), ("assistant", "z"))), "is not base64"),
        (lines(said(("user", [STRANGE]), ("assistant", "z"))), "neither text, a picture nor sound"),
        (lines(*[said(("user", "a"), ("assistant", "b"))] * 10_001), "more than 10,000 lines"),
    ],
)  # fmt: skip
def test_what_is_bad_is_one_sentence_that_names_its_line(data: bytes, words: str) -> None:
    with pytest.raises(ImportFault) as fault:
        read("m.jsonl", data, media.read)
    assert words in str(fault.value) and "m.jsonl" in str(fault.value)
    assert str(fault.value).count("\n") == 0 and str(fault.value).endswith(".")


def test_what_came_in_sends_nobody_anywhere() -> None:
    from playground.archive.restoring import again
    from playground.comparisons.contender import found_again

    about = {"model": "../../etc/passwd", "contender": "<script>", "comparison": "x"}
    (one,) = read("m.jsonl", lines(said(("user", "a"), ("assistant", "b"), **about)), media.read)
    contender = again.contender(one.kept.rounds[0].answers[0].contender)
    assert contender.model.leaves_machine and not found_again(contender).model.here
