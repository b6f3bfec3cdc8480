"""Writes the table of settings in docs/operating.md: `python -m tests.docs.settings_table` (`make settings`)."""

from __future__ import annotations

from playground.settings import SETTINGS, Setting
from tests.test_layers import ROOT

PAGE = ROOT / "docs" / "operating.md"
HEAD = "| variable | what it does | when it is not set |\n|---|---|---|\n"


def row(setting: Setting) -> str:
    """One line of the table."""
    return f"| `{setting.variable}` | {setting.meaning} | {setting.default} |\n"


def written(page: str) -> str:
    """The page with the table as it should be."""
    before, _, rest = page.partition(HEAD)
    after = rest[rest.index("\n\n") + 1 :]
    return before + HEAD + "".join(map(row, SETTINGS)) + after


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
    print(f"Wrote the settings into {PAGE.relative_to(ROOT)}.")
