"""One file a command: a function of the command's name, whose docstring is its help. Registered in `cli/app.py`."""
