"""What a request asks for, as a question: in the words of the terminal, with its checks and its sentences.

    {"prompt": "What is it?", "on": ["E2B", "31B"], "image": ["data:image/png;base64,..."], "temperature": 0}

What names a file in the terminal is sent along here, and no path of this machine is ever read.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from playground.api.bodies import Form, Upload, sound
from playground.api.faults import Fault, wrong
from playground.api.media import of_url
from playground.api.models import find
from playground.prompt.limits import LIMITS
from playground.prompt.media.faults import MediaError, base_name
from playground.prompt.media.wishes import Wish
from playground.questions.faults import BadCall
from playground.questions.files import KINDS as KINDS
from playground.questions.files import File, file
from playground.questions.question import NAMES, TEXT, WISHES, Question, question, reading

OWN = ("all_at_once", "save")
NOT_HERE = ("by_hand",)
"""Nobody sits here who would answer."""

KNOWN = (*(name for name in WISHES if name not in NOT_HERE), *OWN)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, whether all answer at once, and whether it is kept."""

    question: Question
    all_at_once: bool
    save: bool


def of_json(told: Mapping[str, Any], admit: Callable[[int], None]) -> Asked:
    """From a body of JSON, media in it as data URLs; `admit` is asked for the bytes of all files. Raises Fault."""
    wishes = dict(told)
    media = {kind: _several(wishes.pop(kind, None)) for kind in KINDS}
    if sum(map(len, media.values())) > LIMITS.files:  # before any of them is read
        kind = max(media, key=lambda one: len(media[one]))
        raise wrong(kind, f"A question may hold at most {LIMITS.files} files.")
    uploads = [one for kind, said in media.items() for one in _inline(kind, said)]
    return _asked(wishes, uploads, admit)


def of_form(form: Form, admit: Callable[[int], None]) -> Asked:
    """From a form: names and texts as they are, all else as in JSON; `admit` as above. Raises Fault."""
    wishes = {name: _field(name, said) for name, said in form.fields.items()}
    sound(wishes)
    for upload in form.files:
        if upload.under not in KINDS:
            raise wrong(upload.under, f"Files are sent as {', '.join(KINDS)}.")
    return _asked(wishes, form.files, admit)


def _asked(
    wishes: dict[str, Any], uploads: Sequence[Upload], admit: Callable[[int], None]
) -> Asked:
    for name in wishes:
        if name not in KNOWN or name in KINDS:
            near = difflib.get_close_matches(name.replace("-", "_"), KNOWN, 1)
            rest = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(KNOWN)}."
            raise wrong(name, f"{name!r} means nothing here; {rest}")
    if not wishes.get("on"):
        raise wrong("on", 'Name at least one model to ask, for example "on": ["E2B"].')
    own = {name: wishes.pop(name, None) for name in OWN}
    for name, said in own.items():
        if said is not None and not isinstance(said, bool):
            raise wrong(name, f"{name} must be true or false.")
    if not isinstance(wishes.get("schema") or {}, dict):
        raise wrong("schema", "schema must be a JSON schema.")
    if not isinstance(wishes.get("tools") or [], list):
        raise wrong("tools", "tools must be a list of tools, or of the names of built-in ones.")
    admit(sum(len(one.data) for one in uploads))
    try:
        how = reading(wishes)
        files = tuple(_file(one, how) for one in uploads)
        made = question(wishes, files, find)
    except BadCall as fault:
        said = str(fault)
        raise Fault(400, said[:1].upper() + said[1:]) from None
    return Asked(made, bool(own["all_at_once"]), own["save"] is not False)


def _field(name: str, said: list[str]) -> Any:
    """One field of a form."""
    known = WISHES.get(name)
    if known is NAMES:
        return said
    if len(said) > 1:
        raise wrong(name, f"{name} can be given once.")
    if known is TEXT:
        return said[0]
    try:
        return json.loads(said[0])
    except (ValueError, RecursionError):
        raise wrong(name, f"{name} is not as in JSON: {said[0][:60]!r}.") from None


def _several(said: Any) -> list[Any]:
    """None, one or a list as a list."""
    return [] if said is None else said if isinstance(said, list) else [said]


def _inline(kind: str, said: Sequence[Any]) -> list[Upload]:
    """Media that stand in JSON, as data URLs, each alone or with a name."""
    found = []
    for number, one in enumerate(said):
        told = one if isinstance(one, dict) else {"data": one}
        name, data = told.get("name", f"{kind} {number + 1}"), told.get("data")
        if not isinstance(name, str) or not isinstance(data, str) or told.keys() - {"name", "data"}:
            how = 'a data URL, or {"name": ..., "data": a data URL}'
            raise wrong(kind, f"{kind} must be {how}.")
        found.append(Upload(kind, name, of_url(data, kind)))
    return found


def _file(upload: Upload, how: Wish) -> File:
    try:
        return file(upload.under, base_name(upload.name), upload.data, how)
    except MediaError as fault:
        raise Fault(400, str(fault), upload.under) from None
