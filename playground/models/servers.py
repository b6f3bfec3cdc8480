"""Servers that an operator named: where each is, what speaks there, and the key for it. Knows no protocol.

From `servers.toml` (or the file that PLAYGROUND_SERVERS names) and from the environment:

    [lab]
    url = "http://gpu1:8000/v1"
    kind = "vllm"                  # left out: the server is asked
    key = "LAB_KEY"                # the name of an environment variable, never the key itself
    models = ["google/gemma-4-E2B-it"]   # left out: all that the server lists
    at_once = 32                   # answers at a time, of all visitors; left out: what its kind usually takes

    PLAYGROUND_SERVER_LAB=http://gpu1:8000/v1    PLAYGROUND_KEY_LAB=...

An entry with a fault hides itself and no other.
"""

from __future__ import annotations

import html
import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote, urlsplit, urlunsplit

import psutil

from playground import config

KINDS = (
    "vllm", "sglang", "llama.cpp", "ollama", "lmstudio", "transformers", "gemini", "huggingface", "other",
)  # fmt: skip

USUALLY_AT_ONCE = 256
"""Answers that a server which batches gives at a time: vLLM's own default (--max-num-seqs)."""


class ServerError(Exception):
    """A server that can't be used as it was named or is set up: why, and what would help where that is known."""

    def __init__(self, reason: str, remedy: str = "") -> None:
        super().__init__(f"{reason} {remedy}".strip())
        self.reason = reason
        self.remedy = remedy


class Key:
    """A secret that shows itself to nobody: not printed, not logged, not pickled. Empty when there is none.

    `place` says where it came from. Raises ServerError, which names the place, for what no request can carry.
    """

    __slots__ = ("_secret",)

    def __init__(self, secret: str = "", place: str = "The key") -> None:
        strange = next((n for n, c in enumerate(secret, 1) if not "!" <= c <= "~"), 0)
        if strange:
            raise ServerError(
                f"{place} holds something that no key has (its character {strange} is a space, a line break or an "
                "invisible or foreign sign): copy the key anew."
            )
        self._secret = secret

    def reveal(self) -> str:
        """The secret, for the one who puts it into a request."""
        return self._secret

    def hide(self, text: str) -> str:
        """The text with the secret blotted out, should a server have repeated it."""
        for written in self._ways():
            text = text.replace(written, "[key]")
        return text

    def _ways(self) -> list[str]:
        """How it may stand in a server's words: as it is, and as JSON, HTML and URLs write it, the longest first."""
        plain = self._secret
        ways = {plain, json.dumps(plain)[1:-1], html.escape(plain), html.escape(plain, quote=False)}
        ways |= {quote(plain), quote(plain, safe="")}
        return sorted(filter(None, ways), key=len, reverse=True)

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
    that its key stands in, for the person who has to mend it. `at_once` is how many answers it gives at a time, to all
    who ask; 0 where nobody said.
    """

    name: str
    url: str
    kind: str = ""
    key: Key = field(default_factory=Key, repr=False)
    models: tuple[str, ...] = ()
    key_in: str = ""
    at_once: int = 0

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

    def spec(self, model: str) -> str:
        """What a person names one of its models by: "server:lab/gemma-4-E2B-it"."""
        return f"server:{self.name}/{model}"

    @property
    def turns(self) -> int:
        """How many answers it gives at a time, as far as is known."""
        return self.at_once or USUALLY_AT_ONCE

    @property
    def host(self) -> str:
        """Where it is, without path: "gpu1:8000"."""
        return urlsplit(self.url).netloc

    @property
    def root(self) -> str:
        """For what stands beside the OpenAI paths: scheme and host, and where a proxy put it ("http://host/lab" of
        "http://host/lab/v1").
        """
        scheme, host, path, *_ = urlsplit(self.url)
        before = path.removesuffix("/v1") if path.endswith("/v1") else ""
        return urlunsplit((scheme, host, before, "", ""))

    @property
    def on_this_machine(self) -> bool:
        """Whether what is sent to it stays here: loopback, or an address that this machine itself has."""
        host = (urlsplit(self.url).hostname or "").rstrip(".")
        try:
            address = ip_address(host)
        except ValueError:
            return host == "localhost" or host.endswith(".localhost")
        address = getattr(address, "ipv4_mapped", None) or address
        # 0.0.0.0 is what servers print when they listen everywhere; asked for, it is this machine.
        return address.is_loopback or address.is_unspecified or address in _own_addresses()


def address(url: str) -> str:
    """A server's address in one form, with the usual path `/v1` where none was given. Raises ServerError, which
    repeats nothing that may be a key.
    """
    url = url.strip()
    shown = "What stands there" if set(url) & set("@?#") else repr(url)
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ServerError(f"{shown} is no address.") from None
    if parts.scheme not in ("http", "https") or not host:
        raise ServerError(f"{shown} is no address of a server: write http://host:port/v1.")
    if not _plain(url) or not _is_host(host):
        raise ServerError(f"{shown} is no address: it has a sign or a host in it that none has.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ServerError(
            "A server's address has no user, key or question mark in it; keys go into the environment."
        )
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/") or "/v1", "", ""))


def _plain(url: str) -> bool:
    return url.isprintable() and not any(map(str.isspace, url))


def _is_host(host: str) -> bool:
    """Whether a name can be asked for: each of its labels has 1 to 63 letters."""
    try:
        host.encode("idna")
    except UnicodeError:
        return _is_address(host)
    return True


@dataclass(frozen=True, slots=True)
class Fault:
    """An entry that can't be used: what it is called, and one sentence that names its place."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class SetUp:
    """What the operator set up: the servers that can be used, the file's first, and what was wrong with the others."""

    servers: tuple[Server, ...] = ()
    faults: tuple[Fault, ...] = ()


def set_up(environment: Mapping[str, str] = os.environ) -> SetUp:
    """The servers of the file and of the environment; where both have a name, the environment counts."""
    found: dict[str, Server] = {}
    faults: list[Fault] = []
    named = config.read(environment).servers_file
    path = named or Path(config.SERVERS_FILE)
    for name, entry in _entries(path, named is not None, faults).items():
        try:
            found[name] = _entry(path.name, name, entry, environment)
        except ServerError as error:
            faults.append(Fault(name, str(error)))
    for name, url in config.servers(environment).items():
        try:
            key, key_in = _key_of(name, environment), key_variable(name)
            found[name] = Server(name, url, key=key, key_in=key_in)
        except ServerError as error:
            found.pop(name, None)
            variable = config.SERVER + _capitals(name)
            faults.append(Fault(name, f"{variable} can't be used: {error}"))
    return SetUp(tuple(found.values()), tuple(faults))


def configured(environment: Mapping[str, str] = os.environ) -> tuple[Server, ...]:
    """The servers that the operator set up and that can be used."""
    return set_up(environment).servers


def may_add(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether visitors may name servers of their own: the operator says so with PLAYGROUND_ADD_SERVERS=1.

    Not by default: this program would ask any address in its network for anybody who can open the page.
    """
    return config.read(environment).add_servers


def key_variable(name: str) -> str:
    """The variable that holds the key of the server of that name, where its entry names no other."""
    return config.KEY + _capitals(name)


def _entries(path: Path, named: bool, faults: list[Fault]) -> dict[str, object]:
    """What stands in the file. One that nobody named need not be there."""
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))  # Windows marks it so
    except FileNotFoundError:
        if named:
            words = f"PLAYGROUND_SERVERS names {path}, and there is no such file."
            faults.append(Fault(path.name, words))
    except (OSError, ValueError, RecursionError) as error:
        faults.append(Fault(path.name, f"{path.name} can't be read: {error}."))
    return {}


def _entry(file: str, name: str, entry: object, environment: Mapping[str, str]) -> Server:
    if not isinstance(entry, dict) or not isinstance(entry.get("url"), str):
        raise ServerError(f"{file}: [{name}] needs a url.")
    strangers = sorted(set(entry) - {"url", "kind", "key", "models", "at_once"})
    if strangers:
        raise ServerError(f"{file}: [{name}] has {strangers[0]!r}, which means nothing here.")
    models, at_once = entry.get("models", []), entry.get("at_once", 0)
    if not isinstance(models, list) or not all(isinstance(model, str) for model in models):
        raise ServerError(f"{file}: the models of [{name}] must be a list of names.")
    if "at_once" in entry and (type(at_once) is not int or at_once < 1):
        raise ServerError(f"{file}: at_once of [{name}] must be a whole number from 1.")
    variable = entry.get("key")
    if variable is None:
        key, key_in = _key_of(name, environment), key_variable(name)
    else:
        key, key_in = _named_key(file, name, variable, environment), variable
    try:
        kind = str(entry.get("kind", ""))
        return Server(name, entry["url"], kind, key, tuple(models), key_in, at_once)
    except ServerError as error:
        raise ServerError(f"{file}: [{name}] can't be used: {error}") from None


def _named_key(file: str, name: str, variable: object, environment: Mapping[str, str]) -> Key:
    """The key in a variable that an entry names. What isn't set is not repeated: it may be the key itself."""
    secret = environment.get(variable) if isinstance(variable, str) else None
    if secret is None:
        raise ServerError(
            f"{file}: the key of [{name}] is to be in an environment variable that is not set."
        )
    return Key(secret.strip(), f"The key of [{name}] in {variable}")


def _key_of(name: str, environment: Mapping[str, str]) -> Key:
    variable = key_variable(name)
    return Key(environment.get(variable, "").strip(), f"The key in {variable}")


def _capitals(name: str) -> str:
    return re.sub(r"[^A-Z0-9]", "_", name.upper())


def _own_addresses() -> set[IPv4Address | IPv6Address]:
    """The addresses of this machine's own interfaces."""
    there = (one.address.partition("%")[0] for all in psutil.net_if_addrs().values() for one in all)
    return {ip_address(one) for one in there if _is_address(one)}


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _kinds() -> str:
    return ", ".join(KINDS[:-1]) + f" or {KINDS[-1]}"
