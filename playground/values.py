"""How the words that stand in an environment variable become a value: each raises ValueError where they make none.

Knows no variable.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

PRECISIONS = ("fp32", "bf16", "int8", "int4")
"""In which a model of this machine can be loaded."""

ORIGIN = re.compile(r"https?://(\*\.)?[\w.-]+(:\d+)?")

RATE = re.compile(r"(\d+)\s*(?:/|per|an?)\s*(hour|day)")


def text(said: str) -> str:
    """As it stands."""
    return said


def gigabytes(said: str) -> int:
    """Gigabytes as bytes."""
    gigabytes = float(said)
    if not 0 < gigabytes < float("inf"):
        raise ValueError
    return int(gigabytes * 1e9)


def seconds(said: str) -> float:
    """A time, above zero."""
    seconds = float(said)
    if not 0 < seconds < float("inf"):
        raise ValueError
    return seconds


def path(said: str) -> Path:
    """A file or folder; "~" is the home."""
    return Path(said).expanduser()


def yes(said: str) -> bool:
    """Yes or no."""
    if said.lower() in ("1", "true", "yes", "on"):
        return True
    if said.lower() in ("0", "false", "no", "off"):
        return False
    raise ValueError


def rates(said: str) -> tuple[tuple[int, str], ...]:
    """ "30/hour, 200/day" as ((30, "hour"), (200, "day")); nothing for "off"."""
    if said.lower() in ("off", "none", "0"):
        return ()
    found = [RATE.fullmatch(one.strip().lower()) for one in said.split(",")]
    rates = tuple((int(one[1]), one[2]) for one in found if one is not None and int(one[1]))
    if len(rates) < len(found):
        raise ValueError
    return rates


def words(said: str) -> tuple[str, ...]:
    """What stands between commas."""
    return tuple(filter(None, (one.strip() for one in said.split(","))))


def origins(said: str) -> tuple[str, ...]:
    """Origins between commas, such as "https://huggingface.co" and "https://*.example.org"."""
    if not all(ORIGIN.fullmatch(one) for one in words(said)):
        raise ValueError
    return words(said)


def networks(said: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Addresses and networks between commas."""
    return tuple(ip_network(one) for one in words(said))


def precisions(said: str) -> tuple[str, ...]:
    """Names of precisions between commas."""
    if not set(words(said)) <= {*PRECISIONS}:
        raise ValueError
    return words(said)


def count(said: str) -> int:
    """A whole number, at least 1."""
    if int(said) < 1:
        raise ValueError
    return int(said)


def store(said: str) -> str:
    """Where limits are counted, as a URL."""
    if said.lower() == "memory":
        return "memory://"
    if not said.startswith(("redis://", "rediss://")):
        raise ValueError
    return said


def archive(said: str) -> str:
    """A folder, "off", or a database's URL; PostgreSQL's as SQLAlchemy's driver here has it."""
    scheme, of_it, rest = said.partition("://")
    if of_it and scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        return f"postgresql+psycopg://{rest}"
    if of_it and scheme != "sqlite":
        raise ValueError
    return said


@dataclass(frozen=True, slots=True)
class Most:
    """The most that a visitor and an operator may have of something; None: as much as the page takes."""

    visitor: int | None = None
    operator: int | None = None

    def of(self, operator: bool) -> int | None:
        """Theirs."""
        return self.operator if operator else self.visitor


def most(said: str) -> Most:
    """ "4, operators 12": one number for visitors, and one for operators if they have a limit too."""
    own, comma, theirs = said.partition(",")
    found = re.fullmatch(r"operators?\s*[=:]?\s*(\d+)", theirs.strip().lower())
    if comma and found is None:
        raise ValueError
    return Most(count(own), count(found[1]) if found else None)


def needed(said: str) -> str:
    """What one has to sign in for: nothing (""), to "run", or "all"."""
    if said.lower() not in ("off", "none", "0", "run", "all"):
        raise ValueError
    return said.lower() if said.lower() in ("run", "all") else ""


def url(said: str) -> str:
    """An address of the web, without a slash at its end."""
    parts = urlsplit(said)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError
    return said.rstrip("/")


def header(said: str) -> str:
    """The name of a header of HTTP, in small letters."""
    if not re.fullmatch(r"[A-Za-z0-9-]+", said):
        raise ValueError
    return said.lower()


def captured(said: str) -> bool:
    """Whether words go into spans, in OpenTelemetry's own terms; what would go into events alone goes nowhere."""
    modes = {"span_only": True, "span_and_event": True, "event_only": False, "no_content": False}
    return modes[said.lower()] if said.lower() in modes else yes(said)
