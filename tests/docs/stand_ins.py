"""Runs a command of the docs in miniature, in place of its program (PROGRAMS; tests/docs/forking.py starts them).

Whatever would download, serve, train or measure for minutes gets a small stand-in; what can't be run here is checked as
far as it goes (REASONS). Ends with 0 when the command would work.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[2]

REASONS = {
    "docker": "there is no daemon: the image's file is looked at, the compose file read by docker-compose",
    "kubectl": "there is no cluster: the manifests are read by its schemas",
    "vllm": "it wants a GPU: the model must be of the family, the parsers those of deploy/compose.yaml",
    "make": "targets that test, measure or train would take minutes: make only says what it would run",
    "playground bench": "it takes minutes and gigabytes: its help must know the options",
    "demo_family.check": "it takes minutes: its source must know the options",
    "demo_family.gguf": "it would write into the program's folder: its source must know the options",
    "bench": "it takes minutes: the part must be there",
    "pytest": "tests in tests: the file, and the word after -k in it, must be there",
    "hf": "the hub on loopback speaks to this program's client alone: its help must know the command",
    "pre-commit": "it would change this repository's hooks: the configuration is checked",
}
"""What is not run as it stands, and why."""


def playground(arguments: Sequence[str]) -> int:
    """The real command, with an engine that recites instead of models that load."""
    from playground import desk
    from playground.cli import follow
    from playground.engines.recital import Recital
    from playground.models import servers

    if arguments[0] == "bench" and "--help" not in arguments:
        heard = io.StringIO()
        with contextlib.redirect_stdout(heard), contextlib.suppress(SystemExit):
            playground(["bench", "--help"])
        return knows(heard.getvalue(), arguments)
    if url := os.environ.get("PLAYGROUND_SERVER_LAB"):
        assert servers.address(url)
        os.environ["PLAYGROUND_SERVER_LAB"] = os.environ["STAND_IN_SERVER"]
    follow.open_desk = lambda: desk.Desk(
        lambda model: Recital(model), budget_bytes=10**12, archive=desk.open_archive()
    )
    main: Callable[[Sequence[str]], int] = import_module("playground.__main__").main
    return main(arguments)


def python(arguments: Sequence[str]) -> int:
    """`python -m MODULE`."""
    flag, module, *rest = arguments
    assert flag == "-m" and find_spec(module), arguments
    if module == "playground":
        return playground(rest)
    if module == "pytest":
        path, *more = rest
        word = more[1] if more[:1] == ["-k"] else ""
        file = ROOT / path
        return 0 if file.is_dir() or (file.is_file() and word in file.read_text("utf-8")) else 1
    if module == "bench":
        return 0 if all(find_spec(f"bench.{part}") for part in rest) else 1
    if module in ("demo_family.check", "demo_family.gguf"):
        return knows(ROOT.joinpath(*module.split(".")).with_suffix(".py").read_text("utf-8"), rest)
    return 1


def make(arguments: Sequence[str]) -> int:
    """The real one, as if the environment were made; only `help` is more than said."""
    said = [] if list(arguments) == ["help"] else ["--dry-run"]
    made = [word for stamp in ("run", "dev", "made") for word in ("-o", f".venv/{stamp}.stamp")]
    return run("/usr/bin/make", *made, *said, *arguments)


def hf(arguments: Sequence[str]) -> int:
    """Whether the real one has the command, and the repository is of the family."""
    from playground.models.catalog import variants

    command, repo = arguments
    assert repo in {one.weights.instruct for one in variants()}
    return run(sys.executable, "-m", "huggingface_hub.cli.hf", command, "--help")


def pre_commit(arguments: Sequence[str]) -> int:
    """Whether the configuration is one."""
    assert list(arguments) == ["install"]
    return run(sys.executable, "-m", "pre_commit", "validate-config", ".pre-commit-config.yaml")


def curl(arguments: Sequence[str]) -> int:
    """The page's health, asked of the one that `make run` started for these tests."""
    url = arguments[-1].replace("http://localhost:8501", os.environ["STAND_IN_PAGE"])
    with urllib.request.urlopen(url, timeout=30) as reply:
        return 0 if reply.status == 200 else 1


def docker(arguments: Sequence[str]) -> int:
    """Whether the files are there, and what the compose file and the image's own are asked for is in them."""
    command, *rest = arguments
    given = dict(pairwise(rest))
    image = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")
    if command == "build":
        return 0 if (ROOT / given["-f"]).is_file() and rest[-1] == "." else 1
    if command == "run":
        port = given["-p"].partition(":")[2]
        volumes = {two.partition(":")[2] for one, two in pairwise(rest) if one == "-v"}
        (told,) = re.findall(r"(?m)^VOLUME (.*)$", image)
        return 0 if f"EXPOSE {port}" in image and volumes <= set(told.split()) else 1
    assert command == "compose" and rest[-1] == "up", arguments
    wanted = re.findall(r"\${(\w+):\?}", (ROOT / given["-f"]).read_text("utf-8"))
    os.environ.update({name: os.environ.get(name, "exported before") for name in wanted})
    program = str(Path(sys.executable).with_name("docker-compose"))
    return run(program, *rest[:-1], "config", "--quiet")


def kubectl(arguments: Sequence[str]) -> int:
    """Whether the cluster's schemas take what would be applied."""
    assert list(arguments[:2]) == ["apply", "-f"]
    return run(sys.executable, "-m", "kubernetes_validate", "--strict", str(arguments[2]))


def vllm(arguments: Sequence[str]) -> int:
    """Whether the model is of the family and the parsers are those that the compose file uses."""
    from playground.models.catalog import variants

    assert arguments[0] == "serve"
    assert arguments[1] in {one.weights.instruct for one in variants()}
    compose = (ROOT / "deploy" / "compose.yaml").read_text("utf-8")
    words = " ".join(arguments)
    parsers = re.findall(r"--[a-z-]+-parser(?= )", words)
    return 0 if all(f"{one}={words.split(one)[1].split()[0]}" in compose for one in parsers) else 1


def openssl(arguments: Sequence[str]) -> int:
    """A secret; any will do."""
    print("0" * 48)
    return 0 if arguments[0] == "rand" else 1


PROGRAMS: dict[str, Callable[[Sequence[str]], int]] = {
    "playground": playground,
    "python": python,
    "make": make,
    "hf": hf,
    "pre-commit": pre_commit,
    "curl": curl,
    "docker": docker,
    "kubectl": kubectl,
    "vllm": vllm,
    "openssl": openssl,
}


def knows(words: str, arguments: Sequence[str]) -> int:
    """Whether every option that is given stands in these words."""
    options = {word for word in arguments if word.startswith("--")}
    unknown = {word for word in options if not re.search(rf"{word}\b", words)}
    assert not unknown, f"{unknown} not in:\n{words}"
    return 0


def run(*command: str) -> int:
    """A process of its own, at the repository's root."""
    return subprocess.run(command, cwd=ROOT, check=False).returncode
