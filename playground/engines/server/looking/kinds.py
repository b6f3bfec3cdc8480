"""Which kind of server this is, from what it tells; from its host only where the host is the kind."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from playground.engines.server.transport.asking import Asking, Json


def kind_of(asking: Asking, listed: Sequence[Json]) -> str:
    """The server's kind: what its operator said, else what it looks like."""
    server = asking.server
    host = urlsplit(server.url).hostname or ""
    if server.kind:
        return server.kind
    if host.endswith("googleapis.com"):
        return "gemini"
    if host == "router.huggingface.co":
        return "huggingface"
    owners = {str(one.get("owned_by", "")) for one in listed}
    if "vllm" in owners:
        return "vllm"
    if "sglang" in owners:
        return "sglang"
    if "default_generation_settings" in asking.get("/props"):
        return "llama.cpp"
    if asking.get("/api/version").get("version"):
        return "ollama"
    entries = asking.get("/api/v0/models").get("data")
    # Some servers answer every path with the list that stands at /v1/models, where no entry has a type.
    if isinstance(entries, list) and all(
        isinstance(one, dict) and "type" in one for one in entries
    ):
        return "lmstudio"
    paths = asking.get("/openapi.json").get("paths")
    if isinstance(paths, dict) and "/load_model" in paths:
        return "transformers"
    return "other"


def version_of(asking: Asking, kind: str) -> str:
    """The server's version; empty where its kind does not tell."""
    match kind:
        case "vllm":
            said = asking.get("/version").get("version")
        case "llama.cpp":
            said = asking.get("/props").get("build_info")
        case "ollama":
            said = asking.get("/api/version").get("version")
        case _:
            said = None
    return said[:60] if isinstance(said, str) else ""


def turns_of(asking: Asking, kind: str) -> int:
    """How many answers it gives at a time; 0 where it does not tell."""
    slots = asking.get("/props").get("total_slots") if kind == "llama.cpp" else None
    return slots if isinstance(slots, int) and slots > 0 else 0


def about(asking: Asking, kind: str, name: str) -> Json:
    """What it says of a model beside its list; empty where its kind says nothing more."""
    match kind:
        case "llama.cpp":
            return asking.get("/props")
        case "sglang":
            return asking.get("/get_model_info")
        case "ollama":
            shown = asking.post(f"{asking.server.root}/api/show", {"model": name})[1]
            return {**shown, "running": _entry(asking.get("/api/ps").get("models"), name)}
        case "lmstudio":
            return _entry(asking.get("/api/v0/models").get("data"), name)
    return {}


def _entry(entries: object, name: str) -> Json:
    """A model's entry in a list of the server's own; empty where it is not in it."""
    for one in entries if isinstance(entries, list) else ():
        if isinstance(one, dict) and name in (one.get("id"), one.get("model"), one.get("name")):
            return one
    return {}
