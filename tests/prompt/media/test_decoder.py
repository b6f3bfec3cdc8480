"""A decoding process may die or be ended at any moment; the file in it is lost and nothing else."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import psutil
import pytest

from playground.prompt.limits import LIMITS
from playground.prompt.media import MediaError, __main__, pictures
from playground.prompt.media.decoder import Decoder
from playground.prompt.media.decoders import Decoders
from tests.media_files import picture, repeated, tone, wav

LONG = repeated((1920, 1080), 2000, 50)
"""Some seconds of decoding."""


class GoneError(Exception):
    """Whoever waited has left."""


def leave() -> None:
    raise GoneError


@pytest.fixture
def decoder() -> Iterator[Decoder]:
    decoder = Decoder()
    yield decoder
    decoder.close()


@pytest.fixture
def decoders() -> Iterator[Decoders]:
    decoders = Decoders(quick=1, slow=1)
    yield decoders
    decoders.close()


def pid(decoder: Decoder) -> int:
    """The process, once it runs."""
    while decoder._process is None:
        time.sleep(0.001)
    return decoder._process.pid


def behind(read: Any, *arguments: Any) -> tuple[threading.Thread, list[str]]:
    """The read in a thread of its own, and the words of its fault once there is one."""
    faults: list[str] = []

    def run() -> None:
        try:
            read(*arguments)
        except MediaError as error:
            faults.append(str(error))

    thread = threading.Thread(target=run)
    thread.start()
    return thread, faults


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


def test_a_file_that_crashes_its_decoder_says_so(
    decoder: Decoder, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    reading, faults = behind(decoder.read, "a.mp4", LONG, LIMITS)
    os.kill(pid(decoder), signal.SIGSEGV)
    reading.join()
    assert faults == ["a.mp4 is damaged and can't be read: its decoder broke down."]
    assert decoder.read("b.png", picture(), LIMITS)


def test_a_file_that_never_ends_is_given_up() -> None:
    hasty = Decoder(patience_s=0.001)
    with pytest.raises(MediaError, match=r"^a\.mkv takes too long to decode: send it smaller"):
        hasty.read("a.mkv", LONG, LIMITS)
    assert hasty._process is None


def test_whoever_leaves_ends_the_decoding(decoder: Decoder) -> None:
    decoder.read("a.png", picture(), LIMITS)
    first = pid(decoder)
    with pytest.raises(GoneError):
        decoder.read("a.mkv", LONG, LIMITS, leave)
    assert not psutil.pid_exists(first)
    assert decoder.read("b.png", picture(), LIMITS)


def test_a_decoder_may_hold_a_gigabyte() -> None:
    """Asked for in vain where a system keeps no such limit: then there is nothing to hold it to."""
    code = (
        "from playground.prompt.media.__main__ import MEMORY_BYTES, bound; bound(0)\n"
        "try: bytearray(MEMORY_BYTES)\n"
        "except MemoryError: print('bounded')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "bounded"


def test_a_file_that_needs_more_is_not_called_damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    def greedy(*arguments: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(pictures, "read", greedy)
    with pytest.raises(MediaError, match=r"^a\.png needs more than 1 GB of memory"):
        __main__.decode("a.png", picture(), LIMITS)


def test_a_process_that_swelled_is_replaced(
    decoder: Decoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("playground.prompt.media.decoder.KEPT_BYTES", 1)
    assert decoder.read("a.png", picture(), LIMITS)
    assert decoder._process is None


def test_no_clip_keeps_a_picture_or_a_recording_waiting(decoders: Decoders) -> None:
    """The clip's process is halted, so that it would for ever."""
    slow = decoders._slow._idle.queue[0]
    reading, _ = behind(decoders.read, "a.mkv", LONG, LIMITS)
    os.kill(pid(slow), signal.SIGSTOP)
    try:
        assert decoders.read("b.png", picture(), LIMITS)[0].kind == "image"
        assert decoders.read("c.wav", wav(tone()), LIMITS)[0].kind == "audio"
        assert reading.is_alive()
        with pytest.raises(GoneError):
            decoders.read("d.mkv", LONG, LIMITS, leave)
    finally:
        slow.close()
        reading.join()
    assert decoders.read("d.mkv", LONG, LIMITS)


def test_pictures_are_read_side_by_side() -> None:
    several = Decoders(quick=2, slow=1)
    one = several._quick._idle.queue[-1]
    reading, _ = behind(several.read, "a.png", picture(size=(3000, 3000)), LIMITS)
    os.kill(pid(one), signal.SIGSTOP)
    try:
        assert several.read("b.png", picture(), LIMITS)
    finally:
        one.close()
        reading.join()
        several.close()


def test_what_no_decoder_reads_starts_none(decoders: Decoders) -> None:
    with pytest.raises(MediaError, match="is text"):
        decoders.read("b.png", b"text", LIMITS)
    assert decoders._quick._idle.queue[0]._process is None
