"""What the archive takes, and how much room there is."""

from __future__ import annotations

import shutil
from pathlib import Path

import streamlit as st

from components import shell
from components.words import plain
from playground.archive import keeping
from playground.models.sizes import size


def panel() -> None:
    """One line. The History page makes room."""
    archive = shell.desk().archive
    if archive is None:
        st.markdown(":gray[Nothing is kept.]")
        return
    with shell.archive_faults():
        with archive.reading() as connection:
            used = keeping.used(connection)
        what = "comparison" if used.comparisons == 1 else "comparisons"
        told = [f"{used.comparisons:,} {what}", f"{size(used.media_bytes)} of media"]
        place = Path(archive.media)
        if "://" not in archive.media and place.is_dir():
            told.append(f"{size(shutil.disk_usage(place).free)} free on its disk")
        st.markdown(" · ".join(told))
        if archive.fault:
            st.warning(plain(archive.fault), icon=":material/inventory_2:")
