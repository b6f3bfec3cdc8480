"""The 12B's picture processor with Pillow: transformers has it for torchvision only.

The stock one cuts a picture into patches of 16 pixels and then joins each 3 x 3 of them into one of 48, which enters
the model as it is.
To cut patches of 48 at once gives the same numbers in the same order.
"""

from __future__ import annotations

from typing import Any

from transformers.models.gemma4.image_processing_pil_gemma4 import Gemma4ImageProcessorPil


class Gemma4UnifiedImageProcessorPil(Gemma4ImageProcessorPil):  # type: ignore[misc]
    """Pictures as (n, soft tokens, 48 * 48 * 3) with their positions, padded to the budget."""

    def _preprocess(
        self, images: list[Any], *, patch_size: int, pooling_kernel_size: int, **settings: Any
    ) -> Any:
        return super()._preprocess(
            images, patch_size=patch_size * pooling_kernel_size, pooling_kernel_size=1, **settings
        )
