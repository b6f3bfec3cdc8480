"""The call for what is on the screen: the round's question put again, to this instance, in curl and in Python."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pprint import pformat
from typing import Any

from playground.comparisons.answer import Answer
from playground.comparisons.contender import Contender
from playground.comparisons.lineup.seating import Group, groups
from playground.comparisons.round import Round
from playground.prompt.conversation import Media, Message, Settings, Text
from playground.prompt.media.faults import base_name
from playground.prompt.overrides import apart, spoken, write
from playground.tools.built_in import BUILT_IN

LEFT_OUT = ("by_hand",)
KINDS = {"image": "image", "audio": "audio", "video": "video", "document": "file"}
ROLES = {"system": "system", "user": "user", "model": "assistant"}
OPENAIS = ("temperature", "top_p", "seed", "max_tokens", "tools")

PYTHON = """\
import base64
import os
from pathlib import Path

import openai

client = openai.OpenAI(base_url={base!r}, api_key={key})


def data_url(name):
    return "data:;base64," + base64.b64encode(Path(name).read_bytes()).decode()


{requests}

for request in requests:
    answer = client.chat.completions.create(**request)
    print(request["model"], answer.choices[0].message.content, sep="\\n")
    print(answer.usage.playground)  # the figures
"""

DATA_URL = PYTHON[PYTHON.index("def data_url") : PYTHON.index("{requests}")]


@dataclass(frozen=True, slots=True)
class Snippet:
    """`name` of the tool, the `language` that it is written in, and the text."""

    name: str
    language: str
    text: str


class _Code(str):
    """Code that stands among values as it is."""

    def __repr__(self) -> str:
        return str(self)


def snippets(of: Round, base: str, token: bool) -> tuple[Snippet, ...]:
    """`base` is where this instance is; with `token` the calls send one, out of the environment."""
    return (
        Snippet("curl", "bash", _curl(of, base, token)),
        Snippet("Python (openai)", "python", _python(of, base, token)),
    )


def _curl(of: Round, base: str, token: bool) -> str:
    lines = [f"curl {shlex.quote(f'{base}/api/compare')}"]
    if token:
        lines.append('--header "Authorization: Bearer $PLAYGROUND_TOKEN"')
    fields = _fields(of)
    if media := of.asked.media():
        lines += [f"--form-string {shlex.quote(one)}" for one in _form(fields)]
        lines += [f"--form {shlex.quote(_file(part))}" for part in media]
    else:
        said = json.dumps(fields, ensure_ascii=False, indent=1)
        lines.append(f"--json {shlex.quote(said)}")
    return " \\\n  ".join(lines)


def _fields(of: Round) -> dict[str, Any]:
    every = groups(of.contenders)
    repeats = {len(one.contenders) for one in every}
    if len(repeats) > 1:  # each is named by itself
        every = tuple(Group(one.label, (one,)) for one in of.contenders)
    common = every[0].first.settings
    fields: dict[str, Any] = {"prompt": of.asked.question}
    if of.asked.system:
        fields["system"] = of.asked.system
    fields["on"] = [one.first.model.spec for one in every]
    for name, value in apart(common, Settings()):
        if name not in LEFT_OUT:
            fields[name] = _tools(value) if name == "tools" else value
    if own := [line for one in every for line in _own(one, every, common)]:
        fields["set"] = own
    if len(repeats) == 1 and repeats != {1}:
        fields["repeat"] = repeats.pop()
    return fields


def _own(group: Group, every: Sequence[Group], common: Settings) -> Iterator[str]:
    """What one does otherwise than the first, as `set` has it."""
    spec = group.first.model.spec
    same = [one for one in every if one.first.model.spec == spec]
    number = next(n for n, one in enumerate(same, 1) if one is group)
    whom = spec if len(same) == 1 else f"{spec}#{number}"
    for name, value in apart(group.first.settings, common):
        if name not in LEFT_OUT:
            yield f"{whom}:{spoken(name)}={write(name, value)}"
    if group.first.system is not None:
        yield f"{whom}:system={group.first.system}"


def _tools(tools: Sequence[dict[str, Any]]) -> list[Any]:
    """Built-in ones by their names."""
    names = [tool["function"]["name"] for tool in tools]
    return [
        name if name in BUILT_IN and "from" in tool else tool
        for name, tool in zip(names, tools, strict=True)
    ]


def _form(fields: dict[str, Any]) -> Iterator[str]:
    for name, value in fields.items():
        for one in value if name in ("on", "set") else [value]:
            yield f"{name}={one if isinstance(one, str) else json.dumps(one, ensure_ascii=False)}"


def _file(part: Media) -> str:
    name = base_name(part.name).replace('"', '\\"')  # of the folder, whatever somebody called it
    return f'{KINDS[part.kind]}=@"{name}"'


def _python(of: Round, base: str, token: bool) -> str:
    requests = [_request(answer.contender, answer) for answer in of.answers]
    first = requests[0]["messages"]
    before = ""
    if len(requests) > 1 and all(repr(one["messages"]) == repr(first) for one in requests):
        before = f"messages = {_written(first)}\n"
        requests = [{**one, "messages": _Code("messages")} for one in requests]
    key = 'os.environ["PLAYGROUND_TOKEN"]' if token else '"none"'
    made = PYTHON.format(
        base=f"{base}/v1", key=key, requests=f"{before}requests = {_written(requests)}"
    )
    if not any(answer.conversation.media() for answer in of.answers):
        made = made.replace(DATA_URL, "").replace("import base64\n", "")
        made = made.replace("from pathlib import Path\n", "")
        made = made if token else made.replace("import os\n\n", "")
    return made if token else made.replace("import os\n", "")


def _request(contender: Contender, answer: Answer) -> dict[str, Any]:
    chosen = {
        name: value
        for name, value in apart(contender.settings, Settings())
        if name not in (*LEFT_OUT, "begun")
    }
    made: dict[str, Any] = {
        "model": contender.model.spec,
        "messages": [_message(one) for one in answer.conversation.messages],
        **{name: chosen[name] for name in OPENAIS if name in chosen},
    }
    if "tools" in chosen:
        made["tools"] = contender.settings.functions
    if "schema" in chosen:
        schema = {"name": "answer", "schema": chosen["schema"]}
        made["response_format"] = {"type": "json_schema", "json_schema": schema}
    if chosen.get("thinking"):
        made["reasoning_effort"] = "high"
    extra = {name: chosen[name] for name in ("top_k", "image_tokens") if name in chosen}
    return {**made, "extra_body": extra} if extra else made


def _message(message: Message) -> dict[str, Any]:
    parts = [one for part in message.parts for one in _part(part)]
    words = "\n".join(one["text"] for one in parts if one["type"] == "text")
    alone = all(one["type"] == "text" for one in parts)
    return {"role": ROLES[message.role], "content": words if alone else parts}


def _part(part: Any) -> Iterator[dict[str, Any]]:
    """As chat completions have it; files by their names, calls and results left out."""
    if isinstance(part, Text):
        yield {"type": "text", "text": part.text}
        return
    if not isinstance(part, Media):
        return
    data = _Code(f"data_url({base_name(part.name)!r})")
    match part.kind:
        case "image":
            yield {"type": "image_url", "image_url": {"url": data}}
        case "video":
            yield {"type": "video_url", "video_url": {"url": data}}
        case "audio":
            inner = {"data": _Code(f'{data}.partition(",")[2]'), "format": "wav"}
            yield {"type": "input_audio", "input_audio": inner}
        case _:
            yield {"type": "file", "file": {"filename": part.name, "file_data": data}}


def _written(value: Any) -> str:
    return pformat(value, width=90, sort_dicts=False)
