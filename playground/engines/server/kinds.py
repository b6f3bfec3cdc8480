"""Which kind of server this is, from what it tells; from its host only where the host is the kind."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from playground.engines.server.asking import Asking, Json


def kind_of(asking: Asking, listed: Sequence[Json]) -> tuple[str, str, Json]:
    """The server's kind and version, and what it says of its only model."""
    server = asking.server
    host = urlsplit(server.url).hostname or ""
    if server.kind and server.kind != "llama.cpp":
        return server.kind, "", {}
    if host.endswith("googleapis.com"):
        return "gemini", "", {}
    if host == "router.huggingface.co":
        return "huggingface", "", {}
    owners = {str(one.get("owned_by", "")) for one in listed}
    if "vllm" in owners:
        return "vllm", str(asking.get("/version").get("version", "")), {}
    if "sglang" in owners:
        return "sglang", "", {}
    props = asking.get("/props")
    if "default_generation_settings" in props:
        return "llama.cpp", str(props.get("build_info", "")), {"props": props}
    if server.kind:
        return server.kind, "", {}
    if version := asking.get("/api/version").get("version"):
        return "ollama", str(version), {}
    if isinstance(asking.get("/api/v0/models").get("data"), list):
        return "lmstudio", "", {}
    paths = asking.get("/openapi.json").get("paths")
    if isinstance(paths, dict) and "/load_model" in paths:
        return "transformers", "", {}
    return "other", "", {}
