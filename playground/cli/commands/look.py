"""`look`: what would become of a file, and what it would cost, before anything is asked."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from playground.cli import options
from playground.cli.display import output


def look(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", show_default=False)],
    on: options.On = None,
    pages: options.Pages = None,
    pdf_text: options.PdfText = None,
    frames: options.Frames = None,
    frame_tokens: options.FrameTokens = None,
    image_tokens: options.ImageTokens = None,
    json: options.Json = False,
) -> int:
    """Show what a file becomes, and what it would cost."""
    from playground.cli.display.parts import lines
    from playground.cli.question import read_files
    from playground.prompt import tokens
    from playground.questions.question import chosen_settings, found, good

    wishes: dict[str, Any] = {"file": files, "pages": pages, "pdf_text": pdf_text}
    wishes |= {"frames": frames, "frame_tokens": frame_tokens}
    read = read_files(wishes)
    settings = chosen_settings(good({"image_tokens": image_tokens}))
    models = [(spec, found(spec)) for spec in on or ()]
    told: list[dict[str, Any]] = []
    for file in read:
        for part in file.made:
            costs = {
                spec: tokens.of_part(part, settings, model)
                for spec, model in models
                if part.kind == "document" or getattr(model.capabilities, part.kind)
            }
            about = {"file": file.name, "kind": part.kind, "name": part.name}
            told.append({**about, "was": part.original, "tokens": costs})
            if not json:
                output.write("".join(f"{line}\n" for line in lines(part, costs)))
    if json:
        output.write_json(told)
    return 0
