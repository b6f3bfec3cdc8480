"""What is asked from the terminal: words, files and settings, made into a conversation and contenders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from playground import media, models
from playground.comparison import Contender, contenders
from playground.conversation import Conversation, Media, Settings, usual_length
from playground.limits import LIMITS


class BadCall(Exception):
    """A call that can't be carried out; the text is one sentence for the person who made it."""


@dataclass(frozen=True, slots=True)
class Question:
    """A conversation and who is to answer it."""

    conversation: Conversation
    contenders: tuple[Contender, ...]


KINDS = ("image", "audio", "video")
SETTINGS = tuple(field.name for field in fields(Settings) if field.name not in ("schema", "tools"))


def question(wishes: Mapping[str, Any]) -> Question:
    """A question from plain values: prompt, on, image, audio, video, system, and the names of settings.

    Values that are None or missing keep their defaults. Raises BadCall.
    """
    prompt = wishes.get("prompt") or ""
    if not isinstance(prompt, str):
        raise BadCall("the prompt must be text.")
    if len(prompt) > LIMITS.characters:
        raise BadCall(
            f"the prompt has {len(prompt):,} characters; {LIMITS.characters:,} are the most."
        )
    parts: list[Media] = []
    for kind in KINDS:
        parts += read_files(kind, _list(wishes, kind))
    named = _list(wishes, "on")
    if not named:
        raise BadCall("name at least one model to ask, for example --on E2B.")
    settings = _settings(wishes)
    try:
        columns = contenders([(models.find(spec), settings) for spec in named])
        conversation = Conversation.ask(prompt, tuple(parts), wishes.get("system") or "")
    except models.ModelError as error:
        raise BadCall(str(error)) from None
    except ValueError as error:
        raise BadCall(f"{error}.") from None
    return Question(conversation, columns)


def read_files(kind: str, names: Sequence[str]) -> list[Media]:
    """The parts in files that are said to be pictures, recordings or clips. Raises BadCall."""
    parts: list[Media] = []
    for name in names:
        try:
            found = media.read(Path(name).name, Path(name).read_bytes())
        except OSError as error:
            raise BadCall(f"{name} can't be read: {error.strerror or error}.") from None
        except media.MediaError as error:
            raise BadCall(str(error)) from None
        wanted = [part for part in found if part.kind == kind or kind == "video"]
        if not any(part.kind == kind for part in found):
            raise BadCall(f"{name} is not {'an' if kind[0] in 'ai' else 'a'} {kind} file.")
        parts += wanted
    return parts


def _settings(wishes: Mapping[str, Any]) -> Settings:
    given = {name: wishes[name] for name in SETTINGS if wishes.get(name) is not None}
    given.setdefault("max_tokens", usual_length(bool(given.get("thinking"))))
    try:
        return Settings(**given)
    except (TypeError, ValueError) as error:
        raise BadCall(f"{error}.") from None


def _list(wishes: Mapping[str, Any], name: str) -> list[str]:
    value = wishes.get(name) or []
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        raise BadCall(f"{name!r} must be a name or a list of names.")
    return values
