"""The description as a page for people: one file without scripts, in light and dark, that loads nothing."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from playground.api.described.fields import ASKED

STYLE = """
:root { color-scheme: light dark; }
html { background: light-dark(#ffffff, #10151d); }
a { color: light-dark(#1f5fbf, #8ab8f7); }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem; }
h2 { margin: 2.5rem 0 0; font-size: 1.15rem; overflow-wrap: anywhere; }
h2 b { font-size: .8rem; border: 1px solid; border-radius: .3rem; padding: .1rem .4rem; }
code, pre { font: 14px/1.5 ui-monospace, monospace; }
pre { border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: .4rem;
  overflow-x: auto; padding: .7rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent); padding: .3rem .8rem .3rem 0;
  text-align: left; vertical-align: top; }
td:nth-child(2) { color: color-mix(in srgb, currentColor 70%, transparent); overflow-wrap: anywhere; }
@media (max-width: 40rem) {
  tr, td { display: block; } th { display: none; } td { border: 0; padding: 0; }
  tr { border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent); padding: .4rem 0; }
}
"""


def page(description: dict[str, Any]) -> str:
    """HTML; all that is said in it is escaped."""
    base, info = description["servers"][0]["url"], description["info"]
    token = "security" in description
    parts = [
        f"<h1>{escape(info['title'])}: API</h1>",
        f"<p>{escape(info['summary'])} Version {escape(info['version'])}, at "
        f"<code>{escape(base)}</code>. <a href='openapi.json'>As OpenAPI 3.1</a>.</p>",
        f"<p>{_whose(token)}</p>",
        f"<pre>{escape(_example(base, token))}</pre>",
        *(
            _operation(path, method, told)
            for path, item in description["paths"].items()
            for method, told in item.items()
            if method != "parameters"
        ),
        "<h2>What went wrong</h2>",
        '<p>A refusal is one sentence: <code>{"error": {"message", "type", "param", '
        '"code"}}</code>.</p>',
        _table(_faults(description)),
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(info['title'])}: API</title><style>{STYLE}</style></head>"
        f"<body><main>{''.join(parts)}</main></body></html>"
    )


def _whose(token: bool) -> str:
    if token:
        return (
            "Send a token as <code>Authorization: Bearer</code>; the Engines page makes one. What you "
            "ask counts as what you ask on the page."
        )
    return "Programs on this machine call it without a token."


def _example(base: str, token: bool) -> str:
    sent = ' \\\n  --header "Authorization: Bearer $PLAYGROUND_TOKEN"' if token else ""
    body = json.dumps(ASKED)
    return f"curl {base}/api/compare{sent} \\\n  --json '{body}'"


def _operation(path: str, method: str, told: dict[str, Any]) -> str:
    words = f"{told['summary']} {told.get('description', '')}".strip()
    parts = [f"<h2><b>{method.upper()}</b> <code>{escape(path)}</code></h2><p>{escape(words)}</p>"]
    body = told.get("requestBody", {}).get("content", {})
    if body:
        kinds = " or ".join(f"<code>{escape(kind)}</code>" for kind in body)
        schema = next(iter(body.values()))["schema"]
        rows = [_field(name, one) for name, one in schema["properties"].items()]
        parts.append(
            f"<p>Takes {kinds}; needed: {', '.join(schema['required'])}.</p>{_table(rows)}"
        )
    stream = told["responses"]["200"]["content"].get("text/event-stream")
    if stream:
        parts.append(f"<p>As a stream: {escape(stream['schema']['description'])}</p>")
    return "".join(parts)


def _field(name: str, schema: dict[str, Any]) -> tuple[str, str, str]:
    return name, _kind(schema), str(schema.get("description", ""))


def _kind(schema: dict[str, Any]) -> str:
    """In a few words: "number, 0 to 2"."""
    if "enum" in schema:
        return ", ".join(json.dumps(one) for one in schema["enum"])
    if "anyOf" in schema:
        kinds = (_kind(one) for one in schema["anyOf"] if one.get("type") != "null")
        return " or ".join(dict.fromkeys(kinds))
    kind = str(schema.get("type", "anything"))
    if kind == "array" and "items" in schema:
        return f"list of {_kind(schema['items'])}"
    least = schema.get("minimum", schema.get("exclusiveMinimum"))
    if least is not None and "maximum" in schema:
        return f"{kind}, {least} to {schema['maximum']}"
    return kind


def _faults(description: dict[str, Any]) -> list[tuple[str, str, str]]:
    first = next(iter(description["paths"].values()))["post"]
    return [
        (code, "", told["description"])
        for code, told in first["responses"].items()
        if code != "200"
    ]


def _table(rows: list[tuple[str, str, str]]) -> str:
    made = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(kind)}</td><td>{escape(words)}</td></tr>"
        for name, kind, words in rows
    )
    return f"<table>{made}</table>"
