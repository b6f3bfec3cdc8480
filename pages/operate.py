"""Operate: what goes on here, for those who run it."""

import streamlit as st

from components import shell
from components.operate import kept, line, memory, message, troubles, use

shell.enter()
shell.operators_only()

st.title("Operate")
shell.keep_watching()

message.panel()

st.header("Running and waiting", anchor=False)
line.panel()

st.header("Models in memory", anchor=False)
memory.panel()

st.header("Visitors and their limits", anchor=False)
use.panel()

st.header("Storage", anchor=False)
kept.panel()

st.header("Recent errors", anchor=False)
troubles.panel()
