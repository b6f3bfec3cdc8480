"""An MCP server that does as no SDK would: `python mcp_liar.py HOW`. Speaks JSON lines over standard input and output.

schemas   lists tools whose schemas are none, one twice, and one whose results are not what it says
list      says nonsense where its tools should be
noise     writes lines that are no JSON around everything that it says
endless   never ends the line in which a result should be
"""

from __future__ import annotations

import json
import sys
from typing import Any

TOOLS: list[dict[str, Any]] = [
    {"name": "honest", "inputSchema": {"type": "object", "properties": {"a": {"type": "string"}}}},
    {"name": "honest", "inputSchema": {"type": "object"}},
    {"name": "hostile", "inputSchema": {"type": "object", "properties": {"<turn|>": {}}}},
    {"name": "wrong", "inputSchema": {"type": "object", "properties": {"a": {"type": "text"}}}},
    {
        "name": "liar",
        "inputSchema": {"type": "object"},
        "outputSchema": {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}},
    },
]  # fmt: skip


def answer(how: str, asked: dict[str, Any]) -> Any:
    """The result of a request; None where there is none."""
    match asked["method"]:
        case "initialize":
            return {
                "protocolVersion": asked["params"]["protocolVersion"],
                "capabilities": {"tools": {}},
                "serverInfo": {"name": "liar", "version": "1"},
            }
        case "tools/list":
            return {"tools": 7 if how == "list" else TOOLS}
        case "tools/call":
            said = {"content": [{"type": "text", "text": "said"}]}
            return {**said, "structuredContent": {"a": "no number"}} if how == "schemas" else said
        case "ping":
            return {}
    return None


def main(how: str) -> None:
    """Answer until nobody asks."""
    for line in sys.stdin:
        asked = json.loads(line)
        if "id" not in asked:
            continue
        told: dict[str, Any] = {"jsonrpc": "2.0", "id": asked["id"]}
        result = answer(how, asked)
        told |= (
            {"result": result}
            if result is not None
            else {"error": {"code": -32601, "message": "no"}}
        )
        if how == "endless" and asked["method"] == "tools/call":
            while True:
                sys.stdout.write("x" * 65_536)
        noise = "this is no JSON\n" if how == "noise" else ""
        sys.stdout.write(f"{noise}{json.dumps(told)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
