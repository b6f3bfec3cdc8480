"""What a question would cost each contender, in words: its own tokens, and those of the history that goes before it."""

from __future__ import annotations

from collections.abc import Sequence

from components import colours
from components.compare import figures
from components.words import plain
from playground.comparisons import history
from playground.comparisons.contender import Contender
from playground.comparisons.round import Round
from playground.comparisons.witnesses.admission import verdicts
from playground.prompt import tokens
from playground.prompt.check import Refused
from playground.prompt.conversation import Conversation
from playground.prompt.cost import PromptTokens


def said(asked: Conversation, contenders: Sequence[Contender], before: Round | None) -> list[str]:
    """ "**E2B, E4B** would read 90 tokens = 67 picture + 23 text", "**31B** is refused: has no audio encoder", "after
    histories of 389 tokens (E2B) and 375 (E4B)". `before` is the round that the question goes on from.
    """
    readers: dict[str, list[str]] = {}
    refused: list[str] = []
    histories: list[tuple[Contender, PromptTokens]] = []
    for contender in contenders:
        name = colours.text(contender.model.variant, f"**{plain(contender.label)}**")
        told = history.conversation(asked, contender, before)
        (verdict,) = verdicts(told, (contender,))
        if isinstance(verdict, Refused):
            reason = verdict.reason.removeprefix(contender.label).rstrip(".").strip()
            refused.append(f"{name} :orange[:material/block: is refused: {plain(reason)}]")
            continue
        count = tokens.count(told, contender.settings, contender.model)
        known = told.messages[:-1]
        if any(message.role != "system" for message in known):
            earlier = tokens.count(Conversation(known), contender.settings, contender.model)
            histories.append((contender, earlier))
            count = _more(count, earlier)
        readers.setdefault(figures.reads(count), []).append(name)
    if len(readers) == 1 and not refused:
        lines = [f"All would read {cost}" for cost in readers]
    else:
        lines = [f"{', '.join(names)} would read {cost}" for cost, names in readers.items()]
    return [*lines, *_histories(histories, len(contenders)), *_kept(histories, before), *refused]


def _more(count: PromptTokens, earlier: PromptTokens) -> PromptTokens:
    """What comes on top of the history."""
    return PromptTokens(
        count.text - earlier.text,
        count.image - earlier.image,
        count.audio - earlier.audio,
        count.video - earlier.video,
        source=count.source,
    )


def _histories(histories: Sequence[tuple[Contender, PromptTokens]], contenders: int) -> list[str]:
    """ "after histories of 389 tokens (E2B) and 375 (E4B)"; whose it is, is said where that is not clear."""
    if not histories:
        return []
    sizes = [f"{'≈' if cost.source == 'estimated' else ''}{cost.total:,}" for _, cost in histories]
    if len(histories) == contenders and len(set(sizes)) == 1:
        one = contenders == 1
        return [f"after a history of {sizes[0]} tokens{'' if one else ' each'}"]
    named = [
        f"{size}{' tokens' if number == 0 else ''} ({plain(contender.label)})"
        for number, (size, (contender, _)) in enumerate(zip(sizes, histories, strict=True))
    ]
    together = ", ".join(named[:-1]) + (" and " if len(named) > 1 else "") + named[-1]
    return [f"after {'histories' if len(named) > 1 else 'a history'} of {together}"]


def _kept(histories: Sequence[tuple[Contender, PromptTokens]], before: Round | None) -> list[str]:
    """ "a cache should keep ≈380 of them (E2B)": where the last answer says that there is one."""
    said = []
    for contender, cost in histories:
        last = before.answer(contender.id) if before else None
        known = last.figures() if last else None
        if known and known.prompt_tokens and known.prompt_tokens.cached:
            output = known.output_tokens.total if known.output_tokens else 0
            kept = min(cost.total, known.prompt_tokens.total + output)
            said.append(f"≈{kept:,} of them ({plain(contender.label)})")
    return [f"a cache should keep {', '.join(said)}"] if said else []
