"""Why the archive can't be read or written, in one sentence for the person at the page."""

from __future__ import annotations

import errno


class Newer(OSError):
    """The database was written by a newer version of this program, which knows what is in it."""


def sentence(error: Exception) -> str:
    """The reason and what would help; comparisons go on in memory meanwhile."""
    original = getattr(error, "orig", None) or error
    said = str(original).lower()
    number = getattr(original, "errno", None)
    if isinstance(error, Newer):
        why = "a newer version of this program wrote its database; use that one, or let PLAYGROUND_ARCHIVE name another"
    elif number == errno.ENOSPC or "disk is full" in said:
        why = "the disk is full; free some room"
    elif (
        number in (errno.EACCES, errno.EROFS, errno.EPERM)
        or "readonly" in said
        or "unable to open" in said
    ):
        why = "its directory can't be written; see to its permissions, or let PLAYGROUND_ARCHIVE name another"
    elif "locked" in said:
        why = "another program holds its database; it is tried again"
    elif "malformed" in said or "not a database" in said or "no such table" in said:
        why = "its database is damaged; move the file away and a new one is made"
    elif "protocol not known" in said or "install" in said:
        why = "PLAYGROUND_MEDIA names a place that takes a package of fsspec's which is not here"
    elif "connect" in said or "server closed" in said:
        why = "its database can't be reached; see that it runs"
    else:
        why = f"{type(original).__name__}"
    return f"Comparisons are not kept just now: {why}."
