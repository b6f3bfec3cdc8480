"""Figures against an independent recomputation, and what is absent when it could not be
measured.
"""

from __future__ import annotations

import json
import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from playground.comparisons import summed
from playground.comparisons.figures import Timeline, compute, percentile, stages
from playground.comparisons.steps import Step
from playground.engines.events import Chunk, Finished, OutputTokens
from playground.prompt.cost import PromptTokens, Source

PROMPT = PromptTokens(text=20, image=72, audio=30)


def random_answer(seed: int, thinking: bool) -> tuple[Timeline, list[Chunk]]:
    """An answer with uneven gaps, marks around its thought and characters that took two tokens."""
    rng = random.Random(seed)
    now = rng.uniform(100, 200)

    def later(most: float) -> float:
        nonlocal now
        now += rng.uniform(0.001, most)
        return now

    timeline = Timeline(accepted=now, started=later(3), requested=later(2), read=later(0.3))
    later(1)
    chunks = []
    if thinking:
        chunks.append(Chunk("thinking", "", 1, later(0.05)))
        chunks += [Chunk("thinking", f"t{i} ", 1, later(0.05)) for i in range(rng.randint(1, 20))]
        chunks.append(Chunk("thinking", "", 1, later(0.05)))
    for index in range(rng.randint(2, 60)):
        chunks.append(
            Chunk("answer", "" if index and rng.random() < 0.1 else f"a{index} ", 1, later(0.05))
        )
    return timeline, chunks


@pytest.mark.parametrize("seed", range(20))
def test_agree_with_a_recomputation_from_the_chunks(seed: int) -> None:
    timeline, chunks = random_answer(seed, thinking=seed % 2 == 1)
    figures = compute(timeline, chunks, PROMPT, Finished(chunks[-1].at + 1, "stop"))

    rows = [(c.channel, c.text != "", c.at) for c in chunks]
    heard = [i for i, (_, text, _) in enumerate(rows) if text]
    first, last = rows[heard[0]][2], rows[heard[-1]][2]
    times = np.array([at for _, _, at in rows[heard[0] : heard[-1] + 1]])
    answer = next(at for channel, text, at in rows if channel == "answer" and text)

    assert figures.queue_s == pytest.approx(timeline.started - timeline.accepted)
    assert figures.load_s == pytest.approx(timeline.requested - timeline.started)
    assert figures.media_s == pytest.approx(timeline.read - timeline.requested)
    assert figures.ttft_s == pytest.approx(first - timeline.requested)
    assert figures.e2e_s == pytest.approx(last - timeline.requested)
    assert figures.tpot_ms == pytest.approx(1000 * np.diff(times).mean())
    assert figures.output_tps == pytest.approx(1000 / figures.tpot_ms)
    assert figures.prefill_tps == pytest.approx(122 / (first - timeline.read))
    assert figures.itl_ms is not None
    gaps = 1000 * np.diff(times)
    for share, ours in (
        (50, figures.itl_ms.p50),
        (95, figures.itl_ms.p95),
        (99, figures.itl_ms.p99),
    ):
        assert ours == pytest.approx(np.percentile(gaps, share))
    assert figures.output_tokens is not None
    assert figures.output_tokens.total == len(rows)
    assert figures.output_tokens.thinking == sum(channel == "thinking" for channel, _, _ in rows)
    if seed % 2:
        assert figures.ttfa_s == pytest.approx(answer - timeline.requested)
    else:
        assert figures.ttfa_s is None


def test_nothing_is_invented_before_the_first_token() -> None:
    figures = compute(Timeline(accepted=1.0, started=2.0))
    assert figures.as_dict() == {
        "queue_s": 1.0,
        "contended": False,
        "sources": {"queue_s": "measured"},
    }


def test_one_token_has_a_ttft_but_no_speed() -> None:
    figures = compute(Timeline(0.0, 0.0, 0.0, 0.1), [Chunk("answer", "Yes", 1, 0.5)], PROMPT)
    assert figures.ttft_s == 0.5
    assert figures.tpot_ms is None
    assert figures.output_tps is None
    assert figures.itl_ms is None


def test_a_server_that_counts_only_at_the_end_is_reported_not_measured() -> None:
    chunks = [Chunk("answer", "Hello ", 0, 1.0), Chunk("answer", "there", 0, 2.0)]
    finished = Finished(
        2.1,
        "stop",
        prompt=PromptTokens(100, source="reported"),
        output=OutputTokens(0, 11, "reported"),
    )
    figures = compute(Timeline(0.0, 0.0, 0.0), chunks, None, finished)
    assert figures.tpot_ms == pytest.approx(100.0)
    assert figures.sources["output_tokens"] == "reported"
    assert figures.sources["tpot_ms"] == "reported"
    assert figures.sources["prefill_tps"] == "estimated"
    assert not figures.itl_per_token


def test_a_server_that_never_counts_gives_no_token_figures() -> None:
    figures = compute(
        Timeline(0.0, 0.0, 0.0), [Chunk("answer", "Hi ", 0, 1.0), Chunk("answer", "you", 0, 2.0)]
    )
    assert figures.output_tokens is None
    assert figures.output_tps is None
    assert figures.ttft_s == 1.0


def test_cached_prompt_tokens_do_not_speed_up_prefill() -> None:
    prompt = PromptTokens(100, cached=60)
    figures = compute(Timeline(0.0, 0.0, 0.0, 0.0), [Chunk("answer", "a", 1, 2.0)], prompt)
    assert figures.prefill_tps == pytest.approx(20.0)


def test_stages_follow_each_other_without_gap_or_overlap() -> None:
    timeline, chunks = random_answer(7, thinking=True)
    parts = stages(timeline, chunks)
    assert [part.name for part in parts] == [
        "queue",
        "load",
        "media",
        "prefill",
        "thinking",
        "answer",
    ]
    for before, after in pairwise(parts):
        assert after.start == pytest.approx(before.start + before.seconds)


def test_percentile_of_one_value_is_that_value() -> None:
    assert percentile([4.0], 0.99) == 4.0


def test_figures_are_plain_json() -> None:
    timeline, chunks = random_answer(3, thinking=True)
    finished = Finished(0.0, "stop", peak_memory_bytes=5)
    plain = compute(timeline, chunks, PROMPT, finished, contended=True).as_dict()
    assert json.loads(json.dumps(plain)) == plain
    assert plain["prompt_tokens"] == {
        "text": 20,
        "image": 72,
        "audio": 30,
        "video": 0,
        "total": 122,
    }
    assert plain["contended"] is True
    assert set(plain["sources"]) == set(plain) - {"contended", "sources"}


def test_the_share_of_the_bandwidth_is_speed_times_what_a_token_reads() -> None:
    chunks = [Chunk("answer", "a ", 1, 2.0 + 0.1 * number) for number in range(11)]
    timeline = Timeline(0.0, 0.0, 1.0, 1.5)
    read = Finished(3.0, "stop", weight_bytes_per_token=3_000_000)
    known = compute(timeline, chunks, None, replace(read, copy_bandwidth=40e6))
    assert known.bandwidth_share == pytest.approx(10 * 3 / 40)
    assert known.as_dict()["bandwidth_share"] == known.bandwidth_share
    unknown = compute(timeline, chunks, None, read)
    assert unknown.weight_bytes_per_token == 3_000_000 and unknown.bandwidth_share is None


@pytest.mark.parametrize("cached", [100, 250])
def test_where_nothing_was_read_there_is_no_prefill_speed(cached: int) -> None:
    prompt = PromptTokens(100, cached=cached)
    chunks = [Chunk("answer", "a", 1, 2.0)]
    for read, told in ((0.5, None), (None, Finished(3.0, "stop", prefill_s=0.2)), (None, None)):
        figures = compute(Timeline(0.0, 0.0, 0.0, read), chunks, prompt, told)
        assert figures.prefill_tps is None and figures.ttft_s == 2.0


def test_a_sum_is_as_sure_as_its_least_sure_part() -> None:
    def step(start: float, source: Source) -> Step:
        line = Timeline(start, start, start, finished=start + 3)
        chunks = [Chunk("answer", word, 0, start + at) for at, word in enumerate("abc", 1)]
        output = OutputTokens(0, 4, source, first=None if source == "reported" else 2.0)
        last = Finished(start + 3, "stop", PromptTokens(9, source=source), output, 0.5)
        return Step(line, chunks, last=last)

    orders: tuple[tuple[Source, Source], ...] = (
        ("estimated", "reported"),
        ("reported", "estimated"),
    )
    for order in orders:
        whole = summed.figures([step(10.0 * at, source) for at, source in enumerate(order)], False)
        assert whole.output_tokens and whole.output_tokens.source == "estimated"
        assert whole.prompt_tokens and whole.prompt_tokens.source == "estimated"
        named = ("output_tokens", "prompt_tokens", "tpot_ms", "output_tps")
        assert {whole.sources[name] for name in named} == {"estimated"}
        assert whole.sources["prefill_tps"] == "reported" and whole.sources["ttft_s"] == "measured"
