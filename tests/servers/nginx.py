"""Debian's nginx with deploy/nginx.conf, in front of replicas on ports of this machine."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
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


@contextmanager
def nginx(ports: Sequence[int], prefix: str = "") -> Iterator[str]:
    """Started and ended; gives its URL, without a slash at the end."""
    listen = free_port()
    with tempfile.TemporaryDirectory(prefix="nginx") as name:
        folder = Path(name)
        folder.chmod(0o755)  # its workers are somebody else
        conf = configuration(folder, listen, ports, prefix)
        call = [program(), "-e", "stderr", "-p", name, "-c", str(conf), "-g", "daemon off;"]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(call, stderr=log)
        try:
            _wait(f"http://localhost:{listen}/metrics", process, folder / "log")
            yield f"http://localhost:{listen}{prefix and f'/{prefix}'}"
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
