"""The host: imports torch and transformers once, then forks a worker whenever it is asked to.

It never computes and never touches an accelerator: a fork of a process with running threads or an
open device would break. Knows nothing of models.
"""

from __future__ import annotations

import os
import signal
from multiprocessing.connection import Client, Connection, wait

from playground.engines.protocol import HOST, Died, Fork, Hello
from playground.engines.worker.serve import import_libraries, serve


def serve_forks(connection: Connection, address: str, key: bytes) -> None:
    """Fork on request and tell which workers ended, until the page's process goes away."""
    woken, wake = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    while True:
        for ready in wait([connection, woken]):
            if ready == woken:
                os.read(woken, 4096)
                _reap(connection)
                continue
            try:
                message = connection.recv()
            except (OSError, EOFError):
                return
            if isinstance(message, Fork) and os.fork() == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                os.close(woken)
                os.close(wake)
                connection.close()
                _work(message.number, address, key)


def host(address: str, key: bytes) -> None:
    """Be the host until the page's process goes away; does not return."""
    import_libraries()
    connection = Client(address, authkey=key)
    connection.send(Hello(HOST, os.getpid()))
    serve_forks(connection, address, key)
    os._exit(0)  # taking the libraries down in order takes seconds, and there is nothing to save


def _work(number: int, address: str, key: bytes) -> None:
    """In the forked child: be a worker, and never return into the host's code."""
    code = 1
    try:
        connection = Client(address, authkey=key)
        connection.send(Hello(number, os.getpid()))
        serve(connection)
        code = 0
    finally:
        os._exit(code)


def _reap(connection: Connection) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        connection.send(Died(pid, os.waitstatus_to_exitcode(status)))
