"""Pages as tests open them: without a browser, and with patience on a busy machine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

APP = Path(__file__).resolve().parents[2] / "app.py"
PATIENCE_S = 120
"""What one run of a page may take: a busy machine has needed 30 s for one that takes half a second."""


def app() -> AppTest:
    """The app, which has not run yet."""
    return AppTest.from_file(str(APP), default_timeout=PATIENCE_S)


def script(body: Callable[[], None]) -> AppTest:
    """A script of a test's own, which has not run yet."""
    return AppTest.from_function(body, default_timeout=PATIENCE_S)


def laid(widgets: Iterable[Any], name: str) -> Any:
    """The one of that name, however often it was laid anew."""
    (found,) = [one for one in widgets if re.fullmatch(rf"{name}(_\d+)?", one.key or "")]
    return found
