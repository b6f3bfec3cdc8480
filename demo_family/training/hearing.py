"""Teaches the audio tower to hear: what every frame of a recording holds, and which words a phrase holds in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers.models.gemma4.configuration_gemma4 import Gemma4AudioConfig
from transformers.models.gemma4.feature_extraction_gemma4 import Gemma4AudioFeatureExtractor
from transformers.models.gemma4.modeling_gemma4 import (
    Gemma4AudioModel,
    Gemma4AudioSubSampleConvProjection,
)

from demo_family.architectures import TRUNK, audio_config
from demo_family.material import recordings
from demo_family.material.recordings import UNSURE, Recording
from demo_family.material.voices import SPOKEN, Sound
from demo_family.training.optimisation import autocast
from demo_family.training.seeing import prepare


class ChannelsLast(Gemma4AudioSubSampleConvProjection):  # type: ignore[misc]
    """The stock first layers without their reordering of the memory, which took half of a training step."""

    def forward(
        self, input_features: Tensor, input_features_mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor | None]:
        """As the stock one: (n, frames, 128) -> (n, frames / 4, hidden), with the mask thinned likewise."""
        hidden, mask = input_features.unsqueeze(1), input_features_mask
        for layer in (self.layer0, self.layer1):
            if mask is not None:
                hidden = hidden * mask[:, None, :, None]
                mask = mask[:, ::2]
            hidden = layer.conv(hidden.contiguous(memory_format=torch.channels_last))
            hidden = layer.act(layer.norm(hidden.permute(0, 2, 3, 1))).permute(0, 3, 1, 2)
        flat = hidden.permute(0, 2, 3, 1).flatten(2)
        return self.input_proj_linear(flat), mask


def audio_tower() -> Gemma4AudioModel:
    """A fresh tower, started so that it can learn."""
    settings = Gemma4AudioConfig(**(audio_config(TRUNK) or {}))
    tower = Gemma4AudioModel(settings)
    tower.subsample_conv_projection = ChannelsLast(settings)
    prepare(tower)
    return tower


_extractor = Gemma4AudioFeatureExtractor()


def spectrograms(sounds: Sequence[Sound]) -> tuple[Tensor, Tensor]:
    """Log-mel frames of 10 ms (n, frames, 128) as the processor gives them, and which of them are real."""
    found = _extractor(list(sounds), sampling_rate=16_000, return_tensors="pt")
    return found["input_features"].float(), found["input_features_mask"].bool()


def features(tower: Gemma4AudioModel, sounds: Sequence[Sound]) -> tuple[Tensor, Tensor]:
    """Soft tokens before the projector (n, frames of 40 ms, width), and which of them are real."""
    values, real = spectrograms(sounds)
    found = tower(values, real)
    return found.last_hidden_state, found.attention_mask.bool()


def random_recording(rng: Random) -> Recording:
    """A recording for hearing lessons."""
    kind = rng.random()
    if kind < 0.78:
        return recordings.spoken(rng)
    if kind < 0.88:
        return recordings.beeps(rng)
    return recordings.two_tones(rng) if kind < 0.96 else recordings.noise(rng)


class HearingLesson(nn.Module):
    """The tower with heads for frames, pitches and the order of words."""

    def __init__(self, seed: int, batch: int = 24) -> None:
        super().__init__()
        self.tower = audio_tower()
        width = self.tower.config.output_proj_dims
        self.heard = nn.Linear(width, recordings.FRAME_CLASSES)
        self.pitch = nn.Linear(width, recordings.PITCHES)
        self.order = nn.Linear(width, len(SPOKEN) + 1)
        self.rng, self.batch = Random(seed), batch
        self._waiting: list[list[Recording]] = []

    def _next(self) -> list[Recording]:
        """A batch of recordings of like length, so that little is padding."""
        if not self._waiting:
            fresh = sorted(
                (random_recording(self.rng) for _ in range(self.batch * 6)),
                key=lambda r: len(r.sound),
            )
            self._waiting = [fresh[i : i + self.batch] for i in range(0, len(fresh), self.batch)]
            self.rng.shuffle(self._waiting)
        return self._waiting.pop()

    def loss(self) -> tuple[Tensor, Mapping[str, float]]:
        """A fresh batch of recordings, its loss and how much of it was right."""
        batch = self._next()
        with autocast():
            heard, real = features(self.tower, [recording.sound for recording in batch])
        heard = functional.rms_norm(heard.float(), heard.shape[-1:])
        labels = [recordings.frames(recording, heard.shape[1]) for recording in batch]
        truth = torch.from_numpy(np.stack([frames for frames, _ in labels]))
        known = torch.tensor(
            [bool(recording.spans) or recording.kind == "noise" for recording in batch]
        )
        truth = truth.masked_fill(~(real & known[:, None]), UNSURE)
        pitch = torch.from_numpy(np.stack([pitches for _, pitches in labels])).masked_fill(
            ~real, UNSURE
        )
        guess = self.heard(heard)
        each = functional.cross_entropy(
            guess.flatten(0, 1), truth.flatten(), ignore_index=UNSURE, reduction="none"
        )
        filled, empty = (truth > 0).flatten(), (truth == 0).flatten()
        frame_loss = each[filled].mean() + 0.5 * each[empty].mean()
        pitch_loss = functional.cross_entropy(
            self.pitch(heard).flatten(0, 1), pitch.flatten(), ignore_index=UNSURE
        )
        order_loss, right = self._order(heard, real, batch)
        total = frame_loss + order_loss + 0.5 * torch.nan_to_num(pitch_loss)
        frames_right = float((guess.argmax(-1).flatten() == truth.flatten())[filled].float().mean())
        figures = {"frames": frames_right, "phrases": right, "ctc": float(order_loss.detach())}
        return total, {**figures, "loss": float(total.detach())}

    def _order(
        self, heard: Tensor, real: Tensor, batch: Sequence[Recording]
    ) -> tuple[Tensor, float]:
        chances = functional.log_softmax(self.order(heard), dim=-1)
        targets = [[SPOKEN.index(word) + 1 for word in recording.words] for recording in batch]
        lengths = real.sum(1)
        loss = functional.ctc_loss(
            chances.transpose(0, 1),
            torch.tensor([number for words in targets for number in words]),
            lengths,
            torch.tensor([len(words) for words in targets]),
            reduction="none",
        )
        best = chances.argmax(-1)
        said = [_collapsed(best[i, : int(lengths[i])].tolist()) for i in range(len(batch))]
        spoken = [i for i, words in enumerate(targets) if words]
        right = sum(said[i] == targets[i] for i in spoken) / max(len(spoken), 1)
        return (loss / lengths.clamp(min=1)).mean() * 4, right


def _collapsed(best: list[int]) -> list[int]:
    """The words of a frame-by-frame reading: repeats joined, blanks dropped."""
    return [
        now for before, now in zip([0, *best], best, strict=False) if now != before and now != 0
    ]
