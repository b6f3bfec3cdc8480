"""The MCP servers that an operator named, from `tools.toml` or the file that PLAYGROUND_TOOLS names:

    [files]
    command = ["python", "-m", "files_server"]   # started here, spoken to over its standard input and output
    folder = "/srv/files"                        # where it is started; left out: where this program was
    env = ["FILES_TOKEN"]                        # variables that it gets, besides PATH, HOME and the like

    patience = 30                                # seconds that a call may take

    [search]
    url = "http://gpu1:8000/mcp"                 # streamable HTTP
    key = "SEARCH_KEY"                           # the name of a variable, never the key itself

An entry with a fault hides itself and no other. Starts nothing.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playground import config

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,23}")
FIELDS = {"command", "folder", "env", "url", "key", "patience"}
PATIENCE_S, MOST_PATIENCE_S = 30.0, 600.0


@dataclass(frozen=True, slots=True)
class Named:
    """One server: a command to start, or the URL where it listens. `env` and `key` hold secrets."""

    name: str
    command: tuple[str, ...] = ()
    folder: str = ""
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    url: str = ""
    key: str = field(default="", repr=False)
    patience_s: float = PATIENCE_S

    @property
    def place(self) -> str:
        """Where it is, for a person."""
        return urlsplit(self.url).netloc if self.url else "this machine"


@dataclass(frozen=True, slots=True)
class SetUp:
    """The servers that can be used, and a sentence for each entry that can't."""

    servers: tuple[Named, ...] = ()
    faults: tuple[str, ...] = ()


class _Fault(Exception):
    """What is wrong with an entry."""


def set_up(environment: Mapping[str, str] = os.environ) -> SetUp:
    """What the operator named."""
    named = config.read(environment).tools_file
    path = named or Path(config.TOOLS_FILE)
    try:
        entries = tomllib.loads(path.read_text("utf-8-sig"))  # Windows marks it so
    except FileNotFoundError:
        words = f"PLAYGROUND_TOOLS names {path.name}, and there is no such file."
        return SetUp(faults=(words,) if named else ())
    except (OSError, ValueError, RecursionError) as error:
        return SetUp(faults=(f"{path.name} can't be read: {error}.",))
    found, faults = [], []
    for name, entry in entries.items():
        try:
            found.append(_entry(name, entry, environment))
        except _Fault as fault:
            faults.append(f"{path.name}: [{name}] {fault}")
    return SetUp(tuple(found), tuple(faults))


def _entry(name: str, entry: Any, environment: Mapping[str, str]) -> Named:
    if not NAME.fullmatch(name):
        raise _Fault("can't be a name: use small letters, digits and dashes.")
    if not isinstance(entry, dict):
        raise _Fault("needs a command or a url.")
    if strange := sorted(set(entry) - FIELDS):
        raise _Fault(f"has {strange[0]!r}, which means nothing here.")
    command, url = entry.get("command", []), entry.get("url", "")
    if bool(command) == bool(url):
        raise _Fault("needs either a command or a url.")
    if not isinstance(command, list) or not all(isinstance(one, str) and one for one in command):
        raise _Fault("needs its command as a list of words.")
    if not isinstance(url, str) or (url and not _is_address(url)):
        raise _Fault("has a url that is none: write http://host:port/mcp.")
    folder = entry.get("folder", "")
    if not isinstance(folder, str):
        raise _Fault("needs its folder as text.")
    names = entry.get("env", [])
    if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
        raise _Fault("needs its env as a list of names of variables.")
    patience = entry.get("patience", PATIENCE_S)
    if type(patience) not in (int, float) or not 0 < patience <= MOST_PATIENCE_S:
        raise _Fault(f"needs a patience of at most {MOST_PATIENCE_S:g} seconds.")
    secrets = {one: _variable(one, environment) for one in names}
    key = _variable(entry["key"], environment) if "key" in entry else ""
    where = str(Path(folder).expanduser()) if folder else ""
    return Named(name, tuple(command), where, secrets, url, key, float(patience))


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username
    except ValueError:
        return False


def _variable(name: Any, environment: Mapping[str, str]) -> str:
    """What stands in a variable. What isn't set is not repeated: it may be the secret itself."""
    said = environment.get(name) if isinstance(name, str) else None
    if said is None:
        raise _Fault("names a variable that is not set.")
    return said
