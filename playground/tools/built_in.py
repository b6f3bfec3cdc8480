"""The tools that run here: a calculator, a clock, units and dice. They reach nothing outside of this process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random, SystemRandom
from typing import Any
from zoneinfo import ZoneInfo

from playground.tools import declared
from playground.tools.calculator import Uncountable, calculate
from playground.tools.units import UNITS, Inconvertible, convert

FROM = "built-in"
"""Who runs them, as a declared tool's "from" says it."""

MOST_DICE, MOST_SIDES = 100, 10_000


class Wrong(Exception):
    """A call that can't be answered: one sentence for the model."""


@dataclass(frozen=True, slots=True)
class Luck:
    """Where dice get their numbers: `seed` None is chance; `number` counts the calls of an answer."""

    seed: int | None = None
    number: int = 0

    def random(self) -> Random:
        """The same for the same seed and call, whoever the contender is."""
        return SystemRandom() if self.seed is None else Random(f"{self.seed} {self.number}")


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A declaration and what runs it; `run` raises Wrong."""

    tool: dict[str, Any]
    run: Callable[[Mapping[str, Any], Luck], Any]


def _calculator(given: Mapping[str, Any], luck: Luck) -> Any:
    try:
        value = calculate(given["expression"])
    except Uncountable as error:
        raise Wrong(str(error)) from None
    return str(value) if isinstance(value, int) and abs(value) >= 2**53 else value


def _clock(given: Mapping[str, Any], luck: Luck) -> Any:
    zone = given.get("time_zone") or "UTC"
    try:
        now = datetime.now(ZoneInfo(zone))
    except (LookupError, ValueError, OSError):
        raise Wrong(f"{zone[:60]} is no time zone; Europe/Rome is one.") from None
    return {"time": now.isoformat(timespec="seconds"), "weekday": f"{now:%A}", "time_zone": zone}


def _units(given: Mapping[str, Any], luck: Luck) -> Any:
    try:
        value = convert(given["value"], given["from_unit"], given["to_unit"])
    except (Inconvertible, OverflowError) as error:
        raise Wrong(str(error)) from None
    return {"value": value, "unit": given["to_unit"]}


def _dice(given: Mapping[str, Any], luck: Luck) -> Any:
    random = luck.random()
    # JSON Schema takes 2.0 for a whole number, and models write it.
    count, sides = int(given.get("count", 1)), int(given.get("sides", 6))
    rolled = [random.randint(1, sides) for _ in range(count)]
    return {"rolled": rolled, "sum": sum(rolled)}


def _tool(
    name: str, description: str, properties: dict[str, Any], required: tuple[str, ...] = ()
) -> dict[str, Any]:
    parameters: dict[str, Any] = {"type": "object", "properties": properties}
    if required:
        parameters["required"] = list(required)
    parameters["additionalProperties"] = False
    function = {"name": name, "description": description, "parameters": parameters}
    return {"type": "function", "function": function, "from": FROM}


BUILT_IN: Mapping[str, BuiltIn] = {
    declared.name(one.tool): one
    for one in (
        BuiltIn(
            _tool(
                "calculator",
                "Computes an arithmetic expression exactly, for example 2 * (3 + 4) ^ 2 or sqrt(2) * sin(pi / 4).",
                {"expression": {"type": "string", "description": "The expression"}},
                ("expression",),
            ),
            _calculator,
        ),
        BuiltIn(
            _tool(
                "clock",
                "Tells the date, the time and the weekday now.",
                {
                    "time_zone": {
                        "type": "string",
                        "description": "An IANA time zone such as Europe/Rome; left out: UTC",
                    }
                },
            ),
            _clock,
        ),
        BuiltIn(
            _tool(
                "convert_units",
                "Converts a value from one unit into another, for example miles into kilometres.",
                {
                    "value": {"type": "number", "description": "The value"},
                    "from_unit": {"type": "string", "description": "Its unit", "enum": list(UNITS)},
                    "to_unit": {
                        "type": "string",
                        "description": "The unit that is wanted",
                        "enum": list(UNITS),
                    },
                },
                ("value", "from_unit", "to_unit"),
            ),
            _units,
        ),
        BuiltIn(
            _tool(
                "roll_dice",
                "Rolls dice and tells what each of them shows.",
                {
                    "count": {
                        "type": "integer",
                        "description": "How many dice; left out: one",
                        "minimum": 1,
                        "maximum": MOST_DICE,
                    },
                    "sides": {
                        "type": "integer",
                        "description": "Sides of a die; left out: six",
                        "minimum": 2,
                        "maximum": MOST_SIDES,
                    },
                },
            ),
            _dice,
        ),
    )
}
"""By name."""
