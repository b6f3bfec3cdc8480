"""The host: imports torch and transformers once, then forks a worker whenever it is asked to.

It never computes and never touches an accelerator: a fork of a process with running threads or an
open device would break. Knows nothing of models.
"""

from __future__ import annotations

import os
import signal
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import recv_handle

from playground.engines.protocol import Died, Fork, Hello
from playground.engines.worker.serve import import_libraries, serve


def host(connection: Connection) -> None:
    """Be the host until the page's process goes away; does not return."""
    import_libraries()
    try:
        _fork_on_request(connection)
    except (OSError, EOFError):
        os._exit(
            0
        )  # taking the libraries down in order takes seconds, and there is nothing to save


def _fork_on_request(connection: Connection) -> None:
    """Fork workers and tell which of them ended. Raises OSError or EOFError when the page's process is gone."""
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
            assert isinstance(connection.recv(), Fork)
            end = recv_handle(connection)
            if os.fork() == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                os.close(woken)
                os.close(wake)
                connection.close()
                _work(end)
            os.close(end)


def _work(end: int) -> None:
    """In the forked child: be a worker, and never return into the host's code."""
    code = 1
    try:
        os.set_inheritable(end, False)
        connection = Connection(end)
        connection.send(Hello(os.getpid()))
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
