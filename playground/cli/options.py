"""The options that commands share, as types: what each is called, what it is good for, where `--help` shows it."""

from __future__ import annotations

from typing import Annotated

import typer

QUESTION, CONTENDERS, SETTINGS = "What is asked", "Who answers", "How they answer"


def specs(incomplete: str) -> list[str]:
    """What a model's name may go on to be, for shells that complete: variants, demo-sized ones, precisions."""
    from playground.models.catalog import variants

    names = [one.name for one in variants()]
    offered = [*names, *(f"demo:{name}" for name in names), "local:", "server:"]
    before, at, _ = incomplete.partition("@")
    if at:
        from playground.models.precision import PRECISIONS

        offered = [f"{before}@{precision}" for precision in PRECISIONS]
    return [one for one in offered if one.lower().startswith(incomplete.lower())]


def names(incomplete: str) -> list[str]:
    """The variants' names, for shells that complete."""
    from playground.models.catalog import variants

    return [one.name for one in variants() if one.name.lower().startswith(incomplete.lower())]


Prompt = Annotated[
    str,
    typer.Argument(help="What to ask; - reads it from standard input.", show_default=False),
]
On = Annotated[
    list[str] | None,
    typer.Option(
        "--on",
        metavar="MODEL",
        help="E2B (the best here), demo:E2B, local:REPO_OR_DIR, server:NAME/MODEL; E2B@int8 in another "
        "precision. Repeat it.",
        autocompletion=specs,
        rich_help_panel=CONTENDERS,
    ),
]
AllAtOnce = Annotated[
    bool,
    typer.Option(
        "--all-at-once",
        help="Don't take turns; the figures are contended.",
        rich_help_panel=CONTENDERS,
    ),
]
Image = Annotated[
    list[str] | None,
    typer.Option("--image", metavar="FILE", help="A picture. Repeat it.", rich_help_panel=QUESTION),
]
Audio = Annotated[
    list[str] | None,
    typer.Option(
        "--audio", metavar="FILE", help="A recording. Repeat it.", rich_help_panel=QUESTION
    ),
]
Video = Annotated[
    list[str] | None,
    typer.Option("--video", metavar="FILE", help="A clip. Repeat it.", rich_help_panel=QUESTION),
]
File = Annotated[
    list[str] | None,
    typer.Option(
        "--file",
        metavar="FILE",
        help="A text, a PDF, or any file that can be read. Repeat it.",
        rich_help_panel=QUESTION,
    ),
]
Pages = Annotated[
    str | None,
    typer.Option(
        "--pages",
        metavar="PAGES",
        help='Of PDFs: "1-3, 7"; without it the first 8.',
        rich_help_panel=QUESTION,
    ),
]
Frames = Annotated[
    int | None,
    typer.Option(
        "--frames",
        metavar="N",
        help="Of clips: so many frames, 1 to 60; without it one a second, at most 32.",
        rich_help_panel=QUESTION,
    ),
]
FrameTokens = Annotated[
    int | None,
    typer.Option(
        "--frame-tokens",
        metavar="N",
        help="70, 140, 280, 560 or 1120 a frame of a clip; 70 without it.",
        rich_help_panel=QUESTION,
    ),
]
PdfText = Annotated[
    bool | None,
    typer.Option(
        "--pdf-text",
        help="Send the words of PDFs, not their pages as pictures.",
        rich_help_panel=QUESTION,
        show_default=False,
    ),
]
System = Annotated[
    str | None,
    typer.Option("--system", metavar="TEXT", help="System prompt.", rich_help_panel=QUESTION),
]
Thinking = Annotated[
    bool | None,
    typer.Option(
        "--thinking",
        help="Let the models think first.",
        rich_help_panel=SETTINGS,
        show_default=False,
    ),
]
MaxTokens = Annotated[
    int | None,
    typer.Option("--max-tokens", metavar="N", help="Longest answer.", rich_help_panel=SETTINGS),
]
Temperature = Annotated[
    float | None,
    typer.Option("--temperature", metavar="T", help="0 is greedy.", rich_help_panel=SETTINGS),
]
TopP = Annotated[
    float | None,
    typer.Option("--top-p", metavar="P", help="Sample from this share.", rich_help_panel=SETTINGS),
]
TopK = Annotated[
    int | None,
    typer.Option(
        "--top-k", metavar="K", help="Sample from so many; 0 is off.", rich_help_panel=SETTINGS
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(
        "--seed", metavar="N", help="The same seed, the same answer.", rich_help_panel=SETTINGS
    ),
]
Begin = Annotated[
    str | None,
    typer.Option(
        "--begin",
        metavar="TEXT",
        help="How the answer begins; the model goes on from there.",
        rich_help_panel=SETTINGS,
    ),
]
Continue = Annotated[
    bool,
    typer.Option(
        "--continue",
        help="Go on with the newest kept answers that were cut or stopped; asks nothing new.",
        rich_help_panel=QUESTION,
    ),
]
ImageTokens = Annotated[
    int | None,
    typer.Option(
        "--image-tokens",
        metavar="N",
        help="70, 140, 280, 560 or 1120 a picture.",
        rich_help_panel=SETTINGS,
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="MODEL:KEY=VALUE",
        help="One setting for one of them: E2B:thinking=on, E2B#2:system='Be brief.', E2B:precision=int8. "
        "Repeat it.",
        rich_help_panel=SETTINGS,
    ),
]
Sweep = Annotated[
    list[str] | None,
    typer.Option(
        "--sweep",
        metavar="KEY=VALUES",
        help="Ask each of them once for every value: image-tokens=70,140,280.",
        rich_help_panel=SETTINGS,
    ),
]
Repeat = Annotated[
    int | None,
    typer.Option(
        "--repeat",
        metavar="N",
        help="Ask each of them N times, with other seeds; tells distinct answers and spreads.",
        rich_help_panel=SETTINGS,
    ),
]
Tools = Annotated[
    str | None,
    typer.Option(
        "--tools",
        metavar="FILE",
        help="Tools that the models may call: a JSON file, or built-in ones: calculator,clock,convert_units,roll_dice.",
        rich_help_panel=SETTINGS,
    ),
]
ByHand = Annotated[
    bool | None,
    typer.Option(
        "--by-hand",
        help="Answer all calls of tools yourself.",
        rich_help_panel=SETTINGS,
        show_default=False,
    ),
]
OneByOne = Annotated[
    bool | None,
    typer.Option(
        "--one-by-one",
        help="Ask about each recording by itself, longer ones split at silences, and join the answers.",
        rich_help_panel=SETTINGS,
        show_default=False,
    ),
]
Schema = Annotated[
    str | None,
    typer.Option(
        "--schema",
        metavar="FILE",
        help="Answers are JSON of this JSON schema, or of the last Python type in FILE.py.",
        rich_help_panel=SETTINGS,
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help="One JSON object on standard output and nothing else.")
]
Id = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="A comparison's id, or last for the newest.", show_default=False
    ),
]
SomeIds = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[ID...]", help="Comparisons' ids, or last for the newest.", show_default=False
    ),
]
Weights = Annotated[
    str,
    typer.Argument(
        metavar="MODEL",
        help="A variant (E2B), or a repository's id.",
        autocompletion=names,
        show_default=False,
    ),
]
