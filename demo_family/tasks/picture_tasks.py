"""What can be asked about a drawn scene, with the answers. Knows scenes and words, no pixels."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable

from demo_family.material.scenes import COLOURS, SHAPES, Scene
from demo_family.tasks import place_tasks
from demo_family.tasks.questions import Asker, Question, article, listed, sentence

NOTHING = "I see nothing that I know: I know simple shapes and words in capital letters."


DESCRIBE = (
    "What do you see?",
    "Describe the picture.",
    "What is in the picture?",
    "Describe this image.",
    "What is in this image?",
    "What does the picture show?",
    "What is this?",
    "Tell me what you see.",
    "What can you see in the picture?",
)


def describe(scene: Scene, asker: Asker) -> Question:
    """What is in the picture, from left to right."""
    prompt = asker.ask(DESCRIBE)
    if scene.lettering is not None:
        lettering = scene.lettering
        answer = f'The word "{lettering.word}" in {lettering.colour}.'
        return Question("describe a word", prompt, answer, thought=" ".join(lettering.word))
    if not scene.things:
        return Question("nothing", prompt, NOTHING, thought="nothing")
    names = scene.names
    answer = sentence(listed([article(name) for name in names]))
    task = {1: "name one shape", 2: "describe two", 3: "describe three"}.get(
        len(names), "describe more"
    )
    return Question(task, prompt, answer, thought=f"{len(names)}: {', '.join(names)}")


NAME = (
    "Name the shape and its colour.",
    "What shape is it and what colour?",
    "Which shape is this, and which colour does it have?",
    "Name the shape and the colour.",
    "Shape and colour?",
    "What is the shape and what is its colour?",
    "Say which shape this is and its colour.",
    "Give the shape and the colour.",
    "Which shape and which colour do you see?",
    "Tell me the shape and its colour.",
)


def name(scene: Scene, asker: Asker) -> Question | None:
    """Shape and colour of a single thing."""
    if len(scene.things) != 1:
        return None
    thing = scene.things[0]
    return Question(
        "name one shape", asker.ask(NAME), sentence(article(thing.name)), thought=f"1: {thing.name}"
    )


COUNT = (
    "How many shapes are there?",
    "How many shapes do you see?",
    "Count the shapes.",
    "How many shapes are in the picture?",
    "How many things are there?",
    "How many shapes are here?",
    "Tell me how many shapes there are.",
    "What is the number of shapes?",
    "Can you count the shapes?",
    "How many shapes can you see?",
)


def count(scene: Scene, asker: Asker) -> Question:
    """How many shapes there are."""
    names = scene.names if scene.things else ["nothing"]
    return Question("count", asker.ask(COUNT), f"{len(scene.things)}", thought=", ".join(names))


COUNT_KIND = (
    "How many {kind} are there?",
    "How many {kind} do you see?",
    "Count the {kind}.",
    "How many {kind} are in the picture?",
    "Tell me how many {kind} there are.",
    "How many {kind} are here?",
    "Can you count the {kind}?",
    "What is the number of {kind}?",
    "How many {kind} does the picture show?",
    "How many {kind} can you see?",
)


def plural(shape: str) -> str:
    """More than one of a shape."""
    return shape + ("es" if shape.endswith("s") else "s")


def count_kind(scene: Scene, asker: Asker) -> Question:
    """How many of one shape or one colour."""
    rng = asker.rng
    by_shape = rng.random() < 0.6
    present = [thing.shape if by_shape else thing.colour for thing in scene.things]
    pool = list(SHAPES if by_shape else COLOURS)
    wanted = rng.choice(present) if present and rng.random() < 0.85 else rng.choice(pool)
    found = [thing.name for thing in scene.from_left if wanted in (thing.shape, thing.colour)]
    kind = plural(wanted) if by_shape else f"{wanted} shapes"
    thought = ", ".join(found) if found else "none"
    return Question(
        "count one kind", asker.ask(COUNT_KIND, kind=kind), f"{len(found)}", thought=thought
    )


COLOUR = (
    "What colour is the {shape}?",
    "Which colour does the {shape} have?",
    "Tell me the colour of the {shape}.",
    "What is the colour of the {shape}?",
    "The {shape}: what colour is it?",
    "What colour does the {shape} have?",
    "Name the colour of the {shape}.",
    "Can you tell me the colour of the {shape}?",
    "In which colour is the {shape}?",
    "What is the {shape}'s colour?",
    "Which colour is the {shape}?",
)


ITS_COLOUR = (
    "What colour is it?",
    "What colour is the shape?",
    "Which colour is it?",
    "Which colour is the shape?",
)


def colour(scene: Scene, asker: Asker) -> Question | None:
    """The colour of the only thing of a shape, or simply of the only thing."""
    if len(scene.things) == 1 and asker.rng.random() < 0.3:
        thought = scene.things[0].colour
        return Question("colour", asker.ask(ITS_COLOUR), sentence(thought), thought=thought)
    kinds = Counter(thing.shape for thing in scene.things)
    choices = [thing for thing in scene.things if kinds[thing.shape] == 1]
    if not choices:
        return None
    thing = asker.rng.choice(choices)
    return Question(
        "colour", asker.ask(COLOUR, shape=thing.shape), sentence(thing.colour), thought=thing.name
    )


SHAPE = (
    "What shape is {colour}?",
    "Which shape is {colour}?",
    "What is the {colour} shape?",
    "Name the {colour} shape.",
    "Which of the shapes is {colour}?",
    "The {colour} one: which shape is it?",
    "What shape is the {colour} one?",
    "Can you name the {colour} shape?",
    "Which shape has the colour {colour}?",
    "Tell me which shape is {colour}.",
)


def shape(scene: Scene, asker: Asker) -> Question | None:
    """The shape of the only thing of a colour."""
    kinds = Counter(thing.colour for thing in scene.things)
    choices = [thing for thing in scene.things if kinds[thing.colour] == 1]
    if not choices:
        return None
    thing = asker.rng.choice(choices)
    answer = sentence(article(thing.shape))
    return Question("shape", asker.ask(SHAPE, colour=thing.colour), answer, thought=thing.name)


YES_NO = (
    "Is there {thing}?",
    "Do you see {thing}?",
    "Is {thing} in the picture?",
    "Does the picture show {thing}?",
    "Is there {thing} here?",
    "Is there {thing} in the picture?",
    "Can you find {thing}?",
    "Do you see {thing} in the picture?",
    "Does the image show {thing}?",
    "Are you able to see {thing}?",
    "Did you see {thing}?",
    "Have you got {thing} in the picture?",
    "Can you see {thing}?",
)


def yes_no(scene: Scene, asker: Asker) -> Question:
    """Whether something is there; wrong guesses are often half right."""
    rng = asker.rng
    present = {thing.name for thing in scene.things}
    if present and rng.random() < 0.5:
        wanted = rng.choice(sorted(present))
    elif present and rng.random() < 0.7:
        # One half right: the hard case.
        near = rng.choice(sorted(present)).split()
        wanted = (
            f"{near[0]} {rng.choice(SHAPES)}"
            if rng.random() < 0.5
            else f"{rng.choice(list(COLOURS))} {near[1]}"
        )
    else:
        wanted = f"{rng.choice(list(COLOURS))} {rng.choice(SHAPES)}"
    answer = "Yes." if wanted in present else "No."
    thought = ", ".join(scene.names) if scene.things else "nothing"
    return Question("yes or no", asker.ask(YES_NO, thing=article(wanted)), answer, thought=thought)


READ = (
    "What does it say?",
    "Read the word.",
    "Read the text.",
    "What is written here?",
    "What is written in the picture?",
    "Which word do you see?",
    "What is the word?",
    "Tell me the word.",
    "Can you read the word?",
    "Read this.",
    "What does the text say?",
)


def read(scene: Scene, asker: Asker) -> Question | None:
    """The word in the picture."""
    if scene.lettering is None:
        return None
    text = scene.lettering.word
    return Question("read", asker.ask(READ), text, thought=" ".join(text))


TEXT_COLOUR = (
    "What colour is the text?",
    "What colour is the word?",
    "Which colour does the text have?",
    "In which colour is the word?",
    "Tell me the colour of the word.",
    "What is the colour of the text?",
    "Which colour is the word?",
)


def text_colour(scene: Scene, asker: Asker) -> Question | None:
    """The colour of the word."""
    if scene.lettering is None:
        return None
    thought = scene.lettering.colour
    return Question("text colour", asker.ask(TEXT_COLOUR), sentence(thought), thought=thought)


LIST_JSON = (
    "List the shapes as JSON.",
    "Describe the shapes as JSON.",
    "Answer as JSON: which shapes are there?",
    "Name the shapes and colours as JSON.",
    "Which shapes do you see? Answer as JSON.",
    "Write the shapes as JSON.",
    "Tell me the shapes as JSON.",
    "Shapes and colours as JSON, please.",
    "Give all shapes as JSON.",
    "Give the shapes and their colours as JSON.",
)


def list_json(scene: Scene, asker: Asker) -> Question | None:
    """Shapes and colours as JSON."""
    if not 1 <= len(scene.things) <= 3:
        return None
    found = [{"shape": thing.shape, "colour": thing.colour} for thing in scene.from_left]
    return Question(
        "list as JSON", asker.ask(LIST_JSON), json.dumps(found), thought=", ".join(scene.names)
    )


Task = Callable[[Scene, Asker], Question | None]

SHAPE_TASKS: tuple[tuple[Task, float], ...] = (
    (describe, 2.0),
    (name, 0.7),
    (count, 1.0),
    (count_kind, 1.5),
    (colour, 2.2),
    (shape, 0.8),
    (yes_no, 1.6),
    (place_tasks.relation, 3.0),
    (place_tasks.place, 2.5),
    (place_tasks.box, 1.2),
    (list_json, 0.6),
)
WORD_TASKS: tuple[tuple[Task, float], ...] = (
    (read, 2.0),
    (describe, 1.0),
    (text_colour, 0.8),
    (yes_no, 0.2),
)
EMPTY_TASKS: tuple[tuple[Task, float], ...] = ((describe, 2.0), (count, 1.0), (yes_no, 1.0))


def questions(scene: Scene, asker: Asker, wanted: int) -> list[Question]:
    """Up to `wanted` different questions about a scene, chosen by weight."""
    tasks = WORD_TASKS if scene.lettering else SHAPE_TASKS if scene.things else EMPTY_TASKS
    asked: dict[str, Question] = {}
    for _ in range(wanted * 3 + 20):
        task = asker.rng.choices([t for t, _ in tasks], [weight for _, weight in tasks])[0]
        question = task(scene, asker)
        if question is not None:
            asked.setdefault(question.prompt, question)
        if len(asked) == wanted:
            break
    return list(asked.values())
