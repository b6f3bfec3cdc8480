"""Whether a model can take a prompt, and if not, why and what would help.

Knows what a model takes (`capabilities`) and what the prompt costs it; looks at no model's name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from playground.models.capabilities import IMAGE_BUDGETS, Capabilities
from playground.prompt.conversation import Conversation, Settings
from playground.prompt.cost import PromptTokens
from playground.prompt.mend import Mend, can_go_without
from playground.prompt.piecewise import can, recordings

Need = Literal["image", "audio", "video", "thinking", "tools", "schema"]
"""What a prompt may need of a model: the names of the fields of Capabilities that say yes or no."""

SHORTEST_ANSWER = 16
"""An answer shorter than this many tokens is not worth offering."""

SLACK_S = 0.02
"""A recording may exceed the limit by this much: half an encoder token, which resampling can add."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The model can take the prompt."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The model can't take the prompt: why, and what would help, one sentence each.

    `mends` are the remedies that one click can apply, the best first.
    """

    reason: str
    remedy: str
    mends: tuple[Mend, ...] = ()


def nobody(need: Need) -> Sequence[str]:
    """For `check` where no other model is known."""
    return ()


def check(
    conversation: Conversation,
    settings: Settings,
    capabilities: Capabilities,
    prompt: PromptTokens,
    name: str,
    able: Callable[[Need], Sequence[str]] = nobody,
    here: bool = False,
) -> Accepted | Refused:
    """Whether a model can take the conversation with these settings, and if not, why and what would help.

    `prompt` is what the conversation costs this model, `name` what the model is called in the sentences, `able`
    names the models that would do for a need. `here` tells that it is this program that holds it to a schema.
    """

    def others(need: Need) -> Sequence[str]:
        return [other for other in able(need) if other != name]

    return (
        _medium(conversation, capabilities, name, others)
        or _wish(settings, capabilities, name, others)
        or _schema(settings, here)
        or _image_budget(conversation, settings, capabilities, name)
        or _apart(conversation, settings)
        or _length(conversation, settings, capabilities, prompt, name)
        or _context(conversation, settings, capabilities, prompt, name)
        or Accepted()
    )


def _medium(
    conversation: Conversation,
    capabilities: Capabilities,
    name: str,
    able: Callable[[Need], Sequence[str]],
) -> Refused | None:
    """A picture, sound or a clip for a model that has no place for it."""
    there = {part.kind for part in conversation.media()}
    if "audio" in there and not capabilities.audio:
        lack, without, mend = "has no audio encoder", "without the sound", Mend("without_audio")
        kind: Literal["audio", "image", "video"] = "audio"
    elif "image" in there and not capabilities.image:
        lack, without, mend = (
            "does not take pictures",
            "without the pictures",
            Mend("without_image"),
        )
        kind = "image"
    elif "video" in there and not capabilities.video:
        lack, without, mend = "does not take clips", "without the clip", Mend("without_video")
        kind = "video"
    else:
        return None
    if capabilities.lacks:
        noun = {"audio": "sound", "image": "pictures", "video": "clips"}[kind]
        lack = f"takes no {noun}: {capabilities.lacks}"
    if can_go_without(conversation, kind):
        return Refused(f"{name} {lack}.", _either(able(kind), f"ask {without}"), (mend,))
    return Refused(f"{name} {lack}.", _either(able(kind), "write your question as text"))


def _wish(
    settings: Settings, capabilities: Capabilities, name: str, able: Callable[[Need], Sequence[str]]
) -> Refused | None:
    """Thinking, tools or a schema asked of a model that can't."""
    if settings.thinking and not capabilities.thinking:
        reason = f"{name} can't think before it answers: its chat template has no place for it."
        remedy = _either(able("thinking"), "ask without thinking")
        return Refused(reason, remedy, (Mend("no_thinking"),))
    if settings.tools and not capabilities.tools:
        reason = f"{name} can't call tools: its chat template has no place for them."
        return Refused(reason, _either(able("tools"), "ask without tools"), (Mend("no_tools"),))
    if settings.begun and capabilities.goes_on == "no":
        reason = f"Where {name} runs, there is no way to begin its answer for it."
        return Refused(reason, "Ask without the beginning.", (Mend("no_beginning"),))
    if settings.schema is not None and not capabilities.schema:
        reason = f"{name} can't be held to a JSON schema where it runs."
        remedy = _either(able("schema"), "ask without the schema")
        return Refused(reason, remedy, (Mend("no_schema"),))
    return None


def _schema(settings: Settings, here: bool) -> Refused | None:
    """A schema that can't be used, or to which no answer can be held."""
    if settings.schema is None:
        return None
    from playground.prompt.schema import (  # two libraries that most questions never need
        grammar,
        reading,
    )

    without = (Mend("no_schema"),)
    try:
        reading.check(settings.schema)
    except reading.SchemaError as error:
        return Refused(f"The schema can't be used. {error}", "Change it.", without)
    if here and (why := grammar.fault(settings.schema)):
        return Refused(why, grammar.REMEDY, without)
    begun = settings.begun
    if begun and (why := grammar.misbegun(settings.schema if here else None, begun)):
        remedy = "Begin it with JSON of the schema, or ask without the beginning."
        return Refused(why, remedy, (Mend("no_beginning"), *without))
    return None


def _image_budget(
    conversation: Conversation, settings: Settings, capabilities: Capabilities, name: str
) -> Refused | None:
    if settings.image_tokens is None:
        return None
    pictures = any(part.kind == "image" for part in conversation.media())
    if pictures and not capabilities.image_budget:
        reason = f"Where {name} runs, the tokens of a picture are set when the server starts."
        return Refused(reason, "Leave the image budget to the server.", (Mend("image_tokens"),))
    if settings.image_tokens in IMAGE_BUDGETS:
        return None
    choices = ", ".join(f"{budget:,}" for budget in IMAGE_BUDGETS[:-1])
    reason = f"{name} can't spend {settings.image_tokens:,} tokens on a picture."
    remedy = f"Choose {choices} or {IMAGE_BUDGETS[-1]:,} tokens a picture."
    return Refused(reason, remedy, (Mend("image_tokens"),))


def _apart(conversation: Conversation, settings: Settings) -> Refused | None:
    """Recordings one by one, whose answers can't be joined."""
    if not settings.one_by_one or can(settings) or len(recordings(conversation)) < 2:
        return None
    return Refused(
        "Answers to recordings one by one are joined: not with tools, a schema or a beginning.",
        "Ask about all recordings together.",
        (Mend("together"),),
    )


def _length(
    conversation: Conversation,
    settings: Settings,
    capabilities: Capabilities,
    prompt: PromptTokens,
    name: str,
) -> Refused | None:
    """A recording or a clip that lasts too long."""
    most = capabilities.audio_seconds
    for part in conversation.media():
        if part.kind == "audio" and part.seconds > most + SLACK_S:
            reason = f"{name} hears at most {most:g} s at a time, and {part.name} lasts {part.seconds:.1f} s."
            remedy = f"Send the first {most:g} s, or split it into pieces of {most:g} s."
            trim, split = Mend("trim_audio", most), Mend("split_audio", most)
            fits = prompt.total < capabilities.context
            apart = (Mend("one_by_one", most),) if can(settings) else ()
            return Refused(reason, remedy, (*((split,) if fits else ()), *apart, trim))
    most = capabilities.video_seconds
    for part in conversation.media():
        if part.kind == "video" and part.seconds > most + SLACK_S:
            reason = f"{name} watches at most {most:g} s of a clip, and {part.name} lasts {part.seconds:.1f} s."
            return Refused(reason, f"Send the first {most:g} s.", (Mend("trim_video", most),))
    return None


def _context(
    conversation: Conversation,
    settings: Settings,
    capabilities: Capabilities,
    prompt: PromptTokens,
    name: str,
) -> Refused | None:
    """A prompt and an answer that are together longer than the model's context."""
    context = capabilities.context
    if prompt.total + settings.max_tokens <= context:
        return None
    reason = (
        f"{name} holds {context:,} tokens, and the prompt's {prompt.total:,} with an answer of up to "
        f"{settings.max_tokens:,} are more."
    )
    left = context - prompt.total
    if left >= SHORTEST_ANSWER:
        remedy = f"Ask for an answer of at most {left:,} tokens, or shorten the prompt."
        return Refused(reason, remedy, (Mend("max_tokens", left),))
    smallest = IMAGE_BUDGETS[0]
    pictures = sum(part.kind == "image" for part in conversation.media())
    saved = prompt.image - pictures * (smallest + 2)
    if saved > 0 and prompt.total - saved + settings.max_tokens <= context:
        remedy = f"Use {smallest} tokens a picture, or send fewer pictures."
        return Refused(reason, remedy, (Mend("image_tokens", smallest),))
    kinds = {"text": "text", "image": "pictures", "audio": "sound", "video": "video"}
    largest = max(kinds, key=lambda kind: int(getattr(prompt, kind)))
    tokens = int(getattr(prompt, largest))
    return Refused(reason, f"Send less: {tokens:,} of its tokens are {kinds[largest]}.")


def _either(names: Sequence[str], otherwise: str) -> str:
    """ "Use E2B, E4B or 12B, or ask without the sound." """
    if not names:
        return f"{otherwise[0].upper()}{otherwise[1:]}."
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
    return f"Use {listed}, or {otherwise}."
