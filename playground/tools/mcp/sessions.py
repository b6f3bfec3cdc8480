"""Sessions with MCP servers through the protocol's own SDK: opened when wanted, shared by all who call, opened anew
after a server ended. Runs in the process of `__main__` alone.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx2
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp.types import (
    CONNECTION_CLOSED,
    METHOD_NOT_FOUND,
    REQUEST_TIMEOUT,
    CallToolResult,
    TextContent,
)
from pydantic import ValidationError

from playground.tools import declared, results
from playground.tools.mcp.named import Named

CLOSED = ("ClosedResourceError", "BrokenResourceError")
"""What anyio calls it, on which the SDK stands, when the other side is gone."""

PING_S = 3.0
ENDING_S = 20.0
"""Until a server that is let go of is let go of for good."""

MOST_PAGES = 5
LONGEST_ABOUT = 1_000
"""Characters of a tool's description."""


class Lost(Exception):
    """A server that did not do what it was asked: one sentence."""


class Session:
    """One server. Calls may run side by side."""

    def __init__(self, server: Named) -> None:
        self._server = server
        self._client: Client | None = None
        self._holding: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()
        self._opening = asyncio.Lock()
        self._busy = 0

    async def tools(self) -> dict[str, Any]:
        """Its tools in their one form, and a sentence for each that can't be used. Raises Lost."""
        client = await self._open()
        found: list[dict[str, Any]] = []
        faults: list[str] = []
        cursor: str | None = None
        try:
            async with asyncio.timeout(self._server.patience_s):
                for _ in range(MOST_PAGES):
                    page = await client.list_tools(cursor=cursor)
                    for tool in page.tools:
                        try:
                            made = self._declared(tool)
                        except declared.DeclaredFault as fault:
                            faults.append(f"{self._server.name}: {fault}")
                            continue
                        name = declared.name(made)
                        if any(declared.name(one) == name for one in found):
                            faults.append(
                                f"{self._server.name} has two tools called {name}; the first one is taken."
                            )
                        else:
                            found.append(made)
                    cursor = page.next_cursor
                    if not cursor:
                        break
        except TimeoutError:
            await self._drop()
            raise Lost(
                f"{self._server.name} did not say within {self._server.patience_s:g} s which tools it has."
            ) from None
        except Exception as error:
            await self._drop()
            raise Lost(
                self._broke(error, "did not say as the protocol has it which tools it has")
            ) from None
        if len(found) > declared.MOST:
            faults.append(
                f"{self._server.name} has {len(found)} tools; the first {declared.MOST} are taken."
            )
        return {"tools": found[: declared.MOST], "faults": faults[:20]}

    async def call(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """What a tool gives: "result", and whether that is a fault of the tool's own. Raises Lost."""
        client = await self._open()
        self._busy += 1
        try:
            async with asyncio.timeout(self._server.patience_s):
                given = await client.call_tool(name, arguments)
        except TimeoutError:
            raise await self._stalled(name) from None
        except MCPError as error:
            if error.code == REQUEST_TIMEOUT:
                raise await self._stalled(name) from None
            if error.code == CONNECTION_CLOSED:
                await self._drop()
                raise Lost(f"{self._server.name} ended while {name} worked.") from None
            return {"result": results.fault(str(error.message)[:1000]), "wrong": True}
        except Exception as error:
            raise Lost(
                self._broke(error, f"answered {name} otherwise than it said it would")
            ) from None
        finally:
            self._busy -= 1
        return _told(given)

    async def close(self) -> None:
        """End it."""
        async with self._opening:
            await self._drop()

    def _declared(self, tool: Any) -> dict[str, Any]:
        plain = re.sub(r"[^A-Za-z0-9_-]", "_", str(tool.name))[:64]
        about = (tool.description or tool.title or "")[:LONGEST_ABOUT]
        made = declared.one({"name": plain, "description": about, "inputSchema": tool.input_schema})
        return {**made, "from": f"mcp:{self._server.name}/{tool.name}"[:300]}

    async def _stalled(self, name: str) -> Lost:
        if self._busy == 1 and not await self._lives():
            await self._drop()
        return Lost(
            f"{self._server.name} did not answer {name} within {self._server.patience_s:g} s."
        )

    def _broke(self, error: Exception, what: str) -> str:
        if type(error).__name__ in CLOSED or (
            isinstance(error, MCPError) and error.code == CONNECTION_CLOSED
        ):
            return f"{self._server.name} ended."
        return f"{self._server.name} {what}: {_first(error)}."

    async def _open(self) -> Client:
        async with self._opening:
            client = self._client
            if client is not None and (self._busy or await self._lives()):
                return client
            await self._drop()
            self._closing = asyncio.Event()
            ready: asyncio.Future[Client] = asyncio.get_running_loop().create_future()
            self._holding = asyncio.create_task(self._hold(ready, self._closing))
            try:
                async with asyncio.timeout(self._server.patience_s):
                    self._client = await asyncio.shield(ready)
            except TimeoutError:
                await self._drop()
                raise Lost(
                    f"{self._server.name} was not there within {self._server.patience_s:g} s."
                ) from None
            except Exception as error:
                await self._drop()
                why = _first(error)
                raise Lost(
                    f"{self._server.name} can't be opened{': ' + why if why else ''}."
                ) from None
            return self._client

    async def _lives(self) -> bool:
        """Whether the server answers at all."""
        if self._client is None or self._holding is None or self._holding.done():
            return False
        try:
            async with asyncio.timeout(PING_S):
                await self._client.send_ping()
        except MCPError as error:
            if self._server.url:
                # One that was started anew knows no session of before; newer ones know no ping.
                return error.code == METHOD_NOT_FOUND
            return error.code not in (CONNECTION_CLOSED, REQUEST_TIMEOUT)
        except Exception:
            return False
        return True

    async def _drop(self) -> None:
        """Let go of what there is; ending a process may take seconds, which nobody waits for."""
        holding, self._client, self._holding = self._holding, None, None
        self._closing.set()
        if holding is not None and not holding.done():
            _ENDING.add(holding)
            holding.add_done_callback(_ENDING.discard)
            asyncio.get_running_loop().call_later(ENDING_S, holding.cancel)

    async def _hold(self, ready: asyncio.Future[Client], closing: asyncio.Event) -> None:
        """Open a session and keep it until `closing`: what opened it has to close it."""
        try:
            async with (
                _transport(self._server) as transport,
                Client(
                    transport, read_timeout_seconds=self._server.patience_s, cache=None
                ) as client,
            ):
                if not ready.done():
                    ready.set_result(client)
                await closing.wait()
        except BaseException as error:
            if not ready.done():
                ready.set_exception(
                    error if isinstance(error, Exception) else Lost("it was stopped")
                )
            elif not isinstance(error, Exception):
                raise


_ENDING: set[asyncio.Task[None]] = set()


@asynccontextmanager
async def _transport(server: Named) -> AsyncIterator[Any]:
    """What the SDK's client speaks through; nothing of this process's environment but the usual goes along."""
    if server.command:
        word, *words = server.command
        parameters = StdioServerParameters(
            command=word, args=words, env=dict(server.env), cwd=server.folder or None
        )
        with open(os.devnull, "w") as nowhere:
            yield stdio_client(parameters, errlog=nowhere)
        return
    headers = {"authorization": f"Bearer {server.key}"} if server.key else {}
    timeout = httpx2.Timeout(server.patience_s, read=None)
    async with httpx2.AsyncClient(headers=headers, timeout=timeout, trust_env=False) as client:
        yield streamable_http_client(server.url, http_client=client)


def _told(given: CallToolResult) -> dict[str, Any]:
    """A result as a value: what is structured, else its words; what is neither is named."""
    words = [
        one.text if isinstance(one, TextContent) else f"({one.type}, not shown)"
        for one in given.content
    ]
    said = "\n".join(words)
    if given.is_error:
        return {"result": results.fault(results.plain(said)), "wrong": True}
    value: Any = given.structured_content if given.structured_content is not None else said
    if isinstance(value, dict) and set(value) == {"result"}:
        value = value["result"]  # how the SDK wraps what is no object
    return {"result": results.plain(value), "wrong": False}


def _first(error: BaseException) -> str:
    """The first line of the first error in a group."""
    while isinstance(error, BaseExceptionGroup) and error.exceptions:
        error = error.exceptions[0]
    if isinstance(error, ValidationError):
        wrong = error.errors()[0]
        return f"{'.'.join(map(str, wrong['loc']))}: {wrong['msg']}"[:300].rstrip(".")
    with suppress(IndexError):
        return str(error).strip().splitlines()[0][:300].rstrip(".")
    return type(error).__name__
