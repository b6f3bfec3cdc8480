"""The demo family on this machine's disk: its safetensors, which come with the program, and the GGUF files that
`python -m demo_family.gguf` writes from them. Tells which GGUF file holds one of its members, whatever it is called.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path

from playground import config
from playground.engines.roster import checkpoints
from playground.models import checkpoint
from playground.models.catalog import Variant, variant, variants
from playground.models.damage import damage
from playground.models.gguf import described, finding
from playground.models.gguf.finding import Found
from playground.models.gguf.header import Header
from playground.models.model import Model, ModelError
from playground.models.precision import PRECISIONS
from playground.models.weight_files import Spoilt

DEMO = Path(__file__).resolve().parents[3] / "assets" / "demo"
"""Its safetensors, a directory for each member."""


def path(wanted: Variant) -> Path:
    """Where a variant's demo-sized sister lies, if there is one."""
    return DEMO / wanted.name.lower()


def name(wanted: Variant) -> str:
    """What it is called: never like the variant."""
    return f"demo-sized {wanted.name}"


def model(wanted: Variant) -> Model:
    """A variant's demo-sized sister. Raises ModelError where there is none or it is damaged."""
    there = path(wanted)
    if not there.is_dir():
        raise ModelError(
            f"There is no {name(wanted)}.", "The demo family is E2B, E4B, 26B-A4B and 31B."
        )
    if wrong := damage(there):
        raise ModelError(f"The {name(wanted)} is damaged: {wrong}.", "Get this program anew.")
    made = checkpoints.model(there, f"demo:{wanted.name}", name(wanted), wanted.name)
    whole = checkpoints.loaded_as(made, "fp32")
    return replace(whole, revision=checkpoints.fingerprint(there), demo=True)


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
            if wanted := variant(member(told)):
                kind = described.quantisation(told)
                spec = f"local:{file}" if kind in PRECISIONS else f"demo:{wanted.name}@{kind}"
                found.setdefault(spec, finding.paired(file, f"{name(wanted)}, {file.name}"))
    return [(one, spec) for spec, one in found.items()]


@cache
def _members() -> dict[tuple[int, int, int], str]:
    """By layers, width and tokens of the vocabulary."""
    made = {}
    for one in variants():
        text = checkpoint.settings(path(one), "config.json").get("text_config", {})
        if text:
            shape = (text["num_hidden_layers"], text["hidden_size"], text["vocab_size"])
            made[shape] = one.name
    return made
