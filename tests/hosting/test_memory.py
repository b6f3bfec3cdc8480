"""What visitors held is free again once they have left, and the machine has it back."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator

import pytest

from playground.hosting.memory import Lasting


class Session:
    """Refers to itself, as Streamlit's do."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def lasting() -> Iterator[Lasting]:
    yield Lasting()
    gc.unfreeze()


def test_a_session_that_was_open_when_all_was_taken_for_lasting_does_not_last(
    lasting: Lasting,
) -> None:
    """The first visitors' files stayed for good."""
    first = Session()
    there = weakref.ref(first)
    lasting.take(["first", "second"])
    del first
    lasting.gone(["first"], ["second"])
    lasting.gone(["second"], ["third"])
    assert there() is None
    third = Session()
    there = weakref.ref(third)
    del third
    lasting.gone(["third"], [])
    assert there() is None


UPLOADS = """
import threading
from playground.hosting import memory

{begin}
def held():
    return int(open("/proc/self/statm").read().split()[1]) * 4096

def read():
    file, part = bytearray(50_000_000), bytes(12_000_000)
    del file
    kept.append(bytes(500))

kept, before = [], held()
for _ in range(8):
    several = [threading.Thread(target=read) for _ in range(3)]
    for one in several:
        one.start()
    for one in several:
        one.join()
print(held() - before)
"""


def stays(begin: str) -> int:
    """Bytes that a program still holds after large files came and went in threads."""
    script = UPLOADS.format(begin=begin)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def test_large_files_that_came_and_went_leave_nothing() -> None:
    assert stays("memory.give_back_large_blocks()") < 10_000_000
