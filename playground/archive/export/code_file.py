"""Code that asks again: for each contender of the round that is shown a program for transformers, one for the openai
package and a call of curl, with what they send in files beside them. An answer that called tools, or was gone on with,
was several requests: each has programs of its own, numbered in order.

Keys and addresses come from the environment of whoever runs it. What people and models wrote stands in the JSON alone;
in the programs stand constants of ours and, quoted, names.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import Any

from playground.archive import record
from playground.archive.export import named
from playground.archive.restoring import answered
from playground.archive.restoring.asked import Fetch, settled
from playground.engines.server.profiles import PROFILES
from playground.engines.server.request import request
from playground.prompt.conversation import Audio, Conversation, Image, Settings, begun
from playground.prompt.rendering import render

MEDIA = "media/"
DTYPES = ("float32", "bfloat16", "float16")
SERVES_WEIGHTS = "vllm"
"""Whose dialect is spoken to a server of weights that ran on this machine."""

TRANSFORMERS = """\
# Puts to transformers what {label} was asked. Needs: torch, transformers, pillow; librosa for sound.
# python {name}.transformers.py [MODEL]   (a repository of the Hugging Face Hub, or a folder)
import json
import sys
from pathlib import Path

import torch
import transformers

HERE = Path(__file__).parent
MODEL, REVISION = {model!r}, {revision!r}
if len(sys.argv) > 1:
    MODEL, REVISION = sys.argv[1], None

processor = transformers.AutoProcessor.from_pretrained(MODEL, revision=REVISION)
model = transformers.AutoModelForMultimodalLM.from_pretrained(
    MODEL, revision=REVISION, dtype={dtype!r}
).eval()

messages = json.loads((HERE / {messages!r}).read_text("utf-8"))
for message in messages:
    for part in message["content"] if isinstance(message["content"], list) else []:
        if part["type"] in ("image", "audio"):
            part[part["type"]] = str(HERE / part[part["type"]])
{budget}inputs = processor.apply_chat_template(
    messages,
{tools}    add_generation_prompt=True,
    tokenize=True,
    return_dict=True,
    return_tensors="pt",
    enable_thinking={thinking!r},
).to(model.device, model.dtype)
{begun}{seed}with torch.inference_mode():
    output = model.generate(**inputs, {options})
print(processor.decode(output[0, inputs["input_ids"].shape[1] :], skip_special_tokens=True))
"""

TOOLS = """\
    tools=json.loads((HERE / {name!r}).read_text("utf-8")),
"""

BEGUN = """\
begun = json.loads((HERE / {name!r}).read_text("utf-8"))
words, turn = begun["text"], processor.decode(inputs["input_ids"][0]).rpartition("<|turn>")[2]
if begun["thinking"] and "<channel|>" not in turn:
    opened = "" if "<|channel>" in turn else "<|channel>thought\\n"
    words = opened + begun["thinking"] + ("<channel|>" + words if words else "")
more = processor.tokenizer(words, add_special_tokens=False, return_tensors="pt")["input_ids"]
for name, ids in (
    ("input_ids", more),
    ("attention_mask", torch.ones_like(more)),
    ("mm_token_type_ids", torch.zeros_like(more)),
):
    if name in inputs:
        inputs[name] = torch.cat([inputs[name], ids.to(model.device)], dim=1)
"""
"""The model's answer goes on behind these words; a thought that it had begun comes before them."""

OPENAI = """\
# Asks a server what {label} was asked. Needs: openai. BASE_URL and API_KEY from the environment.
import json
import os
from pathlib import Path

import openai

client = openai.OpenAI(
    base_url=os.environ.get("BASE_URL", {url!r}), api_key=os.environ.get("API_KEY", "none")
)
request = json.loads(Path(__file__).with_name({body!r}).read_text("utf-8"))
extra = {{name: request.pop(name) for name in {extra!r}}}  # not among OpenAI's own fields
for piece in client.chat.completions.create(**request, extra_body=extra):
    if piece.choices and piece.choices[0].delta.content:
        print(piece.choices[0].delta.content, end="", flush=True)
print()
"""

CURL = """\
#!/bin/sh
# Asks a server what {label} was asked. BASE_URL and API_KEY from the environment.
cd "$(dirname "$0")" || exit 1
curl --silent --show-error --no-buffer --fail-with-body "${{BASE_URL:-{url}}}/chat/completions" \\
  --header "Authorization: Bearer ${{API_KEY:-none}}" --header "Content-Type: application/json" \\
  --data @{body}
"""


def files(kept: record.Comparison, fetch: Fetch) -> dict[str, bytes]:
    """The files by their names."""
    round = next(one for one in kept.rounds if one.id == kept.last)
    found: dict[str, bytes] = {}
    names = named(one.contender.label for one in round.answers)
    for name, answer in zip(names, round.answers, strict=True):
        requests = answered.requests(answer, fetch)
        for number, (asked, settings) in enumerate(requests, 1):
            of = f"{name}.{number}" if len(requests) > 1 else name
            found |= _of(of, answer.contender, asked, settings)
    return found


def _of(
    name: str, contender: record.Contender, asked: Conversation, chosen: Settings
) -> dict[str, bytes]:
    """The programs of one request."""
    settings, model = settled(contender, chosen), contender.model
    kind = (model.server.kind or "other") if model.server else SERVES_WEIGHTS
    if model.server is None and ".gguf" in model.weights:
        kind = "llama.cpp"
    body = request(
        asked,
        chosen,
        model.weights,
        PROFILES.get(kind, PROFILES["other"]),
    )
    extra = body.pop("extra_body", {})
    media: dict[str, bytes] = {}

    def picture(image: Image) -> str:
        media[place := f"{MEDIA}{image.digest}.png"] = image.data
        return place

    def sound(audio: Audio) -> str:
        media[place := f"{MEDIA}{audio.digest}.wav"] = audio.data
        return place

    prompt = render(asked)
    messages = prompt.filled(picture, sound)
    beside: dict[str, bytes] = {}
    tools = begins = ""
    if settings.tools:
        beside[f"{name}.tools.json"] = _json(settings.functions)
        tools = TOOLS.format(name=f"{name}.tools.json")
    if told := begun(asked, settings):
        beside[f"{name}.begun.json"] = _json(asdict(told))
        begins = BEGUN.format(name=f"{name}.begun.json")
    budget = settings.image_tokens or (70 if prompt.frames and all(prompt.frames) else None)
    words = {
        "label": re.sub(r"[^\w .,()~@:-]", "?", contender.label),
        "name": name,
        "model": model.weights,
        "revision": model.revision or None if not model.demo else None,
        "dtype": model.dtype if model.dtype in DTYPES else "auto",
        "messages": f"{name}.messages.json",
        "thinking": settings.thinking,
        "budget": f"processor.image_processor.max_soft_tokens = {budget}\n" if budget else "",
        "tools": tools,
        "begun": begins,
        "seed": f"transformers.set_seed({settings.seed})\n" if settings.seed is not None else "",
        "options": ", ".join(f"{key}={value!r}" for key, value in _options(settings).items()),
        "url": _url(model),
        "body": f"{name}.request.json",
        "extra": tuple(extra),
    }
    # transformers runs no GGUF file.
    here = {} if ".gguf" in model.weights else {"transformers.py": TRANSFORMERS}
    return {
        **{f"{name}.{file}": program.format(**words).encode() for file, program in here.items()},
        f"{name}.messages.json": _json(messages),
        f"{name}.openai.py": OPENAI.format(**words).encode(),
        f"{name}.curl.sh": CURL.format(**words).encode(),
        f"{name}.request.json": _json({**body, **extra}),
        **beside,
        **media,
    }


def _options(settings: Settings) -> dict[str, Any]:
    """What generate takes; greedy where the temperature is 0."""
    chosen: dict[str, Any] = {"max_new_tokens": settings.max_tokens}
    if settings.temperature == 0:
        return {**chosen, "do_sample": False}
    drawn = {"temperature": settings.temperature, "top_p": settings.top_p, "top_k": settings.top_k}
    return {**chosen, "do_sample": True, **{k: v for k, v in drawn.items() if v is not None}}


def _url(model: record.Model) -> str:
    """Where to ask; a record may come from anybody, so that only what is an address gets into a script."""
    host = model.server.host if model.server else ""
    whole = re.fullmatch(r"[A-Za-z0-9.-]+(:\d{1,5})?|\[[0-9a-fA-F:]+\](:\d{1,5})?", host)
    return f"http://{host if whole else 'localhost:8000'}/v1"


def _json(held: Any) -> bytes:
    return json.dumps(held, ensure_ascii=False, indent=1).encode("utf-8", "replace")
