"""Figures of served answers against a stopwatch: streams whose times and counts are known, played to the engine."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from playground.comparisons.figures import Figures, Timeline, arrivals, compute, stages
from playground.engines.events import Chunk, Finished, Progress, Requested
from playground.engines.recital import EVERYTHING
from playground.engines.server import engine as module
from playground.engines.server.engine import ServerEngine
from playground.models.model import Model
from playground.models.servers import Server
from playground.prompt.conversation import Audio, Conversation, Image, Settings, Video
from playground.prompt.cost import PromptTokens
from tests.servers.hostile import Hostile, serving

Play = Sequence[tuple[float, dict[str, Any]]]
HELLO = Conversation.ask("Hello!")


@dataclass
class Played:
    """Stands in for what comes from the network: pieces with the moments when their bytes came."""

    play: Play
    done: bool = True
    over: bool = False

    def close(self, *_: object) -> None: ...

    def pieces(self, *_: object) -> Iterator[Requested | tuple[float, bytes]]:
        yield Requested(0.0)
        for at, piece in self.play:
            yield at, json.dumps(piece).encode()


@dataclass
class Told:
    figures: Figures
    chunks: list[Chunk]
    finished: Finished
    progress: list[Progress]

    @property
    def tokens(self) -> tuple[int, int, str]:
        output = self.figures.output_tokens
        assert output is not None
        return output.thinking, output.answer, self.figures.sources["output_tokens"]


def say(text: str, channel: str = "content") -> dict[str, Any]:
    return {"choices": [{"delta": {channel: text}}]}


def end(completion: int, reason: str = "stop", prompt: int = 12, **more: Any) -> dict[str, Any]:
    counted = {"prompt_tokens": prompt, "completion_tokens": completion, **more}
    return {"choices": [{"delta": {}, "finish_reason": reason}], "usage": counted}


def steady(texts: Sequence[str], start: float, gap: float, channel: str = "content") -> Play:
    return [(start + gap * number, say(text, channel)) for number, text in enumerate(texts)]


def tell(
    monkeypatch: pytest.MonkeyPatch,
    *plays: Play,
    kind: str = "vllm",
    asked: Conversation = HELLO,
    settings: Settings | None = None,
    cache: str = "",
) -> Told:
    """Play each to one engine; what the last one came to. With `cache` it is not the first program of this machine
    that asks.
    """
    with TemporaryDirectory() as own:
        monkeypatch.setenv("XDG_CACHE_HOME", cache or own)
        return _told(monkeypatch, plays, kind, asked, settings)


def _told(
    monkeypatch: pytest.MonkeyPatch,
    plays: Sequence[Play],
    kind: str,
    asked: Conversation,
    settings: Settings | None,
) -> Told:
    server = Server("lab", "http://127.0.0.1:9", kind)
    engine = ServerEngine(Model("server:lab/m", "m", "m", "server", EVERYTHING, server=server))
    for play in plays:
        monkeypatch.setattr(module, "send", lambda *_, play=play: Played(play))
        events = list(engine.stream(asked, settings or Settings(), threading.Event()))
    chunks = [event for event in events if isinstance(event, Chunk)]
    (finished,) = [event for event in events if isinstance(event, Finished)]
    figures = compute(Timeline(-1.0, -1.0, 0.0), chunks, finished.prompt, finished)
    progress = [event for event in events if isinstance(event, Progress)]
    return Told(figures, chunks, finished, progress)


def test_thoughts_that_never_come_are_in_no_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    """3 s of silence, then 11 pieces 0.1 s apart."""
    details = {"completion_tokens_details": {"reasoning_tokens": 500}}
    told = tell(monkeypatch, [*steady(["word "] * 11, 3, 0.1), (4.1, end(512, **details))])
    assert told.tokens == (500, 12, "reported")
    assert told.figures.output_tps == pytest.approx(11, rel=0.05)
    assert told.figures.ttft_s == told.figures.ttfa_s == 3
    assert told.figures.prefill_tps is None, "the thought stands in TTFT"
    named = [stage.name for stage in stages(Timeline(-1, -1, 0.0), told.chunks, hidden=True)]
    assert named == ["queue", "load", "thinking", "answer"]
    assert arrivals(told.chunks, told.figures.output_tokens)[-1] == pytest.approx(12)


def test_thoughts_that_nobody_tells_of_are_in_no_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same without a count of them: 512 tokens can't be the 55 letters that came."""
    play = [*steady(["word "] * 11, 3, 0.1), (4.1, end(512))]
    told = tell(monkeypatch, play)
    assert told.tokens == (501, 11, "estimated")
    assert told.figures.output_tps is None and told.figures.prefill_tps is None
    assert told.figures.ttft_s == told.figures.ttfa_s == 3
    assert arrivals(told.chunks, told.figures.output_tokens)[-1] == pytest.approx(11)
    seen = [*steady(["hm "] * 5, 1, 0.1, "reasoning"), *play]
    assert tell(monkeypatch, seen).tokens == (501, 11, "estimated")
    # Three bytes a sign, and a sign is a token or three.
    assert tell(monkeypatch, [*steady(["一" * 4] * 11, 3, 0.1), (4.1, end(133))]).figures.output_tps


@pytest.mark.parametrize("counts", [(90_000_000, 12), (12, 90_000_000)])
def test_counts_beyond_what_was_asked_for_are_none(
    monkeypatch: pytest.MonkeyPatch, counts: tuple[int, int]
) -> None:
    prompt, output = counts
    play = [*steady(["word "] * 11, 3, 0.1), (4.1, end(output, prompt=prompt))]
    told = tell(monkeypatch, play, settings=Settings(max_tokens=100)).figures
    assert (told.prompt_tokens is None) == (told.prefill_tps is None) == (prompt > 12)
    assert (told.output_tokens is None) == (told.output_tps is None) == (output > 12)


def test_an_empty_count_takes_none_back(monkeypatch: pytest.MonkeyPatch) -> None:
    play = [*steady(["word "] * 11, 1, 0.1), (2.1, end(12)), (2.2, {"choices": [], "usage": {}})]
    assert tell(monkeypatch, play).tokens == (0, 11, "reported")


def test_thoughts_beside_the_completion_stand_in_the_total(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gemini's way: 10 + 424, 1,016 in all; 53 pieces of 8 tokens, 8 tokens each 0.1 s."""
    play = [*steady(["eight tokens in one of these. "] * 53, 2, 0.1)]
    told = tell(monkeypatch, [*play, (8, end(424, prompt=10, total_tokens=1016))], kind="gemini")
    assert told.tokens == (582, 424, "reported")
    assert told.figures.output_tps == pytest.approx(80, rel=0.05)
    assert told.figures.sources["output_tps"] == "estimated"


def test_a_summary_of_a_thought_does_not_pass_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight words tell of 300 tokens; the answer's 21 words come 0.05 s apart."""
    play = [
        *steady(["think "] * 8, 1, 0.01, "reasoning"),
        *steady(["word "] * 21, 5, 0.05),
        (6.1, end(322, completion_tokens_details={"reasoning_tokens": 300})),
    ]
    told = tell(monkeypatch, play)
    assert told.tokens[:2] == (300, 22)
    assert told.figures.output_tps == pytest.approx(20, rel=0.06)
    assert (told.figures.ttft_s, told.figures.ttfa_s) == (1, 5)


def test_pieces_of_many_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three pieces of 30 tokens at 1, 2 and 3 s, and the closing token: thirty a second."""
    told = tell(monkeypatch, [*steady(["word " * 30] * 3, 1, 1), (3.1, end(91))])
    assert told.tokens == (0, 90, "reported")
    assert told.figures.output_tps == pytest.approx(30, rel=0.05)
    assert told.figures.sources["output_tps"] == told.figures.sources["tpot_ms"] == "estimated"
    assert arrivals(told.chunks, told.figures.output_tokens) == pytest.approx([30, 60, 90])
    assert not told.figures.itl_per_token


def test_a_first_token_alone_and_then_many_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """One token at 1 s, then 20 tokens each half second: forty a second."""
    play = [(1.0, say("word ")), *steady(["word " * 20] * 4, 1.5, 0.5)]
    told = tell(monkeypatch, [*play, (3.2, end(82))])
    assert told.figures.output_tps == pytest.approx(40, rel=0.05)
    assert arrivals(told.chunks, told.figures.output_tokens) == pytest.approx([1, 21, 41, 61, 81])


def test_where_each_piece_is_a_token_speed_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    told = tell(monkeypatch, [*steady(["a", "longer ", "b"] * 10, 1, 0.1), (5, end(31))])
    assert told.tokens == (0, 30, "reported")
    assert told.figures.output_tps == pytest.approx(10)
    assert told.figures.sources["output_tps"] == "reported"
    assert arrivals(told.chunks, told.figures.output_tokens) == [*range(1, 31)]


@pytest.mark.parametrize(
    ("kind", "counted", "reason", "answer"),
    [
        ("vllm", 101, "stop", 100),
        ("vllm", 100, "stop", 100),  # the closing token is not counted
        ("vllm", 103, "stop", 102),  # two tokens without text
        ("vllm", 100, "length", 100),
        ("vllm", 101, "length", 101),
        ("other", 101, "stop", 100),
        ("other", 103, "stop", 103),  # nobody knows whether it counts the closing one
    ],
)
def test_the_closing_token_is_left_out_where_it_is_counted(
    monkeypatch: pytest.MonkeyPatch, kind: str, counted: int, reason: str, answer: int
) -> None:
    play = [*steady(["word "] * 100, 1, 0.01), (3, end(counted, reason))]
    assert tell(monkeypatch, play, kind=kind).tokens == (0, answer, "reported")


def test_a_calls_closing_token_is_left_out_too(monkeypatch: pytest.MonkeyPatch) -> None:
    call = {"index": 0, "id": "a", "function": {"name": "f", "arguments": '{"city": "Rome"}'}}
    piece = {"choices": [{"delta": {"tool_calls": [call]}}]}
    told = tell(monkeypatch, [(1.0, piece), (1.5, end(20, "tool_calls"))])
    assert told.tokens == (0, 19, "reported")


@pytest.mark.parametrize(
    ("thought", "answer"), [((20, 3), (40, 1)), ((30, 2), (40, 1)), ((10, 1), (10, 6))]
)
def test_thought_and_answer_divide_by_their_characters(
    monkeypatch: pytest.MonkeyPatch, thought: tuple[int, int], answer: tuple[int, int]
) -> None:
    """So many pieces of so many tokens each, the closing token beside them."""
    play = [
        *steady(["word " * thought[1]] * thought[0], 1, 0.01, "reasoning_content"),
        *steady(["word " * answer[1]] * answer[0], 2, 0.01),
    ]
    true = thought[0] * thought[1], answer[0] * answer[1]
    told = tell(monkeypatch, [*play, (4, end(sum(true) + 1))])
    assert told.tokens[:2] == pytest.approx(true, rel=0.05) and told.tokens[2] == "estimated"


def test_the_marks_around_a_thought_belong_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """60 tokens of thought, the four around it, 40 of answer, the closing one."""
    play = [
        *steady(["a "] * 60, 1, 0.01, "reasoning"),
        *steady(["long words "] * 40, 2, 0.01),
    ]
    assert tell(monkeypatch, [*play, (4, end(105))]).tokens == (64, 40, "estimated")


PICTURE = Image("a.png", b"png", 960, 672)
OTHER = Image("b.png", b"another" * 10_000, 960, 672)
SOUND = Audio("a.wav", b"wav", 2.16)
CLIP = Video("a.mp4", (PICTURE,) * 4, (0.0, 1.0, 2.0, 3.0), 4.0)


def prompt(
    monkeypatch: pytest.MonkeyPatch, asked: Conversation, count: int, **details: Any
) -> PromptTokens:
    told = tell(
        monkeypatch,
        [(1.0, say("Yes.")), (1.1, end(2, prompt=count, prompt_tokens_details=details))],
        asked=asked,
    )
    assert told.figures.prompt_tokens is not None
    return told.figures.prompt_tokens


@pytest.mark.parametrize(
    ("count", "image"),
    [
        (1140, 1125),  # the server's own budget is 1,120
        (297, 282),
        (85, 70),
        (590, 575),  # of no budget that there is
    ],
)
def test_a_picture_costs_what_the_total_leaves_for_it(
    monkeypatch: pytest.MonkeyPatch, count: int, image: int
) -> None:
    read = prompt(monkeypatch, Conversation.ask("Hi", (PICTURE,)), count)
    assert read.image == pytest.approx(image, rel=0.05)
    assert read.text == pytest.approx(15, abs=6) and read.total == count
    assert read.source == "estimated"


def test_a_long_text_does_not_eat_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Estimated at 5,000 tokens and 3,600 in truth: the picture keeps its own."""
    read = prompt(monkeypatch, Conversation.ask("word " * 4000, (PICTURE,)), 3882)
    assert read.image == 282 and read.text == 3600


def test_what_vllm_says_of_media_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Conversation.ask("Hi", (PICTURE, SOUND))
    read = prompt(monkeypatch, asked, 140, multimodal_tokens={"image": 66, "audio": 55})
    assert (read.text, read.image, read.audio, read.source) == (19, 66, 55, "reported")


def test_what_sglang_says_of_media_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Conversation.ask("Hi", (PICTURE,))
    read = prompt(monkeypatch, asked, 1140, image_tokens=1122, audio_tokens=0, cached_tokens=3)
    assert (read.text, read.image, read.source, read.cached) == (18, 1122, "reported", 3)


def test_frames_of_a_clip_are_pictures_to_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = prompt(
        monkeypatch, Conversation.ask("Hi", (CLIP,)), 1180, multimodal_tokens={"image": 1128}
    )
    assert (alone.image, alone.video, alone.text, alone.source) == (0, 1128, 52, "reported")
    both = prompt(
        monkeypatch,
        Conversation.ask("Hi", (CLIP, PICTURE)),
        1460,
        multimodal_tokens={"image": 1410},
    )
    assert (both.image, both.video, both.source) == (282, 1128, "estimated")


def test_counts_that_contradict_the_total_are_kept_within_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = Conversation.ask("Hi", (PICTURE,))
    read = prompt(monkeypatch, asked, 100, multimodal_tokens={"image": 5000})
    assert (read.total, read.source) == (100, "estimated")


def test_a_repeated_prompt_has_no_prefill_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless the server says how much of it was kept, now or ever."""
    play = [(0.5, say("Yes.")), (0.6, end(2, prompt=1000))]
    details = {"prompt_tokens_details": {"cached_tokens": 900}}
    said = [(0.5, say("Yes.")), (0.6, end(2, prompt=1000, **details))]
    assert tell(monkeypatch, play).figures.prefill_tps == pytest.approx(2000)
    assert tell(monkeypatch, play, play).figures.prefill_tps is None
    assert tell(monkeypatch, play, said).figures.prefill_tps == pytest.approx(200)
    assert tell(monkeypatch, said, play).figures.prefill_tps == pytest.approx(2000)
    assert tell(monkeypatch, play, play, kind="transformers").figures.prefill_tps is not None


@pytest.mark.parametrize("kind", ["vllm", "sglang", "other"])
def test_nor_has_one_that_another_program_asked_before(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str
) -> None:
    """As two commands in a terminal do."""
    play = [(0.5, say("Yes.")), (0.6, end(2, prompt=1000))]
    cache = str(tmp_path)
    assert tell(monkeypatch, play, kind=kind, cache=cache).figures.prefill_tps is not None
    assert tell(monkeypatch, play, kind=kind, cache=cache).figures.prefill_tps is None
    other = Conversation.ask("Something else.")
    assert tell(monkeypatch, play, kind=kind, cache=cache, asked=other).figures.prefill_tps


REPORT = "The committee met on Tuesday and went through its list, point by point. " * 60


@pytest.mark.parametrize(
    ("first", "then", "is_figure"),
    [
        (Conversation.ask(f"{REPORT}Who?"), Conversation.ask(f"{REPORT}When?"), False),
        (Conversation.ask(f"Who? {REPORT}"), Conversation.ask(f"When? {REPORT}"), True),
        (Conversation.ask("Who?", (PICTURE,)), Conversation.ask("Where?", (PICTURE,)), False),
        (Conversation.ask("Who?", (PICTURE,)), Conversation.ask("Who?", (OTHER,)), True),
        (
            Conversation.ask("Who?", (PICTURE,), system=REPORT),
            Conversation.ask("Who?", (OTHER,), system=REPORT),
            False,
        ),
    ],
    ids=["text", "text that begins otherwise", "picture", "other picture", "system prompt"],
)
def test_nor_one_that_begins_as_another_did(
    monkeypatch: pytest.MonkeyPatch, first: Conversation, then: Conversation, is_figure: bool
) -> None:
    """Servers keep beginnings, wherever a message ends. A large picture weighs no more than a small one."""
    play = [(0.5, say("Yes.")), (0.6, end(2, prompt=1000))]
    with TemporaryDirectory() as cache:
        tell(monkeypatch, play, asked=first, cache=cache)
        told = tell(monkeypatch, play, asked=then, cache=cache)
    assert (told.figures.prefill_tps is not None) == is_figure


@pytest.mark.parametrize("spoilt", [b"\xff" * 5000, b"", b"abc\n"])
def test_a_damaged_memory_of_prompts_is_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, spoilt: bytes
) -> None:
    play = [(0.5, say("Yes.")), (0.6, end(2, prompt=1000))]
    tell(monkeypatch, play, cache=str(tmp_path))
    (file,) = tmp_path.glob("*/sent/*.txt")
    assert "Hello" not in file.read_text()
    file.write_bytes(spoilt)
    assert tell(monkeypatch, play, cache=str(tmp_path)).figures.prefill_tps is not None
    assert tell(monkeypatch, play, cache=str(tmp_path)).figures.prefill_tps is None


def test_an_old_memory_of_prompts_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The server was started anew since, or has read much else."""
    play = [(0.5, say("Yes.")), (0.6, end(2, prompt=1000))]
    tell(monkeypatch, play, cache=str(tmp_path))
    (file,) = tmp_path.glob("*/sent/*.txt")
    os.utime(file, (0, time.time() - 2 * 86_400))
    assert tell(monkeypatch, play, cache=str(tmp_path)).figures.prefill_tps is not None


def test_llama_cpp_tells_how_far_it_has_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """2,000 of 10,000 tokens were kept from before; the last telling comes with the first token."""
    counts = [(2000, 2000), (4000, 2000), (10_000, 2000)]
    reads = [
        (
            float(at),
            {"choices": [], "prompt_progress": {"total": 10_000, "processed": n, "cache": k}},
        )
        for at, (n, k) in enumerate(counts, 1)
    ]
    odd: Play = [
        (0.1, {"choices": [], "prompt_progress": told})
        for told in (None, 7, [], {}, {"total": "x"}, {"total": 5, "processed": 9, "cache": -1})
    ]
    play = [*odd, *reads, (4.0, say("Yes.")), (4.1, end(2, prompt=10_000))]
    told = tell(monkeypatch, play, kind="llama.cpp")
    assert [(one.at, one.what, one.done, one.total, one.since) for one in told.progress] == [
        (1.0, "prompt", 0, 8000, 0.0),
        (2.0, "prompt", 2000, 8000, 0.0),
    ]
    assert told.progress[-1].words(2.0) == "25% · 6 s left"
    assert told.figures.ttft_s == 4.0


def test_a_prompt_that_was_cut_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    play = [(0.5, say("Yes.")), (0.6, end(2, prompt=4096))]
    long = tell(monkeypatch, play, asked=Conversation.ask("word " * 16_000))
    (said,) = long.finished.remarks
    assert said.startswith("lab read 4,096 of about 20,0")
    short = tell(monkeypatch, play, asked=Conversation.ask("word " * 4000))
    assert short.finished.remarks == ()


def test_a_thought_and_nothing_else_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    play = [*steady(["hm "] * 5, 1, 0.1, "reasoning"), (2, end(6))]
    assert tell(monkeypatch, play).finished.remarks == (
        "lab sent a thought and no answer after it.",
    )


@pytest.fixture(scope="module")
def hostile() -> Iterator[Hostile]:
    with serving() as server:
        yield server


def test_the_clock_agrees_with_the_servers_own(hostile: Hostile) -> None:
    """Over a real connection: when each piece was written, and when it is said to have come."""
    lab = Server("lab", hostile.url)
    engine = ServerEngine(
        Model("server:lab/slow", "slow", "slow", "server", EVERYTHING, server=lab)
    )
    hostile.wrote.clear()
    stop, chunks, asked = threading.Event(), [], 0.0
    for event in engine.stream(HELLO, Settings(), stop):
        if isinstance(event, Requested):
            asked = event.at
        if isinstance(event, Chunk):
            chunks.append(event)
            time.sleep(0.03)  # a reader that is busy with something else
        if len(chunks) == 30:
            stop.set()
    engine.close()
    wrote = hostile.wrote[:30]
    ours, theirs = chunks[-1].at - chunks[0].at, wrote[-1] - wrote[0]
    assert ours == pytest.approx(theirs, rel=0.05)
    assert asked <= wrote[0] <= chunks[0].at
