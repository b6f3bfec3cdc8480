"""A worker's life: load one model, answer one question at a time, end when the page's process goes
away.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from playground.engines.events import Progress
from playground.engines.protocol import Ask, Broke, Forget, Halt, Load, Loaded, Told

if TYPE_CHECKING:
    from playground.engines.worker.answering import Answering

log = logging.getLogger(__name__)


def import_libraries() -> None:
    """Import everything that loading and answering need, so that a fork has it already."""
    import PIL.Image  # noqa: F401
    import torch  # noqa: F401
    import transformers.models.gemma4.modeling_gemma4
    import transformers.models.gemma4.processing_gemma4

    from playground.engines.worker import answering, processor  # noqa: F401
    from playground.engines.worker.weights import checkpoint  # noqa: F401

    processor.prepare()
    transformers.utils.logging.disable_progress_bar()


class Inbox:
    """Messages from the page's process, read by a thread of their own so that `Halt` is heard while
    computing.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._orders: queue.SimpleQueue[Load | Ask | Forget] = queue.SimpleQueue()
        self._halted = 0
        threading.Thread(target=self._read, name="inbox", daemon=True).start()

    def next(self) -> Load | Ask | Forget:
        """The next thing to do; waits for it."""
        return self._orders.get()

    def halted(self, number: int) -> bool:
        """Whether that answer should end."""
        return self._halted >= number

    def _read(self) -> None:
        while True:
            try:
                message = self._connection.recv()
            except (OSError, EOFError):
                os._exit(0)  # the page's process is gone: so is the reason to compute
            if isinstance(message, Halt):
                self._halted = message.number
            else:
                self._orders.put(message)


def serve(connection: Connection) -> None:
    """Load what is asked for, then answer until the connection closes."""
    import_libraries()
    from playground.engines.worker.answering import Answering
    from playground.engines.worker.meter import weights_read
    from playground.engines.worker.weights.checkpoint import Unloadable, load

    inbox = Inbox(connection)
    order = inbox.next()
    assert isinstance(order, Load)
    try:
        with weights_read(Path(order.path), lambda how_far: connection.send(Told(0, how_far))):
            checkpoint = load(order.path, order.dtype, order.drafter)
        answering = Answering(checkpoint)
        answering.warm_up()
    except Unloadable as error:
        connection.send(Broke(error.reason, error.remedy))
        return
    except MemoryError:
        connection.send(
            Broke("There is not enough memory to load the model.", "Choose a smaller variant.")
        )
        return
    except ImportError as error:
        connection.send(
            Broke(
                f"These weights need a library that is not installed: {error.name or error}.",
                "Install it beside this program, or take weights that are not quantised.",
            )
        )
        return
    except Exception as error:
        log.exception("loading %s failed", order.path)
        connection.send(
            Broke(f"The weights could not be loaded: {_first_line(error)}", "Check the checkpoint.")
        )
        return
    connection.send(Loaded(checkpoint.device, answering.notes))

    while True:
        order = inbox.next()
        if isinstance(order, Forget):
            answering.forget()
            continue
        assert isinstance(order, Ask)
        try:
            _answer(connection, inbox, answering, order)
        except OSError:
            return


def _answer(connection: Connection, inbox: Inbox, answering: Answering, ask: Ask) -> None:
    def halted() -> bool:
        return inbox.halted(ask.number)

    def tell(how_far: Progress) -> None:
        connection.send(Told(ask.number, how_far))

    from playground.engines.worker.constraint import Unheld

    events = answering.answer(ask.conversation, ask.settings, halted, tell)
    try:
        for event in events:
            connection.send(Told(ask.number, event))
    except OSError:
        raise
    except Unheld as error:
        connection.send(Broke(error.reason, error.remedy))
    except Exception as error:
        log.exception("an answer broke")
        reason = f"The model broke while it answered: {_first_line(error)}"
        connection.send(Broke(reason, "Run it again."))


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}{': ' + lines[0] if lines else ''}."
