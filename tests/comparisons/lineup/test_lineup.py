"""Entries as links, their names, repeats with seeds of their own, and sweeps."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote_plus

import pytest

from playground.comparisons.contender import contenders
from playground.comparisons.lineup.entry import (
    LONGEST,
    Entry,
    entries,
    lacking,
    numbered,
    written,
)
from playground.comparisons.lineup.naming import Column, labels
from playground.comparisons.lineup.seating import groups, seat
from playground.comparisons.lineup.sweep import MOST, parse, swept
from playground.desk import Desk, TooMany
from playground.engines.recital import Recital, reciter
from playground.models.model import Model
from playground.models.servers import Server
from playground.prompt.conversation import Conversation, Settings
from playground.prompt.limits import LIMITS
from playground.prompt.overrides import Overrides, Unfit

E2B, B31 = reciter("E2B"), reciter("31B")
DEMO = replace(E2B, demo=True, spec="demo:E2B")
LAB = replace(E2B, engine="server", server=Server("lab", "http://lab:1/v1"), weights="a/b")
LAB2 = replace(LAB, weights="c/d")
INT8 = replace(E2B, wish="int8")
USUAL = Settings()


def entry(spec: str = "E2B", repeats: int = 1, number: int = 1, **own: object) -> Entry:
    return Entry(spec, Overrides.of(**own), repeats, number)


@pytest.mark.parametrize(
    "link",
    [
        "E2B",
        "E2B,31B",
        "demo:E2B~thinking",
        "E4B~no-thinking~t0.5",
        "31B~t2",
        "E2B,E2B~thinking~t0.5",
        "E2B~image_tokens=280~x3,31B",
        "E2B~n2",
        "server:lab/google/gemma-4-E2B-it~top_p=0.9",
        "E2B~temperature=own",
        "E2B~system=a%2Cb%7Ec%3Dd+e",
    ],
)
def test_a_line_up_survives_its_link(link: str) -> None:
    assert written(entries(link)) == link


def test_whatever_is_overridden_survives_its_link() -> None:
    hard = "a,b~c=d+e %2C é\n“x”"
    made = (
        entry(system=hard, schema={"a,b": "~"}, tools=({"name": "x~y"},), seed=3, thinking=False),
        entry("31B", 7, temperature=None, top_k=0, max_tokens=5),
        entry(number=4, image_tokens=None),
        entry("local:/models, old/~ada/100%/gemma+4", begun="", system=""),
        entry("server:lab/a,b~c", begun="own"),
    )
    assert entries(written(made)) == made
    assert written(made[:1]).startswith("E2B~"), "what ends nothing stays as it is"


def test_nonsense_in_a_link_is_left_out() -> None:
    assert entries("E2B~t9~tNaN~quickly~t2.5") == (entry(temperature=2.0),)
    assert entries("E2B~image_tokens=99~flavour=sweet~max_tokens=~x0,,~") == (entry(), entry(""))
    assert entries("E2B~x999")[0].repeats == LIMITS.repeats
    assert entries(f"E2B~seed={'9' * 30}~schema={'[' * 5000}") == (entry(),)


def test_an_address_names_no_more_than_a_question_takes() -> None:
    """Anybody can make a page run with one of megabytes; a hundred thousand took minutes."""
    assert len(entries(",".join(["E2B"] * 1_000_000))) == LIMITS.answers
    assert [one.number for one in entries("E2B," * 3)] == [1, 2, 3]


def test_what_no_address_can_carry_is_left_out_of_it() -> None:
    long = entry(system="你" * 400, seed=2)
    assert lacking((long,)) == {"E2B"} and not lacking((entry(system="你好"),))
    assert written((long,)) == "E2B~seed=2"
    assert entries(written((long,), whole=True)) == (long,)


@pytest.mark.parametrize("letter", ["a", "你", "%", ",", " ", "\ud800"])
def test_many_prompts_of_their_own_are_no_longer_than_an_address(letter: str) -> None:
    """The longest are left out, the others stay."""
    specs = ("E2B", "E4B", "12B", "26B-A4B", "31B", "demo:E2B")
    made = [entry(spec, system=letter * 120 * n) for n, spec in enumerate(specs, 1)]
    link = written(made)
    assert len(quote_plus(link, errors="replace")) <= LONGEST
    lack = lacking(made)
    assert lack and lack == {one.id for one in made[-len(lack) :]}
    kept = entries(link)
    assert [one.spec for one in kept] == list(specs)
    assert kept[: len(made) - len(lack)] == tuple(made[: len(made) - len(lack)])


def test_an_entry_keeps_its_number_when_others_go() -> None:
    first, second, third = entries("E2B,E2B~thinking,E2B~t0")
    assert [one.id for one in (first, second, third)] == ["E2B", "E2B (2)", "E2B (3)"]
    assert written((third, second)) == "E2B~t0~n3,E2B~thinking"
    assert [one.id for one in entries(written((third, second)))] == ["E2B (3)", "E2B (2)"]
    assert [one.number for one in numbered((second, entry(), entry()))] == [2, 1, 3]


def test_no_path_stands_in_an_id() -> None:
    id = entry("local:/home/ada/secret/weights", number=2).id
    assert "ada" not in id and id.startswith("local:weights-") and id.endswith(" (2)")
    assert entry("local:/home/eve/weights").id != entry("local:/home/ada/weights").id
    assert len(entry("server:lab/" + "x" * 500).id) < 150


NAMES: list[tuple[list[Column], Settings, list[str]]] = [
    ([Column(E2B, USUAL), Column(B31, USUAL)], USUAL, ["E2B", "31B"]),
    (
        [Column(E2B, USUAL), Column(E2B, Settings(thinking=True))],
        USUAL,
        ["E2B", "E2B · thinking"],
    ),
    (
        [Column(E2B, Settings(thinking=True)), Column(E2B, USUAL)],
        Settings(thinking=True),
        ["E2B", "E2B · no thinking"],
    ),
    (
        [Column(E2B, Settings(image_tokens=n)) for n in (70, 280, 1120)],
        USUAL,
        [f"E2B · {n} tokens a picture" for n in ("70", "280", "1,120")],
    ),
    (
        [Column(E2B, Settings(temperature=0.5, top_p=0.9, thinking=True))],
        USUAL,
        ["E2B · temperature 0.5 · top-p 0.9 · thinking"],
    ),
    ([Column(INT8, USUAL), Column(E2B, USUAL)], USUAL, ["E2B int8", "E2B"]),
    ([Column(E2B, USUAL, "Be brief."), Column(E2B, USUAL)], USUAL, ["E2B · “Be brief.”", "E2B"]),
    ([Column(E2B, USUAL, ""), Column(E2B, USUAL)], USUAL, ["E2B · no system prompt", "E2B"]),
    (
        [Column(E2B, Settings(seed=n)) for n in (1, 2, 3)],
        USUAL,
        ["E2B · 1 of 3", "E2B · 2 of 3", "E2B · 3 of 3"],
    ),
    ([Column(E2B, USUAL), Column(DEMO, USUAL)], USUAL, ["E2B", "E2B · demo-sized"]),
    ([Column(B31, USUAL), Column(LAB, USUAL)], USUAL, ["31B", "E2B"]),
    ([Column(DEMO, USUAL), Column(LAB, USUAL)], USUAL, ["E2B · demo-sized", "E2B · lab"]),
    ([Column(LAB, USUAL), Column(LAB2, USUAL)], USUAL, ["E2B · lab · a/b", "E2B · lab · c/d"]),
    (
        [Column(E2B, USUAL, "x" * 40), Column(E2B, USUAL, "x" * 41)],
        USUAL,
        [f"E2B · “{'x' * 23}…”", f"E2B · “{'x' * 23}…” (2)"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("columns", "common", "names"), NAMES)
def test_names_say_the_difference(
    columns: list[Column], common: Settings, names: list[str]
) -> None:
    assert labels(columns, common) == names


def test_repeats_have_seeds_of_their_own_and_are_found_again() -> None:
    seats = seat([(entry(repeats=3), E2B), (entry("31B"), B31)], Settings(seed=7))
    assert [one.settings.seed for one in seats] == [7, 8, 9, 7]
    assert [one.id for one in seats] == ["E2B", "E2B#2", "E2B#3", "31B"]
    assert [(one.label, len(one.contenders)) for one in groups(seats)] == [("E2B", 3), ("31B", 1)]
    assert all(one.settings.seed is None for one in seat([(entry(repeats=3), E2B)], USUAL))


def test_two_equal_entries_are_repeats() -> None:
    pair = numbered((entry(), entry(), entry(thinking=True)))
    seats = seat([(one, E2B) for one in pair], Settings(seed=7))
    assert [one.label for one in seats] == ["E2B · 1 of 2", "E2B · 2 of 2", "E2B · thinking"]
    assert [one.settings.seed for one in seats] == [7, 8, 7]
    assert [one.label for one in groups(seats)] == ["E2B", "E2B · thinking"]


def test_no_two_repeats_have_one_seed_whatever_was_chosen() -> None:
    chosen = numbered(
        (entry(repeats=3), entry(seed=8), entry(seed=2**53 - 1), entry(seed=2**53 - 1))
    )
    seats = seat([(one, E2B) for one in chosen], Settings(seed=7))
    seeds = [one.settings.seed for one in seats]
    assert len(set(seeds)) == 6 and seeds[-2:] == [2**53 - 1, 0]


def test_an_entry_without_a_seed_is_given_one_for_all_its_repeats() -> None:
    def seeded(settings: Settings, model: Model) -> Settings:
        return replace(settings, seed=100 if model is E2B else 200)

    seats = seat([(entry(repeats=2), E2B), (entry("31B"), B31)], USUAL, seeded)
    assert [one.settings.seed for one in seats] == [100, 101, 200]


def test_a_system_prompt_of_its_own_reaches_the_contender() -> None:
    (one, other) = seat([(entry(system="Be brief."), E2B), (entry("31B"), B31)], USUAL)
    assert (one.system, other.system) == ("Be brief.", None)


def test_too_many_repeats_are_refused() -> None:
    with pytest.raises(Unfit, match=f"1 to {LIMITS.repeats} times, not 99"):
        entry(repeats=99)


def test_a_sweep_is_one_entry_a_value() -> None:
    made = swept([entry(temperature=0.5)], parse("image-tokens=70,140,280"))
    assert written(made) == ",".join(f"E2B~t0.5~image_tokens={n}" for n in (70, 140, 280))
    seats = seat([(one, E2B) for one in made], Settings(temperature=0.5))
    assert [one.label for one in seats] == [
        "E2B · 70 tokens a picture",
        "E2B · 140 tokens a picture",
        "E2B · 280 tokens a picture",
    ]
    assert parse("thinking=off, on").values == (False, True)
    assert parse("temperature=1,1.0,own").values == (1.0, None)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("image-tokens=70,90", "can't take 90 tokens"),
        ("thinking", "lacks its value"),
        ("system=a,b", "system can't be swept; image-tokens"),
        ("flavour=sweet", "flavour can't be swept"),
        ("seed=" + ",".join(map(str, range(MOST + 1))), f"at most {MOST} values"),
    ],
)
def test_a_sweep_that_makes_no_sense_says_why(said: str, why: str) -> None:
    with pytest.raises(Unfit, match=why):
        parse(said)


def test_bare_models_are_told_apart_by_what_differs_from_the_first() -> None:
    one = contenders([(E2B, Settings(temperature=0.2)), (B31, Settings(temperature=0.2))])
    assert [each.label for each in one] == ["E2B", "31B"]
    assert contenders([]) == ()


def test_one_question_gets_no_more_answers_than_it_may() -> None:
    desk = Desk(lambda model: Recital(model), budget_bytes=1)
    seats = seat([(entry(repeats=20), E2B), (entry("31B", 20), B31)] * 2, Settings())
    seats = tuple(replace(one, id=str(at)) for at, one in enumerate(seats))
    with pytest.raises(TooMany, match="60 answers to one question are the most, and these are 80"):
        desk.start(Conversation.ask("x"), seats)
    desk.close()
