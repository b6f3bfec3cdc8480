"""A comparison as plain data for who asked it: what was said, in whole texts, with figures worked out.

The archive's record is for who takes it up again: every chunk with its time, all media, no figure. Neither could stand
for the other: what both tell (versions, a hub's commit, settings as they were used) has one source below them.
"""

from __future__ import annotations

import platform
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from playground import __version__
from playground.comparisons.answer import Answer
from playground.comparisons.comparison import Comparison
from playground.comparisons.findings.repeats import together
from playground.comparisons.findings.thought import whole
from playground.comparisons.lineup.seating import groups
from playground.comparisons.steps import judged
from playground.engines.versions import versions
from playground.models.device import device
from playground.models.hub.cache import commit
from playground.models.servers import Server
from playground.questions.files import File
from playground.questions.question import Question

COMPUTES = ("torch", "transformers", "tokenizers")
"""What the answers of models on this machine depend on."""
DECODES = ("av", "pillow")
"""What pictures, sound and clips depend on."""


def record(question: Question, comparison: Comparison, asked: datetime) -> dict[str, Any]:
    """Plain data of all answers, in the order asked; what is absent is left out of the figures."""
    here = any(contender.model.server is None for contender in question.contenders)
    return {
        "asked": asked.astimezone(UTC).isoformat(timespec="seconds"),
        "prompt": question.conversation.question,
        "system": question.conversation.system,
        "media": [_file(file) for file in question.files],
        "all_at_once": comparison.all_at_once,
        "versions": _versions(here, bool(question.files)),
        "device": _device(),
        **({"sweep": [one.plain for one in question.sweeps]} if question.sweeps else {}),
        **({"repeats": repeats} if (repeats := _repeats(comparison)) else {}),
        "answers": [answered(answer) for answer in comparison.answers],
    }


def _repeats(comparison: Comparison) -> list[dict[str, Any]]:
    """What each contender that answered several times gave together, and the names of those answers."""
    return [
        {
            "contender": group.label,
            "of": [one.label for one in group.contenders],
            **together(
                [a for a in comparison.answers if a.contender in group.contenders]
            ).as_dict(),
        }
        for group in groups(comparison.contenders)
        if len(group.contenders) > 1
    ]


def _file(file: File) -> dict[str, Any]:
    """`sha256` is that of the file as it was given; `as` says what became of it."""
    return {
        "kind": file.kind,
        "name": file.name,
        "bytes": file.bytes,
        "sha256": file.sha256,
        "as": [part.original for part in file.made],
    }


def answered(answer: Answer) -> dict[str, Any]:
    """One answer with its figures."""
    contender, model = answer.contender, answer.contender.model
    return {
        "contender": contender.label,
        "model": " ".join(
            word for word in (model.spec, model.revision, f"({model.precision})") if word
        ),
        "spec": model.spec,
        "variant": model.variant,
        "weights": model.weights,
        "revision": _revision(answer),
        "precision": model.precision,
        "engine": model.engine,
        "place": model.place,
        **({"server": _server(model.server)} if model.server else {}),
        "demo": model.demo,
        "settings": _settings(answer),
        **({"system": contender.system} if contender.system is not None else {}),
        "state": answer.state,
        "reason": answer.reason,
        "remedy": answer.remedy,
        "text": answer.text,
        **_held(answer),
        "thinking": answer.thinking,
        **({"thought": asdict(found)} if (found := whole(answer)) else {}),
        **({"tool_call": answer.tool_call} if answer.tool_call else {}),
        "finish_reason": answer.finish_reason,
        **({"steps": _steps(answer)} if len(answer.steps) > 1 else {}),
        **({"remarks": list(answer.remarks)} if answer.remarks else {}),
        "figures": _figures(answer),
    }


def _steps(answer: Answer) -> list[dict[str, Any]]:
    """What each request gave, with its calls and figures."""
    return [
        {
            **({"piece": step.piece} if step.piece else {}),
            "text": step.text,
            "thinking": step.thinking,
            "calls": [
                {
                    "name": call.name,
                    "arguments": call.arguments,
                    "standing": call.standing,
                    "result": call.result,
                    "by_hand": call.by_hand,
                    "seconds": None if call.given_at is None else call.given_at - call.at,
                }
                for call in step.calls
            ],
            "figures": step.figures(answer.contended).as_dict(),
        }
        for step in answer.steps
    ]


def _held(answer: Answer) -> dict[str, Any]:
    """Whether an answer to a schema satisfies it, and what is wrong where it does not."""
    found = judged(answer.steps, answer.settings.schema)
    if found is None:
        return {}
    return {"valid": found.valid, **({} if found.valid else {"faults": list(found.faults)})}


def _server(server: Server) -> dict[str, str]:
    """Where it ran, without the key."""
    return {"name": server.name, "host": server.host, "kind": server.kind}


def _revision(answer: Answer) -> str:
    """The whole name of a snapshot from the hub, of which models show the beginning; else what the model says."""
    model = answer.contender.model
    return (commit(model.path) if model.path is not None else "") or model.revision


def _settings(answer: Answer) -> dict[str, Any]:
    """As they were used: the image budget that a picture really had, the seed that was drawn."""
    settings = answer.settings
    if any(part.kind == "image" for part in answer.conversation.media()):
        settings = settings.with_pictures(answer.contender.model.capabilities.image_tokens)
    return asdict(settings)


def _figures(answer: Answer) -> dict[str, Any]:
    figures = answer.figures()
    plain = figures.as_dict()
    if figures.prompt_tokens is not None:
        plain["prompt_tokens"]["cached"] = figures.prompt_tokens.cached
    return plain


def _versions(here: bool, media: bool) -> dict[str, str]:
    packages = (COMPUTES if here else ()) + (DECODES if media else ())
    python = platform.python_version()
    return {"playground": __version__, "python": python, **versions(packages)}


def _device() -> dict[str, Any]:
    """What models on this machine run on."""
    found = device()
    return {
        "kind": found.kind,
        "name": found.name,
        "memory_bytes": found.total,
        "system": platform.platform(),
    }
