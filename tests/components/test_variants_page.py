"""The Variants page: every member with its facts, and what of it is here, never a demo as the real thing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components import shell
from playground.desk import Desk
from playground.engines.recital import Recital
from playground.models.catalog import catalog

PAGE = str(Path(__file__).resolve().parents[2] / "app.py")


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    desk = Desk(Recital, budget_bytes=1)
    monkeypatch.setattr(shell, "open_desk", lambda: desk)
    monkeypatch.setenv("HF_HUB_CACHE", "/nowhere")
    shell._opened.cache_clear()
    opened = (
        AppTest.from_file(PAGE, default_timeout=30).run().switch_page("pages/variants.py").run()
    )
    assert not opened.exception
    yield opened
    desk.close()


def test_every_member_has_its_card(page: AppTest) -> None:
    codes = [code.value for code in page.code]
    assert codes == [variant.weights.instruct for variant in catalog().variants]


def test_demo_weights_are_never_called_gemma(page: AppTest) -> None:
    lines = [line.value for line in page.markdown]
    stand_ins = [line for line in lines if "demo-sized stand-in" in line]
    assert len(stand_ins) == 4
    assert all("not Gemma 4" in line for line in stand_ins)
    assert sum("Not on this machine" in line for line in lines) == 1


def test_every_source_is_named(page: AppTest) -> None:
    shown = "\n".join(line.value for line in page.markdown)
    assert all(title in shown for title in catalog().sources.values())


def test_what_fits_follows_the_choices(page: AppTest) -> None:
    def totals() -> list[float]:
        table = next(table.value for table in page.dataframe if "KV cache" in table.value)
        assert list(table["variant"]) == [variant.name for variant in catalog().variants]
        return [float(total.split()[0]) for total in table["in all"]]

    usual = totals()
    page.segmented_control(key="fit_precision").set_value("int4").run()
    assert not page.exception
    assert all(less < more for less, more in zip(totals(), usual, strict=True))
    page.segmented_control(key="fit_context").set_value(262_144).run()
    table = next(table.value for table in page.dataframe if "KV cache" in table.value)
    assert "E2B" not in list(table["variant"]), "its context is shorter"
