"""A model's calls, read from what it wrote: hostile text, of which nothing is believed that was not looked at.

call:get_weather{city:<|"|>Rome<|"|>,days:3}       Gemma 4's own form, one call behind the other
call:get_weather{"city": "Rome", "days": 3}        as a server's calls are shown, one a line
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

from playground.tools.declared import KEY

LONGEST = 32_000
"""Characters of all calls of one step."""

MOST = 8
"""Calls of one step."""

MOST_VALUES = 2_000
DEEPEST = 24
MARK = '<|"|>'
"""What Gemma 4 writes around a string."""

_NAME = re.compile(r"[\w.\-/]{1,100}")
_BLANK = re.compile(r"[\s,]*")
_NUMBER = re.compile(r"-?\d{1,60}(?:\.\d{1,60})?(?:[eE][+-]?\d{1,3})?(?![\w.])")
_WORDS = {"true": True, "false": False, "null": None, "True": True, "False": False, "None": None}
_WORD = re.compile("|".join(_WORDS) + r"(?!\w)")
_NOTHING = re.compile(r"(?:null|None|\[\s*\])(?!\w)")
"""What some write in the place of no arguments."""

_BARE_KEY = re.compile(KEY.pattern)


@dataclass(frozen=True, slots=True)
class Call:
    """A call. `fault` says, to the model, why it can't be read; empty when it can."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)
    fault: str = ""


class _Unreadable(Exception):
    """What is wrong, as the end of a sentence."""


def read(text: str) -> tuple[Call, ...]:
    """The calls in what a model wrote, in their order; the first one that can't be read is the last."""
    if len(text) > LONGEST:
        return (Call(_first_name(text), fault=f"The call is longer than {LONGEST:,} characters."),)
    found: list[Call] = []
    place = _skip(text, 0)
    while place < len(text):
        if len(found) == MOST:
            found.append(
                Call(
                    _first_name(text[place:]), fault=f"At most {MOST} calls at a time are answered."
                )
            )
            break
        named = text.startswith("call:", place)
        name = _NAME.match(text, place + 5) if named else None
        if name is None:
            found.append(Call("unknown", fault="A call begins with call: and the name of a tool."))
            break
        reader = _Reader(text, _blank(text, name.end()))
        try:
            arguments = reader.arguments()
        except _Unreadable as error:
            found.append(Call(name[0], fault=f"The call of {name[0]} can't be read: {error}."))
            break
        found.append(Call(name[0], arguments))
        place = _skip(text, reader.place)
    return tuple(found)


def _first_name(text: str) -> str:
    name = _NAME.match(text, 5) if text.startswith("call:") else None
    return name[0] if name else "unknown"


def _skip(text: str, place: int) -> int:
    found = _BLANK.match(text, place)
    return found.end() if found else place


def _blank(text: str, place: int) -> int:
    while text[place : place + 1].isspace():
        place += 1
    return place


class _Reader:
    """Reads one value from a place in the text on. Raises _Unreadable."""

    def __init__(self, text: str, place: int) -> None:
        self.text, self.place = text, place
        self._values = 0

    def arguments(self) -> dict[str, Any]:
        """Those of a call; it may have none."""
        if self.text.startswith("{", self.place):
            return self.object()
        if nothing := _NOTHING.match(self.text, self.place):
            self.place = nothing.end()
        rest = _skip(self.text, self.place)
        if rest < len(self.text) and not self.text.startswith("call:", rest):
            raise _Unreadable("its arguments stand in no { and }")
        return {}

    def object(self, depth: int = 0) -> dict[str, Any]:
        found: dict[str, Any] = {}
        self._expect("{")
        while not self._at("}"):
            key = self._key()
            self._expect(":")
            if key in found:
                raise _Unreadable(f"{key} stands in it twice")
            found[key] = self._value(depth + 1)
            if not self._at(","):
                self._expect("}")
                break
        return found

    def _list(self, depth: int) -> list[Any]:
        found: list[Any] = []
        self._expect("[")
        while not self._at("]"):
            found.append(self._value(depth + 1))
            if not self._at(","):
                self._expect("]")
                break
        return found

    def _value(self, depth: int) -> Any:
        self._values += 1
        if depth > DEEPEST or self._values > MOST_VALUES:
            raise _Unreadable("its arguments are too deep or too many")
        self.place = _blank(self.text, self.place)
        text, place = self.text, self.place
        if text.startswith("{", place):
            return self.object(depth)
        if text.startswith("[", place):
            return self._list(depth)
        if text.startswith(('"', MARK), place):
            return self._string()
        if number := _NUMBER.match(text, place):
            self.place = number.end()
            said = number[0]
            if not re.search(r"[.eE]", said):
                return int(said)
            value = float(said)
            if value in (float("inf"), float("-inf")):
                raise _Unreadable("a number in it is too large")
            return value
        if word := _WORD.match(text, place):
            self.place = word.end()
            return _WORDS[word[0]]
        if place >= len(text):
            raise _Unreadable("it is not whole")
        raise _Unreadable(f"no value stands at {text[place : place + 20]!r}; text needs quotes")

    def _string(self) -> str:
        if self.text.startswith(MARK, self.place):
            start = self.place + len(MARK)
            end = self.text.find(MARK, start)
            if end < 0:
                raise _Unreadable("it is not whole")
            said, self.place = self.text[start:end], end + len(MARK)
        else:
            try:
                said, self.place = scanstring(self.text, self.place + 1, False)
            except ValueError:
                raise _Unreadable("a text in it does not end") from None
        try:
            said.encode()
        except UnicodeEncodeError:
            raise _Unreadable("a text in it holds half a character") from None
        return said

    def _key(self) -> str:
        self.place = _blank(self.text, self.place)
        if self.text.startswith(('"', MARK), self.place):
            key = self._string()
            if not KEY.fullmatch(key):
                raise _Unreadable(f"{key[:40]!r} is no name of an argument")
            return key
        found = _BARE_KEY.match(self.text, self.place)
        if found is None:
            whole = self.place < len(self.text)
            raise _Unreadable("an argument has no name" if whole else "it is not whole")
        self.place = found.end()
        return found[0]

    def _at(self, sign: str) -> bool:
        self.place = _blank(self.text, self.place)
        if not self.text.startswith(sign, self.place):
            return False
        self.place += 1
        return True

    def _expect(self, sign: str) -> None:
        if not self._at(sign):
            whole = self.place < len(self.text)
            raise _Unreadable(f"{sign} is missing" if whole else "it is not whole")
