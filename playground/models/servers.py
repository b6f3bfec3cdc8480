"""Servers that an operator named: where each is, what speaks there, and the key for it. Knows no protocol.

From `servers.toml` (or the file that PLAYGROUND_SERVERS names) and from the environment:

    [lab]
    url = "http://gpu1:8000/v1"
    kind = "vllm"                  # left out: the server is asked
    key = "LAB_KEY"                # the name of an environment variable, never the key itself
    models = ["google/gemma-4-E2B-it"]   # left out: all that the server lists

    PLAYGROUND_SERVER_LAB=http://gpu1:8000/v1    PLAYGROUND_KEY_LAB=...
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit, urlunsplit

FILE = "servers.toml"
URL_VARIABLE, KEY_VARIABLE = "PLAYGROUND_SERVER_", "PLAYGROUND_KEY_"
KINDS = (
    "vllm", "sglang", "llama.cpp", "ollama", "lmstudio", "transformers", "gemini", "huggingface", "other",
)  # fmt: skip


class ServerError(Exception):
    """A server that can't be used as it was named or is set up: one sentence."""


class Key:
    """A secret that shows itself to nobody: not printed, not logged, not pickled. Empty when there is none."""

    __slots__ = ("_secret",)

    def __init__(self, secret: str = "") -> None:
        self._secret = secret

    def reveal(self) -> str:
        """The secret, for the one who puts it into a request."""
        return self._secret

    def hide(self, text: str) -> str:
        """The text with the secret blotted out, should a server have repeated it."""
        return text.replace(self._secret, "[key]") if self._secret else text

    def __bool__(self) -> bool:
        return bool(self._secret)

    def __repr__(self) -> str:
        return "Key(hidden)" if self._secret else "Key()"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and self._secret == other._secret

    def __hash__(self) -> int:
        return hash(self._secret)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not to be stored")


@dataclass(frozen=True, slots=True)
class Server:
    """One OpenAI-compatible server. `url` ends before `/chat/completions`; `kind` is one of KINDS, or empty: ask it.

    `models` limits what is offered; empty offers all that the server lists. `key_in` names the environment variable
    that its key stands in, for the person who has to mend it.
    """

    name: str
    url: str
    kind: str = ""
    key: Key = field(default_factory=Key, repr=False)
    models: tuple[str, ...] = ()
    key_in: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", self.name):
            raise ServerError(
                f"{self.name!r} can't be a server's name: use letters, digits, dots and dashes."
            )
        if self.kind and self.kind not in KINDS:
            raise ServerError(
                f"{self.name}: there is no kind {self.kind!r} of server; use {_kinds()}."
            )
        object.__setattr__(self, "url", address(self.url))

    @property
    def host(self) -> str:
        """Where it is, without path: "gpu1:8000"."""
        return urlsplit(self.url).netloc

    @property
    def root(self) -> str:
        """Scheme and host, for what stands beside the OpenAI paths."""
        return urlunsplit((*urlsplit(self.url)[:2], "", "", ""))

    @property
    def on_this_machine(self) -> bool:
        """Whether it is reached through the loopback interface."""
        host = urlsplit(self.url).hostname or ""
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return host == "localhost" or host.endswith(".localhost")


def address(url: str) -> str:
    """A server's address in one form, with the usual path `/v1` where none was given. Raises ServerError."""
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ServerError(f"{url!r} is no address.") from None
    if parts.scheme not in ("http", "https") or not host:
        raise ServerError(f"{url!r} is no address of a server: write http://host:port/v1.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ServerError(
            "A server's address has no user, key or question mark in it; keys go into the environment."
        )
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/") or "/v1", "", ""))


def configured(environment: Mapping[str, str] = os.environ) -> tuple[Server, ...]:
    """What the operator set up, the file's first. Raises ServerError with the file and the fault."""
    found = _from_file(environment)
    for variable, url in sorted(environment.items()):
        if variable.startswith(URL_VARIABLE) and url.strip():
            name = variable.removeprefix(URL_VARIABLE).lower().replace("_", "-")
            found[name] = Server(name, url, key=_key_of(name, environment))
    return tuple(found.values())


def may_add(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether visitors may name servers of their own: the operator says so with PLAYGROUND_ADD_SERVERS=1.

    Not by default: this program would ask any address in its network for anybody who can open the page.
    """
    return environment.get("PLAYGROUND_ADD_SERVERS", "").strip() in ("1", "true", "yes")


def _from_file(environment: Mapping[str, str]) -> dict[str, Server]:
    said = environment.get("PLAYGROUND_SERVERS", "").strip()
    path = Path(said or FILE)
    try:
        entries = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        if said:
            raise ServerError(
                f"PLAYGROUND_SERVERS names {said}, and there is no such file."
            ) from None
        return {}
    except (OSError, ValueError) as error:
        raise ServerError(f"{path.name} can't be read: {error}.") from None
    return {name: _entry(path.name, name, entry, environment) for name, entry in entries.items()}


def _entry(file: str, name: str, entry: object, environment: Mapping[str, str]) -> Server:
    if not isinstance(entry, dict) or not isinstance(entry.get("url"), str):
        raise ServerError(f"{file}: [{name}] needs a url.")
    strangers = sorted(set(entry) - {"url", "kind", "key", "models"})
    if strangers:
        raise ServerError(f"{file}: [{name}] has {strangers[0]!r}, which means nothing here.")
    models = entry.get("models", [])
    if not isinstance(models, list) or not all(isinstance(model, str) for model in models):
        raise ServerError(f"{file}: the models of [{name}] must be a list of names.")
    variable = entry.get("key", "")
    if variable and variable not in environment:
        raise ServerError(
            f"{file}: the key of [{name}] is to be in an environment variable that is not set."
        )
    key = Key(environment[variable].strip()) if variable else _key_of(name, environment)
    kind = str(entry.get("kind", ""))
    return Server(name, entry["url"], kind, key, tuple(models), str(variable))


def key_variable(name: str) -> str:
    """The variable that holds the key of the server of that name, where its entry names no other."""
    return KEY_VARIABLE + re.sub(r"[^A-Z0-9]", "_", name.upper())


def _key_of(name: str, environment: Mapping[str, str]) -> Key:
    return Key(environment.get(key_variable(name), "").strip())


def _kinds() -> str:
    return ", ".join(KINDS[:-1]) + f" or {KINDS[-1]}"
