"""Every environment variable that the program reads: what holds without it, what it means, what may stand in it.

A table and no more: what the values become for the program, `config` says. Knows nothing else of the program.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playground import values
from playground.values import PRECISIONS as PRECISIONS

NAME = "gemma4-playground"

MEMORY_SHARE = 0.7
"""Of the device's memory that models may use when nothing else is said: the rest is for the page
and the system.
"""

SERVER, KEY = "PLAYGROUND_SERVER_", "PLAYGROUND_KEY_"
"""What the variables of a server begin with; its name follows, in capitals."""

SERVERS_FILE = "servers.toml"
TOOLS_FILE = "tools.toml"


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable: what holds without it, and what it means, both in words. `allowed` says what may stand in it,
    `take` makes it a value or raises ValueError.
    """

    variable: str
    default: str
    meaning: str
    allowed: str = ""
    take: Callable[[str], Any] = field(default=values.text, repr=False)


_ON = "say 1 for yes or 0 for no"

SETTINGS = (
    Setting(
        "PLAYGROUND_MEMORY_GB",
        f"{MEMORY_SHARE:g} of the device's memory",
        "Gigabytes (10^9 bytes) that all loaded models may take together.",
        "give a number of gigabytes, such as 16",
        values.gigabytes,
    ),
    Setting(
        "PLAYGROUND_HOSTED",
        "0",
        "1 where strangers come: visitors can't download, load, unload or delete weights.",
        _ON,
        values.yes,
    ),
    Setting(
        "PLAYGROUND_ADD_SERVERS",
        "0",
        "1 lets visitors name servers of their own: the program then asks any address that it can reach for them.",
        _ON,
        values.yes,
    ),
    Setting(
        "PLAYGROUND_SERVERS",
        f"{SERVERS_FILE} in the folder where the program was started, if there is one",
        "The file that names the servers.",
        "name a file that is there",
        values.path,
    ),
    Setting(
        "PLAYGROUND_TOOLS",
        f"{TOOLS_FILE} in the folder where the program was started, if there is one",
        "The file that names the MCP servers whose tools models may call.",
        "name a file that is there",
        values.path,
    ),
    Setting(
        "PLAYGROUND_SAMPLES",
        "none",
        "A folder of your own samples with a samples.toml as in assets/samples: Compare offers them too.",
        "name a folder that is there",
        values.path,
    ),
    Setting(
        "PLAYGROUND_PATIENCE_S",
        "as long as somebody watches",
        "Seconds that a server may be silent before its answer fails.",
        "give a number of seconds, such as 300",
        values.seconds,
    ),
    Setting(
        "PLAYGROUND_END_S",
        "20",
        "Seconds that answers may go on after SIGTERM, before what there is of them is kept as interrupted.",
        "give a number of seconds, such as 20",
        values.seconds,
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
        values.rates,
    ),
    Setting(
        "PLAYGROUND_MOST_TOKENS",
        "off; 200000/hour, 1000000/day where PLAYGROUND_HOSTED=1",
        "Tokens, read and answered, that a visitor's questions may take.",
        "give numbers an hour and a day, such as 200000/hour, 1000000/day, or off",
        values.rates,
    ),
    Setting(
        "PLAYGROUND_MOST_UPLOAD_MB",
        "off; 500/hour, 2000/day where PLAYGROUND_HOSTED=1",
        "Megabytes that a visitor may upload.",
        "give numbers an hour and a day, such as 500/hour, 2000/day, or off",
        values.rates,
    ),
    Setting(
        "PLAYGROUND_MOST_MINUTES",
        "off; 60/hour, 240/day where PLAYGROUND_HOSTED=1",
        "Minutes that models may compute for a visitor, loading included.",
        "give numbers an hour and a day, such as 60/hour, 240/day, or off",
        values.rates,
    ),
    Setting(
        "PLAYGROUND_LIMITS_STORE",
        "memory",
        "Where the use of these is counted: memory, or the URL of a Redis server that several programs share.",
        "say memory, or give a URL such as redis://limits:6379",
        values.store,
    ),
    Setting(
        "PLAYGROUND_TRUSTED_PROXIES",
        "none",
        "Addresses or networks of proxies whose X-Forwarded-For and -Proto are believed: visitors count by address.",
        "give addresses or networks, such as 127.0.0.1, 10.0.0.0/8",
        values.networks,
    ),
    Setting(
        "PLAYGROUND_FRAMED_BY",
        "none",
        "Origins whose pages may show this one in a frame, such as https://huggingface.co.",
        "give origins, such as https://huggingface.co, https://*.example.org",
        values.origins,
    ),
    Setting(
        "PLAYGROUND_MODELS",
        "all",
        "Patterns of the models that visitors may ask, by name or variant: demo:*, server:lab:*, E2B.",
        "",
        values.words,
    ),
    Setting(
        "PLAYGROUND_PRECISIONS",
        "none where PLAYGROUND_HOSTED=1, else all",
        "Precisions in which visitors may have models of this machine loaded.",
        f"name some of {', '.join(PRECISIONS)}",
        values.precisions,
    ),
    Setting(
        "PLAYGROUND_MOST_CONTENDERS",
        "as many as the page takes",
        "Answers to one question that a visitor may ask for; 4, operators 12 bounds operators too.",
        "give a whole number, such as 4, or 4, operators 12",
        values.most,
    ),
    Setting(
        "PLAYGROUND_MOST_PROMPT",
        "as much as the page takes",
        "Characters of a visitor's question; said for operators in the same way.",
        "give a whole number, such as 20000, or 20000, operators 100000",
        values.most,
    ),
    Setting(
        "PLAYGROUND_MOST_MEDIA_MB",
        "as much as the page takes",
        "Megabytes of a question's media, as they are kept.",
        "give a whole number, such as 20, or 20, operators 200",
        values.most,
    ),
    Setting(
        "PLAYGROUND_MOST_ANSWER",
        "as long as the page takes",
        "Tokens of the longest answer that may be asked for, its thought included.",
        "give a whole number, such as 2048, or 2048, operators 8192",
        values.most,
    ),
    Setting(
        "PLAYGROUND_MOST_WAITING",
        "3",
        "Comparisons of one visitor that may wait while another of theirs runs.",
        "give a whole number, such as 3",
        values.count,
    ),
    Setting(
        "PLAYGROUND_SIGN_IN",
        "off",
        "Whether visitors sign in: run (to ask; looking is free), all (to see anything), or off.",
        "say run, all or off",
        values.needed,
    ),
    Setting(
        "PLAYGROUND_SIGN_IN_PROVIDER",
        "OPENID_PROVIDER_URL",
        "The address of the OpenID provider, such as https://accounts.google.com.",
        "give an address such as https://accounts.google.com",
        values.url,
    ),
    Setting(
        "PLAYGROUND_SIGN_IN_ID",
        "OAUTH_CLIENT_ID",
        "The client's id, as the provider gave it.",
    ),
    Setting(
        "PLAYGROUND_SIGN_IN_SECRET",
        "OAUTH_CLIENT_SECRET",
        "The client's secret, as the provider gave it. It signs the cookies too.",
    ),
    Setting(
        "PLAYGROUND_SIGN_IN_SCOPES",
        "openid profile email",
        "What is asked of the provider.",
    ),
    Setting(
        "PLAYGROUND_SIGN_IN_HOURS",
        "168",
        "Hours after which one has to sign in again.",
        "give a number of hours, such as 24",
        values.seconds,
    ),
    Setting(
        "PLAYGROUND_URL",
        "https://SPACE_HOST on a Hugging Face Space",
        "The address at which visitors open the page; the provider sends them back to /oauth2callback below it.",
        "give an address such as https://playground.lab.org",
        values.url,
    ),
    Setting(
        "PLAYGROUND_MEMBERS",
        "all whom the provider knows",
        "Who may sign in: patterns of e-mail addresses, and groups: *@lab.org, group:students.",
        "",
        values.words,
    ),
    Setting(
        "PLAYGROUND_OPERATORS",
        "nobody",
        "Who operates it when signed in, said in the same way: ada@lab.org, group:admins.",
        "",
        values.words,
    ),
    Setting(
        "PLAYGROUND_GROUPS",
        "groups",
        "Which of the provider's claims has a user's groups; on Hugging Face orgs.",
    ),
    Setting(
        "PLAYGROUND_USER_HEADER",
        "none",
        "The header in which a proxy of PLAYGROUND_TRUSTED_PROXIES says who comes, such as X-Forwarded-Email.",
        "give a header's name, such as X-Forwarded-Email",
        values.header,
    ),
    Setting(
        "OAUTH_CLIENT_ID",
        "none",
        "A Hugging Face Space with hf_oauth sets this and the next three, and where it runs SPACE_HOST.",
    ),
    Setting("OAUTH_CLIENT_SECRET", "none", "The same for the client's secret."),
    Setting("OAUTH_SCOPES", "none", "The same for what is asked of the provider."),
    Setting(
        "OPENID_PROVIDER_URL",
        "none",
        "The same for the provider's address.",
        "give an address such as https://huggingface.co",
        values.url,
    ),
    Setting("SPACE_HOST", "none", "The host at which a Hugging Face Space is reached."),
    Setting(
        "PLAYGROUND_AUDIT",
        "no audit log",
        "A folder for the audit log: a line of JSON for each answer, without what was asked and said.",
        "",
        values.path,
    ),
    Setting(
        "PLAYGROUND_AUDIT_DAYS",
        "90",
        "Days that the audit log is kept; each has a file of its own.",
        "give a whole number of days, such as 30",
        values.count,
    ),
    Setting(
        "PLAYGROUND_AUDIT_CONTENT",
        "0",
        "1 puts the words that were asked and said into the audit log. Tell your visitors.",
        _ON,
        values.yes,
    ),
    Setting(
        "PLAYGROUND_API",
        "programs on this machine alone; 0 where PLAYGROUND_HOSTED=1",
        "1 opens the API to whoever has a token, which visitors make on the Engines page; 0 turns it off.",
        _ON,
        values.yes,
    ),
    Setting(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "no traces",
        "The OpenTelemetry collector that gets a span for each answer (OTLP over HTTP).",
        "give an address such as http://localhost:4318",
        values.url,
    ),
    Setting(
        "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT",
        "false",
        "true puts the words that were asked and said into the spans (media as digests). Tell your visitors.",
        "say true, false, span_only or no_content",
        values.captured,
    ),
    Setting(
        "PLAYGROUND_ARCHIVE",
        f"{NAME} in XDG_DATA_HOME",
        "Where comparisons are kept: a folder, a database's URL (postgresql+psycopg://...), or off.",
        "give a folder, postgresql://..., sqlite:///..., or off",
        values.archive,
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
    Setting(
        "OLLAMA_MODELS", "~/.ollama/models", "Where Ollama keeps its models, which are offered."
    ),
    Setting(
        "LLAMA_CACHE",
        "~/.cache/llama.cpp",
        "Where llama.cpp keeps its GGUF files, which are offered.",
    ),
    Setting("HF_HUB_CACHE", "hub in HF_HOME", "Where weights lie and are downloaded to."),
    Setting(
        "HF_HOME",
        "huggingface in XDG_CACHE_HOME",
        "The Hugging Face libraries' folder, when HF_HUB_CACHE is not set.",
    ),
    Setting(
        "XDG_CACHE_HOME",
        "~/.cache (on other systems than Linux what is usual there)",
        f"Where caches lie; {NAME} in it holds what trials of served models showed, and digests of prompts.",
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
