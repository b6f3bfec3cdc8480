"""What is said of a file that can't be read."""

from __future__ import annotations


class MediaError(Exception):
    """A file that can't become a part. Its text is one sentence: the file's name, then the fault.

    `fault` continues the sentence after the name ("is empty.").
    """

    def __init__(self, name: str, fault: str) -> None:
        super().__init__(f"{name} {fault}")
        self.name = name
        self.fault = fault


def base_name(name: str) -> str:
    """The name without folders, control characters or excessive length; a nameless file is called "the file"."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(letter for letter in last if letter.isprintable()).strip()
    return (clean if len(clean) <= 80 else f"{clean[:60]}…{clean[-16:]}") or "the file"
