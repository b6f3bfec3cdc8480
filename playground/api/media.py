"""Media that a request brings: out of base64, and read in the media process as the page reads them. Fetches nothing."""

from __future__ import annotations

import base64
import binascii
import re

from playground.api.faults import Fault, wrong
from playground.prompt.conversation import Media
from playground.prompt.media.faults import MediaError
from playground.prompt.media.wishes import USUAL, Wish
from playground.questions.files import parts

DATA = re.compile(r"data:[\w.+/-]{0,100}(?:;[\w.+-]{1,50}=[\w.+-]{0,50})*;base64,", re.IGNORECASE)


LONGEST_HEAD = 1000
"""Characters before the data."""


def of_url(said: str, param: str) -> bytes:
    """The bytes of a data URL. Raises Fault; any other address is not fetched."""
    found = DATA.match(said, 0, LONGEST_HEAD)
    if found is None:
        raise wrong(
            param, "Media are sent as data URLs (data:image/png;base64,...); no address is fetched."
        )
    return of_base64(said[found.end() :], param)


def of_base64(said: str, param: str) -> bytes:
    """Raises Fault."""
    try:
        return base64.b64decode(said, validate=True)
    except (binascii.Error, ValueError):
        raise wrong(param, "This is no base64.") from None


def read(kind: str, name: str, data: bytes, how: Wish = USUAL) -> tuple[Media, ...]:
    """What is in a file that is sent as a picture, a recording, a clip, or as a file of any kind. Raises Fault."""
    try:
        return parts(kind, name, data, how)
    except MediaError as fault:
        raise Fault(400, str(fault), kind) from None
