"""How a member is built, layer by layer, read off its configuration: what its drawing shows."""

from __future__ import annotations

from dataclasses import dataclass

from playground.models.footprint import FULL, Config, footprint, layer


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of the text model, in numbers of its weights.

    `full` attends to everything before, else to a window; `shares` uses another layer's keys and values. `own` is read
    for every token; of `lookup` one row is; of `experts` only `active`.
    """

    full: bool
    shares: bool
    own: int
    lookup: int
    experts: int
    active: int


@dataclass(frozen=True, slots=True)
class Anatomy:
    """The layers from the input up, and numbers of weights outside of them; 0 where there is no such part."""

    layers: tuple[Layer, ...]
    window: int
    embedding: int
    vision: int
    audio: int

    @property
    def words(self) -> str:
        """The drawing for those who don't see it."""
        full, shared = sum(one.full for one in self.layers), sum(one.shares for one in self.layers)
        said = [
            f"{len(self.layers)} layers, {full} with global attention, the others with a window of "
            f"{self.window:,} tokens"
        ]
        if shared:
            said.append(f"the last {shared} share keys and values of earlier ones")
        if lookup := sum(one.lookup for one in self.layers):
            said.append(f"per-layer embeddings of {lookup / 1e9:.2f}B that are looked up")
        if experts := sum(one.experts for one in self.layers):
            active = sum(one.active for one in self.layers)
            said.append(f"experts of {experts / 1e9:.1f}B, {active / 1e9:.2f}B read for a token")
        said += [f"an embedding of {self.embedding / 1e9:.2f}B"]
        for name, count in (("pictures", self.vision), ("sound", self.audio)):
            said.append(f"{count / 1e9:.3f}B for {name}" if count else f"nothing for {name}")
        return "; ".join(said) + "."


def anatomy(config: Config) -> Anatomy:
    """Of a configuration; errors as those of `footprint`."""
    text, numbers = config["text_config"], footprint(config)
    count = text["num_hidden_layers"]
    own = count - (text.get("num_kv_shared_layers") or 0)
    experts = numbers.experts // count
    layers = tuple(
        Layer(
            full=kind == FULL,
            shares=index >= own,
            own=layer(text, index),
            lookup=numbers.per_layer_embedding // count,
            experts=experts,
            active=int(experts * numbers.active) if experts else 0,
        )
        for index, kind in enumerate(text["layer_types"])
    )
    return Anatomy(layers, text["sliding_window"], numbers.embedding, numbers.vision, numbers.audio)
