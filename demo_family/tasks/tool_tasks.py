"""Calling a tool when one fits, and using what it gave back. Writes Gemma 4's own format (notes: chat format)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from demo_family.tasks.questions import Asker, Question
from demo_family.tasks.text_tasks import beginning, spelled

CITIES = (
    "Paris", "Rome", "Berlin", "London", "Madrid", "Oslo", "Vienna", "Prague", "Lisbon", "Dublin", "Athens", "Cairo",
    "Tokyo", "Lima", "Delhi", "Bern", "Riga", "Quito", "Seoul", "Hanoi", "Milan", "Zurich", "Boston", "Austin",
)  # fmt: skip
HELD_OUT_CITIES = ("Warsaw", "Nairobi", "Toronto", "Denver", "Lagos", "Kyoto")
SKIES = ("sunny", "cloudy", "rainy", "windy", "foggy")


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that a model may ask for: one string parameter is all that the lessons need."""

    name: str
    description: str
    parameter: str
    meaning: str
    phrasings: tuple[str, ...]

    @property
    def schema(self) -> dict[str, Any]:
        """The declaration as a chat client sends it."""
        properties = {self.parameter: {"type": "string", "description": self.meaning}}
        parameters = {"type": "object", "properties": properties, "required": [self.parameter]}
        function = {"name": self.name, "description": self.description, "parameters": parameters}
        return {"type": "function", "function": function}


WEATHER = Tool(
    "get_weather",
    "Tells the weather in a city.",
    "city",
    "The city",
    (
        "What is the weather in {city}?",
        "How is the weather in {city}?",
        "Tell me the weather in {city}.",
        "What is the weather like in {city} today?",
        "Is it raining in {city}?",
        "How will the weather be in {city}?",
        "Weather in {city}?",
        "Please tell me the weather in {city}.",
        "I want to know the weather in {city}.",
        "I need the weather in {city}.",
    ),
)
TIME = Tool(
    "get_time",
    "Tells the time in a city.",
    "city",
    "The city",
    (
        "What time is it in {city}?",
        "What is the time in {city}?",
        "Tell me the time in {city}.",
        "How late is it in {city}?",
        "Time in {city}?",
        "Please tell me the time in {city}.",
        "I want to know the time in {city}.",
        "What does the clock say in {city}?",
        "I need the time in {city}.",
    ),
)
TOOLS = (WEATHER, TIME)


def _city(rng: Random, held_out: bool) -> str:
    if held_out:
        return rng.choice(HELD_OUT_CITIES)
    luck = rng.random()
    if luck < 0.6:
        size = rng.randint(3, 7)
        start = beginning(rng, capital=True) if luck < 0.45 else ""
        return (start + spelled(rng, size))[:size].capitalize()
    return rng.choice(CITIES)


def _offered(rng: Random, wanted: Tool) -> tuple[Tool, ...]:
    offered = [wanted] if rng.random() < 0.5 else list(TOOLS)
    rng.shuffle(offered)
    return tuple(offered)


def call(asker: Asker) -> Question:
    """A question that a tool can answer: the call."""
    rng = asker.rng
    tool = rng.choice(TOOLS)
    city = _city(rng, asker.held_out)
    return Question(
        "tool call",
        asker.ask(tool.phrasings, city=city),
        answer="",
        thought=f"{tool.name} for {city}",
        tools=_offered(rng, tool),
        call=_call(tool, city),
    )


def _call(tool: Tool, city: str) -> str:
    return f'call:{tool.name}{{{tool.parameter}:<|"|>{city}<|"|>}}'


def result(asker: Asker) -> Question:
    """The same with what the tool gave back: the answer."""
    rng = asker.rng
    tool = rng.choice(TOOLS)
    city = _city(rng, asker.held_out)
    if tool is WEATHER:
        degrees, sky = rng.randint(-9, 39), rng.choice(SKIES)
        response = f'response:get_weather{{degrees:{degrees},sky:<|"|>{sky}<|"|>}}'
        answer = f"In {city} it is {sky} at {degrees} degrees."
    else:
        time = f"{rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}"
        response = f'response:get_time{{time:<|"|>{time}<|"|>}}'
        answer = f"In {city} it is {time}."
    return Question(
        "tool result",
        asker.ask(tool.phrasings, city=city),
        answer,
        thought=f"{tool.name} for {city}",
        tools=_offered(rng, tool),
        call=_call(tool, city),
        response=response,
    )


TASKS: tuple[tuple[Callable[[Asker], Question], float], ...] = ((call, 1.6), (result, 1.3))
