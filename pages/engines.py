"""Where models run: on this machine, and on servers."""

import streamlit as st

from components import shell
from components.engines import calling, machine, servers

shell.enter()

st.title("Engines")
st.markdown(
    "Where models run. A comparison mixes them freely, the same variant on two engines included."
)
shell.keep_watching()

st.header("This machine", anchor=False)
machine.panel(shell.desk())

st.header("Servers", anchor=False)
servers.panel()

calling.panel()
