"""The page's side of the process that speaks to MCP servers: started when first wanted, and anew after it ended."""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from playground.prompt.letters import cleaned
from playground.tools import declared
from playground.tools.mcp.named import SetUp, set_up
from playground.tools.toolbox import Outcome, Stop, wrong

ROOT = Path(__file__).resolve().parents[3]
START_S = 40.0
"""A start of the process, and what it does after a server was silent for too long."""

FRESH_S = 60.0
"""How long it is believed which tools a server has."""

FROM = "mcp:"
"""What the "from" of a server's tool begins with; its name and the tool's own follow."""


class OutsideFault(Exception):
    """A server whose tools can't be had: one sentence."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A server's tools, and a sentence for each that can't be used."""

    tools: tuple[dict[str, Any], ...]
    faults: tuple[str, ...] = ()


@dataclass(slots=True)
class _Waiting:
    over: threading.Event = field(default_factory=threading.Event)
    told: dict[str, Any] = field(default_factory=dict)


class Outside:
    """The tools of the servers that the operator named. Anybody may ask, from any thread."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._waiting: dict[int, _Waiting] = {}
        self._numbers = count(1)
        self._changing = threading.Lock()
        self._offered: dict[str, tuple[float, Offered]] = {}
        atexit.register(self.close)

    @property
    def set_up(self) -> SetUp:
        """Which servers there are, read anew."""
        return set_up()

    def tools(self, server: str) -> Offered:
        """What a server offers; starts it where it has to be. Raises OutsideFault."""
        known = self._offered.get(server)
        if known is not None and time.monotonic() - known[0] < FRESH_S:
            return known[1]
        told = self._ask({"do": "tools", "server": server}, _Never())
        if "fault" in told:
            raise OutsideFault(str(told["fault"]))
        offered = Offered(tuple(told["tools"]), tuple(told["faults"]))
        self._offered[server] = time.monotonic(), offered
        return offered

    def runs(self, tool: Mapping[str, Any]) -> bool:
        """Whether a declared tool is one of a server that is named here."""
        server, _ = _where(tool)
        return any(one.name == server for one in self.set_up.servers)

    def run(self, tool: Mapping[str, Any], arguments: dict[str, Any], stop: Stop) -> Outcome:
        """What it gives. Never raises."""
        server, name = _where(tool)
        told = self._ask(
            {"do": "call", "server": server, "name": name, "arguments": arguments}, stop
        )
        if "fault" in told:
            return wrong(str(told["fault"]))
        return Outcome(told["result"], bool(told["wrong"]))

    def close(self) -> None:
        """End the process and its servers."""
        with self._changing:
            process, self._process = self._process, None
        if process is not None and process.stdin:
            with suppress(OSError):
                process.stdin.close()
            try:
                process.wait(6)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout:
                process.stdout.close()

    def _ask(self, asked: dict[str, Any], stop: Stop) -> dict[str, Any]:
        waiting, id = _Waiting(), next(self._numbers)
        self._waiting[id] = waiting
        try:
            process = self._send({"id": id, **asked})
            known = [one.patience_s for one in self.set_up.servers if one.name == asked["server"]]
            until = time.monotonic() + 2 * sum(known) + START_S
            while not waiting.over.wait(0.05):
                if process.poll() is not None and not waiting.over.wait(0.5):
                    return {
                        "fault": f"{asked['server']} sent more than can be held, or broke its process."
                    }
                if stop.is_set() or time.monotonic() > until:
                    self._send({"id": id, "do": "leave"})
                    return {"fault": f"{asked['server']} was left before it answered."}
            return waiting.told
        except OSError:
            return {"fault": f"{asked['server']} can't be asked: the process for it ended."}
        finally:
            self._waiting.pop(id, None)

    def _send(self, asked: dict[str, Any]) -> subprocess.Popen[bytes]:
        with self._changing:
            process = self._process
            if process is None or process.poll() is not None:
                process = self._process = self._started()
            assert process.stdin is not None
            process.stdin.write(json.dumps(asked).encode() + b"\n")
            process.stdin.flush()
            return process

    def _started(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM.format(root=str(ROOT))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        threading.Thread(target=self._listen, args=(process,), name="mcp", daemon=True).start()
        return process

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        with suppress(OSError, ValueError):
            for line in process.stdout:
                told = cleaned(json.loads(line))
                if (waiting := self._waiting.get(told.pop("id"))) is not None:
                    waiting.told = told
                    waiting.over.set()


_PROGRAM = (
    "import sys, runpy; sys.path.insert(0, {root!r}); "
    "runpy.run_module('playground.tools.mcp', run_name='__main__')"
)


class _Never:
    def is_set(self) -> bool:
        return False


def _where(tool: Mapping[str, Any]) -> tuple[str, str]:
    """The server and the tool's own name there."""
    server, _, name = str(tool.get("from", "")).removeprefix(FROM).partition("/")
    return server, name or declared.name(tool)


@cache
def outside() -> Outside:
    """The one of this program."""
    return Outside()
