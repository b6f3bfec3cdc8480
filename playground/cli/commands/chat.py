"""`chat`: rounds written by hand, answers side by side."""

from __future__ import annotations

from typing import Annotated

import typer

from playground.cli import interrupts, options
from playground.cli.display.notes import beginning


def chat(
    context: typer.Context,
    on: options.On = None,
    all_at_once: options.AllAtOnce = False,
    system: options.System = None,
    thinking: options.Thinking = None,
    max_tokens: options.MaxTokens = None,
    temperature: options.Temperature = None,
    top_p: options.TopP = None,
    top_k: options.TopK = None,
    seed: options.Seed = None,
    image_tokens: options.ImageTokens = None,
    schema: options.Schema = None,
    set: options.Set = None,
    no_save: Annotated[
        bool, typer.Option("--no-save", help="Keep nothing of it; history won't know it.")
    ] = False,
) -> int:
    """Ask on and on: every model goes on with its own history."""
    whom = ", ".join(on or ["nobody"])
    with interrupts.raised(), beginning(f"getting ready to ask {whom}", False) as begun:
        from playground.cli.turns import chat as chats

        return chats.chat(context.params, all_at_once, not no_save, begun)
