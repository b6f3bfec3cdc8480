"""How a file is to be read where there is a choice. Knows no format and no screen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wish:
    """`pages` of a PDF as people write them ("1-3, 7"), empty for the first few; `as_text` for its words in the place
    of pictures.
    """

    pages: str = ""
    as_text: bool = False


USUAL = Wish()
