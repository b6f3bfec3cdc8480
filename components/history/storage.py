"""What the archive takes, and how room is made in it."""

from __future__ import annotations

import streamlit as st

from components import shell
from playground.archive import keeping
from playground.archive.archive import Archive
from playground.models.sizes import size

DAY_S = 86_400.0


def panel(archive: Archive) -> None:
    """For those whose machine it is: what is used, and a sweep by age and by size."""
    if not shell.may_manage():
        return
    with archive.reading() as connection:
        used = keeping.used(connection)
    with st.popover(
        f"{used.comparisons:,} kept, {size(used.media_bytes)} of media",
        icon=":material/hard_drive:",
        type="tertiary",
        key="storage",
    ):
        st.markdown("**Make room.** Pinned comparisons stay; what is swept can't be taken back.")
        st.number_input(
            "Forget what is older than, days",
            min_value=1,
            value=None,
            key="sweep_days",
            placeholder="keep whatever its age",
        )
        st.number_input(
            "Forget the oldest until the media take at most, MB",
            min_value=0,
            value=None,
            key="sweep_megabytes",
            placeholder="keep whatever their size",
        )
        st.button(
            "Sweep",
            key="sweep",
            icon=":material/mop:",
            on_click=_sweep,
            args=(archive,),
        )


def _sweep(archive: Archive) -> None:
    days: int | None = st.session_state.sweep_days
    megabytes: int | None = st.session_state.sweep_megabytes
    with shell.archive_faults():
        with archive.writing() as connection:
            gone = keeping.sweep(
                connection,
                archive.store,
                None if days is None else days * DAY_S,
                None if megabytes is None else megabytes * 1_000_000,
            )
        st.toast(f"Forgotten: {gone:,}", icon=":material/mop:")
