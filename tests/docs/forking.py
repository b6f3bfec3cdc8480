"""Programs that begin at once: forks of one process that has imported what each of them would import anew.

`python -m tests.docs.forking SOCKET` is that process; it says "ready". `forking.py SOCKET PROGRAM ARGUMENT ...` has it
fork for one of tests/docs/stand_ins.py, in the caller's folder, with its environment and its standard input, output and
error; and ends when that ends, with its code.
"""

from __future__ import annotations

import marshal
import os
import socket
import sys

STANDARD = (0, 1, 2)
"""Input, output, error."""

LATER = (
    "alembic.command",
    "jinja2.sandbox",
    "numpy",
    "pydantic.type_adapter",
    "sqlalchemy.dialects.sqlite",
    "sqlite3",
)
"""What the core, or a package that it uses, imports only when it comes to need it."""


def core() -> list[str]:
    """The modules of the core that the terminal may come to need; none of them reads the environment when imported."""
    from tests.test_layers import APART, HEAVY_PLACES, ROOT, files, within

    rooms = ("cli", "questions", "archive", "comparisons", "engines", "tools", "prompt", "models")
    paths = files(*(f"playground/{room}" for room in rooms))
    apart = (*HEAVY_PLACES, APART, "playground/archive/migrations", "playground/engines/llama")
    return [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in paths
        if path.stem not in ("__init__", "__main__") and not within(path, *apart)
    ]


def call(place: str, words: list[str]) -> int:
    """Have it run; the exit code, 1 if it died without one."""
    with socket.socket(socket.AF_UNIX) as calling:
        calling.connect(place)
        socket.send_fds(calling, [b"."], STANDARD)
        calling.sendall(marshal.dumps((os.getcwd(), dict(os.environ), words)))
        calling.shutdown(socket.SHUT_WR)
        return next(iter(_all(calling)), 1)


def serve(place: str) -> None:
    """Fork for whoever calls, for ever; a fork leaves by SystemExit, as any program does."""
    import signal
    from importlib import import_module

    for name in (*core(), *LATER):
        import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for forks
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(place)
        listening.listen()
        print("ready", flush=True)
        while True:
            called, _ = listening.accept()
            if os.fork() == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                listening.close()
                code = _run(called)
                called.sendall(bytes([code]))
                sys.exit(code)
            called.close()


def _run(called: socket.socket) -> int:
    from tests.docs.stand_ins import PROGRAMS

    _, given, _, _ = socket.recv_fds(called, 1, len(STANDARD))
    folder, environment, (program, *arguments) = marshal.loads(_all(called))
    for theirs, own in zip(given, STANDARD, strict=True):
        os.dup2(theirs, own)
        os.close(theirs)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    try:
        return PROGRAMS[program](arguments)
    except SystemExit as ended:
        return int(ended.code or 0)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        return 1
    finally:
        sys.stdout.flush()


def _all(connection: socket.socket) -> bytes:
    """What comes until the other side is done."""
    return b"".join(iter(lambda: connection.recv(65_536), b""))


if __name__ == "__main__":
    _, place, *words = sys.argv
    if words:
        sys.exit(call(place, words))
    serve(place)
