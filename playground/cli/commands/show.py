"""`show`: one comparison, as Markdown."""

from __future__ import annotations

from playground.cli import options
from playground.cli.display import output


def show(id: options.Id) -> int:
    """Print a comparison with its answers and figures."""
    from playground.archive.export import FORMATS
    from playground.cli.kept import archive, find

    with archive() as opened:
        written = FORMATS["md"].write(find(opened, id), opened.store.get)
    output.write(output.clean(written.decode()))
    return 0
