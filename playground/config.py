"""What an operator may set: every environment variable that the program reads, what holds without it, what it means.

The program calls `check` as it starts, so that a wrong value is one line there and not a broken page for the first
visitor. Everything has a default that suits one person's machine. Knows nothing else of the program.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import platformdirs

NAME = "gemma4-playground"

MEMORY_SHARE = 0.7
"""Of the device's memory that models may use when nothing else is said: the rest is for the page
and the system.
"""

SERVER, KEY = "PLAYGROUND_SERVER_", "PLAYGROUND_KEY_"
"""What the variables of a server begin with; its name follows, in capitals."""

SERVERS_FILE = "servers.toml"
TOOLS_FILE = "tools.toml"


class ConfigError(ValueError):
    """A variable with a value that can't be used: one line with its name, its value and what is allowed."""


def _text(said: str) -> str:
    return said


def _gigabytes(said: str) -> int:
    gigabytes = float(said)
    if not 0 < gigabytes < float("inf"):
        raise ValueError
    return int(gigabytes * 1e9)


def _seconds(said: str) -> float:
    seconds = float(said)
    if not 0 < seconds < float("inf"):
        raise ValueError
    return seconds


def _path(said: str) -> Path:
    return Path(said).expanduser()


def _yes(said: str) -> bool:
    if said.lower() in ("1", "true", "yes", "on"):
        return True
    if said.lower() in ("0", "false", "no", "off"):
        return False
    raise ValueError


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable: what holds without it, and what it means, both in words. `allowed` says what may stand in it,
    `take` makes it a value or raises ValueError.
    """

    variable: str
    default: str
    meaning: str
    allowed: str = ""
    take: Callable[[str], Any] = field(default=_text, repr=False)


_ON = "say 1 for yes or 0 for no"

SETTINGS = (
    Setting(
        "PLAYGROUND_MEMORY_GB",
        f"{MEMORY_SHARE:g} of the device's memory",
        "Gigabytes (10^9 bytes) that all loaded models may take together.",
        "give a number of gigabytes, such as 16",
        _gigabytes,
    ),
    Setting(
        "PLAYGROUND_HOSTED",
        "0",
        "1 where strangers come: visitors can't download, load, unload or delete weights.",
        _ON,
        _yes,
    ),
    Setting(
        "PLAYGROUND_ADD_SERVERS",
        "0",
        "1 lets visitors name servers of their own: the program then asks any address that it can reach for them.",
        _ON,
        _yes,
    ),
    Setting(
        "PLAYGROUND_SERVERS",
        f"{SERVERS_FILE} in the folder where the program was started, if there is one",
        "The file that names the servers.",
        "name a file that is there",
        _path,
    ),
    Setting(
        "PLAYGROUND_TOOLS",
        f"{TOOLS_FILE} in the folder where the program was started, if there is one",
        "The file that names the MCP servers whose tools models may call.",
        "name a file that is there",
        _path,
    ),
    Setting(
        "PLAYGROUND_PATIENCE_S",
        "as long as somebody watches",
        "Seconds that a server may be silent before its answer fails.",
        "give a number of seconds, such as 300",
        _seconds,
    ),
    Setting(
        "PLAYGROUND_ARCHIVE",
        f"{NAME} in XDG_DATA_HOME",
        "Where comparisons are kept: a folder, a database's URL (postgresql+psycopg://...), or off.",
    ),
    Setting(
        "PLAYGROUND_MEDIA",
        f"media in the archive's folder; in XDG_DATA_HOME/{NAME} where that is a database's URL",
        "Where their pictures and recordings are kept: a folder, or an fsspec URL such as s3://bucket/media.",
    ),
    Setting(
        f"{SERVER}<NAME>",
        "none",
        "The address of one more server, such as http://gpu1:8000/v1; PLAYGROUND_SERVER_BIG_ONE is called big-one.",
    ),
    Setting(
        f"{KEY}<NAME>",
        "none",
        "The key of the server of that name, wherever the server itself is named.",
    ),
    Setting(
        "HF_TOKEN",
        "none",
        "A token of the Hugging Face hub, for weights that are not for everybody.",
    ),
    Setting("HF_ENDPOINT", "the Hugging Face hub's own", "The address of another hub."),
    Setting("HF_HUB_OFFLINE", "0", "1 keeps downloads from being tried."),
    Setting("HF_HUB_CACHE", "hub in HF_HOME", "Where weights lie and are downloaded to."),
    Setting(
        "HF_HOME",
        "huggingface in XDG_CACHE_HOME",
        "The Hugging Face libraries' folder, when HF_HUB_CACHE is not set.",
    ),
    Setting(
        "XDG_CACHE_HOME",
        "~/.cache (on other systems than Linux what is usual there)",
        f"Where caches lie; {NAME} in it holds what trials of served models showed.",
    ),
    Setting(
        "XDG_DATA_HOME",
        "~/.local/share (on other systems than Linux what is usual there)",
        f"Where data lie; {NAME} in it holds the archive.",
    ),
    Setting("HTTPS_PROXY", "none", "The proxy for servers and downloads at https addresses."),
    Setting("HTTP_PROXY", "none", "The proxy for servers at http addresses."),
    Setting("ALL_PROXY", "none", "The proxy where neither of these two is set."),
    Setting(
        "NO_PROXY",
        "none",
        "Hosts that are reached directly, with commas between them. This machine always is.",
    ),
    Setting(
        "SSL_CERT_FILE",
        "the system's",
        "A file of certificates to trust instead of the system's, for servers with one of their own.",
    ),
    Setting("SSL_CERT_DIR", "the system's", "The same as a folder of certificates."),
)


_BY_NAME = {setting.variable: setting for setting in SETTINGS}


@dataclass(frozen=True, slots=True)
class Config:
    """What holds for this program. `servers_file` is None where none was named, `certificates` are a file and a folder,
    empty where the system's are trusted; `archive` is a database's URL, empty where nothing is kept, `media` a folder
    or an fsspec URL.
    """

    memory_bytes: int | None
    hosted: bool
    add_servers: bool
    patience_s: float | None
    servers_file: Path | None
    tools_file: Path | None
    hub_cache: Path
    cache: Path
    archive: str
    media: str
    certificates: tuple[str, str]


def read(environment: Mapping[str, str] = os.environ) -> Config:
    """Everything that was set, but for the servers. Raises ConfigError."""
    said = (environment.get(one.variable, "").strip() for one in SETTINGS)
    return _read(tuple(said), environment.get("HOME", ""))


def servers(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Name and address of each server that stands in the environment."""
    return {
        variable.removeprefix(SERVER).lower().replace("_", "-"): address
        for variable, address in sorted(environment.items())
        if variable.startswith(SERVER) and address.strip()
    }


def check(environment: Mapping[str, str] = os.environ) -> None:
    """For the start of the program: raises ConfigError for the first variable with a value that can't be used."""
    held = read(environment)
    files = (("PLAYGROUND_SERVERS", held.servers_file), ("PLAYGROUND_TOOLS", held.tools_file))
    for variable, file in files:
        if file is not None and not file.is_file():
            raise ConfigError(_wrong(_BY_NAME[variable], str(file)))


def patience() -> float | None:
    """Seconds that a server may be silent: PLAYGROUND_PATIENCE_S, or None: as long as somebody watches.

    Raises ConfigError.
    """
    return read().patience_s


def may_manage() -> bool:
    """Whether visitors may download, load, unload and delete weights: not where PLAYGROUND_HOSTED=1."""
    return not read().hosted


@lru_cache(maxsize=8)
def _read(said: tuple[str, ...], home: str) -> Config:
    """From the values in the order of SETTINGS; it is asked for with every click. "~" is `home`."""
    taken = {one.variable: _take(one, value) for one, value in zip(SETTINGS, said, strict=True)}
    cache = taken["XDG_CACHE_HOME"]
    archive, media = _archive(taken)
    hub = taken["HF_HOME"] or Path(cache or "~/.cache") / "huggingface"
    return Config(
        memory_bytes=taken["PLAYGROUND_MEMORY_GB"],
        hosted=bool(taken["PLAYGROUND_HOSTED"]),
        add_servers=bool(taken["PLAYGROUND_ADD_SERVERS"]),
        patience_s=taken["PLAYGROUND_PATIENCE_S"],
        servers_file=taken["PLAYGROUND_SERVERS"],
        tools_file=taken["PLAYGROUND_TOOLS"],
        hub_cache=Path(taken["HF_HUB_CACHE"] or Path(hub) / "hub").expanduser(),
        cache=Path(cache, NAME).expanduser() if cache else platformdirs.user_cache_path(NAME),
        archive=archive,
        media=media,
        certificates=(taken["SSL_CERT_FILE"] or "", taken["SSL_CERT_DIR"] or ""),
    )


def _archive(taken: Mapping[str, Any]) -> tuple[str, str]:
    """The URL of the archive's database, empty where nothing is kept, and where its media lie."""
    data, said = taken["XDG_DATA_HOME"], taken["PLAYGROUND_ARCHIVE"] or ""
    usual = Path(data, NAME).expanduser() if data else platformdirs.user_data_path(NAME)
    if said.lower() in ("off", "none", "0"):
        return "", ""
    folder = usual if not said or "://" in said else Path(said).expanduser()
    url = said if "://" in said else f"sqlite:///{folder / 'archive.sqlite'}"
    return url, taken["PLAYGROUND_MEDIA"] or str(folder / "media")


def _take(setting: Setting, said: str) -> Any:
    try:
        return setting.take(said) if said else None
    except ValueError:
        raise ConfigError(_wrong(setting, said)) from None


def _wrong(setting: Setting, said: str) -> str:
    return f"{setting.variable} is {said!r}; {setting.allowed}."
