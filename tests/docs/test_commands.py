"""Every command in README and docs works, run by a shell with small stand-ins for what would take long."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.serving import free_port
from tests.docs import forking, stand_ins
from tests.docs.reading import PAGES, Block, blocks, inline, name
from tests.pdf_files import pdf
from tests.servers import hub as hubs
from tests.servers.hostile import Handler, Hostile, serve
from tests.test_layers import ROOT

BLOCKS = [block for page in PAGES for block in blocks(page)]
SHELL = [block for block in BLOCKS if block.language == "sh"]
COMMANDS = [line for block in SHELL for line in block.commands]
START = "STREAMLIT_SERVER_PORT=8600 make run"
"""Starts the page for real; the port is another, so that it disturbs nobody."""


def once() -> list[tuple[Block, tuple[str, ...]]]:
    """The blocks that have a command which stands in none before them; `make run` is the fixture's."""
    seen: set[str] = set()
    found = []
    for block in SHELL:
        lines = tuple(line for line in block.commands if not line.endswith("make run"))
        if not seen.issuperset(lines):
            found.append((block, lines))
        seen.update(lines)
    return found


FILES = {
    "a.png": "assets/samples/one-shape.png",
    "b.wav": "assets/samples/digits.wav",
    "c.mp4": "assets/samples/moving-shape.mp4",
    "deploy": "deploy",
}
"""What the commands name, by the name that they use."""


@pytest.fixture(scope="module")
def hub() -> Iterator[str]:
    """A hub on loopback that has E2B, very small."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hubs, "REPO", "google/gemma-4-E2B-it")
        running = hubs.Hub()
        yield running.url
        running.shutdown()
        running.server_close()


@pytest.fixture(scope="module")
def server() -> Iterator[Hostile]:
    """A server on loopback that lists E2B."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Handler, "do_GET", _lists_e2b)
        running = serve()
        yield running
        running.shutdown()
        running.server_close()


def _lists_e2b(self: Handler) -> None:
    self._whole(200, b'{"object": "list", "data": [{"id": "google/gemma-4-E2B-it"}]}')


@pytest.fixture(scope="module")
def page() -> Iterator[str]:
    """The address of the page that the documented command started."""
    port = free_port()
    command = START.replace("8600", str(port)).replace(
        "make", "make -o .venv/run.stamp -o .venv/made.stamp"
    )
    process = subprocess.Popen(
        ["sh", "-c", command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        until = time.monotonic() + 90
        while not _healthy(f"http://localhost:{port}"):
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < until, "the page did not come up"
            time.sleep(0.1)
        yield f"http://localhost:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=30)


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


@pytest.fixture(scope="module")
def place(
    tmp_path_factory: pytest.TempPathFactory, hub: str, server: Hostile, page: str
) -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder to run commands in, with stand-ins first on the path and in `.venv/bin`; and the environment.

    The stand-ins are forks of one process: importing the program takes far longer than most of the commands.
    """
    folder = tmp_path_factory.mktemp("docs")
    for file, source in FILES.items():
        (folder / file).symlink_to(ROOT / source)
    tools, line = [
        block.text for block in BLOCKS if block.language == "json" and block.page.stem == "terminal"
    ]
    (folder / "questions.jsonl").write_text(line)
    (folder / "tools.json").write_text(tools)
    (folder / "question.txt").write_text("Turn round: lamp")
    (folder / "answer.json").write_text('{"enum": ["yes", "no"]}')
    (folder / "invoice.pdf").write_bytes(pdf(["Total: 7"] * 7))
    (folder / "notes.md").write_text("Lamps stand in the corner.")
    programs, forks = folder / ".venv" / "bin", folder / "forks"
    programs.mkdir(parents=True)
    for program in stand_ins.PROGRAMS:
        script = programs / program
        script.write_text(
            f'#!/bin/sh\nexec {sys.executable} -I -S {forking.__file__} {forks} {program} "$@"\n'
        )
        script.chmod(0o755)
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("PLAYGROUND_")},
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "HF_ENDPOINT": hub,
        "HF_HUB_DISABLE_XET": "1",
        "STAND_IN_SERVER": server.url,
        "STAND_IN_PAGE": page,
    }
    environment.pop("HF_HUB_OFFLINE", None)
    call = [sys.executable, "-m", "tests.docs.forking", str(forks)]
    with subprocess.Popen(call, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b"ready\n"
        yield folder, environment
        process.terminate()


@pytest.mark.parametrize(
    ("block", "lines"),
    [pytest.param(*case, id=f"{name(case[0].page)}: {case[1][0]}") for case in once()],
)
def test_commands_work(
    block: Block, lines: tuple[str, ...], place: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    """Line by line in one shell, so that what one sets another sees."""
    folder, environment = place
    done = subprocess.run(
        ["sh", "-e", "-c", "\n".join(lines)],
        cwd=folder,
        env={**environment, "HF_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"{name(block.page)}: {lines}\n{done.stdout}\n{done.stderr}"


def test_the_page_is_started_as_it_is_said() -> None:
    starts = {line for line in COMMANDS if line.endswith("make run")}
    assert starts == {"make run", START}


def test_every_program_has_a_stand_in_and_every_stand_in_a_command() -> None:
    used = set()
    for line in COMMANDS:
        words = [word for word in line.split() if not re.fullmatch(r"[A-Z_]+=\S*", word)]
        if words[0] != "export":
            used.add(words[0].removeprefix(".venv/bin/"))
        used |= set(re.findall(r"\$\((\S+)", line))
    assert used == set(stand_ins.PROGRAMS)


def test_what_is_not_run_is_in_the_docs() -> None:
    lines = "\n".join(line for line in COMMANDS)
    assert all(program in lines for program in stand_ins.REASONS)


CALLS = {"bash", "python", "console"}
"""On the page of the API: run by tests/api/test_started.py, but for `console`, which needs another program."""


@pytest.mark.parametrize("page_", PAGES, ids=name)
def test_code_is_of_a_kind_that_is_checked(page_: Path) -> None:
    """Commands stand in `sh` blocks, never in indented ones; other languages hold none, or are run by other tests."""
    elsewhere = CALLS if page_.stem == "api" else set()
    assert {block.language for block in blocks(page_)} <= {"sh", "json", "toml", "text"} | elsewhere
    held = re.sub(r"^```.*?^```$", "", page_.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    indented = re.findall(r"\n\n( {4}\S.*)", held)
    assert not indented


@pytest.mark.parametrize("page_", PAGES, ids=name)
def test_commands_within_sentences_are_there(page_: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.M))
    for said in inline(page_):
        if wanted := re.match(r"make ([a-z-]+)", said):
            assert wanted[1] in targets, said
        if module := re.match(r"python -m ([\w.]+)", said):
            path = ROOT.joinpath(*module[1].split("."))
            assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), said
