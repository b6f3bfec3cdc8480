"""`python asker.py FOLDER [TIMES]`: asks so often, or without end, and says what was acknowledged and what was said.
`python asker.py FOLDER TIMES URL` does so with the database of that URL and the folder's media.

    id ID            the comparison was acknowledged
    said ID N T      its first answer had N chunks at the moment T (seconds since 1970)

Killed by tests/archive/test_kill.py, which then looks at what the archive holds.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playground.archive.archive import Archive
from playground.prompt.conversation import Conversation
from tests.archive.kept import columns, desk


def main() -> None:
    """Ask until somebody kills us."""
    words = " ".join(f"w{number}" for number in range(200))
    folder = Path(sys.argv[1])
    kept = Archive(sys.argv[3], str(folder / "media")) if sys.argv[3:] else Archive.within(folder)
    held = desk(kept, words, tokens_per_second=300)
    times = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    for number in range(times):
        comparison = held.start(Conversation.ask(f"question {number}"), columns("a", "b"), True)
        print(f"id {comparison.id}", flush=True)
        until = time.monotonic() + 0.4
        while time.monotonic() < until:
            comparison.watch()
            print(
                f"said {comparison.id} {len(comparison.answers[0].chunks)} {time.time()}",
                flush=True,
            )
            time.sleep(0.02)
        if held.archive.fault:  # type: ignore[union-attr]
            print(f"fault {held.archive.fault}", flush=True)  # type: ignore[union-attr]
    held.close()


if __name__ == "__main__":
    main()
