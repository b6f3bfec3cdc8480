"""Model text as a real browser shows it: every letter as it was written, nothing fetched, nothing executed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from playground.comparisons.markdown.blocks import blocks
from tests.browser.driving import PATIENCE_MS, ask, box, button, visit, wait_until_ended
from tests.browser.serving import Server, serving
from tests.browser.texts import CASES, SEEDS
from tests.comparisons.markdown.hostile_text import flat, letters, nasty

PAGE = ("-m", "streamlit", "run", str(Path(__file__).with_name("texts.py")))

LETTERS = """element => {
    const copy = element.cloneNode(true);
    copy.querySelectorAll(".katex, .katex-error").forEach(one => one.replaceWith("\\u0001"));
    copy.querySelectorAll("[data-testid=stElementToolbar]").forEach(one => one.remove());
    return copy.textContent;
}"""
FORBIDDEN = (
    "img, iframe, script, video, audio, svg[id^=mermaid], span[role=img], section, sup, "
    "[class*=ColoredText], [class*=ColoredBackground], [class*=Badge], [class*=Shimmer]:not(:empty)"
)


@pytest.fixture(scope="module")
def drawn(browser: Browser) -> Iterator[Page]:
    """The page with all texts, once all of it is drawn; fails when it asked another host for anything."""
    foreign = []
    with serving(PAGE) as server:
        page = browser.new_page(viewport={"width": 1000, "height": 900})
        page.on(
            "request",
            lambda request: None if _own(request.url, server) else foreign.append(request.url),
        )
        page.goto(server.url)
        expect(page.get_by_text("all drawn")).to_be_visible(timeout=4 * PATIENCE_MS)
        expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0, timeout=PATIENCE_MS)
        yield page
        page.close()
    assert not foreign


def _own(url: str, server: Server) -> bool:
    return url.startswith((server.url, server.url.replace("http", "ws"), "data:", "blob:"))


@pytest.fixture
def case(drawn: Page) -> Callable[..., str]:
    """What a case shows, as a person reads it."""

    def read(name: str, within: str = "") -> str:
        return drawn.locator(f".st-key-case_{name} {within}".strip()).first.inner_text()

    return read


def codes(page: Page, name: str) -> list[str]:
    """The texts of all code of a case."""
    return page.locator(f".st-key-case_{name} code").all_text_contents()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("inline", ["vec![1]", "$HOME", ":red[x]", "a -> b", ":smile:"]),
        ("fence_in_list", ["let v = vec![1];\n\nlet w = v;"]),
        ("fence_in_quote", ["cat $HOME <in.txt"]),
        ("indented", ["cat $HOME <in.txt"]),
        ("fence_at_top", ["\n:material/home: `x`"]),
        ("after_fence", ["ls"]),
        ("after_lines", ["a b", "c d"]),
        ("diagram", ["flowchart LR", "x^2"]),
        ("money", ["$y"]),
        ("cell", ["a|b"]),
    ],
)
def test_code_is_shown_letter_by_letter(drawn: Page, name: str, said: list[str]) -> None:
    assert codes(drawn, name) == said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("material", "use `:material/home:` or :material/home:"),
        ("after_lines", "a b :red[x] c d"),
        ("tildes", CASES["tildes"]),
        ("bold", "これは「重要なこと」です。"),
        ("clock", CASES["clock"]),
        ("money", "It costs 50$, maybe 60$. Set $x to $y"),
        ("arrows", CASES["arrows"]),
        ("names", CASES["names"]),
        ("plain", "1. a -> b :smile: at 10:30 # ![c](https://evil.example/d.png)"),
    ],
)
def test_words_are_shown_as_written(case: Callable[..., str], name: str, said: str) -> None:
    assert case(name) == said


def test_bold_is_bold_and_nothing_is_struck_through(drawn: Page) -> None:
    assert drawn.locator(".st-key-case_bold strong").all_text_contents() == ["「重要なこと」"]
    assert drawn.locator(".st-key-case_tildes del").count() == 0


def test_what_follows_code_is_text_a_formula_and_a_link(drawn: Page) -> None:
    after = drawn.locator(".st-key-case_after_fence p").last
    assert after.evaluate(LETTERS) == ":red[x] <b>y</b> \1 a"
    link = after.get_by_role("link", name="a")
    assert link.get_attribute("href") == "https://evil.example/p.png"


def test_a_cell_breaks_its_lines_and_holds_formulas(drawn: Page, case: Callable[..., str]) -> None:
    assert case("cell", "td") == "x\ny"
    assert drawn.locator(".st-key-case_cell td").nth(2).inner_text() == "u -> v"
    assert drawn.locator(".st-key-case_cell td").nth(3).locator(".katex").count() == 1


def test_text_runs_the_way_its_letters_do(drawn: Page) -> None:
    leftward = drawn.locator(".st-key-case_leftward")
    directions = "all => all.map(one => getComputedStyle(one).direction)"
    assert leftward.locator("p").evaluate_all(directions) == ["rtl", "rtl", "ltr"]
    assert leftward.locator("li").evaluate_all(directions) == ["rtl", "ltr"]
    assert leftward.locator("blockquote, code").evaluate_all(directions) == ["ltr", "rtl"]

    first, _, plain = leftward.locator("p").all()
    assert _gap(first, "right") < 2 < 100 < _gap(first, "left")
    assert _gap(plain, "left") < 2

    one, other = drawn.locator(".st-key-case_leftward_table th").all()
    assert one.bounding_box()["x"] > other.bounding_box()["x"]  # type: ignore[index]


def _gap(paragraph: object, side: str) -> float:
    """Pixels between a paragraph's edge and its words."""
    return paragraph.evaluate(  # type: ignore[attr-defined, no-any-return]
        """(one, side) => {
            const range = document.createRange();
            range.selectNodeContents(one);
            const edges = [...range.getClientRects()].filter(rect => rect.width).map(rect => rect[side]);
            const words = side == "right" ? Math.max(...edges) : Math.min(...edges);
            return Math.abs(one.getBoundingClientRect()[side] - words);
        }""",
        side,
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_any_text_shows_its_letters_and_nothing_else(drawn: Page, seed: int) -> None:
    text = nasty(seed)
    place = drawn.locator(f".st-key-nasty_{seed}")
    assert place.locator(FORBIDDEN).count() == 0
    links = place.locator("a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    assert all(link.startswith(("http://", "https://", "mailto:")) for link in links)
    shown = flat(place.evaluate(LETTERS)) if place.count() else ""
    if any(block.language == "markdown" for block in blocks(text)):
        assert ":material/" in shown  # a part of it is shown as its source
    else:
        assert shown == letters(text.replace("\r\n", "\n"))


def test_a_prompt_keeps_its_lines_and_its_direction(slow: Server, page: Page) -> None:
    visit(page, slow.url)
    assert box(page).evaluate("one => getComputedStyle(one).unicodeBidi") == "plaintext"
    ask(page, "שלום -> :smile:\n  1. second line")
    prompt = page.locator(".st-key-asked").get_by_test_id("stText")
    expect(prompt).to_have_text("שלום -> :smile:\n  1. second line", timeout=PATIENCE_MS)
    assert prompt.inner_text() == "שלום -> :smile:\n  1. second line"
    words = prompt.locator("> *").first
    assert words.evaluate("one => getComputedStyle(one).unicodeBidi") == "plaintext"
    button(page, "stop_all").click()
    wait_until_ended(page)
