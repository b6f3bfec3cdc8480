"""`python -m playground.engines.worker ROLE CONNECTION`: the host of the workers ("host"), or one fresh worker
("worker"). CONNECTION is the number of an inherited socket, whose other end is the page's process.
"""

import os
import signal
import sys
from multiprocessing.connection import Connection


def main() -> None:
    """Import the heavy libraries, and become what was asked for."""
    role, end = sys.argv[1], int(sys.argv[2])
    # Ctrl-C in the terminal is for the page's process; the others end when their connection to it
    # closes.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.set_inheritable(end, False)
    connection = Connection(end)
    if role == "host":
        from playground.engines.worker.host import host

        host(connection)
    else:
        from playground.engines.worker.serve import serve

        serve(connection)


if __name__ == "__main__":
    main()
