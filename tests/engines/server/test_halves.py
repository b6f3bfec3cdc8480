"""Characters that a server cuts in half come whole, or as a sign; nothing else of the text is touched."""

from __future__ import annotations

from playground.engines.server.replies.reply import Reply

FOX = "\ud83e\udd8a"
"""🦊 as JSON has it in two pieces."""

LONE = "\N{REPLACEMENT CHARACTER}"


def said(*pieces: tuple[str, str]) -> dict[str, str]:
    """What an answer holds by channel, whose texts every page and file takes."""
    reply, found = Reply(), dict[str, str]()
    chunks = [
        chunk
        for key, text in pieces
        for chunk in reply.take({"choices": [{"delta": {key: text}}]}, 0.0)
    ]
    for chunk in [*chunks, *reply.rest(0.0)]:
        chunk.text.encode()
        found[chunk.channel] = found.get(chunk.channel, "") + chunk.text
    return found


def test_a_character_in_two_pieces_is_one() -> None:
    first, second = FOX
    assert said(("content", f"a {first}"), ("content", f"{second} b")) == {"answer": "a 🦊 b"}
    both = (("reasoning", first), ("content", "x"), ("reasoning", second))
    assert said(*both)["thinking"] == "🦊"


def test_a_half_that_stays_alone_is_a_sign() -> None:
    assert said(("content", "a \ud83e")) == {"answer": f"a {LONE}"}
    assert said(("content", "\udd8a b")) == {"answer": f"{LONE} b"}
    assert said(("content", "\ud83e"), ("content", "b")) == {"answer": f"{LONE}b"}
