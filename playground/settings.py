"""Every environment variable that the program reads: what holds without it, what it means, what may stand in it.

A table and no more: what the values become for the program, `config` says. Knows nothing else of the program.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any

NAME = "gemma4-playground"

MEMORY_SHARE = 0.7
"""Of the device's memory that models may use when nothing else is said: the rest is for the page
and the system.
"""

SERVER, KEY = "PLAYGROUND_SERVER_", "PLAYGROUND_KEY_"
"""What the variables of a server begin with; its name follows, in capitals."""

SERVERS_FILE = "servers.toml"
TOOLS_FILE = "tools.toml"

PRECISIONS = ("fp32", "bf16", "int8", "int4")
"""In which a model of this machine can be loaded."""

RATE = re.compile(r"(\d+)\s*(?:/|per|an?)\s*(hour|day)")


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


def _rates(said: str) -> tuple[tuple[int, str], ...]:
    """ "30/hour, 200/day" as ((30, "hour"), (200, "day")); nothing for "off"."""
    if said.lower() in ("off", "none", "0"):
        return ()
    found = [RATE.fullmatch(one.strip().lower()) for one in said.split(",")]
    rates = tuple((int(one[1]), one[2]) for one in found if one is not None and int(one[1]))
    if len(rates) < len(found):
        raise ValueError
    return rates


def _words(said: str) -> tuple[str, ...]:
    return tuple(filter(None, (one.strip() for one in said.split(","))))


def _networks(said: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(one) for one in _words(said))


def _precisions(said: str) -> tuple[str, ...]:
    if not set(_words(said)) <= {*PRECISIONS}:
        raise ValueError
    return _words(said)


def _count(said: str) -> int:
    if int(said) < 1:
        raise ValueError
    return int(said)


def _store(said: str) -> str:
    if said.lower() == "memory":
        return "memory://"
    if not said.startswith(("redis://", "rediss://")):
        raise ValueError
    return said


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
        "PLAYGROUND_SAMPLES",
        "none",
        "A folder of your own samples with a samples.toml as in assets/samples: Compare offers them too.",
        "name a folder that is there",
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
        "PLAYGROUND_END_S",
        "20",
        "Seconds that answers may go on after SIGTERM, before what there is of them is kept as interrupted.",
        "give a number of seconds, such as 20",
        _seconds,
    ),
    Setting(
        "PLAYGROUND_METRICS_TOKEN",
        "no metrics",
        "Opens /metrics (Prometheus) and Streamlit's /_stcore/metrics to whoever sends it as a bearer token.",
    ),
    Setting(
        "PLAYGROUND_MOST_RUNS",
        "off; 30/hour, 200/day where PLAYGROUND_HOSTED=1",
        "Questions that a visitor may put; asking again counts, drawing a page does not.",
        "give numbers an hour and a day, such as 30/hour, 200/day, or off",
        _rates,
    ),
    Setting(
        "PLAYGROUND_MOST_TOKENS",
        "off; 200000/hour, 1000000/day where PLAYGROUND_HOSTED=1",
        "Tokens, read and answered, that a visitor's questions may take.",
        "give numbers an hour and a day, such as 200000/hour, 1000000/day, or off",
        _rates,
    ),
    Setting(
        "PLAYGROUND_MOST_UPLOAD_MB",
        "off; 500/hour, 2000/day where PLAYGROUND_HOSTED=1",
        "Megabytes that a visitor may upload.",
        "give numbers an hour and a day, such as 500/hour, 2000/day, or off",
        _rates,
    ),
    Setting(
        "PLAYGROUND_MOST_MINUTES",
        "off; 60/hour, 240/day where PLAYGROUND_HOSTED=1",
        "Minutes that models may compute for a visitor, loading included.",
        "give numbers an hour and a day, such as 60/hour, 240/day, or off",
        _rates,
    ),
    Setting(
        "PLAYGROUND_LIMITS_STORE",
        "memory",
        "Where the use of these is counted: memory, or the URL of a Redis server that several programs share.",
        "say memory, or give a URL such as redis://limits:6379",
        _store,
    ),
    Setting(
        "PLAYGROUND_TRUSTED_PROXIES",
        "none",
        "Addresses or networks of proxies whose X-Forwarded-For is believed: visitors count by address too.",
        "give addresses or networks, such as 127.0.0.1, 10.0.0.0/8",
        _networks,
    ),
    Setting(
        "PLAYGROUND_MODELS",
        "all",
        "Patterns of the models that visitors may ask, by name or variant: demo:*, server:lab:*, E2B.",
        "",
        _words,
    ),
    Setting(
        "PLAYGROUND_PRECISIONS",
        "none where PLAYGROUND_HOSTED=1, else all",
        "Precisions in which visitors may have models of this machine loaded.",
        f"name some of {', '.join(PRECISIONS)}",
        _precisions,
    ),
    Setting(
        "PLAYGROUND_MOST_CONTENDERS",
        "as many as the page takes",
        "Answers to one question that a visitor may ask for.",
        "give a whole number, such as 4",
        _count,
    ),
    Setting(
        "PLAYGROUND_AUDIT",
        "no audit log",
        "A folder for the audit log: a line of JSON for each answer, without what was asked and said.",
        "",
        _path,
    ),
    Setting(
        "PLAYGROUND_AUDIT_DAYS",
        "90",
        "Days that the audit log is kept; each has a file of its own.",
        "give a whole number of days, such as 30",
        _count,
    ),
    Setting(
        "PLAYGROUND_AUDIT_CONTENT",
        "0",
        "1 puts the words that were asked and said into the audit log. Tell your visitors.",
        _ON,
        _yes,
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
