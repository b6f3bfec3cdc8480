"""Debian's nginx in front of replicas on ports of this machine: with deploy/nginx.conf, or as a proxy that signs in."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.browser.serving import ROOT, free_port

CONF = ROOT / "deploy" / "nginx.conf"


def program() -> str:
    """Where nginx lies. Fails where it is not installed: `.ci/programs` installs it."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    assert found, "the tests of replicas need nginx (Debian: apt-get install nginx-light)"
    return found


def configuration(folder: Path, listen: int, ports: Sequence[int], prefix: str = "") -> Path:
    """The very file, but for addresses and the folder for what it writes; with a prefix as the file itself says."""
    words = CONF.read_text("utf-8").replace("/tmp/", f"{folder}/")
    words = words.replace("listen 8080;", f"listen 127.0.0.1:{listen};")
    for number, port in enumerate(ports, 1):
        words = words.replace(f"playground-{number}:", "127.0.0.1:").replace(
            f"850{number}", f"{port}"
        )
    if prefix:
        words = re.sub(r"^( +location )/ {", rf"\1/{prefix}/ {{", words, flags=re.MULTILINE)
    made = folder / "nginx.conf"
    made.write_text(words, "utf-8")
    return made


ADDRESS = "127.0.0.2"
"""Where the proxy that signs in connects from; whoever goes around it comes from 127.0.0.1 or ::1."""

HEADER = "X-Forwarded-Email"

SIGNS_IN = """
pid {folder}/nginx.pid;
error_log stderr;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    map $cookie_session $who {{
        default "";
        {sessions}
    }}
    map $http_upgrade $way {{
        default upgrade;
        "" close;
    }}
    server {{
        listen 127.0.0.1:{listen};
        location / {{
            if ($who = "") {{
                return 401;
            }}
            proxy_pass http://127.0.0.1:{port};
            proxy_bind {address};
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header {header} $who;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $way;
            proxy_buffering off;
        }}
    }}
}}
"""


@contextmanager
def nginx(ports: Sequence[int], prefix: str = "") -> Iterator[str]:
    """Started and ended; gives its URL, without a slash at the end."""
    with _running(lambda folder, listen: configuration(folder, listen, ports, prefix)) as url:
        yield f"{url}{prefix and f'/{prefix}'}"


@contextmanager
def signing_in(port: int, sessions: Mapping[str, str]) -> Iterator[str]:
    """The same before one replica: it lets in who has a cookie `session` with one of these values, and says in HEADER
    who that is.
    """

    def configure(folder: Path, listen: int) -> Path:
        lines = "\n".join(f"{value} {who};" for value, who in sessions.items())
        made = folder / "nginx.conf"
        made.write_text(
            SIGNS_IN.format(
                folder=folder,
                listen=listen,
                port=port,
                sessions=lines,
                address=ADDRESS,
                header=HEADER,
            ),
            "utf-8",
        )
        return made

    with _running(configure) as url:
        yield url


@contextmanager
def _running(configure: Callable[[Path, int], Path]) -> Iterator[str]:
    """`configure` writes the file into a folder, for the port that it is to listen on."""
    listen = free_port()
    with tempfile.TemporaryDirectory(prefix="nginx") as name:
        folder = Path(name)
        folder.chmod(0o755)  # its workers are somebody else
        conf = configure(folder, listen)
        call = [program(), "-e", "stderr", "-p", name, "-c", str(conf), "-g", "daemon off;"]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(call, stderr=log)
        try:
            _wait(f"http://localhost:{listen}/metrics", process, folder / "log")
            yield f"http://localhost:{listen}"
        finally:
            process.terminate()
            process.wait(30)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(100):
        assert process.poll() is None, log.read_text("utf-8")
        try:
            urllib.request.urlopen(url, timeout=1)
        except urllib.error.HTTPError:
            return  # it answers
        except OSError:
            time.sleep(0.1)
    raise AssertionError(log.read_text("utf-8"))
