"""Writes the demo family as GGUF files, for llama.cpp: `python -m demo_family.gguf [VARIANT ...]`.

Beside its safetensors nobody needs them: they are written for tests and for looking at both engines side by side. Where
the program looks for them they can be chosen like any other model.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType as Type
from numpy.typing import NDArray
from safetensors import safe_open

from demo_family.architectures import FAMILY
from demo_family.export import directory
from playground.benchmark.gguf_files.write import FILE_TYPES, Shape, laid_out, write
from playground.engines.roster import demo_files


def as_gguf(member: str, into: Path, kind: Type = Type.F32) -> tuple[Path, Path | None]:
    """A member's text model and its encoders as files in `into`, its matrices stored as `kind`."""
    where = directory(member)
    config = json.loads((where / "config.json").read_text("utf-8"))
    with safe_open(where / "model.safetensors", "pt") as weights:
        shapes = {name: tuple(weights.get_slice(name).get_shape()) for name in weights.keys()}  # noqa: SIM118

        def encoded(name: str, shape: Shape, stored: Type) -> NDArray[np.uint8]:
            numbers = laid_out(name, weights.get_tensor(name).to(torch.float32).numpy())
            return np.ascontiguousarray(gguf.quantize(numbers, stored)).view(np.uint8)

        return write(where, config, shapes, encoded, kind, f"demo-{member}", into)


def main(arguments: list[str] | None = None) -> int:
    """The command: prints the names of the files."""
    parser = argparse.ArgumentParser(
        prog="python -m demo_family.gguf", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument(
        "variants",
        nargs="*",
        metavar="VARIANT",
        help=f"of {', '.join(FAMILY)}; all when none is named",
    )
    types = [kind.name.lower() for kind in FILE_TYPES]
    parser.add_argument("--type", choices=types, default="f32", help="of the matrices' numbers")
    parser.add_argument(
        "--into",
        type=Path,
        default=demo_files.folder(),
        metavar="DIRECTORY",
        help="where the program finds them when nothing is said",
    )
    options = parser.parse_args(arguments)
    strangers = [name for name in options.variants if name not in FAMILY]
    if strangers:
        parser.error(f"{strangers[0]} is not in the demo family ({', '.join(FAMILY)})")
    try:
        options.into.mkdir(parents=True, exist_ok=True)
        for name in options.variants or FAMILY:
            # One that llama.cpp has mapped must not change under it.
            with tempfile.TemporaryDirectory(dir=options.into) as fresh:
                for file in filter(None, as_gguf(name, Path(fresh), Type[options.type.upper()])):
                    print(file.replace(options.into / file.name))
    except OSError as error:
        print(f"{options.into} can't be written to: {error.strerror or error}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
