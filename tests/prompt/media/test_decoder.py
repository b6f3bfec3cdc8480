"""The decoding process may die at any moment; the file in it is lost and nothing else."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from playground.prompt.limits import LIMITS
from playground.prompt.media import MediaError
from playground.prompt.media.decoder import Decoder
from tests.media_files import clip, picture


@pytest.fixture
def decoder() -> Iterator[Decoder]:
    decoder = Decoder()
    yield decoder
    decoder.close()


def pid(decoder: Decoder) -> int:
    """The process, once it runs."""
    while decoder._process is None:
        time.sleep(0.001)
    return decoder._process.pid


def test_one_process_reads_many_files(decoder: Decoder) -> None:
    decoder.read("a.png", picture(), LIMITS)
    first = pid(decoder)
    with pytest.raises(MediaError, match=r"^b\.png is text"):
        decoder.read("b.png", b"text", LIMITS)
    decoder.read("c.png", picture(), LIMITS)
    assert pid(decoder) == first


def test_a_process_that_died_between_two_files_is_started_anew(decoder: Decoder) -> None:
    decoder.read("a.png", picture(), LIMITS)
    assert decoder._process is not None
    decoder._process.kill()
    decoder._process.wait()
    (part,) = decoder.read("a.png", picture(), LIMITS)
    assert part.name == "a.png"


def test_a_file_that_crashes_its_decoder_is_damaged(
    decoder: Decoder, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    faults: list[str] = []

    def read() -> None:
        try:
            decoder.read("a.mp4", clip(seconds=20, fps=20, size=(640, 480)), LIMITS)
        except MediaError as error:
            faults.append(str(error))

    reading = threading.Thread(target=read)
    reading.start()
    os.kill(pid(decoder), signal.SIGSEGV)
    reading.join()
    assert faults == ["a.mp4 is damaged and can't be read."]
    assert decoder.read("b.png", picture(), LIMITS)


def test_a_file_that_never_ends_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    hasty = Decoder(patience_s=0.001)
    with pytest.raises(MediaError, match=r"^a\.png takes too long to decode\.$"):
        hasty.read("a.png", picture(), LIMITS)
    hasty.close()
