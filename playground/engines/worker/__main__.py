"""`python -m playground.engines.worker NUMBER`: the host of the workers (number 0), or one fresh
worker.

Reads the address to connect to and the key from standard input.
"""

import contextlib
import os
import signal
import sys
from multiprocessing.connection import Client

from playground.engines.protocol import HOST, Hello


def main() -> None:
    """Connect, import the heavy libraries, and become what was asked for."""
    number = int(sys.argv[1])
    address, key = sys.stdin.readline().strip(), bytes.fromhex(sys.stdin.readline().strip())
    # Ctrl-C in the terminal is for the page's process; the others end when their connection to it
    # closes.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The page's process may end before this one is ready: then there is nobody to connect to.
    with contextlib.suppress(ConnectionError, EOFError, FileNotFoundError):
        if number == HOST:
            from playground.engines.worker.host import host

            host(address, key)
        else:
            from playground.engines.worker.serve import serve as worker

            connection = Client(address, authkey=key)
            connection.send(Hello(number, os.getpid()))
            worker(connection)


if __name__ == "__main__":
    main()
