"""Server-sent events out of bytes as they come: the data of each, cut at blank lines (WHATWG HTML, section 9.2.6).

Knows neither JSON nor network.
"""

from __future__ import annotations

MARK = b"\xef\xbb\xbf"
"""The byte order mark that a stream may begin with."""


class TooMuch(Exception):
    """A server sent more than any answer needs."""


class Events:
    """Follows one stream. `pings` counts its comments so far: servers send them to say that they still work on it."""

    def __init__(self, most_bytes: int) -> None:
        self.pings = 0
        self._most_bytes = most_bytes
        self._held = bytearray()
        self._opening: bytes | None = b""
        self._return = False

    def take(self, data: bytes) -> list[bytes]:
        """The data of every event that is whole now. Raises TooMuch when one grows beyond all bounds."""
        if self._opening is not None:
            opening = self._opening + data
            if len(opening) < len(MARK) and MARK.startswith(opening):
                self._opening = opening
                return []
            self._opening, data = None, opening.removeprefix(MARK)
        if self._return or b"\r" in data:
            data = self._one_kind_of_newline(data)
        held = self._held
        before = len(held)
        held += data
        end = held.rfind(b"\n\n", max(0, before - 1))
        if end < 0:
            if len(held) > self._most_bytes:
                raise TooMuch
            whole = b""
        else:
            whole = bytes(held[:end])
            del held[: end + 2]
        while held.startswith(b":") and (end := held.find(b"\n")) >= 0:
            self.pings += 1
            del held[: end + 1]
        return self._data(whole) if whole else []

    def rest(self) -> list[bytes]:
        """What stood behind the last blank line when the stream ended."""
        whole, self._held = bytes(self._held), bytearray()
        return self._data(whole)

    def _data(self, whole: bytes) -> list[bytes]:
        found = []
        for event in whole.split(b"\n\n"):
            if event.startswith(b"data: ") and b"\n" not in event:
                found += [event[6:]] if len(event) > 6 else []  # one without data is none
            elif lines := [line for line in map(self._line, event.split(b"\n")) if line]:
                found.append(b"\n".join(lines))
        return found

    def _line(self, line: bytes) -> bytes:
        """The data of a line, nothing where it has none. `error:` is how older llama.cpp said what went wrong."""
        name, _, value = line.partition(b":")
        self.pings += line.startswith(b":")
        return value.removeprefix(b" ") if name in (b"data", b"error") else b""

    def _one_kind_of_newline(self, data: bytes) -> bytes:
        """Every newline as one byte; a return at the end waits for what follows it."""
        data = b"\r" + data if self._return else data
        self._return = data.endswith(b"\r")
        data = data[:-1] if self._return else data
        return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
