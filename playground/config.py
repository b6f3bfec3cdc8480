"""What an operator set, out of the environment variables that `settings` lists, checked as the program starts.

The program calls `check` as it starts, so that a wrong value is one line there and not a broken page for the first
visitor. Everything has a default that suits one person's machine. Knows nothing else of the program.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any, Literal

import platformdirs

from playground.settings import KEY as KEY
from playground.settings import MEMORY_SHARE as MEMORY_SHARE
from playground.settings import NAME as NAME
from playground.settings import SERVER as SERVER
from playground.settings import SERVERS_FILE as SERVERS_FILE
from playground.settings import SETTINGS, Setting
from playground.settings import TOOLS_FILE as TOOLS_FILE
from playground.values import Most as Most

END_S = 20.0
"""Less than the 30 seconds that a cluster waits before it kills."""


AUDIT_DAYS = 90

WAITING = 3
"""Comparisons of one visitor that wait while another of theirs runs."""

SIGN_IN_HOURS = 168.0
SCOPES = "openid profile email"

Api = Literal["off", "here", "tokens"]
"""Who may call it: nobody, programs on this machine, or whoever has a token."""

Rates = tuple[tuple[int, str], ...]
"""Amounts, each with "hour" or "day"."""

HOSTED_RATES: dict[str, Rates] = {
    "PLAYGROUND_MOST_RUNS": ((30, "hour"), (200, "day")),
    "PLAYGROUND_MOST_TOKENS": ((200_000, "hour"), (1_000_000, "day")),
    "PLAYGROUND_MOST_UPLOAD_MB": ((500, "hour"), (2000, "day")),
    "PLAYGROUND_MOST_MINUTES": ((60, "hour"), (240, "day")),
}
"""What holds where strangers come and nothing else is said."""


class ConfigError(ValueError):
    """A variable with a value that can't be used: one line with its name, its value and what is allowed."""


_BY_NAME = {setting.variable: setting for setting in SETTINGS}


@dataclass(frozen=True, slots=True)
class SignIn:
    """How visitors sign in, and what they have to do so for: nothing (""), to "run", or "all". `provider` is the
    address of an OpenID provider, `url` the page's own; `header` is where a trusted proxy says who comes. `members` and
    `operators` are patterns of e-mail addresses, and groups ("group:admins"), which the claim `groups` has.
    """

    needed: str
    provider: str
    client_id: str
    client_secret: str
    scopes: str
    hours: float
    url: str
    header: str
    members: tuple[str, ...]
    operators: tuple[str, ...]
    groups: str


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
    end_s: float
    metrics_token: str
    most_runs: Rates
    most_tokens: Rates
    most_upload_mb: Rates
    most_minutes: Rates
    limits_store: str
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...]
    framed_by: tuple[str, ...]
    models: tuple[str, ...]
    precisions: tuple[str, ...]
    most_contenders: Most
    most_prompt: Most
    most_media_mb: Most
    most_answer: Most
    most_waiting: int
    sign_in: SignIn
    audit: Path | None
    audit_days: int
    audit_content: bool
    api: Api
    traces: bool
    traces_content: bool
    servers_file: Path | None
    tools_file: Path | None
    samples: Path | None
    ollama_models: Path
    llama_cache: Path
    hub_cache: Path
    cache: Path
    archive: str
    media: str
    data_sets: Path
    certificates: tuple[str, str]

    @property
    def limited(self) -> bool:
        """Whether there is a limit on what visitors may have in an hour or a day."""
        return any((self.most_runs, self.most_tokens, self.most_upload_mb, self.most_minutes))


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
    _has("prometheus_client", "PLAYGROUND_METRICS_TOKEN", held.metrics_token)
    _has("limits", "PLAYGROUND_HOSTED", held.limited)
    _has("opentelemetry.exporter.otlp.proto.http", "OTEL_EXPORTER_OTLP_ENDPOINT", held.traces)
    _has("psycopg", "PLAYGROUND_ARCHIVE", held.archive.startswith("postgresql"))
    _has("redis", "PLAYGROUND_LIMITS_STORE", held.limits_store.startswith("redis"))
    _has("authlib", "PLAYGROUND_SIGN_IN", held.sign_in.needed and not held.sign_in.header)
    if faults := _sign_in_faults(held):
        raise ConfigError("\n".join(faults))
    files = (("PLAYGROUND_SERVERS", held.servers_file), ("PLAYGROUND_TOOLS", held.tools_file))
    for variable, file in files:
        if file is not None and not file.is_file():
            raise ConfigError(_wrong(_BY_NAME[variable], str(file)))
    if held.samples is not None and not held.samples.is_dir():
        raise ConfigError(_wrong(_BY_NAME["PLAYGROUND_SAMPLES"], str(held.samples)))


def _has(package: str, variable: str, wanted: object) -> None:
    """That a package is there which only a hosted instance needs. Raises ConfigError."""
    if wanted and not _found(package):
        raise ConfigError(
            f"{variable} needs the package {package}: pip install -r requirements-hosting.txt, or leave it unset."
        )


def _found(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:  # not even what it would stand in
        return False


def patience() -> float | None:
    """Seconds that a server may be silent: PLAYGROUND_PATIENCE_S, or None: as long as somebody watches.

    Raises ConfigError.
    """
    return read().patience_s


def may_manage() -> bool:
    """Whether visitors may download, load, unload and delete weights: not where PLAYGROUND_HOSTED=1."""
    return not read().hosted


def may_choose(wishes: Collection[str]) -> bool:
    """Whether visitors may have a model of this machine loaded so: where strangers come the operator says how."""
    return may_manage() or set(wishes) <= set(read().precisions)


@lru_cache(maxsize=8)
def _read(said: tuple[str, ...], home: str) -> Config:
    """From the values in the order of SETTINGS; it is asked for with every click. "~" is `home`."""
    taken = {one.variable: _take(one, value) for one, value in zip(SETTINGS, said, strict=True)}
    cache = taken["XDG_CACHE_HOME"]
    archive, media, data_sets = _archive(taken)
    hub = taken["HF_HOME"] or Path(cache or "~/.cache") / "huggingface"
    return Config(
        memory_bytes=taken["PLAYGROUND_MEMORY_GB"],
        hosted=bool(taken["PLAYGROUND_HOSTED"]),
        add_servers=bool(taken["PLAYGROUND_ADD_SERVERS"]),
        patience_s=taken["PLAYGROUND_PATIENCE_S"],
        end_s=taken["PLAYGROUND_END_S"] or END_S,
        metrics_token=taken["PLAYGROUND_METRICS_TOKEN"] or "",
        most_runs=_rates(taken, "PLAYGROUND_MOST_RUNS"),
        most_tokens=_rates(taken, "PLAYGROUND_MOST_TOKENS"),
        most_upload_mb=_rates(taken, "PLAYGROUND_MOST_UPLOAD_MB"),
        most_minutes=_rates(taken, "PLAYGROUND_MOST_MINUTES"),
        limits_store=taken["PLAYGROUND_LIMITS_STORE"] or "memory://",
        trusted_proxies=taken["PLAYGROUND_TRUSTED_PROXIES"] or (),
        framed_by=taken["PLAYGROUND_FRAMED_BY"] or (),
        models=taken["PLAYGROUND_MODELS"] or (),
        precisions=taken["PLAYGROUND_PRECISIONS"] or (),
        most_contenders=taken["PLAYGROUND_MOST_CONTENDERS"] or Most(),
        most_prompt=taken["PLAYGROUND_MOST_PROMPT"] or Most(),
        most_media_mb=taken["PLAYGROUND_MOST_MEDIA_MB"] or Most(),
        most_answer=taken["PLAYGROUND_MOST_ANSWER"] or Most(),
        most_waiting=taken["PLAYGROUND_MOST_WAITING"] or WAITING,
        sign_in=_sign_in(taken),
        audit=taken["PLAYGROUND_AUDIT"],
        audit_days=taken["PLAYGROUND_AUDIT_DAYS"] or AUDIT_DAYS,
        audit_content=bool(taken["PLAYGROUND_AUDIT_CONTENT"]),
        api=_api(taken["PLAYGROUND_API"], bool(taken["PLAYGROUND_HOSTED"])),
        traces=bool(taken["OTEL_EXPORTER_OTLP_ENDPOINT"]),
        traces_content=bool(taken["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"]),
        servers_file=taken["PLAYGROUND_SERVERS"],
        tools_file=taken["PLAYGROUND_TOOLS"],
        samples=taken["PLAYGROUND_SAMPLES"],
        ollama_models=Path(taken["OLLAMA_MODELS"] or "~/.ollama/models").expanduser(),
        llama_cache=Path(taken["LLAMA_CACHE"] or "~/.cache/llama.cpp").expanduser(),
        hub_cache=Path(taken["HF_HUB_CACHE"] or Path(hub) / "hub").expanduser(),
        cache=Path(cache, NAME).expanduser() if cache else platformdirs.user_cache_path(NAME),
        archive=archive,
        media=media,
        data_sets=data_sets,
        certificates=(taken["SSL_CERT_FILE"] or "", taken["SSL_CERT_DIR"] or ""),
    )


def _api(opened: bool | None, hosted: bool) -> Api:
    if opened is None:
        return "off" if hosted else "here"
    return "tokens" if opened else "off"


def _rates(taken: Mapping[str, Any], variable: str) -> Rates:
    said: Rates | None = taken[variable]
    if said is not None:
        return said
    return HOSTED_RATES[variable] if taken["PLAYGROUND_HOSTED"] else ()


def _sign_in(taken: Mapping[str, Any]) -> SignIn:
    """Where nothing is said, what Hugging Face tells a Space."""
    host = taken["SPACE_HOST"]
    return SignIn(
        needed=taken["PLAYGROUND_SIGN_IN"] or "",
        provider=taken["PLAYGROUND_SIGN_IN_PROVIDER"] or taken["OPENID_PROVIDER_URL"] or "",
        client_id=taken["PLAYGROUND_SIGN_IN_ID"] or taken["OAUTH_CLIENT_ID"] or "",
        client_secret=taken["PLAYGROUND_SIGN_IN_SECRET"] or taken["OAUTH_CLIENT_SECRET"] or "",
        scopes=taken["PLAYGROUND_SIGN_IN_SCOPES"] or taken["OAUTH_SCOPES"] or SCOPES,
        hours=taken["PLAYGROUND_SIGN_IN_HOURS"] or SIGN_IN_HOURS,
        url=taken["PLAYGROUND_URL"] or (f"https://{host}" if host else ""),
        header=taken["PLAYGROUND_USER_HEADER"] or "",
        members=taken["PLAYGROUND_MEMBERS"] or (),
        operators=taken["PLAYGROUND_OPERATORS"] or (),
        groups=taken["PLAYGROUND_GROUPS"] or "groups",
    )


def _sign_in_faults(held: Config) -> list[str]:
    """A sentence for each thing that signing in lacks."""
    one, faults = held.sign_in, []
    known = bool(one.needed or one.header)
    if known and not held.hosted:
        faults.append(
            "Signing in takes PLAYGROUND_HOSTED=1: without it everything is one person's."
        )
    if one.header and not held.trusted_proxies:
        faults.append(
            "PLAYGROUND_USER_HEADER takes PLAYGROUND_TRUSTED_PROXIES: anybody else could send that header."
        )
    if one.operators and not known:
        faults.append("PLAYGROUND_OPERATORS takes PLAYGROUND_SIGN_IN: nobody is known without it.")
    if one.needed and not one.header:
        lacking = {
            "PLAYGROUND_SIGN_IN_PROVIDER": one.provider,
            "PLAYGROUND_SIGN_IN_ID": one.client_id,
            "PLAYGROUND_SIGN_IN_SECRET": one.client_secret,
            "PLAYGROUND_URL": one.url,
        }
        for variable, said in lacking.items():
            if not said:
                meaning = _BY_NAME[variable].meaning.partition(".")[0].partition(";")[0]
                faults.append(
                    f"PLAYGROUND_SIGN_IN takes {variable}: {meaning[0].lower()}{meaning[1:]}."
                )
    return faults


def _archive(taken: Mapping[str, Any]) -> tuple[str, str, Path]:
    """The URL of the archive's database, empty where nothing is kept, where its media lie, and data sets."""
    data, said = taken["XDG_DATA_HOME"], taken["PLAYGROUND_ARCHIVE"] or ""
    usual = Path(data, NAME).expanduser() if data else platformdirs.user_data_path(NAME)
    if said.lower() in ("off", "none", "0"):
        return "", "", usual / "datasets"
    folder = usual if not said or "://" in said else Path(said).expanduser()
    url = said if "://" in said else f"sqlite:///{folder / 'archive.sqlite'}"
    return url, taken["PLAYGROUND_MEDIA"] or str(folder / "media"), folder / "datasets"


def _take(setting: Setting, said: str) -> Any:
    try:
        return setting.take(said) if said else None
    except ValueError:
        raise ConfigError(_wrong(setting, said)) from None


def _wrong(setting: Setting, said: str) -> str:
    shown = re.sub(r"//[^/@]*@", "//...@", said)  # a password is for no log
    return f"{setting.variable} is {shown!r}; {setting.allowed}."
