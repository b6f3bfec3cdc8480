"""Names the app and runs the chosen page. Pages may also be started without this file: see components/shell.py."""

from components import shell

shell.name_page()
shell.menu().run()
