"""How a server is reached: through which proxy, trusting whom; and why it was not, in words."""

from __future__ import annotations

import ssl
from functools import lru_cache
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass

import httpx2

from playground import config
from playground.engines.server.transport.parcel import Unreached
from playground.models.servers import Server, ServerError

EXPIRED, NOT_YET, OTHER_NAME, OTHER_ADDRESS = 10, 9, 62, 64
"""OpenSSL's numbers (X509_V_ERR_...); all others mean that nobody who is trusted vouches for a certificate."""


def proxy(server: Server) -> httpx2.Proxy | None:
    """The proxy that the environment names for this server (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY; not for NO_PROXY).

    Raises ServerError when it can't be used.
    """
    address, scheme = _named(server), urlsplit(server.url).scheme
    if not address:
        return None
    try:
        chosen = httpx2.Proxy(address)
        httpx2.HTTPTransport(proxy=chosen).close()  # a kind of proxy may need a package of its own
    except (ValueError, ImportError, httpx2.InvalidURL):
        raise ServerError(
            f"The proxy for {server.name} ({server.host}) can't be used.",
            f"Write {scheme.upper()}_PROXY as http://host:port, or name the server's host in NO_PROXY.",
        ) from None
    return chosen


def proxy_address(server: Server) -> str:
    """The URL of that proxy with all that stands in it; empty where there is none. Raises ServerError."""
    return _named(server) if proxy(server) is not None else ""


def _named(server: Server) -> str:
    named = getproxies_environment()
    address = named.get(urlsplit(server.url).scheme) or named.get("all")
    if not address or server.on_this_machine or _is_excepted(server, named):
        return ""
    return address if "://" in address else f"http://{address}"


def certificates(server: Server) -> ssl.SSLContext:
    """Whose certificates are trusted for this server. Raises ServerError where SSL_CERT_FILE can't be read."""
    if urlsplit(server.url).scheme == "http":
        return _nobody()
    said = config.read().certificates
    try:
        return _trusted(said)
    except OSError:  # ssl.SSLError is one
        raise ServerError(
            f"{said[0] or said[1]} holds no certificates that can be read.",
            "Mend SSL_CERT_FILE or SSL_CERT_DIR, or leave it out.",
        ) from None


def unreached(error: BaseException, server: Server) -> tuple[str, str]:
    """Why no connection came about, and what would help, one sentence each."""
    where, host = f"{server.name} ({server.host})", urlsplit(server.url).hostname
    found = error if isinstance(error, Unreached) else Unreached.out_of(error)
    match found.verify:
        case 0 if found.tls:
            return (
                f"{where} does not speak TLS as it should.",
                "Check whether its address begins with http:// rather than https://.",
            )
        case 0:
            pass
        case number if number in (EXPIRED, NOT_YET):
            return (
                f"{where} shows a certificate that is out of date.",
                "Renew it there, or set this machine's clock right.",
            )
        case number if number in (OTHER_NAME, OTHER_ADDRESS):
            return (
                f"{where} shows a certificate for another name than {host}.",
                "Use the name that stands in its certificate.",
            )
        case _:
            return (
                f"{where} shows a certificate that is not trusted here.",
                "Name a file with its certificate, or with that of the authority behind it, in SSL_CERT_FILE.",
            )
    through = proxy(server)
    if through is not None:
        return (
            f"{where} can't be reached through the proxy {through.url.host}.",
            "Check the proxy, or name the server's host in NO_PROXY.",
        )
    return f"{where} can't be reached.", f"Start it, or check that its address is {server.url}."


def _is_excepted(server: Server, named: dict[str, str]) -> bool:
    """Whether NO_PROXY names its host: by name, by a name that it ends in, by its address or a net that it lies in."""
    if proxy_bypass(server.host):
        return True
    try:
        address = ip_address(urlsplit(server.url).hostname or "")
    except ValueError:
        return False
    return any(_lies_in(address, entry.strip(" []")) for entry in named.get("no", "").split(","))


def _lies_in(address: object, entry: str) -> bool:
    try:
        return address in ip_network(entry, strict=False)
    except ValueError:
        return False


@lru_cache(maxsize=4)
def _trusted(said: tuple[str, str]) -> ssl.SSLContext:
    """The authorities that are trusted, read once: it takes tens of milliseconds."""
    return httpx2.create_ssl_context()


@lru_cache(maxsize=1)
def _nobody() -> ssl.SSLContext:
    """For addresses without TLS."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
