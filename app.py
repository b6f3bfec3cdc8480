"""Names the app and runs the chosen page. Pages may also be started without this file: see components/shell.py.

`streamlit run` imports it once, before anybody comes, and finds `app` there; for each visitor it then runs it as a
script.
"""

import sys

import streamlit as st

from components import shell
from components.building import building
from components.server import secrets, serving
from playground import config

if __name__ == "__main__":
    with building.turn():
        shell.name_page()
        shell.menu().run()
else:
    try:
        config.check()
    except config.ConfigError as wrong:
        print(
            *(f"playground: {line}" for line in str(wrong).splitlines()), sep="\n", file=sys.stderr
        )
        sys.exit(2)
    app = st.App(
        __file__,
        routes=serving.addresses(),
        middleware=serving.layers(),
        lifespan=serving.lifespan,
        secrets=secrets.secrets(),
    )
