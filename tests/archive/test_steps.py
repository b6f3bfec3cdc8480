"""Answers that called tools are kept whole: calls, results, steps and figures come back as they were."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

from playground.archive.archive import Archive
from playground.archive.export import FORMATS
from playground.comparisons.comparison import Comparison
from playground.comparisons.contender import Contender
from playground.desk import Desk
from playground.engines.recital import Recital, reciter
from playground.prompt.conversation import Conversation, Settings, ToolResult
from playground.tools.built_in import BUILT_IN
from tests.archive.kept import settled, wait

TOOLS = (BUILT_IN["calculator"].tool,)


def speak(asked: Conversation) -> str:
    results = [part.result for part in asked.parts() if isinstance(part, ToolResult)]
    if results:
        return f"It is {results[-1]}."
    return 'Let me see. <|tool_call>call:calculator{expression:<|"|>6*7<|"|>}<tool_call|>'


def ask(archive: Archive) -> tuple[Desk, Comparison]:
    held = Desk(lambda model: Recital(model, speak, thinking="hm"), 1, archive=archive)
    columns = [Contender(reciter("a"), Settings(tools=TOOLS, thinking=True), "a")]
    return held, wait(held.start(Conversation.ask("How much?"), columns))


def test_steps_come_back_as_they_were(opened: Callable[[], Archive]) -> None:
    held, asked = ask(opened())
    settled(held)
    found = opened().find(asked.id)
    assert found is not None
    (before,), (after,) = asked.answers, found.answers
    assert after.text == before.text and after.thinking == before.thinking
    assert [step.text for step in after.steps] == [step.text for step in before.steps]
    (one,), (other,) = before.steps[0].calls, after.steps[0].calls
    assert (other.name, other.arguments, other.result) == (one.name, one.arguments, one.result)
    now, then = after.figures().as_dict(), before.figures().as_dict()
    assert now.keys() == then.keys()
    assert all(abs(now[name] - then[name]) < 1e-6 for name in then if name.endswith("_s"))
    assert [stage.name for stage in after.stages()] == [stage.name for stage in before.stages()]
    held.ask_on(found, Conversation.ask("And now?"), found.contenders)
    again = wait(found).answers[0]
    kinds = [part.kind for part in again.conversation.parts()]
    assert kinds == ["text", "text", "tool_call", "tool_result", "text", "text"]


DIGESTS_OR_FIGURES_ALONE = ("csv", "disclosure", "code")
"""Formats that hold no words of an answer."""


def text(written: bytes) -> str:
    """What a file holds, or all files of a zip."""
    if not written.startswith(b"PK"):
        return written.decode("utf-8-sig")
    with zipfile.ZipFile(io.BytesIO(written)) as files:
        return "\n".join(files.read(name).decode("utf-8") for name in files.namelist())


def test_exports_hold_calls_and_results(opened: Callable[[], Archive]) -> None:
    held, asked = ask(opened())
    settled(held)
    assert held.archive is not None
    kept = held.archive.record(asked.id)
    assert kept is not None
    for name, format in FORMATS.items():
        written = text(format.write(kept, {}.__getitem__))
        if name not in DIGESTS_OR_FIGURES_ALONE:
            assert "6*7" in written.replace("\\", ""), name
            assert "42" in written, name
