"""What operators see of what went wrong."""

from __future__ import annotations

import logging

from playground.hosting.operating.troubles import Troubles


def test_a_line_that_does_not_fit_its_values_breaks_nobody() -> None:
    """Of a library, say: the thread that wrote it would have ended."""
    troubles = Troubles()
    log = logging.Logger("library")
    log.addHandler(troubles)
    log.warning("%d words", "no number")
    log.warning("%s words", 3)
    assert [one.words for one in troubles.last()] == ["3 words", "%d words"]
