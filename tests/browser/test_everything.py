"""One comparison that holds nearly all there is: a clip, calls of a tool, a schema, boxes; looked at by axe-core."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.driving import PATIENCE_MS, SAMPLES, ask, pane, visit, wait_until_ended
from tests.browser.serving import SLOW, Server, serving

CALL = '<|tool_call>call:calculator{expression:<|"|>6*7<|"|>}<tool_call|>'
RING = '{"box_2d": [550, 520, 900, 880], "label": "ring"}'
BOX = f'```json\n[{{"box_2d": [%d, 100, 600, 480], "label": "heart"}}, {RING}]\n```'
SAID = {
    "What moves?": {
        "E2B": "A **red circle** moves to the right.\n\n| at | where |\n|---|---|\n| 0 s | left |\n| 2 s | right |",
        "31B": "It moves like this:\n\n```python\nfor x in range(10):\n    circle.move(x, 0)\n```\n\nso $x$ grows.",
    },
    "How much is 6 times 7?": {
        "E2B": f'I calculate it. {CALL}{{"result": 42, "sure": true}}',
        "31B": '{"result": 41, "sure": true}',
    },
    "Where are they?": {"E2B": BOX % 80, "31B": f"Here they are:\n\n{BOX % 180}"},
}
SCHEMA = {
    "type": "object",
    "properties": {"result": {"type": "integer"}, "sure": {"type": "boolean"}},
    "required": ["result", "sure"],
}
SIZES = {"wide": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app with models that say what they learnt."""
    file = tmp_path_factory.mktemp("learnt") / "said.json"
    file.write_text(json.dumps(SAID), "utf-8")
    with serving((*SLOW, "--says", str(file))) as started:
        yield started


def rounds(page: Page, url: str) -> Iterator[str]:
    """Ask three times; stop after each round."""
    visit(page, f"{url}/?on=E2B,31B&timing=All+at+once&tools=calculator")
    ask(page, "What moves?", SAMPLES / "moving-shape.mp4")
    expect(pane(page, 0).locator("table")).to_be_visible(timeout=PATIENCE_MS)
    wait_until_ended(page)
    yield "clip"
    _hold_to(page, json.dumps(SCHEMA))
    ask(page, "How much is 6 times 7?")
    for index in range(2):
        expect(pane(page, index)).to_contain_text("Valid against", timeout=PATIENCE_MS)
    expect(pane(page, 0).locator("mark")).to_have_text("42")
    expect(pane(page, 0)).to_contain_text("calculator")
    wait_until_ended(page)
    yield "tool and schema"
    _hold_to(page, "")
    ask(page, "Where are they?", SAMPLES / "three-shapes.png")
    for index in range(2):
        drawn = pane(page, index).get_by_role("img", name="a box for heart")
        expect(drawn).to_be_visible(timeout=PATIENCE_MS)
    wait_until_ended(page)
    page.get_by_role("tab", name="Differences").click()
    expect(page.get_by_text("Boxes: mean IoU of every two")).to_be_visible(timeout=PATIENCE_MS)
    yield "boxes"


def _hold_to(page: Page, schema: str) -> None:
    page.get_by_role("button", name="Schema").click()
    page.locator("[class*=st-key-live_schema] textarea").fill(schema)
    expect(page.get_by_text("2 fields: result" if schema else "Empty: answers are")).to_be_visible()
    page.keyboard.press("Escape")


def looks(page: Page) -> Iterator[str]:
    """Wide and on a telephone, light and dark."""
    for size, viewport in SIZES.items():
        page.set_viewport_size(viewport)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(400)  # the theme changes a moment later
            page.wait_for_selector("[data-test-script-state=notRunning]")
            page.wait_for_function("!document.querySelector('[data-stale=true]')")  # drawn faint
            yield f"{size}, {scheme}"
    page.set_viewport_size(SIZES["wide"])


def test_all_there_is_keeps_nobody_out(learnt: Server, page: Page) -> None:
    axe, found = Axe(), []
    for round in rounds(page, learnt.url):
        for look in looks(page):
            for one in axe.run(page).response["violations"]:
                if one["impact"] in ("serious", "critical"):
                    where = [node["any"][0]["message"] for node in one["nodes"]]
                    found.append(f"{round}, {look}: {one['help']} {where}")
    assert not found, "\n".join(found)
