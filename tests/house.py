"""Draws the house: which room imports which, read from every import. `python -m tests.house` writes docs/house.svg.

A room stands above those that it may import, so every arrow runs down; one that runs up is drawn in red, and so is the
number of files in a folder that has too many.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.test_layers import MOST_FILES, ROOMS, ROOT, ROOT_FILES, imports

DRAWING = ROOT / "docs" / "house.svg"


def floors() -> list[tuple[str, ...]]:
    """From the top down, the folders and files that make one box each; the core's stand in tests/test_layers.py."""
    core = [f"playground/{room}" for room in ROOMS]
    for name, known in ROOT_FILES.items():
        last = f"playground/{known[-1]}" if known else ""
        at = [one.removesuffix(".py") for one in core].index(last) + 1 if known else 0
        core.insert(at, f"playground/{name}.py")
    return [
        ("bench",),
        ("demo_family",),
        ("app.py", "pages"),
        ("components",),
        *((one,) for one in reversed(core)),
    ]


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
        return {
            name: counted[name] for name in sorted(counted, key=lambda name: (name != ".", name))
        }


def rooms() -> tuple[Room, ...]:
    """All of them, from the top floor down."""
    return tuple(
        Room(names, tuple(file for name in names for file in python_files(ROOT / name)))
        for names in floors()
    )


def python_files(place: Path) -> list[Path]:
    """A file itself, or all of a folder."""
    return [place] if place.is_file() else sorted(place.rglob("*.py"))


def leaves(names: Set[str]) -> set[str]:
    """Without those that are only the way to others: of `a` and `a.b` that `from a import b` gives, `a.b`."""
    return {name for name in names if not any(one.startswith(f"{name}.") for one in names)}


@cache
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
    """How many pairs of an importing and an imported file there are from one room to another, by the rooms' numbers."""
    room_of = {file: number for number, room in enumerate(held) for file in room.files}
    pairs = {
        (file, target)
        for file in room_of
        for target in map(file_of, leaves(imports(file)))
        if target in room_of
    }
    between = Counter((room_of[file], room_of[target]) for file, target in pairs)
    return {arrow: count for arrow, count in sorted(between.items()) if arrow[0] != arrow[1]}


BOX, TALL, FLOOR, EDGE = 340, 52, 78, 20
"""A box's width and height, from one floor to the next, and the margin; pixels."""
COLOURS = 5
"""One for the arrows of each room, in turns."""
STYLE = """
  svg { --page: #ffffff; --box: #f5f7fa; --edge: #c9d2dd; --ink: #1b2330; --pale: #5b6778; --red: #b3264a }
  .from0 { color: #1f5fbf } .from1 { color: #0b7261 } .from2 { color: #7340c4 }
  .from3 { color: #a34a08 } .from4 { color: #5b6778 }
  @media (prefers-color-scheme: dark) {
    svg { --page: #10151d; --box: #1a212c; --edge: #3a4658; --ink: #e6ebf2; --pale: #9aa7b8; --red: #f2859f }
    .from0 { color: #7fb0f5 } .from1 { color: #4fc6ae } .from2 { color: #bd9bf0 }
    .from3 { color: #f0a35e } .from4 { color: #9aa7b8 }
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
    right = max((_reach(end - start) for start, end in between if start < end), default=0)
    left = max((_reach(start - end) for start, end in between if start > end), default=0)
    high = 2 * EDGE + (len(held) - 1) * FLOOR + TALL
    wide = left + BOX + right + 3 * EDGE
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{-left} 0 {wide} {high}" role="img">',
        f"<title>{len(held)} rooms; every arrow is an import and runs down.</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="page" x="{-left}" width="{wide}" height="{high}" rx="12"/>',
    ]
    for number, room in enumerate(held):
        lines += _box(number, room)
    ports = _ports(between)
    for (start, end), count in between.items():
        lines += _arrow((start, end), count, *ports[start, end])
    return "\n".join([*lines, "</svg>", ""])


def _box(number: int, room: Room) -> list[str]:
    y = EDGE + number * FLOOR
    words = []
    for folder, count in room.folders.items():
        where = "" if folder == "." else f"{folder} "
        files = f" file{'s' * (count != 1)}" if not words else ""
        kind = ' class="red"' if count > MOST_FILES else ""
        words.append(f"{where}<tspan{kind}>{count}</tspan>{files}")
    return [
        f'<rect class="box" x="{EDGE}" y="{y}" width="{BOX}" height="{TALL}" rx="8"/>',
        f'<text x="{EDGE + 14}" y="{y + 22}">{room.title}</text>',
        f'<text class="small" x="{EDGE + 14}" y="{y + 41}">{", ".join(words)}</text>',
    ]


def _reach(count: int) -> int:
    """How far an arrow over so many floors swings out."""
    return 24 + 30 * count


def _ports(between: dict[tuple[int, int], int]) -> dict[tuple[int, int], tuple[float, float]]:
    """At which heights each arrow leaves and arrives: nested, so that those of one room do not cross at its edge."""
    heights: dict[tuple[int, int], tuple[float, float]] = {}
    touched = {room for arrow in between for room in arrow}
    at: dict[tuple[tuple[int, int], int], float] = {}
    for room in touched:
        touching = [arrow for arrow in between if room in arrow]
        # From the upper edge down: what comes from above, nearest first; then what goes below, farthest first.
        above = sorted((a for a in touching if min(a) < room), key=lambda a: -min(a))
        below = sorted((a for a in touching if max(a) > room), key=lambda a: -max(a))
        order = above + below
        for place, arrow in enumerate(order, 1):
            at[arrow, room] = EDGE + room * FLOOR + TALL * place / (len(order) + 1)
    for start, end in between:
        heights[start, end] = at[(start, end), start], at[(start, end), end]
    return heights


def _arrow(arrow: tuple[int, int], count: int, leaves: float, arrives: float) -> list[str]:
    start, end = arrow
    up = end < start
    edge, way = (EDGE, -1) if up else (EDGE + BOX, 1)
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
