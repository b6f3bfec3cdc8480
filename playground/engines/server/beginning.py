"""How a server is told to go on with an answer that was begun, in the fields of its kind. Sends nothing."""

from __future__ import annotations

from typing import Any

from playground.engines.server.profiles import Profile
from playground.prompt.conversation import Begun


def put(arguments: dict[str, Any], extra: dict[str, Any], told: Begun, profile: Profile) -> None:
    """Let the request end with the model's own words, and say that they are not whole.

    A kind that takes an answer alone gets it without the thought before it.
    """
    last: dict[str, Any] = {"role": "assistant", "content": told.text}
    if profile.goes_on == "thought" and told.thinking:
        last[profile.reasoning] = told.thinking
    arguments["messages"] = [*arguments["messages"], last]
    match profile.kind:
        case "sglang":
            extra["continue_final_message"] = True
        case "llama.cpp":
            extra["continue_final_message"] = "content" if told.text else profile.reasoning
            extra["add_generation_prompt"] = False
        case _:
            extra["continue_final_message"] = True
            extra["add_generation_prompt"] = False


def remarks(told: Begun | None, profile: Profile, name: str) -> tuple[str, ...]:
    """What the reader of the answer should know of how it went on."""
    if told is None or not told.thinking or profile.goes_on == "thought":
        return ()
    return (f"{name} goes on with an answer alone: it was not told its thought again.",)
