"""Names the app and runs the chosen page. Pages may also be started without this file: see components/shell.py."""

import streamlit as st

from components import shell

shell.name_page()
shell.menu().run()
