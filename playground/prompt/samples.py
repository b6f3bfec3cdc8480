"""Samples: prompts with media that suit them, in a folder with a list of them (samples.toml). Knows no screen."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from playground.prompt import overrides
from playground.prompt.conversation import Kind, Media
from playground.prompt.limits import LIMITS
from playground.prompt.media import MediaError, read
from playground.prompt.media.wishes import USUAL, Wish
from playground.prompt.overrides import Overrides, Unfit

LIST = "samples.toml"

LARGEST = 1_000_000
"""Bytes of a list."""

MOST = 100
"""Samples that one folder offers."""


class SampleFault(Exception):
    """A folder, a list or a file that can't be used: one sentence that names it."""


CLIP = ("frames", "frame_tokens")
"""What may be said of a file beside its name: of a clip, how many frames go, with how many tokens each."""


@dataclass(frozen=True, slots=True)
class SampleFile:
    """A file in the sample's folder, and how it is read."""

    name: str
    wish: Wish = USUAL


@dataclass(frozen=True, slots=True)
class Sample:
    """A prompt with a title and, but for text, files in its `folder`.

    `settings` are all that is chosen otherwise than usual; None leaves those that are chosen as they are.
    """

    kind: str
    title: str
    prompt: str
    folder: Path
    files: tuple[SampleFile, ...] = ()
    settings: Overrides | None = None

    @property
    def path(self) -> Path | None:
        """Where its one file lies; None where it has none, or several."""
        return self.folder / self.files[0].name if len(self.files) == 1 else None

    def parts(self) -> tuple[Media, ...]:
        """What is in its files. Raises SampleFault."""
        return tuple(part for file in self.files for part in _parts(self.folder, file))


def _parts(folder: Path, file: SampleFile) -> tuple[Media, ...]:
    try:
        with (folder / file.name).open("rb") as stream:
            return read(file.name, stream.read(LIMITS.file_bytes + 1), wish=file.wish)
    except OSError as error:
        raise SampleFault(f"{file.name} can't be read: {error.strerror}.") from None
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
        held = tomllib.loads(data.decode("utf-8-sig"))  # Windows marks it so
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SampleFault(f"{LIST} is not TOML: {error}.") from None
    listed = held.get("sample", [])
    if not isinstance(listed, list) or len(listed) > MOST:
        raise SampleFault(f"{LIST} lists its samples as [[sample]], at most {MOST} of them.")
    found = tuple(_sample(folder, place, entry) for place, entry in enumerate(listed, 1))
    return tuple(one for place, one in enumerate(found) if one not in found[:place])


def _sample(folder: Path, place: int, entry: Any) -> Sample:
    try:
        faults = tuple(_faults(folder, entry))
        if faults:
            raise SampleFault(f"Sample {place} in {LIST} {faults[0]}")
        texts = {name: entry[name] for name in ("kind", "title", "prompt")}
        files = tuple(map(_file, _listed(entry)))
        settings = _settings(entry["settings"]) if "settings" in entry else None
    except Unfit as fault:
        raise SampleFault(f"Sample {place} in {LIST}: {fault}") from None
    except ValueError as fault:
        raise SampleFault(f"Sample {place} in {LIST}: {fault}.") from None
    return Sample(folder=folder, files=files, settings=settings, **texts)


def _listed(entry: Mapping[str, Any]) -> list[Any]:
    """The files that it names, one by its name alone or several."""
    held = entry.get("file", [])
    return held if isinstance(held, list) else [held] if held else []


def _file(held: str | Mapping[str, Any]) -> SampleFile:
    """Raises ValueError where a clip can't go that way."""
    if isinstance(held, str):
        return SampleFile(held)
    return SampleFile(held["name"], Wish(**{name: held[name] for name in CLIP if name in held}))


def _settings(held: Mapping[str, str]) -> Overrides:
    """As they are written in a terminal: image-tokens = "280". Raises Unfit."""
    named = ((name.replace("-", "_"), text) for name, text in held.items())
    return Overrides(tuple((name, overrides.read(name, text)) for name, text in named))


def _faults(folder: Path, entry: Any) -> Iterator[str]:
    """What is wrong with an entry, continuing the sentence."""
    if not isinstance(entry, dict) or not _is_text(entry):
        yield "holds something else than text."
        return
    missing = [name for name in ("kind", "title", "prompt") if not entry.get(name, "").strip()]
    if missing == ["prompt"] and entry.get("file"):
        missing = []  # a recording may be the whole question
    strange = sorted(set(entry) - {"kind", "title", "prompt", "file", "settings"})
    if missing:
        yield f"has no {missing[0]}."
    if strange:
        yield f"has {strange[0]!r}, which means nothing there."
    if entry.get("kind") not in get_args(Kind):
        yield f"is of no kind that there is: {', '.join(get_args(Kind))}."
    for held in _listed(entry):
        file = held if isinstance(held, str) else held["name"]
        if not file or Path(file).name != file or not (folder / file).is_file():
            yield f"names {file}, which is not in its folder."
    if len(_listed(entry)) > LIMITS.files:
        yield f"names more than {LIMITS.files} files, the most for a prompt."
    if len(entry.get("prompt", "")) > LIMITS.characters:
        yield f"has a prompt of more than {LIMITS.characters:,} characters."


def _is_text(entry: Mapping[str, Any]) -> bool:
    """Whether it holds texts, but for the table of its settings and the list of its files."""
    settings = entry.get("settings", {})
    texts = [value for name, value in entry.items() if name not in ("settings", "file")]
    if not isinstance(settings, dict):
        return False
    return all(isinstance(one, str) for one in (*texts, *settings.values())) and all(
        isinstance(one, str) or _is_clip(one) for one in _listed(entry)
    )


def _is_clip(held: Any) -> bool:
    """Whether it is a file with what is said of it: {name = "a.mp4", frames = 8, frame_tokens = 140}."""
    return (
        isinstance(held, dict)
        and isinstance(held.get("name"), str)
        and set(held) <= {"name", *CLIP}
        and all(type(held[name]) is int for name in CLIP if name in held)
    )
