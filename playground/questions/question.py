"""What is asked: words, files and settings as plain values, made into a conversation and contenders."""

from __future__ import annotations

import difflib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from playground.comparisons.contender import Contender
from playground.comparisons.lineup.seating import seat
from playground.comparisons.lineup.sweep import Sweep
from playground.engines.roster import namesakes, specs
from playground.models.capabilities import IMAGE_BUDGETS
from playground.models.model import Model, ModelError
from playground.prompt import media
from playground.prompt.conversation import Audio, Conversation, Media, Settings
from playground.prompt.holding import left_out
from playground.prompt.limits import LIMITS
from playground.prompt.media.wishes import Wish
from playground.questions.faults import BadCall
from playground.questions.files import KINDS, File, Opened
from playground.questions.lineup import lineup
from playground.questions.schemas import schema
from playground.questions.tools import wanted


@dataclass(frozen=True, slots=True)
class Question:
    """A conversation, the files in it, who is to answer, and the settings that were swept. `choices` says for each name
    that could have meant several models which one answers, and why.
    """

    conversation: Conversation
    files: tuple[File, ...]
    contenders: tuple[Contender, ...]
    sweeps: tuple[Sweep, ...] = ()
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a value must be, in words and as a check."""

    words: str
    good: Callable[[Any], bool]


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


TEXT = _Wish("text", lambda value: isinstance(value, str))
NAMES = _Wish("a name or a list of names", lambda value: isinstance(value, list | tuple))
NUMBER = _Wish("a number", _number)
WHOLE = _Wish("a whole number", lambda value: _number(value) and isinstance(value, int))
SCHEMA = _Wish(
    "a JSON schema or the name of a file with one", lambda value: isinstance(value, str | dict)
)
EITHER = _Wish("true or false", lambda value: isinstance(value, bool))
TOOLS = _Wish(
    "a file, or a list of tools", lambda value: isinstance(value, str | list) and bool(value)
)

FRAMES = ("frames", "frame_tokens")

WISHES: Mapping[str, _Wish] = {
    "prompt": TEXT,
    "system": TEXT,
    "on": NAMES,
    **dict.fromkeys(KINDS, NAMES),
    "pages": TEXT,
    "pdf_text": EITHER,
    "frames": WHOLE,
    "frame_tokens": WHOLE,
    "temperature": NUMBER,
    "top_p": NUMBER,
    "top_k": WHOLE,
    "seed": WHOLE,
    "max_tokens": WHOLE,
    "thinking": EITHER,
    "image_tokens": WHOLE,
    "begun": TEXT,
    "schema": SCHEMA,
    "set": NAMES,
    "sweep": NAMES,
    "repeat": WHOLE,
    "tools": TOOLS,
    "by_hand": EITHER,
    "one_by_one": EITHER,
}
"""Everything that a question can be made of."""

SETTINGS = tuple(field.name for field in fields(Settings) if field.name in WISHES)


def known(wishes: Mapping[str, Any]) -> None:
    """Raises BadCall when the wishes hold a key that means nothing."""
    for key in wishes:
        if key not in WISHES:
            near = difflib.get_close_matches(key.replace("-", "_"), WISHES, 1)
            rest = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(WISHES)}."
            raise BadCall(f"{key!r} means nothing here; {rest}")


def found(spec: str) -> Model:
    """The model that a spec leads to on this machine. Raises BadCall."""
    try:
        return specs.find(spec)
    except ModelError as error:
        raise BadCall(str(error)) from None
    except OSError as error:
        raise BadCall(f"{spec} can't be looked up: {error.strerror}.") from None


def question(
    wishes: Mapping[str, Any],
    files: tuple[File, ...] = (),
    find: Callable[[str], Model] = found,
    opened: Opened | None = None,
    kept: dict[str, Model] | None = None,
) -> Question:
    """A question from plain values, as WISHES names them. Values that are None or missing keep their defaults. `files`
    go along with it, `find` is where a model's spec leads, and `opened` where the name of a file does that holds a
    schema or tools. Models in `kept` stay by their specs what they were, and others come into it.

    A model on this machine that samples without a seed is given one, so that its answer can be repeated. Raises
    BadCall.
    """
    given = good(wishes)
    if not given.get("on"):
        raise BadCall("name at least one model to ask, for example --on E2B.")
    if "schema" in given:
        given["schema"] = schema(given["schema"], opened)
    settings = chosen_settings(given, opened)
    who = lineup(given, opened)
    try:
        models, choices = {} if kept is None else kept, []
        fresh = list(dict.fromkeys(one.spec for one in who.entries if one.spec not in models))
        models |= {spec: find(spec) for spec in fresh}
        columns = seat([(one, models[one.spec]) for one in who.entries], settings, seeded)
        parts: tuple[Media, ...] = ()
        for part in (
            part for file in files for made in file.made for part in _pieces(made, columns)
        ):
            if why := left_out(part, parts):
                raise BadCall(why)
            parts += (part,)
        conversation = Conversation.ask(given.get("prompt", ""), parts, given.get("system", ""))
        for spec in fresh:
            expected = namesakes.expected(conversation, settings, models[spec])
            if chosen := namesakes.choice(spec, expected):
                models[spec] = chosen.model
                choices.append(namesakes.words(spec, chosen))
        if choices:
            columns = seat([(one, models[one.spec]) for one in who.entries], settings, seeded)
    except ValueError as error:
        raise BadCall(f"{error}.") from None
    return Question(conversation, files, columns, who.sweeps, tuple(choices))


def _pieces(part: Media, columns: Sequence[Contender]) -> tuple[Media, ...]:
    """A recording that is heard one by one in pieces that all can hear; anything else as it is."""
    if not isinstance(part, Audio) or not any(one.settings.one_by_one for one in columns):
        return (part,)
    hearing = [one.model.capabilities for one in columns if one.model.capabilities.audio]
    return media.split(part, min((one.audio_seconds for one in hearing), default=part.seconds))


def reading(wishes: Mapping[str, Any]) -> Wish:
    """How files are to be read. Raises BadCall."""
    names = {"pages": "pages", "pdf_text": "as_text"} | dict.fromkeys(FRAMES)
    said = {
        names[name] or name: _good(name, wishes[name])
        for name in names
        if wishes.get(name) is not None
    }
    try:
        return Wish(**said)
    except ValueError as error:
        raise BadCall(f"{error}.") from None


def good(wishes: Mapping[str, Any]) -> dict[str, Any]:
    """Those of WISHES that are there, each what it must be. Raises BadCall."""
    return {name: _good(name, wishes[name]) for name in WISHES if wishes.get(name) is not None}


def _good(name: str, value: Any) -> Any:
    """The value, if it is what it must be."""
    wish = WISHES[name]
    if wish is NAMES and isinstance(value, str):
        value = [value] if value else []
    if not wish.good(value) or (wish is NAMES and not all(isinstance(one, str) for one in value)):
        raise BadCall(f"{name} must be {wish.words}, not {_short(value)}.")
    if wish is TEXT:
        _check_text(name, value)
    return value


def _check_text(name: str, text: str) -> None:
    if len(text) > LIMITS.characters:
        raise BadCall(
            f"the {name} has {len(text):,} characters; {LIMITS.characters:,} are the most."
        )
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadCall(f"the {name} is no text: it holds bytes that are not UTF-8.") from None


def chosen_settings(given: Mapping[str, Any], opened: Opened | None = None) -> Settings:
    """The settings among values that are `good`. Raises BadCall."""
    budget = given.get("image_tokens")
    if budget is not None and budget not in IMAGE_BUDGETS:
        most = IMAGE_BUDGETS[-1]
        choices = ", ".join(map(str, IMAGE_BUDGETS[:-1]))
        raise BadCall(f"a picture can't take {budget} tokens; {choices} or {most} are possible.")
    chosen = {name: given[name] for name in SETTINGS if name in given}
    if "tools" in chosen:
        chosen["tools"] = wanted(chosen["tools"], opened)
    try:
        return Settings(**chosen)
    except ValueError as error:
        raise BadCall(f"{error}.") from None


def seeded(settings: Settings, model: Model) -> Settings:
    """With a seed where a model on this machine samples without one, so that its answer can be repeated."""
    if settings.seed is not None or settings.temperature == 0 or model.server is not None:
        return settings
    return replace(settings, seed=secrets.randbelow(2**32))


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
