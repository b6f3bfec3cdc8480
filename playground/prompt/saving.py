"""Prompts that are saved as samples of one's own, in a folder of the program's own beside those of the operator.

The folder has the format of all samples (`samples`), so it can be copied elsewhere; nothing but this file writes there.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath

from filelock import FileLock

from playground.prompt import overrides
from playground.prompt.conversation import Conversation, Document, Kind, Media, Settings, Video
from playground.prompt.media.formats import PROMISES
from playground.prompt.media.moving import apng
from playground.prompt.media.strangers import is_text
from playground.prompt.media.wishes import Wish
from playground.prompt.overrides import SYSTEM, Overrides, apart, spoken
from playground.prompt.samples import (
    CLIP,
    LARGEST,
    LIST,
    MOST,
    Sample,
    SampleFault,
    SampleFile,
    samples,
)

FOLDER = "saved"
"""Within the operator's folder."""

LONGEST_TITLE = 60
HEAD = "# Saved on the Compare page, and removed there. Samples that you write yourself belong one folder higher.\n"
NOT_IN_NAMES = re.compile(r"[^\w .()-]+")
ENDINGS = {"image": ".png", "audio": ".wav", "video": ".png", "document": ".txt"}


def saved(folder: Path) -> tuple[Sample, ...]:
    """Those that were saved in an operator's folder. Raises SampleFault."""
    own = folder / FOLDER
    return samples(own) if (own / LIST).exists() else ()


def save(folder: Path, title: str, asked: Conversation, chosen: Sequence[Settings]) -> Sample:
    """Save a question with its media and those settings in which all of `chosen` agree; returns the sample.

    Raises SampleFault.
    """
    title = " ".join(title.split())[:LONGEST_TITLE]
    if not title:
        raise SampleFault("A sample needs a name; give it one.")
    own = folder / FOLDER
    with _changing(own):
        there = saved(folder)
        if any(one.title == title for one in there):
            raise SampleFault(f"There is a sample called {title}; give this one another name.")
        if len(there) >= MOST:
            raise SampleFault(f"{MOST} saved samples are the most; remove one of them first.")
        settings, kind = _common(asked.system, chosen), _kind(asked)
        files: list[SampleFile] = []
        try:
            for part in asked.messages[-1].parts:
                if isinstance(part, Media):
                    files.append(_file(own, part))
            made = Sample(kind, title, asked.question, own, tuple(files), settings)
            _write(own, (*there, made))
        except (SampleFault, OSError):
            _drop(own, files, there)
            raise
    return made


def remove(folder: Path, title: str) -> None:
    """Save it no longer; its files go where no other sample has them. Raises SampleFault."""
    own = folder / FOLDER
    with _changing(own):
        there = saved(folder)
        left = tuple(one for one in there if one.title != title)
        _write(own, left)
        _drop(own, [file for one in there for file in one.files], left)


def _drop(own: Path, files: Sequence[SampleFile], left: Sequence[Sample]) -> None:
    """Delete those files that none of the samples names that are left."""
    needed = {file.name for one in left for file in one.files}
    for name in {file.name for file in files} - needed:
        (own / name).unlink(missing_ok=True)


def _kind(asked: Conversation) -> Kind:
    """What it is about, as its icon says."""
    return next((part.kind for part in asked.messages[-1].parts if isinstance(part, Media)), "text")


@contextmanager
def _changing(own: Path) -> Iterator[None]:
    """One change at a time, also by other programs; what the disk refuses is one sentence."""
    try:
        own.mkdir(parents=True, exist_ok=True)
        with FileLock(own / ".lock"):
            yield
    except OSError as error:
        raise SampleFault(
            f"The folder of samples can't be written: {error.strerror or error}."
        ) from None


def _common(system: str, chosen: Sequence[Settings]) -> Overrides:
    """What all chose, as far as it is not what is usual."""
    each = [dict(apart(one, Settings())) for one in chosen] or [{}]
    alike = {
        name: value
        for name, value in each[0].items()
        if all(_has(one, name, value) for one in each)
    }
    if system.strip():
        alike[SYSTEM] = system
    return Overrides(tuple(alike.items()))


def _has(held: dict[str, object], name: str, value: object) -> bool:
    return name in held and held[name] == value


def _file(own: Path, part: Media) -> SampleFile:
    """Its bytes in the folder, under its own name as far as that is free."""
    match part:
        case Document():
            data = part.text.encode()
            if not is_text(part.text):  # words of a PDF may hold anything
                raise SampleFault(f"{part.name} can't be saved: its words hold signs of no text.")
        case Video():
            try:
                data = apng.of_clip(part)
            except ValueError:
                raise SampleFault(
                    f"{part.name} can't be saved: its frames are not all of one size."
                ) from None
        case _:
            data = part.data
    name = _free(own, _named(part), data)
    (own / name).write_bytes(data)
    if not isinstance(part, Video):
        return SampleFile(name)
    from playground.prompt.media.clips import sampling  # FFmpeg, only where there is a clip

    usual = len(sampling(part.seconds)) == len(part.frames)
    wish = Wish(frames=0 if usual else len(part.frames), frame_tokens=part.frame_tokens)
    return SampleFile(name, wish)


def _named(part: Media) -> str:
    """Its name without what some disks take for something else, ending as what it is."""
    name = NOT_IN_NAMES.sub("_", part.name).strip(". ")[:80] or part.kind
    ending = ENDINGS[part.kind]
    if part.kind == "document":
        kept = PurePath(name).suffix.lower().lstrip(".")
        return name if kept and kept not in PROMISES else f"{name}{ending}"
    return name if name.lower().endswith(ending) else f"{PurePath(name).stem}{ending}"


def _free(own: Path, name: str, data: bytes) -> str:
    """The name, or one with a number where another file has it."""
    path, number = PurePath(name), 1
    while name in (LIST, ".lock") or ((own / name).exists() and (own / name).read_bytes() != data):
        number += 1
        name = f"{path.stem} {number}{path.suffix}"
    return name


def _write(own: Path, those: Sequence[Sample]) -> None:
    text = "\n".join([HEAD, *map(_entry, those)])
    if len(text.encode()) > LARGEST:
        raise SampleFault(
            f"The saved samples would have more than {LARGEST // 1_000_000} MB of words; remove some first."
        )
    part = own / f"{LIST}.part"
    part.write_text(text, "utf-8")
    os.replace(part, own / LIST)


def _entry(sample: Sample) -> str:
    lines = ["[[sample]]"]
    lines += [f"{name} = {_quoted(getattr(sample, name))}" for name in ("kind", "title", "prompt")]
    if sample.files:
        lines.append(f"file = [{', '.join(map(_told, sample.files))}]")
    lines.append("[sample.settings]")
    for name, value in (sample.settings or Overrides()).values:
        lines.append(f"{spoken(name)} = {_quoted(overrides.write(name, value))}")
    return "\n".join(lines) + "\n"


def _told(file: SampleFile) -> str:
    usual = SampleFile(file.name)
    if file == usual:
        return _quoted(file.name)
    said = [f"name = {_quoted(file.name)}"]
    said += [
        f"{name} = {getattr(file.wish, name)}"
        for name in CLIP
        if getattr(file.wish, name) != getattr(usual.wish, name)
    ]
    return f"{{ {', '.join(said)} }}"


def _quoted(text: str) -> str:
    """A basic string of TOML: JSON's escapes are among its own."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
