"""Logs in Inspect's JSON format, version 2, one for each contender: its rounds are the samples, and nothing is scored.

Fields as inspect-ai 0.3.285 has them (inspect_ai.log.EvalLog); its own reader reads them (docs/decisions.md).
"""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

from playground.archive import record
from playground.archive.export import named
from playground.archive.restoring.answered import figures
from playground.archive.restoring.asked import Fetch, document
from playground.comparisons.figures import Figures
from playground.prompt.rendering import block

REASONS = {"stop": "stop", "length": "max_tokens", "tool_call": "tool_calls"}
CONFIG = ("max_tokens", "temperature", "top_p", "top_k", "seed")
ROLES = {"system": "system", "user": "user", "model": "assistant"}


def files(kept: record.Comparison, fetch: Fetch) -> dict[str, bytes]:
    """The logs by their names."""
    asked: dict[str, list[tuple[int, record.Answer]]] = {}
    for number, round in enumerate(kept.rounds, 1):
        for answer in round.answers:
            asked.setdefault(answer.contender.id, []).append((number, answer))
    names = named(given[-1][1].contender.label for given in asked.values())
    return {
        f"{name}.json": json.dumps(
            _log(kept, given, fetch), ensure_ascii=False, indent=1, allow_nan=False
        ).encode("utf-8", "replace")
        for name, given in zip(names, asked.values(), strict=True)
    }


def _log(
    kept: record.Comparison, given: list[tuple[int, record.Answer]], fetch: Fetch
) -> dict[str, Any]:
    last = given[-1][1]
    model, name = last.contender.model, last.contender.model.weights or last.contender.label
    samples = [_sample(kept, number, answer, fetch) for number, answer in given]
    done = sum(answer.state == "done" for _, answer in given)
    config = {key: last.contender.settings[key] for key in CONFIG if key in last.contender.settings}
    usage = [sample["model_usage"].get(name) for sample in samples]
    return {
        "version": 2,
        "status": "success" if done else "cancelled",
        "eval": {
            "eval_id": f"{kept.id}-{last.contender.id}",
            "run_id": kept.id,
            "created": _moment(kept.created),
            "task": "comparison",
            "task_id": kept.id,
            "task_version": 1,
            "task_display_name": kept.name or "comparison",
            "dataset": {
                "name": "rounds",
                "samples": len(samples),
                "sample_ids": [sample["id"] for sample in samples],
                "shuffled": False,
            },
            "model": name,
            "model_generate_config": config,
            "model_args": {"revision": model.revision, "precision": model.precision},
            "config": {"epochs": 1},
            "packages": kept.made_by,
            "metadata": {
                "contender": last.contender.label,
                "variant": model.variant,
                "demo_sized": model.demo,
                "place": model.server.host if model.server else "this machine",
                "thinking": bool(last.contender.settings.get("thinking")),
            },
        },
        "plan": {"name": "plan", "steps": [{"solver": "generate", "params": {}}], "config": config},
        "results": {"total_samples": len(samples), "completed_samples": done, "scores": []},
        "stats": {
            "started_at": samples[0]["started_at"],
            "completed_at": samples[-1]["completed_at"],
            "model_usage": {name: _summed([one for one in usage if one])} if any(usage) else {},
        },
        "samples": samples,
    }


def _sample(
    kept: record.Comparison, number: int, answer: record.Answer, fetch: Fetch
) -> dict[str, Any]:
    found = figures(answer)
    model = answer.contender.model.weights or answer.contender.label
    asked = [one for message in answer.messages for one in _messages(message, fetch)]
    usage, took = _usage(found), answer.finished
    said: dict[str, Any] = {"role": "assistant", "source": "generate", "model": model}
    thought, text = _said(answer, "thinking"), _said(answer, "answer")
    said["content"] = (
        [{"type": "reasoning", "reasoning": thought}, {"type": "text", "text": text}]
        if thought
        else text
    )
    output: dict[str, Any] = {
        "model": model,
        "choices": [
            {"message": said, "stop_reason": REASONS.get(str(answer.finish_reason), "unknown")}
        ],
        "completion": text,
        "metadata": {"figures": found.as_dict(), "tool_call": _said(answer, "tool_call")},
    }
    if usage:
        output["usage"] = usage
    if found.e2e_s is not None:
        output["time"] = found.e2e_s
    sample: dict[str, Any] = {
        "id": number,
        "epoch": 1,
        "input": asked,
        "target": "",
        "messages": [*asked, said],
        "output": output,
        "metadata": {"state": answer.state, "reason": answer.reason, "contended": answer.contended},
        "model_usage": {model: usage} if usage else {},
        "started_at": _moment(answer.asked_at),
        "completed_at": _moment(answer.asked_at + (took or 0.0)),
        "uuid": f"{kept.id}-{number}-{answer.contender.id}",
    }
    if took is not None:
        sample["total_time"] = took
    if answer.state == "failed":
        sample["error"] = {"message": answer.reason, "traceback": "", "traceback_ansi": ""}
    return sample


def _messages(kept: record.Message, fetch: Fetch) -> list[dict[str, Any]]:
    """A message as Inspect has it; results of tools are messages of their own, a clip goes as its frames."""
    contents: list[dict[str, Any]] = []
    calls: list[dict[str, Any]] = []
    results: list[dict[str, Any]] = []
    for part in kept.parts:
        match part.kind:
            case "text":
                contents.append({"type": "text", "text": part.text})
            case "document":
                contents.append({"type": "text", "text": block(document(part, fetch))})
            case "image" | "video":
                contents += [
                    {"type": "image", "image": _uri("image/png", fetch(one))} for one in part.media
                ]
            case "audio":
                sound = _uri("audio/wav", fetch(part.media[0]))
                contents.append({"type": "audio", "audio": sound, "format": "wav"})
            case "tool_call":
                arguments = part.data if isinstance(part.data, dict) else {"value": part.data}
                call = {"id": f"call_{len(calls)}", "type": "function", "function": part.name}
                calls.append({**call, "arguments": arguments})
            case "tool_result":
                said = json.dumps(part.data, ensure_ascii=False)
                result = {"role": "tool", "content": said, "function": part.name}
                results.append({**result, "tool_call_id": f"call_{len(results)}"})
    message: dict[str, Any] = {"role": ROLES[kept.role], "content": contents}
    if kept.role == "system":
        message["content"] = "\n".join(one.get("text", "") for one in contents)
    if calls and kept.role == "model":
        message["tool_calls"] = calls
    return [message, *results]


def _usage(found: Figures) -> dict[str, Any] | None:
    prompt, output = found.prompt_tokens, found.output_tokens
    if prompt is None or output is None:
        return None
    usage = {
        "input_tokens": round(prompt.total),
        "output_tokens": round(output.total),
        "total_tokens": round(prompt.total + output.total),
        "reasoning_tokens": round(output.thinking),
    }
    if prompt.cached is not None:
        usage["input_tokens_cache_read"] = round(prompt.cached)
    return usage


def _summed(usages: list[dict[str, int]]) -> dict[str, int]:
    names = dict.fromkeys(name for one in usages for name in one)
    return {name: sum(one.get(name, 0) for one in usages) for name in names}


def _said(answer: record.Answer, channel: str) -> str:
    return "".join(text for _, spoken, text, _ in answer.chunks if spoken == channel)


def _uri(mime: str, data: bytes) -> str:
    return f"data:{mime};base64,{base64.b64encode(data).decode()}"


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
