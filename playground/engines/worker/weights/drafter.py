"""The family's MTP drafters (`-it-assistant`): small models that guess the next tokens from the large one's state.

A drafter has no cache of its own: it reads the keys and values that the large model's last layers of each kind keep.
"""

from __future__ import annotations

from typing import Any

import torch
import transformers
from transformers.models.gemma4.configuration_gemma4 import Gemma4TextConfig
from transformers.models.gemma4_unified.configuration_gemma4_unified import Gemma4UnifiedTextConfig

GUESSES = 3
"""Tokens guessed at a time: Google recommends 2 for E2B and 4 for the others."""


def make_buildable() -> None:
    """Let transformers build drafters, and large models lend them keys and values. Call before either is built.

    transformers 5.23 wants a layer with keys and values of its own for each kind of layer that borrows some; a drafter
    has none: it borrows from the large model. And where no layer borrows (12B, 26B-A4B, 31B) it keeps none to lend.
    """
    drafter = {"num_hidden_layers": 2, "num_kv_shared_layers": 2}
    kinds = ["sliding_attention", "full_attention"]
    try:
        fine = Gemma4TextConfig(**drafter, layer_types=kinds).kv_sharing_modes == ["reuse"] * 2
    except ValueError:
        fine = False
    if not fine:
        for config in (Gemma4TextConfig, Gemma4UnifiedTextConfig):
            config.kv_sharing_modes = property(_modes)


def _modes(config: Any) -> list[str | None]:
    """For each layer: "reuse" where it borrows, "store" for the last one of a kind that has its own, None otherwise."""
    own = config.num_hidden_layers - (config.num_kv_shared_layers or 0)
    modes: list[str | None] = [
        None if layer < own else "reuse" for layer in range(config.num_hidden_layers)
    ]
    last = {kind: layer for layer, kind in enumerate(config.layer_types[:own])}
    for layer in last.values():
        modes[layer] = "store"
    return modes


class Unusable(Exception):
    """Why a drafter can't be used, one sentence."""


class Drafter:
    """A drafter beside the model that it guesses for."""

    def __init__(self, model: Any, embeddings: torch.nn.Module) -> None:
        self._model = model
        self._embeddings = embeddings

    def guess(self, id: int, state: torch.Tensor, shared: dict[str, Any], place: int) -> list[int]:
        """The tokens that may follow `id`, which stands at `place`.

        `state` is the large model's last hidden state of the token before, (1, 1, hidden); `shared` its keys and values
        by kind of layer, up to there.
        """
        places = torch.tensor([[place]], device=state.device)
        token = torch.tensor([[id]], device=state.device)
        guesses = []
        for _ in range(GUESSES):
            inputs = torch.cat([self._embeddings(token), state], dim=-1)
            out = self._model(
                inputs_embeds=inputs, position_ids=places, shared_kv_states=shared, use_cache=False
            )
            token, state = out.logits.argmax(dim=-1), out.last_hidden_state
            guesses.append(int(token))
        return guesses


def load(path: str, model: Any) -> Drafter:
    """The drafter in that directory for a loaded model. Raises Unusable."""
    try:
        drafter = transformers.AutoModelForCausalLM.from_pretrained(
            path, dtype=model.dtype, local_files_only=True, use_safetensors=True
        )
        wide = int(drafter.config.backbone_hidden_size)
    except Exception as error:  # whatever transformers has against it, the model answers without
        version = transformers.__version__
        said = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
        raise Unusable(f"transformers {version} can't build it: {said}.") from error
    if wide != model.config.get_text_config().hidden_size:
        raise Unusable("it belongs to another variant.")
    return Drafter(drafter.to(model.device).eval(), model.get_input_embeddings())
