"""History: every comparison that was made, found again."""

import streamlit as st

from components import shell
from components.history import beside, bringing_in, chosen, filters, leaving, listing, storage

shell.enter()

archive = shell.desk().archive
with st.container(horizontal=True, vertical_alignment="bottom", key="history_top"):
    st.title("History")
    tools = st.container(horizontal=True, vertical_alignment="center", width="content")
shell.keep_watching()

if archive is None:
    listing.off()
else:
    with shell.archive_faults():
        with tools:
            storage.panel(archive)
            bringing_in.button(archive)
            leaving.button(archive)
        leaving.told()
        bringing_in.faults()
        wanted = filters.choose(archive)
        chosen.bar(archive)
        beside.draw(archive)
        listing.draw(archive, wanted)
