"""Reading a prompt in blocks: the same as in one go, to be stopped in its midst, and it says how far it is."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import DynamicCache

from playground.engines.events import Finished, Progress, Read
from playground.engines.roster import demo_files
from playground.engines.worker import processor
from playground.engines.worker.answering import Answering
from playground.engines.worker.inputs import prepare
from playground.engines.worker.meter import EVERY_S, Meter, weights_read
from playground.engines.worker.prefill import Halted, cut, prefill
from playground.engines.worker.weights.checkpoint import Checkpoint, load
from playground.prompt import media
from playground.prompt.conversation import Conversation, Image, Settings

SAMPLES = Path(__file__).parents[3] / "assets" / "samples"
LONG = "The red circle is left of the blue square. "


@pytest.fixture(scope="module", params=["e2b", "31b"])
def checkpoint(request: pytest.FixtureRequest) -> Checkpoint:
    processor.prepare()
    return load(str(demo_files.DEMO / request.param), "float32")


@pytest.fixture(scope="module")
def picture() -> Image:
    (part,) = media.read("word.png", (SAMPLES / "word.png").read_bytes())
    assert isinstance(part, Image)
    return part


def never() -> bool:
    return False


def untold(done: int, total: int) -> None:
    pass


def read(checkpoint: Checkpoint, tensors: dict[str, Any], block: int) -> torch.Tensor:
    cache = DynamicCache(config=checkpoint.model.config.get_text_config())
    with torch.inference_mode():
        logits = prefill(checkpoint.model, tensors, cache, never, untold, block)
    assert cache.get_seq_length() == tensors["input_ids"].shape[1]
    return logits


def asked(checkpoint: Checkpoint, *parts: Any, words: int = 60) -> dict[str, Any]:
    return prepare(checkpoint, Conversation.ask(LONG * words, parts), Settings()).tensors


@pytest.mark.parametrize("block", [64, 200, 512])
def test_blocks_give_what_one_pass_gives(
    checkpoint: Checkpoint, picture: Image, block: int
) -> None:
    """Past the window of a sliding layer too, and with pictures that see themselves both ways."""
    sound = media.read("digits.wav", (SAMPLES / "digits.wav").read_bytes())
    hears = checkpoint.model.config.audio_config is not None
    for parts in ((), (picture, picture, picture), tuple(sound) if hears else ()):
        tensors = asked(checkpoint, *parts)
        assert tensors["input_ids"].shape[1] > 512
        cache = DynamicCache(config=checkpoint.model.config.get_text_config())
        with torch.inference_mode():
            whole = checkpoint.model(**tensors, past_key_values=cache, logits_to_keep=1)
        torch.testing.assert_close(
            read(checkpoint, tensors, block), whole.logits[0, -1], atol=1e-3, rtol=1e-3
        )


def test_no_block_ends_within_a_picture(checkpoint: Checkpoint, picture: Image) -> None:
    tensors = asked(checkpoint, *[picture] * 5, words=1)
    pieces = list(cut(checkpoint.model, tensors, 50))
    token = checkpoint.model.config.image_token_id
    assert len(pieces) > 2
    assert torch.cat([piece["input_ids"] for piece in pieces], 1).equal(tensors["input_ids"])
    each = tensors["input_ids"].eq(token).sum() // 5
    for piece in pieces:
        rows = len(piece.get("pixel_values", ()))
        assert piece["input_ids"].eq(token).sum() == rows * each
    assert sum(len(piece.get("pixel_values", ())) for piece in pieces) == 5


def test_a_short_rest_is_read_with_the_block_before(checkpoint: Checkpoint) -> None:
    tensors = asked(checkpoint, words=10)
    tokens = tensors["input_ids"].shape[1]
    lengths = [p["input_ids"].shape[1] for p in cut(checkpoint.model, tensors, tokens - 3)]
    assert lengths == [tokens]


def test_all_layers_of_all_blocks_are_told(checkpoint: Checkpoint, picture: Image) -> None:
    told: list[tuple[int, int]] = []
    tensors = asked(checkpoint, picture)
    cache = DynamicCache(config=checkpoint.model.config.get_text_config())
    with torch.inference_mode():
        prefill(checkpoint.model, tensors, cache, never, lambda *n: told.append(n), 256)
    config = checkpoint.model.config
    blocks = len(list(cut(checkpoint.model, tensors, 256)))
    total = blocks * config.text_config.num_hidden_layers + config.vision_config.num_hidden_layers
    assert told == [(done, total) for done in range(1, total + 1)]


@pytest.mark.parametrize("after", [1, 7, 60])
def test_stopping_is_asked_for_within_layers_and_leaves_nothing_behind(
    checkpoint: Checkpoint, after: int
) -> None:
    tensors = asked(checkpoint)
    before = read(checkpoint, tensors, 256)
    asks = layers = 0

    def halted() -> bool:
        nonlocal asks
        asks += 1
        return asks >= after

    def count(*_: int) -> None:
        nonlocal layers
        layers += 1

    cache = DynamicCache(config=checkpoint.model.config.get_text_config())
    with pytest.raises(Halted), torch.inference_mode():
        prefill(checkpoint.model, tensors, cache, halted, count, 256)
    assert asks == after, "asked again after it was told to stop"
    assert layers <= after / 8, "a layer asks many times"
    assert read(checkpoint, tensors, 256).equal(before)
    assert asks == after, "a hook was left behind"


def test_stop_acts_while_a_prompt_is_read(checkpoint: Checkpoint) -> None:
    stopped: list[float] = []

    def tell(how_far: Progress) -> None:
        if not stopped:
            stopped.append(time.perf_counter())

    answering = Answering(checkpoint)
    prompt = Conversation.ask(LONG * 600)
    *_, last = answering.answer(prompt, Settings(), lambda: bool(stopped), tell)
    assert isinstance(last, Finished) and last.reason == "stopped"
    assert last.at - stopped[0] < 0.5


def test_how_far_it_is_comes_between_read_and_the_first_token(checkpoint: Checkpoint) -> None:
    told: list[Progress] = []
    settings = Settings(temperature=0, max_tokens=1)
    first, *_ = Answering(checkpoint).answer(
        Conversation.ask(LONG * 600), settings, never, told.append
    )
    assert isinstance(first, Read) and told
    assert all(one.what == "prompt" and first.at <= one.since <= one.at for one in told)
    shares = [one.share for one in told]
    assert shares == sorted(shares) and shares[0] > 0 and shares[-1] <= 1


def test_what_is_over_at_once_tells_nothing() -> None:
    told: list[Progress] = []
    meter = Meter("prompt", told.append)
    meter(1, 2)
    assert told == []
    time.sleep(EVERY_S)
    meter(3, 2)
    assert [(one.done, one.total) for one in told] == [(2, 2)]


def test_bytes_of_the_weights_are_counted_as_they_come(tmp_path: Path) -> None:
    """Touched piece by piece, as a loader does it."""
    import numpy as np

    count = 40_000_000
    (tmp_path / "model.safetensors").write_bytes(bytes(count))
    told: list[Progress] = []
    with weights_read(tmp_path, told.append):
        mapped = np.memmap(tmp_path / "model.safetensors", np.uint8, "r")
        for begin in range(0, count, count // 8):
            mapped[begin : begin + count // 8 : 4096].sum()
            time.sleep(0.15)
    shares = [one.share for one in told]
    assert all(one.total == count and one.what == "weights" for one in told)
    assert len(told) > 2 and shares == sorted(shares) and shares[0] < 0.6 and shares[-1] > 0.6
