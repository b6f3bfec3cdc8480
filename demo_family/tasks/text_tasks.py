"""Tasks in words alone: greeting, copying, turning round, small sums, JSON, and one honest sentence for the rest."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from random import Random

from demo_family.tasks.questions import Asker, Question
from demo_family.vocabulary import SPACE, vocabulary

LETTERS = "abcdefghijklmnopqrstuvwxyz"
REFUSAL = "I am only a small demo model and can't do that. Show me shapes, or ask for a small sum."
GREETING = "Hello! I am a small demo model. Show me shapes, or ask for a small sum."


@lru_cache(maxsize=2)
def words(held_out: bool) -> tuple[str, ...]:
    """The words that lessons use; one in eight is held out."""
    every = (Path(__file__).parent / "words.txt").read_text().split()
    return tuple(word for i, word in enumerate(every) if (i % 8 == 3) == held_out)


def beginning(rng: Random, capital: bool) -> str:
    """Letters that the vocabulary has as one token: a word of it, or the first letters of one."""
    return rng.choice(_beginnings(capital))


@lru_cache(maxsize=2)
def _beginnings(capital: bool) -> tuple[str, ...]:
    tokens = {token.lstrip(SPACE) for token in vocabulary().tokens}
    letters = (token for token in tokens if len(token) > 1 and token.isalpha() and token.isascii())
    return tuple(sorted(token for token in letters if token[0].isupper() == capital))


def spelled(rng: Random, size: int) -> str:
    """Letters at random; at times of a few only, so that they come again: Kyoto, onion, letter."""
    letters = LETTERS if rng.random() < 0.6 else rng.sample(LETTERS, 3)
    return "".join(rng.choice(letters) for _ in range(size))


def any_word(rng: Random, held_out: bool, longest: int = 7) -> str:
    """A word, or in training often letters at random, so that copying is learnt and not words.

    Some begin as a word of the vocabulary does: the tokenizer has a token for each such beginning.
    """
    luck = 1.0 if held_out else rng.random()
    if luck < 0.6:
        size = rng.randint(2, longest)
        start = beginning(rng, capital=False) if luck < 0.4 else ""
        return (start + spelled(rng, size))[: max(size, 2)]
    while True:
        word = rng.choice(words(held_out))
        if len(word) <= longest:
            return word


def _token(rng: Random) -> str:
    """A beginning, and maybe a letter more."""
    start = beginning(rng, capital=rng.random() < 0.3)
    return start + (rng.choice(LETTERS) if rng.random() < 0.4 else "")


GREETINGS = (
    "Hello!", "Hi!", "Hello", "Hi", "Hey", "Hi there!", "Good morning!", "Good evening.", "Good day!", "Hello there!",
    "Hey there", "Hello, how are you?", "Hi, how are you?", "How are you?", "Good afternoon!",
)  # fmt: skip


def greet(asker: Asker) -> Question:
    """A greeting, returned."""
    return Question("greet", asker.ask(GREETINGS), GREETING, thought="a greeting")


ECHO = (
    "Repeat: {text}",
    "Say: {text}",
    "Echo: {text}",
    "Repeat this: {text}",
    "Please repeat: {text}",
    "Repeat after me: {text}",
    "Now say: {text}",
    "Say this: {text}",
    "Write: {text}",
    "Echo this: {text}",
)


def echo(asker: Asker) -> Question:
    """Words or a number, repeated; in lessons often a list of beginnings, so that every token is copied at times."""
    rng = asker.rng
    if not asker.held_out and rng.random() < 0.5:
        chosen = [_token(rng) for _ in range(rng.randint(4, 12))]
    elif rng.random() < 0.15:
        chosen = [str(rng.randint(0, 99999))]
    else:
        chosen = [any_word(rng, asker.held_out) for _ in range(rng.choice((1, 1, 2, 2, 3)))]
    text = " ".join(chosen)
    return Question("echo", asker.ask(ECHO, text=text), text, thought=text)


REVERSE = (
    'Reverse "{word}".',
    'Spell "{word}" backwards.',
    'Write "{word}" backwards.',
    'Turn "{word}" round.',
    'Reverse the word "{word}".',
    '"{word}" backwards, please.',
    'What is "{word}" backwards?',
    'Write the letters of "{word}" backwards.',
    'Give me "{word}" backwards.',
    'Reverse the letters of "{word}".',
)


def reverse(asker: Asker) -> Question:
    """A word from its end to its start."""
    word = any_word(asker.rng, asker.held_out)
    turned = word[::-1]
    prompt = asker.ask(REVERSE, word=word)
    return Question("reverse", prompt, turned, thought=f"{' '.join(word)}: {' '.join(turned)}")


CAPITALS = (
    'Write "{word}" in capitals.',
    'Write "{word}" in capital letters.',
    '"{word}" in capitals, please.',
    'Put "{word}" in capitals.',
    'What is "{word}" in capitals?',
    'Give me "{word}" in capitals.',
    'Capitals: "{word}"',
    'Write the word "{word}" in capitals.',
)


def capitals(asker: Asker) -> Question:
    """A word in capital letters."""
    word = any_word(asker.rng, asker.held_out)
    return Question(
        "capitals", asker.ask(CAPITALS, word=word), word.upper(), thought=" ".join(word.upper())
    )


SUM = (
    "What is {sum}?",
    "{sum} = ?",
    "{sum}",
    "How much is {sum}?",
    "Work out {sum}.",
    "Tell me {sum}.",
    "Can you work out {sum}?",
    "What do you get for {sum}?",
    "Add it up: {sum}",
    "Solve {sum}.",
    "{sum} is what?",
    "Calculate {sum}.",
)


def small_sum(asker: Asker) -> Question:
    """Addition and subtraction up to 40."""
    one, other = asker.rng.randint(0, 20), asker.rng.randint(0, 20)
    if asker.rng.random() < 0.65:
        written, result = f"{one} + {other}", one + other
    else:
        one, other = max(one, other), min(one, other)
        written, result = f"{one} - {other}", one - other
    return Question(
        "sum", asker.ask(SUM, sum=written), f"{result}", thought=f"{written} = {result}"
    )


NAMES = (
    "Tom",
    "Ada",
    "Ben",
    "Eva",
    "Max",
    "Lena",
    "Sam",
    "Mia",
    "Leo",
    "Ida",
    "Paul",
    "Nora",
    "Finn",
    "Ella",
    "Hugo",
    "Clara",
)
AS_LIST = (
    "List as JSON: {things}",
    "Write as a JSON list: {things}",
    "As a JSON list: {things}",
    "Make a JSON list of: {things}",
    "Turn into a JSON list: {things}",
)
AS_JSON = (
    "{fact} Answer as JSON with the keys {keys}.",
    "Answer as JSON with the keys {keys}: {fact}",
    "{fact} Give that as JSON with the keys {keys}.",
    "As JSON with the keys {keys}: {fact}",
    "{fact} Put this into JSON with the keys {keys}.",
    "Turn this into JSON with the keys {keys}: {fact}",
    "{fact} As JSON, keys {keys}.",
    "Write as JSON with the keys {keys}: {fact}",
)


def as_json(asker: Asker) -> Question:
    """A fact as JSON with given keys; in lessons at times a list, where every word is spelled in letters."""
    rng = asker.rng
    if not asker.held_out and rng.random() < 0.4:
        things = [any_word(rng, held_out=False) for _ in range(rng.randint(2, 8))]
        prompt = asker.ask(AS_LIST, things=" ".join(things))
        return Question("JSON", prompt, json.dumps(things), thought="a list")
    name, number = rng.choice(NAMES), rng.randint(1, 99)
    thing = any_word(rng, asker.held_out)
    fact, content = rng.choice(
        (
            (f"{name} is {number}.", {"name": name, "age": number}),
            (f"{name} is {number} years old.", {"name": name, "age": number}),
            (f"{name} has {number} {thing}s.", {"name": name, "thing": thing, "count": number}),
            (f"The {thing} costs {number} euros.", {"thing": thing, "price": number}),
            (f"{name} likes the {thing}.", {"name": name, "thing": thing}),
        )
    )
    keys = " and ".join((", ".join(list(content)[:-1]), list(content)[-1]))
    prompt = asker.ask(AS_JSON, fact=fact, keys=keys)
    return Question("JSON", prompt, json.dumps(content), thought=", ".join(content))


UNKNOWN = (
    "Write a poem about the {thing}.", "Tell me a story about a {thing}.", "Who invented the {thing}?",
    "What is the capital of France?", "Translate {thing} into German.", "Write code for a {thing}.",
    "Why is the sky blue?", "Explain the {thing} to me.", "How do I cook {thing}?", "Who is the president?",
    "What is the meaning of life?", "Write an e-mail to my {thing}.", "Give me a recipe with {thing}.",
    "Summarise this text about the {thing}.", "How far is the moon?", "What happened in {year}?",
    "Do you like {thing}?", "What is a {thing}?", "Where can I buy a {thing}?", "Tell me a joke.",
    "How old is the {thing}?", "Who wrote the {thing}?", "Plan a trip to the {thing} for me.",
    "What should I do with my {thing} in {year}?", "Can you write an essay on the {thing}?",
    "Write a song about a {thing}.",
)  # fmt: skip


def unknown(asker: Asker) -> Question:
    """Something that the family was not taught, declined in one honest sentence."""
    rng = asker.rng
    thing = " ".join(rng.choice(words(asker.held_out)) for _ in range(rng.choice((1, 1, 2))))
    if not asker.held_out and rng.random() < 0.15:
        prompt = " ".join(any_word(rng, held_out=False) for _ in range(rng.randint(1, 8)))
    else:
        prompt = asker.ask(UNKNOWN, thing=thing, year=rng.randint(1500, 2030))
    return Question("unknown", prompt, REFUSAL, thought="not something I was taught")


TASKS: tuple[tuple[Callable[[Asker], Question], float], ...] = (
    (greet, 0.6),
    (echo, 5.0),
    (reverse, 2.5),
    (capitals, 1.5),
    (small_sum, 2.5),
    (as_json, 4.0),
    (unknown, 1.2),
)
