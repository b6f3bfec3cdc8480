"""Samples: prompts with media that suit them, in a folder with a list of them (samples.toml). Knows no screen."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from playground.prompt.conversation import Kind, Media
from playground.prompt.limits import LIMITS
from playground.prompt.media import MediaError, read

LIST = "samples.toml"

LARGEST = 1_000_000
"""Bytes of a list."""

MOST = 100
"""Samples that one folder offers."""


class SampleFault(Exception):
    """A folder, a list or a file that can't be used: one sentence that names it."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A prompt with a title and, but for text, a file in its `folder`."""

    kind: str
    title: str
    prompt: str
    folder: Path
    file: str = ""

    @property
    def path(self) -> Path:
        """Where its file lies."""
        return self.folder / self.file

    def parts(self) -> tuple[Media, ...]:
        """What is in its file. Raises SampleFault."""
        if not self.file:
            return ()
        try:
            with self.path.open("rb") as stream:
                return read(self.file, stream.read(LIMITS.file_bytes + 1))
        except OSError as error:
            raise SampleFault(f"{self.file} can't be read: {error.strerror}.") from None
        except MediaError as error:
            raise SampleFault(str(error)) from None


def samples(folder: Path) -> tuple[Sample, ...]:
    """Those that a folder's list names. Raises SampleFault."""
    try:
        with (folder / LIST).open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as error:
        raise SampleFault(f"{LIST} can't be read: {error.strerror}.") from None
    if len(data) > LARGEST:
        raise SampleFault(f"{LIST} has more than {LARGEST // 1_000_000} MB.")
    try:
        held = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SampleFault(f"{LIST} is not TOML: {error}.") from None
    listed = held.get("sample", [])
    if not isinstance(listed, list) or len(listed) > MOST:
        raise SampleFault(f"{LIST} lists its samples as [[sample]], at most {MOST} of them.")
    found = tuple(_sample(folder, place, entry) for place, entry in enumerate(listed, 1))
    return tuple(dict.fromkeys(found))


def _sample(folder: Path, place: int, entry: Any) -> Sample:
    faults = tuple(_faults(folder, entry))
    if faults:
        raise SampleFault(f"Sample {place} in {LIST} {faults[0]}")
    return Sample(folder=folder, **entry)


def _faults(folder: Path, entry: Any) -> Iterator[str]:
    """What is wrong with an entry, continuing the sentence."""
    if not isinstance(entry, dict) or not all(isinstance(one, str) for one in entry.values()):
        yield "holds something else than text."
        return
    missing = [name for name in ("kind", "title", "prompt") if not entry.get(name, "").strip()]
    strange = sorted(set(entry) - {"kind", "title", "prompt", "file"})
    if missing:
        yield f"has no {missing[0]}."
    if strange:
        yield f"has {strange[0]!r}, which means nothing there."
    if entry.get("kind") not in get_args(Kind):
        yield f"is of no kind that there is: {', '.join(get_args(Kind))}."
    file = entry.get("file", "")
    if file and (Path(file).name != file or not (folder / file).is_file()):
        yield f"names {file}, which is not in its folder."
    if len(entry.get("prompt", "")) > LIMITS.characters:
        yield f"has a prompt of more than {LIMITS.characters:,} characters."
