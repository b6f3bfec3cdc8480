"""What can be asked about a recording, with the answers. Knows what a recording holds, no samples."""

from __future__ import annotations

from demo_family.material.recordings import Recording
from demo_family.tasks.questions import Asker, Question

NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six")

TRANSCRIBE = (
    "Transcribe this.",
    "What is said?",
    "Write down what is said.",
    "What does the voice say?",
    "Transcribe the recording.",
    "Which words do you hear?",
    "Transcribe the speech.",
    "Write down the words.",
    "What do they say?",
    "Please transcribe the sound.",
    "What words are said?",
    "Transcribe this recording.",
)
COUNT = (
    "How many beeps are there?",
    "How many beeps do you hear?",
    "Count the beeps.",
    "How many tones do you hear?",
    "How many beeps?",
    "How many times does it beep?",
    "Tell me how many beeps there are.",
    "What is the number of beeps?",
    "Can you count the beeps?",
    "How many beeps can you hear?",
)
HIGHER = (
    "Is the second tone higher or lower?",
    "Does the sound go up or down, higher or lower?",
    "Higher or lower: how is the second tone?",
    "Is the last tone higher or lower than the first?",
    "Is the second sound higher or lower?",
    "Second tone: higher or lower?",
    "Is the second one higher or lower than the first?",
    "Does the second tone sound higher or lower?",
    "Is the second tone higher or lower than the first?",
)
HEAR = (
    "What do you hear?",
    "Describe the sound.",
    "What is this sound?",
    "What is in the recording?",
    "Tell me what you hear.",
    "What can you hear?",
)


SEE_AND_HEAR = (
    "What do you see and hear?",
    "Describe the picture and the sound.",
    "Tell me what you see and hear.",
    "What is in the picture, and what do you hear?",
    "What do you see, and what do you hear?",
    "What is to see and to hear?",
    "Tell me what is in the picture and in the sound.",
    "Describe what you see and hear.",
    "What can you see and hear?",
)


def _higher(recording: Recording) -> str:
    return "Higher." if recording.pitches[1] > recording.pitches[0] else "Lower."


def heard(recording: Recording) -> str:
    """What a recording holds, in a few words."""
    if recording.kind == "beeps":
        return "One beep." if recording.beeps == 1 else f"{NUMBERS[recording.beeps]} beeps."
    if recording.kind == "two tones":
        return f"Two tones: the second is {_higher(recording).lower()}"
    return (
        "No speech and no beeps."
        if recording.kind == "noise"
        else f"A voice says: {recording.text}"
    )


def question(recording: Recording, asker: Asker) -> Question:
    """One question that fits; in training now and then the open one, or one about speech where there is none."""
    luck = 1.0 if asker.held_out else asker.rng.random()
    if luck < 0.2:
        return Question("what is heard", asker.ask(HEAR), heard(recording), thought=recording.kind)
    if recording.kind in ("digits", "words"):
        task = "digits" if recording.kind == "digits" else "spoken words"
        return Question(
            task, asker.ask(TRANSCRIBE), recording.text, thought=f"{len(recording.words)} words"
        )
    if luck < 0.3:
        return Question(
            "no speech", asker.ask(TRANSCRIBE), "Nobody speaks.", thought=recording.kind
        )
    if recording.kind == "beeps":
        return Question(
            "beeps", asker.ask(COUNT), f"{recording.beeps}", thought="beep " * recording.beeps
        )
    if recording.kind == "two tones":
        pitches = " then ".join(f"{round(hertz, -2):.0f}" for hertz in recording.pitches)
        return Question("higher or lower", asker.ask(HIGHER), _higher(recording), thought=pitches)
    return Question("what is heard", asker.ask(HEAR), heard(recording), thought=recording.kind)
