"""How an answer stands, in words: what it is doing and for how long, what its server got otherwise, how it ended."""

from __future__ import annotations

import time

from components import shell
from components.compare import figures
from components.words import plain
from playground.comparisons.answer import Answer
from playground.engines.events import Progress
from playground.hosting.allowance import soon
from playground.models.sizes import counted


def progress(answer: Answer) -> str:
    """What it is doing, and for how long: the running clock."""
    clock = f":gray[{answer.elapsed():.1f} s]"
    match answer.state:
        case "waiting":
            doing = "In line" + _wait(answer)
        case "loading":
            doing = "Connecting" if answer.contender.model.server else "Loading the weights"
            doing += how_far(answer.progress)
        case "reading":
            doing = "Reading the prompt" + how_far(answer.progress)
        case "thinking":
            return f":small[{clock}{_so_far(answer)}]"
        case "calling":
            waits = any(call.standing == "waiting" for call in answer.calling)
            names = ", ".join(plain(call.name) for call in answer.calling if not call.over)
            doing = "Waiting for you" if waits else f"Using {names or 'its tools'}"
        case _:
            doing = "Answering"
    return f":small[:shimmer[{doing}] · {clock}{_so_far(answer)}]"


def _wait(answer: Answer) -> str:
    """ ", 2 before it · its turn probably in 40 s"; no time where nothing is known of its model."""
    ahead, expected = answer.ahead, shell.desk().waits.expected_s(answer)
    if not ahead:
        return ""
    about = f" · its turn probably {soon(expected)}" if expected is not None else ""
    return f", {ahead} before it{about}"


def how_far(told: Progress | None) -> str:
    """ " · 31% · 12 s left"; nothing where nobody tells."""
    return f" · {told.words(time.perf_counter())}" if told else ""


def _so_far(answer: Answer) -> str:
    """Tokens that came, and how many a second since the first."""
    chunks = tuple(answer.chunks)
    count = sum(chunk.tokens for chunk in chunks)
    if not count:
        return ""
    took = chunks[-1].at - chunks[0].at
    speed = f" · {figures.rate((count - 1) / took)} tok/s" if took > 0.2 else ""
    return f" · :gray[{counted(count, 'token')}{speed}]"


def remarks(answer: Answer) -> list[str]:
    """What the server did wrong or got otherwise, a line each, beside the answer and never in it."""
    return [f":small[:orange[:material/info: {plain(remark)}]]" for remark in answer.remarks]


def ending(answer: Answer) -> str:
    """What there is to say about how it ended; nothing when it just ended."""
    if answer.state == "failed":
        return f":red[:material/error: **{plain(answer.reason)}**] {plain(answer.remedy)}"
    if answer.state == "stopped":
        kept = "; what came so far is kept." if answer.chunks else " before anything came."
        how = "Interrupted, for the program ended" if answer.interrupted else "Stopped"
        return f":gray[:material/stop_circle: {how}{kept}]"
    if answer.reason:
        return f":orange[:material/content_cut: {plain(answer.reason)}] {plain(answer.remedy)}"
    if not answer.text and not answer.tool_call:
        return ":gray[It answered nothing.]"
    return ""
