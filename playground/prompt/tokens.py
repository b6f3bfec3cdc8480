"""What a prompt costs, in tokens by kind, before it is sent: text by the checkpoint's own template and tokenizer,
pictures and sound by the formulas of Gemma 4's processors.

Needs neither torch nor transformers. Where the checkpoint is not on this machine, text is estimated.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import replace

from playground.models.capabilities import SAMPLE_RATE, Capabilities
from playground.models.model import Model
from playground.prompt import template
from playground.prompt.conversation import (
    Audio,
    Begun,
    Conversation,
    Document,
    Image,
    Part,
    Settings,
    Text,
    Video,
    begun,
)
from playground.prompt.cost import PromptTokens, Source, least_sure
from playground.prompt.piecewise import requests
from playground.prompt.rendering import Prompt, block, render, timestamp
from playground.prompt.template import ChatTemplate, Untokenizable

log = logging.getLogger(__name__)

BYTES_PER_TOKEN = 4
"""For estimates only: about what English takes in a vocabulary of Gemma's size."""

MESSAGE_TOKENS = 5
"""For estimates only: what Gemma's template writes around a message (<|turn>, the role, newlines, <turn|>)."""

AROUND = 2
"""A picture, a frame and a recording are opened and closed by one token each."""

SPECTRUM_WINDOW, SPECTRUM_HOP = 320, 160
"""Samples in a spectrum (20 ms) and from one to the next (10 ms): transformers, feature_extraction_gemma4.py."""


def count(conversation: Conversation, settings: Settings, model: Model) -> PromptTokens:
    """What the model's processor will make of the conversation, of all its requests together where recordings are
    heard one by one. Never fails: what can't be counted is estimated.
    """
    each = [_count(one, settings, model) for one in requests(conversation, settings)]
    return together(each) if len(each) > 1 else each[0]


def together(each: Sequence[PromptTokens]) -> PromptTokens:
    """What several requests read."""
    cached = [one.cached for one in each]
    return replace(
        each[-1],
        text=sum(one.text for one in each),
        image=sum(one.image for one in each),
        audio=sum(one.audio for one in each),
        video=sum(one.video for one in each),
        cached=None if None in cached else sum(one or 0 for one in cached),
        source=least_sure(one.source for one in each),
    )


def _count(conversation: Conversation, settings: Settings, model: Model) -> PromptTokens:
    chat = _chat(model)
    prompt = render(conversation, chat is None or chat.words_before_calls)
    capabilities = model.capabilities
    image = video = 0
    for picture, frame in zip(prompt.images, prompt.frames, strict=True):
        budget = _budget(frame, settings, model)
        cost = image_tokens(picture.width, picture.height, budget, capabilities)
        image, video = (image, video + cost) if frame else (image + cost, video)
    audio = sum(audio_tokens(recording, capabilities) for recording in prompt.audios)
    text, source = _text(prompt, settings, model, chat, begun(conversation, settings))
    return PromptTokens(text, image, audio, video, source=source)


def of_part(part: Part, settings: Settings, model: Model) -> int:
    """What one part costs the model by itself, without the template around it."""
    capabilities = model.capabilities
    match part:
        case Image():
            budget = _budget(0, settings, model)
            return image_tokens(part.width, part.height, budget, capabilities)
        case Audio():
            return audio_tokens(part, capabilities)
        case Video():
            budget = _budget(part.frame_tokens, settings, model)
            pictures = sum(
                image_tokens(frame.width, frame.height, budget, capabilities)
                for frame in part.frames
            )
            return pictures + sum(_words(timestamp(at), model) for at in part.times)
        case Text(text):
            return _words(text, model)
        case Document():
            return _words(block(part), model)
        case _:
            return _words(str(part), model)


def _budget(frame: int, settings: Settings, model: Model) -> int:
    """Soft tokens of a picture, or of a clip's frame, whose own are `frame`.

    Servers and llama.cpp get frames as pictures and can't tell them apart.
    """
    if frame and model.server is None and model.runtime == "transformers":
        return frame
    return settings.image_tokens or model.capabilities.image_tokens


def image_tokens(width: int, height: int, budget: int, capabilities: Capabilities) -> int:
    """A picture's tokens, the two around it included.

    The picture is scaled to fill the budget, its shape kept, each side cut down to a whole number of squares; a side
    that would vanish keeps one square (transformers, image_processing_gemma4.py: get_aspect_ratio_preserving_size).
    """
    side = capabilities.image_pixels
    scale = math.sqrt(budget * side**2 / (height * width))
    rows, columns = math.floor(scale * height / side), math.floor(scale * width / side)
    if rows == 0:
        rows, columns = 1, min(width // height, budget)
    elif columns == 0:
        rows, columns = min(height // width, budget), 1
    return rows * columns + AROUND


def audio_tokens(audio: Audio, capabilities: Capabilities) -> int:
    """A recording's tokens, the two around it included.

    Raw sound: one token for each piece of `audio_ms`, begun ones too (feature_extraction_gemma4_unified.py). Through an
    encoder: spectra whose window lies within the recording after half a window of padding, halved twice, rounding up;
    what lies beyond the longest recording is cut off (processing_gemma4.py: _compute_audio_num_tokens).
    """
    samples = round(audio.seconds * SAMPLE_RATE)
    if capabilities.audio_raw:
        return math.ceil(samples / (capabilities.audio_ms * SAMPLE_RATE / 1000)) + AROUND
    heard = min(samples, round(capabilities.audio_seconds * SAMPLE_RATE))
    padded = heard + SPECTRUM_WINDOW // 2
    spectra = max(0, (padded - (SPECTRUM_WINDOW + 1)) // SPECTRUM_HOP + 1)
    return math.ceil(math.ceil(spectra / 2) / 2) + AROUND


def _text(
    prompt: Prompt,
    settings: Settings,
    model: Model,
    chat: ChatTemplate | None,
    told: Begun | None,
) -> tuple[int, Source]:
    """The tokens that are neither picture nor sound, and how they are known."""
    if chat:
        try:
            ids = chat.encode(prompt.messages, settings.functions, settings.thinking)
            ids += chat.go_on(ids, told) if told else []
            return len(ids) - len(prompt.images) - len(prompt.audios), "measured"
        except Untokenizable as error:
            log.info("the prompt for %s is estimated: %s", model.spec, error)
    words = [told.thinking, told.text] if told else []
    written = [*prompt.texts(), *map(str, settings.functions), *words]
    around = MESSAGE_TOKENS * (len(prompt.messages) + 1)
    return sum(map(_estimate, written)) + around, "estimated"


def _words(text: str, model: Model) -> int:
    """Tokens of some words by themselves."""
    chat = _chat(model)
    return chat.count(text) if chat else _estimate(text)


def _estimate(text: str) -> int:
    return math.ceil(len(text.encode("utf-8", "replace")) / BYTES_PER_TOKEN)


def _chat(model: Model) -> ChatTemplate | None:
    """The model's chat template, None where its checkpoint is not on this machine or has none that can be used."""
    if model.path is None or model.runtime != "transformers":
        return None
    try:
        return template.of(model.path)
    except Untokenizable as error:
        log.info("%s has no template to count with: %s", model.spec, error)
        return None
