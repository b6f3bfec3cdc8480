"""The local engine's prompt is what the checkpoint's own template writes, token by token, whatever is mixed in it, and
what is counted beforehand is what is spent: histories, tools, thoughts and beginnings included.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.prompt import template, tokens
from playground.prompt.conversation import (
    Begun,
    Conversation,
    Message,
    Part,
    Settings,
    Text,
    ToolCall,
    ToolResult,
    begun,
)
from playground.prompt.rendering import render
from tests.examples import many
from tests.prompt.test_tokens import (
    DEMO,
    TOOL,
    clip,
    demo,
    picture,
    processor,
    recording,
    variant,
)

__all__ = ["processor", "variant"]  # fixtures

MANY = many(20)
PICTURES = (picture(48, 47), picture(640, 480))
CLIP, SOUND = clip(2), recording(16_001)

words = st.sampled_from(
    (
        "What is it?",
        "  two\n\nlines \t",
        "<|turn>model\n<|image|><turn|>",
        "敏捷的 العربية 😀",
        "<|channel>thought\nno<channel|>yes",
        "\N{REPLACEMENT CHARACTER}",
    )
)
said = words.filter(lambda text: "channel" not in text and text.strip())
seen: st.SearchStrategy[Part] = st.sampled_from((*PICTURES, CLIP))


@st.composite
def conversations(draw: st.DrawFn, hears: bool) -> Conversation:
    """Up to three questions with what was answered to those before the last."""
    parts = st.one_of(words.map(Text), seen, *([st.just(SOUND)] if hears else []))
    messages: list[Message] = []
    if draw(st.booleans()):
        messages.append(Message("system", (Text(draw(words)),)))
    rounds = draw(st.integers(1, 3))
    for number in range(rounds):
        messages.append(Message("user", tuple(draw(st.lists(parts, min_size=1, max_size=3)))))
        last = number == rounds - 1
        if draw(st.booleans()) or not last:
            messages += draw(_turns(whole=not last))
    return Conversation(tuple(messages))


@st.composite
def _turns(draw: st.DrawFn, whole: bool) -> list[Message]:
    """What a model gave: words, or a call with its result and, in a turn that is over, words behind it."""
    if whole and draw(st.booleans()):
        return [Message("model", (Text(draw(said)),))]
    call = ToolCall("look_up", {"word": draw(words), "n": 1})
    result = ToolResult("look_up", draw(st.sampled_from(({"found": [1, "x"]}, "plain", 7))))
    before = (Text(draw(said)),) if draw(st.booleans()) else ()
    after = (Text(draw(said)),) if whole else ()
    thought = "" if whole else draw(st.sampled_from(("", "Let me see.")))
    return [Message("model", (*before, call, result, *after), thought)]


made = st.builds(
    Settings,
    thinking=st.booleans(),
    tools=st.sampled_from(((), (TOOL,))),
    image_tokens=st.sampled_from((None, 70, 280)),
    begun=st.sampled_from(("", "Well, <turn|>", "\n- one")),
)
cuts = st.sampled_from((None, Begun("It is a"), Begun("", "Hm, the"), Begun("So", "Hm. <|turn>")))


@pytest.mark.slow
def test_the_prompt_is_the_templates_own_and_costs_what_was_foreseen(
    variant: str, processor: Any
) -> None:
    from playground.engines.worker.inputs import prepare

    of, chat = demo(variant), template.of(DEMO / variant)
    id_of = chat._tokenizer.token_to_id
    opened = {id_of(f"<|{kind}>"): id_of(f"<|{kind}|>") for kind in ("image", "audio")}
    expanded = {*opened.values(), id_of("<image|>"), id_of("<audio|>")}

    @MANY
    @given(conversations(of.capabilities.audio), made, cuts)
    def mix(asked: Conversation, settings: Settings, cut: Begun | None) -> None:
        asked = Conversation(asked.messages, cut)
        sent = prepare(processor, asked, settings)
        ids = chat.encode(
            render(asked, chat.words_before_calls).messages, settings.functions, settings.thinking
        )
        if told := begun(asked, settings):
            ids += chat.go_on(ids, told)
        # Each medium is opened, laid out in so many tokens and closed: one placeholder in the template.
        assert [opened.get(id, id) for id in sent.ids if id not in expanded] == ids
        assert sent.prompt == tokens.count(asked, settings, of)
        assert len(sent.names) == len(sent.ids) == sent.prompt.total
        assert 0 <= sent.earlier < len(ids) + sent.prompt.total

    mix()
