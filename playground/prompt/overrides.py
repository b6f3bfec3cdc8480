"""What one contender does otherwise than all: values for any of the settings, and a system prompt of its own.

Pure: takes the settings as they are declared, so a new one can be overridden, written and read here without a change.
"""

from __future__ import annotations

import json
import re
import types
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Union, get_args, get_origin, get_type_hints

from playground.models.capabilities import IMAGE_BUDGETS
from playground.models.sizes import counted
from playground.prompt.conversation import Settings, UsualLength
from playground.prompt.letters import cleaned
from playground.prompt.limits import LIMITS

SYSTEM = "system"
NAMES = (*(field.name for field in fields(Settings)), SYSTEM)
"""Everything that can be overridden."""

OWN = "own"
"""How None is written: what the model brings along, or nothing."""

_YES, _NO = ("on", "true", "yes", "1"), ("off", "false", "no", "0")


class Unfit(ValueError):
    """A name or a value that can't be used: one sentence."""


@dataclass(frozen=True, slots=True)
class Overrides:
    """Names and values in the order of NAMES. None overrides too: it is the model's own. Raises Unfit."""

    values: tuple[tuple[str, Any], ...] = ()

    def __post_init__(self) -> None:
        held = dict(self.values)
        for name in held:
            _known(name)
        ordered = tuple((name, held[name]) for name in NAMES if name in held)
        object.__setattr__(self, "values", ordered)
        self.apply(Settings())

    @classmethod
    def of(cls, **values: Any) -> Overrides:
        """From names and values."""
        return cls(tuple(values.items()))

    @property
    def held(self) -> Mapping[str, Any]:
        """Values by their names."""
        return dict(self.values)

    @property
    def system(self) -> str | None:
        """The system prompt of its own; None where the question's holds."""
        return dict(self.values).get(SYSTEM)

    def with_(self, name: str, value: Any) -> Overrides:
        """The same with one value more, or another one."""
        return Overrides((*self.values, (name, value)))

    def without(self, name: str) -> Overrides:
        """The same less that name."""
        return Overrides(tuple(one for one in self.values if one[0] != name))

    def apply(self, settings: Settings) -> Settings:
        """The settings of this contender. Raises Unfit."""
        own = {name: value for name, value in self.values if name != SYSTEM}
        try:
            return replace(settings, **own)
        except ValueError as error:
            raise Unfit(f"{str(error)[:1].upper()}{str(error)[1:]}.") from None


def parse(text: str) -> tuple[str, Any]:
    """ "image-tokens=280" as a name and its value. Raises Unfit."""
    name, equals, value = text.partition("=")
    name = name.strip().replace("-", "_")
    if not equals:
        raise Unfit(f"{text!r} lacks its value: write it as in image-tokens=280.")
    return name, read(name, value)


def read(name: str, text: str) -> Any:
    """The value of a setting from its text; "own" is None. Raises Unfit."""
    _known(name)
    kind, may_be_none = _kind(name)
    said = text if kind is str else text.strip()
    if may_be_none and said == OWN:
        return None
    value = _value(name, kind, said)
    if name == "image_tokens" and value not in IMAGE_BUDGETS:
        choices = ", ".join(map(str, IMAGE_BUDGETS[:-1]))
        raise Unfit(
            f"A picture can't take {value} tokens; {choices} or {IMAGE_BUDGETS[-1]} are possible."
        )
    Overrides(((name, value),))
    return value


def _value(name: str, kind: Any, said: str) -> Any:
    if kind is bool:
        if said.lower() in (*_YES, *_NO):
            return said.lower() in _YES
        raise Unfit(f"{spoken(name)} is on or off, not {said!r}.")
    if kind is int:
        if re.fullmatch(r"\d{1,19}", said):
            return int(said)
        raise Unfit(f"{spoken(name)} is a whole number, not {said!r}.")
    if kind is float:
        try:
            return float(said)
        except ValueError:
            raise Unfit(f"{spoken(name)} is a number, not {said!r}.") from None
    if kind is str:
        if len(said) > LIMITS.characters:
            raise Unfit(
                f"{spoken(name)} has {len(said):,} characters; {LIMITS.characters:,} are the most."
            )
        return said
    return _json(name, kind, said)


def _json(name: str, kind: Any, said: str) -> Any:
    """A JSON object, or a list as a tuple."""
    try:
        value = cleaned(json.loads(said))
    except (ValueError, RecursionError):
        raise Unfit(f"{spoken(name)} is no JSON.") from None
    if kind is dict and isinstance(value, dict):
        return value
    if kind is tuple and isinstance(value, list) and all(isinstance(one, dict) for one in value):
        return tuple(value)
    wanted = "an object" if kind is dict else "a list of objects"
    raise Unfit(f"{spoken(name)} is not what is wanted: {wanted}.")


def write(name: str, value: Any) -> str:
    """A value as `read` takes it."""
    if value is None:
        return OWN
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, int | str):
        return str(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def spoken(name: str) -> str:
    """A setting's name as it is written in a terminal: "image-tokens"."""
    return name.replace("_", "-")


def words(name: str, value: Any) -> str:
    """What a value is called where contenders are told apart: "thinking", "280 tokens a picture", "temperature 0.5"."""
    match name, value:
        case "thinking", _:
            return "thinking" if value else "no thinking"
        case "image_tokens", None:
            return "own picture budget"
        case "image_tokens", _:
            return f"{value:,} tokens a picture"
        case "max_tokens", _:
            return f"at most {counted(value, 'token')}"
        case "one_by_one", _:
            return f"recordings {'one by one' if value else 'together'}"
        case "system", _:
            return f"“{_short(value)}”" if value.strip() else "no system prompt"
        case "tools", _:
            return f"{len(value)} tools" if len(value) > 1 else "1 tool" if value else "no tools"
        case "schema", _:
            title = str(value.get("title", "")) if value else ""
            return "no schema" if value is None else f"schema {_short(title)}".rstrip()
        case _, None:
            return f"own {_noun(name)}"
        case _, bool():
            return _noun(name) if value else f"no {_noun(name)}"
        case _, int() | float():
            return (
                f"{_noun(name)} {value:g}" if isinstance(value, float) else f"{_noun(name)} {value}"
            )
        case _, str():
            return f"{_noun(name)} {_short(value)}"
        case _:
            return f"other {_noun(name)}"


def apart(settings: Settings, common: Settings) -> tuple[tuple[str, Any], ...]:
    """Names and values of the settings that are not as in the other ones, lengths that nobody chose aside."""
    differing = (
        (name, getattr(settings, name)) for name in NAMES if name != SYSTEM
        if getattr(settings, name) != getattr(common, name)
    )  # fmt: skip
    return tuple((name, value) for name, value in differing if not isinstance(value, UsualLength))


def _known(name: str) -> None:
    if name not in NAMES:
        raise Unfit(f"There is no setting {name!r}; there are {', '.join(map(spoken, NAMES))}.")


def _noun(name: str) -> str:
    return {"top_p": "top-p", "top_k": "top-k"}.get(name, name.replace("_", " "))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 24 else f"{line[:23].rstrip()}…"


_HINTS = get_type_hints(Settings)


def _kind(name: str) -> tuple[Any, bool]:
    """What a setting holds (bool, int, float, str, dict or tuple), and whether it may hold nothing."""
    if name == SYSTEM:
        return str, False
    hint = _HINTS[name]
    options = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    kinds = [one for one in options if one is not type(None)]
    kind = get_origin(kinds[0]) or kinds[0]
    return (kind if kind in (bool, int, float, dict, tuple) else str), len(kinds) < len(options)
