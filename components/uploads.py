"""Uploaded files: those that are read and given back at once, and those that lie in the box until they are sent.

The latter are read as soon as they are uploaded, each once: what is sent is what was read here, and the server keeps no
more than their names, and for a while those of which one may choose other frames or pages (`original`). Knows no model.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal
from weakref import ReferenceType, ref

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.typing import UploadedFile

from components import web
from playground.prompt.conversation import Media, Video
from playground.prompt.limits import MEGABYTE
from playground.prompt.media import MediaError, read
from playground.prompt.media.formats import recognise, untagged

KEPT_BYTES = 200 * MEGABYTE
"""Of all visitors' files of which one may want other frames or pages; the oldest go first, and all of a visitor who
has left.
"""

ORIGINALS = "originals"
"""In the session: the files that it keeps, by their names."""

Kind = Literal["pages", "clip"]
"""The kinds of files where there is a choice."""


@dataclass(eq=False)
class _File:
    data: bytes


_originals: OrderedDict[str, ReferenceType[_File]] = OrderedDict()
"""Sessions hold them: with the last that does a file is gone."""

_changing = threading.Lock()


def choosable(name: str, data: bytes, parts: Sequence[Media]) -> Kind | None:
    """What may be chosen of a file that was read to these parts; None where there is no choice."""
    if any(isinstance(part, Video) for part in parts):
        return "clip"
    return "pages" if recognise(name, untagged(data)).kind == "pages" else None


def keep(data: bytes) -> str:
    """Keep a file; returns the name under which it is found."""
    key = hashlib.sha256(data).hexdigest()
    with _changing:
        before = _originals.pop(key, None)
        file = (before and before()) or _File(data)
        _originals[key] = ref(file)
        there = {name: held for name, one in _originals.items() if (held := one()) is not None}
        for name in _originals.keys() - there.keys():
            del _originals[name]
        size = sum(len(one.data) for one in there.values())
        for name, one in list(there.items())[:-1]:
            if size > KEPT_BYTES:
                size -= len(one.data)
                one.data = b""
                del _originals[name]
    st.session_state.setdefault(ORIGINALS, {})[key] = file
    return key


def original(key: str) -> bytes | None:
    """The file, if it is still kept."""
    with _changing:
        held = _originals[key]() if key in _originals else None
        return held.data if held is not None else None


def take(file: UploadedFile) -> bytes:
    """What was uploaded; the server keeps it no longer."""
    data = file.getvalue()
    context = get_script_run_ctx()
    if context is not None and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)
    return data


@dataclass
class Boxed:
    """By the upload's id: the parts that were read from it, or what is wrong with it; and of what may be chosen of a
    file, under which name it is kept, and what kind it is of.
    """

    known: dict[str, tuple[Media, ...] | MediaError] = field(default_factory=dict)
    choices: dict[str, tuple[str, Kind]] = field(default_factory=dict)

    def look(self) -> None:
        """Read what has come, forget what was taken out."""
        context = get_script_run_ctx()
        there = web.ledger.files(context.session_id) if context else ()
        self.known = {id: found for id, found in self.known.items() if id in there}
        self.choices = {id: held for id, held in self.choices.items() if id in there}
        for id in there:
            if id not in self.known and context:
                for file in context.uploaded_file_mgr.get_files(context.session_id, [id]):
                    self.known[id] = self._read(id, file.name, file.data, _notice)
                    if isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
                        context.uploaded_file_mgr.add_file(
                            context.session_id, file._replace(data=b"")
                        )

    @property
    def parts(self) -> tuple[Media, ...]:
        """Of all good files, in order."""
        good = (found for found in self.known.values() if not isinstance(found, MediaError))
        return tuple(part for parts in good for part in parts)

    @property
    def faults(self) -> list[str]:
        """What is wrong with the others."""
        return [str(found) for found in self.known.values() if isinstance(found, MediaError)]

    def take(self, file: UploadedFile, tick: Callable[[], None]) -> tuple[Media, ...]:
        """The parts of a file that was sent. Raises MediaError."""
        found = self.known.pop(file.file_id, None)
        if found is None:
            found = self._read(file.file_id, file.name, file.getvalue(), tick)
        if isinstance(found, MediaError):
            raise found
        return found

    def choice(self, file: UploadedFile) -> tuple[str, Kind] | None:
        """Once it was taken: the name under which it is kept, and its kind; None where nothing may be chosen of it."""
        return self.choices.pop(file.file_id, None)

    def _read(
        self, id: str, name: str, data: bytes, tick: Callable[[], None]
    ) -> tuple[Media, ...] | MediaError:
        try:
            parts = read(name, data, tick=tick)
        except MediaError as error:
            return error
        if kind := choosable(name, data, parts):
            self.choices[id] = keep(data), kind
        return parts


def boxed() -> Boxed:
    """Those of this session."""
    if "boxed" not in st.session_state:
        st.session_state.boxed = Boxed()
    held: Boxed = st.session_state.boxed
    return held


def _notice() -> None:
    """A moment at which Streamlit may end this run of the page: the file is read in the next."""
    _ = st.session_state.get("boxed")
