"""The real app with models that recite slowly, so that there is time to interrupt them. For tests and benchmarks.

`python slow.py [--words N] [--secrets] [--says FILE] [--prefill S] [--away S] [--stamps FILE] OPTIONS OF STREAMLIT`:
each of four models recites N words at 50 tokens a second, after S seconds of prefill; a session is closed S seconds
after its tab. The words are numbered, so that a missing one is seen; with a file for stamps, each is written down there
with the wall clock's time at which it was said. With secrets each says a number of its own choice instead, and when it
is asked again the number that stands in its history. A file of JSON tells what each says to which question,
{question: {variant: text}}; what stands behind a call is said once the call was answered.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TextIO

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from streamlit.web import cli  # noqa: E402

from components import web  # noqa: E402
from playground import desk  # noqa: E402
from playground.engines.base import Stop  # noqa: E402
from playground.engines.events import Chunk, Event  # noqa: E402
from playground.engines.recital import Recital, reciter  # noqa: E402
from playground.engines.roster import installed, specs  # noqa: E402
from playground.hosting.sessions import AWAY_S, Sessions  # noqa: E402
from playground.models.model import Model, ModelError  # noqa: E402
from playground.prompt.conversation import Conversation, Settings, Text  # noqa: E402

CALL_ENDS = "<tool_call|>"
NAMES = ("E2B", "E4B", "26B-A4B", "31B")


class Stamped(Recital):
    """Writes down when it said each word: variant, word, seconds."""

    stamps: TextIO

    def stream(self, conversation: Conversation, settings: Settings, stop: Stop) -> Iterator[Event]:
        """Recite and write down."""
        wall = time.time() - time.perf_counter()
        for event in super().stream(conversation, settings, stop):
            if isinstance(event, Chunk):
                for word in event.text.split():  # two where a paragraph ends
                    self.stamps.write(f"{self.model.variant} {word} {wall + event.at}\n")
                self.stamps.flush()
            yield event


def recitation(words: int) -> str:
    """Numbered words in paragraphs of forty, as Markdown."""
    numbered = [f"w{number}" for number in range(1, words + 1)]
    return "\n\n".join(" ".join(numbered[i : i + 40]) for i in range(0, words, 40))


def secret(conversation: Conversation) -> str:
    """A number that nobody else has, or the one that was said before in this conversation."""
    said = (
        part.text
        for message in conversation.messages
        if message.role == "model"
        for part in message.parts
        if isinstance(part, Text)
    )
    known = re.search(r"\d{6}", " ".join(said))
    return f"My number is {known[0]}." if known else f"I choose {random.randrange(10**5, 10**6)}."


def learnt(said: Mapping[str, Mapping[str, str]], variant: str) -> Callable[[Conversation], str]:
    """What a variant says to each question, as far as the next call."""

    def speak(asked: Conversation) -> str:
        last = asked.messages[-1]
        question = Conversation((last if last.role == "user" else asked.messages[-2],)).question
        before, call, after = said[question][variant].partition(CALL_ENDS)
        return after if call and last.role == "model" else before + call

    return speak


def main() -> None:
    """Put the reciters in place of the models on this machine and run the app."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--words", type=int, default=400)
    parser.add_argument("--secrets", action="store_true")
    parser.add_argument("--says", type=Path)
    parser.add_argument("--prefill", type=float, default=0.3)
    parser.add_argument("--away", type=float, default=AWAY_S)
    parser.add_argument("--stamps", type=argparse.FileType("a"))
    options, rest = parser.parse_known_args()
    text = secret if options.secrets else recitation(options.words)
    known = {name: reciter(name) for name in NAMES}

    def find(spec: str, servers: object = None) -> Model:
        name = spec.removeprefix("recital:")
        if name not in known:
            raise ModelError(f"There are no weights of {name} here.", "Choose another.")
        return known[name]

    def make(model: Model) -> Recital:
        kind = Stamped if options.stamps else Recital
        if options.says:
            held = json.loads(options.says.read_text("utf-8"))
            return kind(model, learnt(held, model.variant), tokens_per_second=50)
        return kind(model, text, tokens_per_second=50, prefill_s=options.prefill)

    Stamped.stamps = options.stamps

    installed.models = lambda: tuple(known.values())  # type: ignore[assignment]
    specs.find = find
    desk.open_desk = lambda: desk.Desk(make, budget_bytes=1, archive=desk.open_archive())
    web.sessions = Sessions(options.away)
    sys.argv = ["streamlit", "run", str(ROOT / "app.py"), *rest]
    cli.main()


if __name__ == "__main__":
    main()
