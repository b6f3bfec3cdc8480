"""Tool calls as a server sends them, in pieces: as they read, `call:name{"city": "Rome"}`, one a line.

Servers tell calls apart by an index, by an id, by both, or by neither, and may send two of them in turns.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class _Call:
    """One call as far as it has come; `shown` characters of it were handed on."""

    id: str
    index: Any
    name: str
    arguments: str = ""
    shown: int = 0

    @property
    def whole(self) -> bool:
        """Whether its arguments have all come."""
        try:
            json.loads(self.arguments)
        except (ValueError, RecursionError):
            return False
        return True

    def more(self, over: bool) -> str:
        """What was not handed on yet; `over`: nothing comes any more."""
        text = f"call:{self.name}{self._told(over)}"
        new, self.shown = text[self.shown :], len(text)
        return new

    def _told(self, over: bool) -> str:
        """The arguments as far as they are certain. For none of them some say null, and some write JSON as a text."""
        said = self.arguments
        if not said.strip() or said.lstrip().startswith("{"):
            return said
        try:
            held = json.loads(said)
        except (ValueError, RecursionError):
            return f" {said}" if over else ""
        if held is None:
            return ""
        inside = isinstance(held, str) and held.lstrip().startswith("{")
        return str(held) if inside else f" {said}"


class Calls:
    """Follows the calls of one answer. Raises TypeError or AttributeError for what is shaped otherwise."""

    def __init__(self) -> None:
        self._calls: list[_Call] = []
        self._first = 0

    def take(self, told: dict[str, Any]) -> str:
        """The text that is certain now: of the first call that is not whole, and of those before it."""
        function = told.get("function") or {}
        name, arguments = function.get("name") or "", function.get("arguments") or ""
        if isinstance(arguments, dict):
            arguments = json.dumps(arguments)
        if not isinstance(name, str) or not isinstance(arguments, str):
            raise TypeError("a call that is no call")
        call = self._continued(told.get("id"), told.get("index"), name)
        if not call.arguments:
            call.name = call.name or name
        call.arguments += arguments
        return self._certain(all_of_them=False)

    def rest(self) -> str:
        """All that is left, once the stream has ended."""
        return self._certain(all_of_them=True)

    def _continued(self, id: Any, index: Any, name: str) -> _Call:
        """The call that a piece goes on with, or the one that it begins."""
        id = id if isinstance(id, str) else ""
        known = [call for call in self._calls if id and call.id == id]
        beside = [call for call in self._calls if index is None or call.index == index]
        if known:
            return known[-1]
        # Some send a new id with every piece; a name says that a call begins, unless it is one that is not whole yet.
        if beside:
            last = beside[-1]
            another = last.name not in ("", name)
            if not (name and (id or last.whole or another)):
                return last
        call = _Call(id, index, name)
        self._calls.append(call)
        return call

    def _certain(self, all_of_them: bool) -> str:
        text = ""
        while self._first < len(self._calls):
            call = self._calls[self._first]
            text += call.more(all_of_them)
            if self._first + 1 == len(self._calls) or not (all_of_them or call.whole):
                break
            self._first += 1
            text += "\n"
        return text
