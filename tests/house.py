"""Draws the house: which room imports which, read from every import. `python -m tests.house` writes docs/house.svg.

A room stands above those that it may import, so every arrow runs down; one that runs up is drawn in red. Knows nothing
of what the rooms hold.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
DRAWING = ROOT / "docs" / "house.svg"
MOST = 15
"""Files in one folder; a number beyond it is drawn in red."""

ROOMS = (
    ("bench",),
    ("demo_family",),
    ("app.py", "pages"),
    ("components",),
    ("playground/cli", "playground/__main__.py"),
    ("playground/benchmark",),
    ("playground/desk.py",),
    ("playground/comparisons",),
    ("playground/engines",),
    ("playground/prompt",),
    ("playground/models",),
    ("playground/config.py",),
)
"""From the top floor down; each names its folders and files from the repository's root."""


@dataclass(frozen=True, slots=True)
class Room:
    """Its names in ROOMS, and its files."""

    names: tuple[str, ...]
    files: tuple[Path, ...]

    @property
    def title(self) -> str:
        """The first name, as a person would write it."""
        first = self.names[0].removeprefix("playground/")
        return " and ".join([first, *self.names[1:]]) if first == "app.py" else first

    @property
    def folders(self) -> dict[str, int]:
        """Files by folder, the room's own first; what only makes a folder a package is not counted."""
        own = ROOT / self.names[0]
        counted = Counter(
            file.parent.relative_to(own).as_posix() if file.parent.is_relative_to(own) else "."
            for file in self.files
            if file.name != "__init__.py"
        )
        return {name: counted[name] for name in sorted(counted, key=lambda name: (name != ".", name))}


def rooms() -> tuple[Room, ...]:
    """Those of ROOMS that are there."""
    found = []
    for names in ROOMS:
        files = [file for name in names for file in python_files(ROOT / name)]
        if files:
            found.append(Room(names, tuple(files)))
    return tuple(found)


def python_files(place: Path) -> list[Path]:
    """A file itself, or all of a folder."""
    return [place] if place.is_file() else sorted(place.rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """Dotted names of everything that a file imports, nested imports too: `from a import b` is `a.b`."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute here"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def file_of(name: str) -> Path | None:
    """The file of this repository that holds a dotted name; None when another package does."""
    parts = name.split(".")
    while parts:
        place = ROOT.joinpath(*parts)
        for file in (place.with_suffix(".py"), place / "__init__.py"):
            if file.is_file():
                return file
        parts.pop()
    return None


def arrows(held: Sequence[Room]) -> dict[tuple[int, int], int]:
    """How many files of other rooms a room's files import, by the two rooms' numbers; each pair of files counts once."""
    room_of = {file: number for number, room in enumerate(held) for file in room.files}
    pairs = {
        (file, target)
        for file in room_of
        for target in map(file_of, imported(file))
        if target in room_of
    }
    between = Counter((room_of[file], room_of[target]) for file, target in pairs)
    return {arrow: count for arrow, count in sorted(between.items()) if arrow[0] != arrow[1]}


BOX, TALL, FLOOR, LEFT, TOP = 300, 52, 78, 150, 20
"""A box's width and height, from one floor to the next, and where the first stands; pixels."""
COLOURS = 5
"""One for the arrows of each room, in turns."""
STYLE = """
  svg { --page: #ffffff; --box: #f5f7fa; --edge: #c9d2dd; --ink: #1b2330; --pale: #5b6778; --red: #b3264a }
  .from0 { color: #1f5fbf } .from1 { color: #0b7261 } .from2 { color: #7340c4 } .from3 { color: #a34a08 } .from4 { color: #5b6778 }
  @media (prefers-color-scheme: dark) {
    svg { --page: #10151d; --box: #1a212c; --edge: #3a4658; --ink: #e6ebf2; --pale: #9aa7b8; --red: #f2859f }
    .from0 { color: #7fb0f5 } .from1 { color: #4fc6ae } .from2 { color: #bd9bf0 } .from3 { color: #f0a35e } .from4 { color: #9aa7b8 }
  }
  text { font: 15px system-ui, sans-serif; fill: var(--ink) }
  .small { font-size: 12px; fill: var(--pale) }
  .count { font-size: 12px; text-anchor: middle; stroke: var(--page); stroke-width: 4px; paint-order: stroke }
  .page { fill: var(--page) }
  .box { fill: var(--box); stroke: var(--edge) }
  .arrow { fill: none; stroke: currentColor; stroke-opacity: .8 }
  .head { fill: currentColor }
  .up { color: var(--red) }
  .red { fill: var(--red) }
"""


def draw(held: Sequence[Room], between: dict[tuple[int, int], int]) -> str:
    """The house as SVG, for light and dark pages; the same rooms and arrows give the same bytes."""
    high = 2 * TOP + (len(held) - 1) * FLOOR + TALL
    longest = max((abs(down - up) for up, down in between), default=1)
    wide = LEFT + BOX + _reach(longest) + 50
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" role="img">',
        f"<title>{len(held)} rooms; every arrow is an import and runs down.</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="page" width="{wide}" height="{high}" rx="12"/>',
    ]
    for number, room in enumerate(held):
        lines += _box(number, room)
    ports = _ports(between)
    for (start, end), count in between.items():
        lines += _arrow((start, end), count, *ports[start, end])
    return "\n".join([*lines, "</svg>", ""])


def _box(number: int, room: Room) -> list[str]:
    y = TOP + number * FLOOR
    words = []
    for folder, count in room.folders.items():
        where = "" if folder == "." else f"{folder} "
        files = f" file{'s' * (count != 1)}" if not words else ""
        kind = ' class="red"' if count > MOST else ""
        words.append(f"{where}<tspan{kind}>{count}</tspan>{files}")
    return [
        f'<rect class="box" x="{LEFT}" y="{y}" width="{BOX}" height="{TALL}" rx="8"/>',
        f'<text x="{LEFT + 14}" y="{y + 22}">{room.title}</text>',
        f'<text class="small" x="{LEFT + 14}" y="{y + 41}">{", ".join(words)}</text>',
    ]


def _reach(floors: int) -> int:
    """How far an arrow over so many floors swings out."""
    return 24 + 30 * floors


def _ports(between: dict[tuple[int, int], int]) -> dict[tuple[int, int], tuple[float, float]]:
    """At which heights each arrow leaves and arrives: nested, so that those of one room do not cross at its edge."""
    heights: dict[tuple[int, int], tuple[float, float]] = {}
    floors = {room for arrow in between for room in arrow}
    at: dict[tuple[tuple[int, int], int], float] = {}
    for room in floors:
        touching = [arrow for arrow in between if room in arrow]
        # From the upper edge down: what comes from above, nearest first; then what goes below, farthest first.
        above = sorted((a for a in touching if min(a) < room), key=lambda a: -min(a))
        below = sorted((a for a in touching if max(a) > room), key=lambda a: -max(a))
        order = above + below
        for place, arrow in enumerate(order, 1):
            at[arrow, room] = TOP + room * FLOOR + TALL * place / (len(order) + 1)
    for start, end in between:
        heights[start, end] = at[(start, end), start], at[(start, end), end]
    return heights


def _arrow(arrow: tuple[int, int], count: int, leaves: float, arrives: float) -> list[str]:
    start, end = arrow
    up = end < start
    edge, way = (LEFT, -1) if up else (LEFT + BOX, 1)
    out = edge + way * _reach(abs(end - start))
    bend = (4 * out - edge) / 3  # a cubic curve comes three quarters of the way to its handles
    tip = edge + way * 8
    middle = (leaves + arrives) / 2
    strong = min(1 + count / 8, 4)
    corners = " ".join(
        f"{x:g},{y:.1f}" for x, y in ((edge, arrives), (tip, arrives - 4), (tip, arrives + 4))
    )
    group = "up" if up else f"from{start % COLOURS}"
    return [
        f'<g class="{group}"><path class="arrow" stroke-width="{strong:.2f}" '
        f'd="M{edge},{leaves:.1f} C{bend:.1f},{leaves:.1f} {bend:.1f},{arrives:.1f} {tip},{arrives:.1f}"/>'
        f'<polygon class="head" points="{corners}"/></g>',
        f'<text class="count{" red" * up}" x="{out}" y="{middle + 4:.1f}">{count}</text>',
    ]


def climbing(held: Sequence[Room], between: dict[tuple[int, int], int]) -> list[str]:
    """In words, each arrow that runs back up."""
    return [
        f"{held[start].title} imports {held[end].title}" for start, end in between if end < start
    ]


def current() -> str:
    """The drawing of the house as it stands."""
    held = rooms()
    return draw(held, arrows(held))


if __name__ == "__main__":
    DRAWING.write_text(current(), "utf-8")
    print(f"Wrote {DRAWING.relative_to(ROOT)}.")
