"""The choice of the next token: greedy, seeded, cut by top-k and top-p, never a suppressed one."""

from __future__ import annotations

import torch

from playground.engines.worker.sampling import Sampler
from playground.prompt.conversation import Settings

LOGITS = torch.log(torch.tensor([0.05, 0.5, 0.3, 0.15]))


def draw(count: int, suppressed: tuple[int, ...] = (), **settings: float) -> list[int]:
    sampler = Sampler(Settings(seed=7, **settings), suppressed, "cpu")  # type: ignore[arg-type]
    return [sampler.choose(LOGITS.clone()) for _ in range(count)]


def test_greedy_takes_the_likeliest() -> None:
    assert draw(3, temperature=0) == [1, 1, 1]


def test_suppressed_tokens_are_never_chosen() -> None:
    assert draw(3, suppressed=(1,), temperature=0) == [2, 2, 2]
    assert 1 not in draw(200, suppressed=(1,), top_k=0, top_p=1.0)


def test_the_same_seed_gives_the_same_draws() -> None:
    assert draw(50) == draw(50)


def test_top_k_keeps_the_k_likeliest() -> None:
    assert set(draw(300, top_k=2, top_p=1.0)) == {1, 2}


def test_top_p_keeps_the_fewest_that_reach_it() -> None:
    assert set(draw(300, top_k=0, top_p=0.6)) == {1, 2}
    assert set(draw(50, top_k=0, top_p=0.4)) == {1}


def test_draws_follow_the_distribution() -> None:
    drawn = draw(4000, top_k=0, top_p=1.0)
    for id, share in enumerate((0.05, 0.5, 0.3, 0.15)):
        assert abs(drawn.count(id) / 4000 - share) < 0.03
