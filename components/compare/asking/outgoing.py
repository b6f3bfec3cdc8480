"""What was sent, on its way from the box to the desk, and what goes back into the box.

One object of the session that changes whole: at any look into `st.session_state` Streamlit may end a run of the page
for the next one, in which a question must neither be lost nor be asked twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.typing import ChatInputValue

from playground.comparisons.comparison import Comparison


@dataclass
class Outgoing:
    """`said` is what came out of the box, `words` are to be asked with what lies in the tray, `refill` goes into the
    box. `asked` once the desk has it, as yet unknown to the page; `began` is the comparison that began with it. `sent`
    are the words that the browser may still take for what is being written.
    """

    said: ChatInputValue | None = None
    words: str | None = None
    refill: str | None = None
    asked: bool = False
    began: Comparison | None = None
    sent: str = ""

    @property
    def waits(self) -> bool:
        """Whether something is to be asked."""
        return self.said is not None or self.words is not None


def outgoing() -> Outgoing:
    """The session's own."""
    held: Outgoing = st.session_state.setdefault("outgoing", Outgoing())
    return held
