"""What model the header of a GGUF file describes: its member of the family, its numbers' type, what it reads and keeps.

The names of facts and tensors are llama.cpp's own for the architecture (llama-arch.cpp, clip-impl.h).
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from playground.models.capabilities import Capabilities
from playground.models.catalog import variants
from playground.models.gguf import header, parts
from playground.models.gguf.header import Header
from playground.models.gguf.types import MIXTURES
from playground.models.weight_files import Spoilt

ARCHITECTURE = "gemma4"
ENCODERS = "clip"

RAW_SOUND = "gemma4ua"
"""What the file of the 12B calls its way of taking sound: it has no encoders, only projections."""

POOLED = 3
"""Patches of a picture, along each side, that become one token where a file does not say so (clip.cpp)."""

USUAL = 280
"""Tokens of a picture where nobody says otherwise."""

LARGEST_SIDE, MOST_SQUARES = 1024, 4096
"""The family has 48 pixels and 1,120 tokens; llama.cpp sets memory aside for as many as a file names."""

CELLS = 256
"""llama.cpp's cache of keys and values grows in steps of so many tokens."""

TABLE = "per_layer_token_embd.weight"
"""Of which a token looks up one row."""

INSIDE = ("v.", "a.", "mm.")
"""What the names of encoders' tensors begin with; Ollama writes some models with theirs."""

EMBEDDING, OUTPUT = "token_embd.weight", "output.weight"


def text_model(file: Path) -> Header:
    """The header of a file with a text model of this family, of several parts the first. Raises Spoilt."""
    found = parts.whole(file)
    if found.architecture != ARCHITECTURE:
        what = (
            f"of the architecture {found.architecture[:40]!r}" if found.architecture else "of none"
        )
        raise Spoilt(f"{file.name} holds a model {what}, and no Gemma 4")
    if not (layers(found) and hidden(found) and context(found)):
        raise Spoilt(f"{file.name} does not say how large its model is")
    if not any(tensor.name == EMBEDDING for tensor in found.tensors):
        raise Spoilt(f"{file.name} holds no embedding, so it is no whole model")
    if inside := next((one.name for one in found.tensors if one.name.startswith(INSIDE)), ""):
        raise Spoilt(
            f"{file.name} holds its encoders in the same file ({inside[:80]!r}), which llama.cpp does not take"
        )
    kv_bytes(found, context(found), 1)
    return found


def encoders(file: Path, model: Header) -> tuple[bool, bool]:
    """Whether the encoders in a file take pictures and sound, for that model. Raises Spoilt where they are none, or not
    this model's.
    """
    found = header.read(file)
    if found.architecture != ENCODERS:
        raise Spoilt(f"{file.name} holds no encoders")
    if found.whole("split.count", 1) > 1:
        raise Spoilt(f"{file.name} holds a part of the encoders, and llama.cpp takes them whole")
    kinds = [
        kind for kind in ("vision", "audio") if found.facts.get(f"clip.has_{kind}_encoder") is True
    ]
    for kind in kinds:
        width = found.whole(f"clip.{kind}.projection_dim")
        if width != hidden(model):
            raise Spoilt(
                f"{file.name} is for a model of width {width:,}, and this one's is {hidden(model):,}"
            )
        # Others of the same width were made for other models: Gemma 3's are as wide as Gemma 4's.
        made_for = found.facts.get(f"clip.{kind}.projector_type") or found.facts.get(
            "clip.projector_type"
        )
        if not str(made_for).startswith(ARCHITECTURE):
            raise Spoilt(f"{file.name} is for no Gemma 4: its projector is {str(made_for)[:40]!r}")
    if "vision" in kinds:
        _square(found)
    return "vision" in kinds, "audio" in kinds


def variant(model: Header) -> str:
    """The member of the family whose text model has this shape; empty where none has: names prove nothing."""
    shape = (layers(model), hidden(model))
    return next(
        (one.name for one in variants() if shape == (one.shape.layers, one.shape.hidden)), ""
    )


def quantisation(model: Header) -> str:
    """What most bytes of its layers are stored in, in the field's words ("q4_0"), a mixture under its own name."""
    mixture = model.facts.get("general.file_type")
    sizes: Counter[str] = Counter()
    for tensor in model.tensors:
        if tensor.name.startswith("blk."):
            sizes[tensor.stored.name] += tensor.bytes
    most = sizes.most_common(1)[0][0] if sizes else "F32"
    if isinstance(mixture, int) and (named := MIXTURES.get(mixture)) and named.startswith(most):
        most = named
    return most.lower()


def takes(model: Header, file: Path | None) -> Capabilities:
    """What it takes with the encoders in that file, if there is one. Thinking and tools follow from its chat template.

    Raises Spoilt.
    """
    sees, hears = encoders(file, model) if file is not None else (False, False)
    told = header.read(file) if file is not None else None
    side, most = _square(told) if told is not None and sees else (48, USUAL)
    template = str(model.facts.get("tokenizer.chat_template", ""))
    return Capabilities(
        image=sees,
        audio=hears,
        video=sees,
        thinking=re.search(r"\benable_thinking\b", template) is not None,
        tools=re.search(r"\btools\b", template) is not None,
        schema=True,
        context=context(model),
        image_tokens=most,
        image_pixels=side,
        audio_raw=told is not None and told.facts.get("clip.audio.projector_type") == RAW_SOUND,
    )


def _square(found: Header) -> tuple[int, int]:
    """The side of the square that becomes one token, in pixels, and how many of them a picture may have at most; the
    family's where the file does not say. Raises Spoilt.
    """
    side = found.whole("clip.vision.patch_size") * found.whole(
        "clip.vision.projector.scale_factor", POOLED
    )
    most = found.whole("clip.vision.image_max_pixels") // side**2 if side else 0
    if not 0 < side <= LARGEST_SIDE or most > MOST_SQUARES:
        raise Spoilt(f"{found.file} has a patch_size or an image_max_pixels that makes no sense")
    return side, most or USUAL


def context(model: Header) -> int:
    """The longest that it was made for, in tokens."""
    return model.whole(f"{ARCHITECTURE}.context_length")


def layers(model: Header) -> int:
    """Of the text model."""
    return model.whole(f"{ARCHITECTURE}.block_count")


def hidden(model: Header) -> int:
    """Numbers that stand for one token."""
    return model.whole(f"{ARCHITECTURE}.embedding_length")


def vocabulary(model: Header) -> int:
    """How many tokens it knows; 0 where it has no embedding."""
    return next((one.sides[-1] for one in model.tensors if one.name == EMBEDDING), 0)


def kv_bytes(model: Header, tokens: int, batch: int, width: int = 2) -> int:
    """Bytes that llama.cpp sets aside for the keys and values of `tokens` tokens that it reads `batch` at a time.

    Layers that share another's have none; sliding layers hold their window and one batch. Raises Spoilt.
    """
    full, sliding = _per_token(model)
    window = model.whole(f"{ARCHITECTURE}.attention.sliding_window")
    cells = _steps(tokens)
    return (full * cells + sliding * min(cells, _steps(window + batch))) * width


def window_bytes(model: Header, width: int = 2) -> int:
    """Bytes of one copy of the sliding layers' windows. Raises Spoilt."""
    return _per_token(model)[1] * model.whole(f"{ARCHITECTURE}.attention.sliding_window") * width


def bytes_per_token(model: Header) -> int:
    """Bytes of the weights that the next token of text reads: of the experts its share; of tables a row, left out; the
    embedding where it is the output's matrix too. Raises Spoilt.
    """
    experts = model.whole(f"{ARCHITECTURE}.expert_count")
    used = model.whole(f"{ARCHITECTURE}.expert_used_count")
    own_output = any(tensor.name == OUTPUT for tensor in model.tensors)
    total = 0
    for tensor in model.tensors:
        if tensor.name == TABLE or (tensor.name == EMBEDDING and own_output):
            continue
        share = used / experts if experts and "_exps." in tensor.name else 1
        total += int(tensor.bytes * share)
    return total


def _per_token(model: Header) -> tuple[int, int]:
    """Numbers that a token leaves in the cache: in the layers that see everything, and in the sliding ones."""
    name, count = f"{ARCHITECTURE}.attention.", layers(model)
    if count > 1024:
        raise Spoilt(f"{model.file} has a block_count that makes no sense")
    own = count - model.whole(name + "shared_kv_layers")
    heads = model.each(name + "head_count_kv", count)
    slides = model.each(name + "sliding_window_pattern", count)
    wide = model.whole(name + "key_length") + model.whole(name + "value_length")
    narrow = model.whole(name + "key_length_swa") + model.whole(name + "value_length_swa")
    full = sum(heads[i] * wide for i in range(max(0, own)) if not slides[i])
    return full, sum(heads[i] * narrow for i in range(max(0, own)) if slides[i])


def _steps(tokens: int) -> int:
    return -(-tokens // CELLS) * CELLS
