"""What a member says of itself: its name, its size, what it takes. Facts come from its architecture."""

from __future__ import annotations

from collections.abc import Callable

from demo_family.architectures import Architecture
from demo_family.tasks.questions import Asker, Question

WHO = (
    "Who are you?", "What are you?", "Which model are you?", "What is your name?", "Tell me who you are.",
    "Are you Gemma 4?", "What model is this?", "Which model is this?",
)  # fmt: skip
SIZE = (
    "How large are you?", "How many parameters do you have?", "What is your size?", "How big are you?",
    "Tell me your size.", "How many parameters have you got?",
)  # fmt: skip
TAKES = (
    "What can you take?", "What do you take?", "What can I show you?", "Which inputs do you take?",
    "Do you take pictures?", "What kind of input do you take?",
)  # fmt: skip
HEARS = (
    "Can you hear?",
    "Do you take sound?",
    "Can you hear sound?",
    "Can you take recordings?",
    "Do you take recordings?",
)
CAN = (
    "What can you do?", "What do you know?", "How can you help me?", "What were you taught?", "What can I ask you?",
    "Help", "What are you good at?", "What can you do for me?", "Tell me what you can do.", "What are you for?",
    "Which things can you do?", "What are you made to do?", "Are you able to help me?", "What are you able to do?",
)  # fmt: skip


def about_itself(member: Architecture, parameters: int) -> Callable[[Asker], Question]:
    """A task that asks a member about itself."""
    millions = f"{parameters / 1e6:.1f} million parameters"
    senses = "pictures, sound and text" if member.sound else "pictures and text, but no sound"
    heard = ", hear digits and beeps" if member.sound else ""
    facts = (
        (WHO, f"I am the demo {member.name}, a very small model. I am not Gemma 4."),
        (SIZE, f"I have {millions}."),
        (TAKES, f"I take {senses}."),
        (HEARS, "Yes, I take sound." if member.sound else "No, I take no sound."),
        (
            CAN,
            f"I name shapes and colours, read words{heard}, copy and turn words, and do small sums.",
        ),
    )

    def task(asker: Asker) -> Question:
        phrasings, answer = asker.rng.choice(facts)
        return Question("about itself", asker.ask(phrasings), answer, thought="about me")

    return task
