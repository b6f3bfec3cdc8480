"""The demo family as GGUF files: where they lie, and whether a file holds one of its members, whatever it is called.

Their safetensors come with the program; these are written from them (`python -m demo_family.gguf`).
"""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from pathlib import Path

from playground import config
from playground.models import checkpoint
from playground.models.catalog import variants
from playground.models.gguf import described, finding
from playground.models.gguf.finding import Found
from playground.models.gguf.header import Header
from playground.models.precision import PRECISIONS
from playground.models.weight_files import Spoilt

DEMO = Path(__file__).resolve().parents[3] / "assets" / "demo"
"""Its safetensors, a directory for each member."""


def folder() -> Path:
    """Where its GGUF files are written and found."""
    return config.read().cache / "demo"


def member(told: Header) -> str:
    """The variant whose demo-sized sister has this shape and vocabulary; empty where none has."""
    shape = (described.layers(told), described.hidden(told), described.vocabulary(told))
    return _members().get(shape, "")


def here() -> list[tuple[Found, str]]:
    """Those in that folder, each with its spec: "demo:E2B@q8_0", and by its path where that means safetensors."""
    found: dict[str, Found] = {}
    for file in finding.models_in(folder()):
        with suppress(Spoilt):  # somebody is writing it anew
            told = described.text_model(file)
            if name := member(told):
                kind = described.quantisation(told)
                spec = f"local:{file}" if kind in PRECISIONS else f"demo:{name}@{kind}"
                weights = f"demo-sized {name}, {file.name}"
                found.setdefault(spec, finding.paired(file, weights))
    return [(one, spec) for spec, one in found.items()]


@cache
def _members() -> dict[tuple[int, int, int], str]:
    """By layers, width and tokens of the vocabulary."""
    made = {}
    for one in variants():
        text = checkpoint.settings(DEMO / one.name.lower(), "config.json").get("text_config", {})
        if text:
            shape = (text["num_hidden_layers"], text["hidden_size"], text["vocab_size"])
            made[shape] = one.name
    return made
