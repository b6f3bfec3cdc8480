"""`ask`: one question, or a file of them, put to the contenders; the answers as text or as JSON."""

from __future__ import annotations

from typing import Annotated

import typer

from playground.cli import interrupts, options
from playground.cli.display.notes import beginning, on_terminal
from playground.questions.faults import BadCall


def ask(
    context: typer.Context,
    prompt: options.Prompt = "",
    on: options.On = None,
    all_at_once: options.AllAtOnce = False,
    image: options.Image = None,
    audio: options.Audio = None,
    video: options.Video = None,
    file: options.File = None,
    pages: options.Pages = None,
    pdf_text: options.PdfText = None,
    frames: options.Frames = None,
    frame_tokens: options.FrameTokens = None,
    system: options.System = None,
    thinking: options.Thinking = None,
    max_tokens: options.MaxTokens = None,
    temperature: options.Temperature = None,
    top_p: options.TopP = None,
    top_k: options.TopK = None,
    seed: options.Seed = None,
    image_tokens: options.ImageTokens = None,
    begun: options.Begin = None,
    one_by_one: options.OneByOne = None,
    schema: options.Schema = None,
    set: options.Set = None,
    sweep: options.Sweep = None,
    repeat: options.Repeat = None,
    tools: options.Tools = None,
    by_hand: options.ByHand = None,
    continue_: options.Continue = False,
    batch: Annotated[
        str | None,
        typer.Option(
            "--batch",
            metavar="FILE",
            help="One JSON object a line, each with a prompt and its media; - reads standard input.",
            rich_help_panel=options.QUESTION,
        ),
    ] = None,
    turns: Annotated[
        str | None,
        typer.Option(
            "--turns",
            metavar="FILE",
            help="One question a line, or JSON as in --batch: rounds of one conversation.",
            rich_help_panel=options.QUESTION,
        ),
    ] = None,
    no_save: Annotated[
        bool, typer.Option("--no-save", help="Keep nothing of it; history won't know it.")
    ] = False,
    json: options.Json = False,
) -> int:
    """Put a prompt to one or more models."""
    whom = ", ".join(on or ["the models that each line names"])
    doing = "going on with what was cut" if continue_ else f"asking {whom}"
    if continue_ and (prompt or on or batch or turns):
        raise BadCall(
            "--continue goes on with what was asked before: it takes no prompt and no --on."
        )
    quiet = json and not batch and not on_terminal()
    with interrupts.noticed() as interruption, beginning(doing, quiet) as going:
        # The first words must not wait for these imports: they take a second on a busy machine.
        from playground.cli import asking, continuing
        from playground.cli.turns import batches

        if continue_:
            return continuing.answer(max_tokens, json, going, interruption)
        if turns and batch:
            raise BadCall("--turns and --batch can't be used together.")
        if turns:
            from playground.cli.turns import file as turning

            return turning.answer(
                turns, context.params, all_at_once, not no_save, json, going, interruption
            )
        if batch:
            return batches.answer(
                batch, context.params, all_at_once, not no_save, going, interruption
            )
        return asking.answer(context.params, all_at_once, not no_save, json, going, interruption)
