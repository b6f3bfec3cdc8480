"""Makes `AutoProcessor` load Gemma 4 directories on a machine without a working torchvision.

transformers builds a Gemma 4 processor with a video processor that needs torchvision; without it loading stops, though
pictures and sound need nothing from it. `prepare()` puts a processor without that part in place of the stock one. This
program sends video as pictures, so nothing is lost. Knows nothing of models, prompts or engines.
"""

from __future__ import annotations

import importlib
from typing import Any

VIDEO_TOKEN = "<|video|>"


def torchvision_works() -> bool:
    """Whether torchvision is there and imports beside this torch (a wheel that does not match fails in many ways)."""
    try:
        importlib.import_module("torchvision")
    except Exception:
        # ImportError when absent; RuntimeError or OSError when it was built for another torch.
        return False
    return True


def prepare() -> None:
    """Call once before anything is loaded; does nothing where torchvision works, and nothing the second time."""
    import transformers
    from transformers.models import gemma4, gemma4_unified
    from transformers.models.gemma4 import processing_gemma4
    from transformers.models.gemma4_unified import processing_gemma4_unified

    if torchvision_works() or processing_gemma4.Gemma4Processor.__module__ == __name__:
        return
    _forget_torchvision()
    for stock, modules in (
        (processing_gemma4.Gemma4Processor, (gemma4, processing_gemma4)),
        (
            processing_gemma4_unified.Gemma4UnifiedProcessor,
            (gemma4_unified, processing_gemma4_unified),
        ),
    ):
        processor = _without_video(stock)
        for module in (transformers, *modules):
            setattr(module, stock.__name__, processor)
    from transformers.models.auto import image_processing_auto

    from playground.engines.worker.unified_pictures import (
        Gemma4UnifiedImageProcessorPil as Pictures,
    )

    names = image_processing_auto.IMAGE_PROCESSOR_MAPPING_NAMES
    names["gemma4_unified"] = {**names["gemma4_unified"], "pil": Pictures.__name__}
    setattr(gemma4_unified, Pictures.__name__, Pictures)


def _forget_torchvision() -> None:
    """A torchvision that is installed but broken must look absent to transformers, which only looks for the package."""
    from transformers.utils import import_utils

    known = import_utils.is_torchvision_available
    known.cache_clear()
    if known():
        import_utils.is_torchvision_available = lambda: False


def _without_video(stock: type[Any]) -> type[Any]:
    """A subclass of the stock processor whose parts are a tokenizer, a picture and a sound processor.

    transformers reads the parts of a processor from the names in its `__init__`, so leaving `video_processor` out of
    the signature is what keeps it from being loaded. The attributes are those that the stock `__init__` sets.
    """
    from transformers.processing_utils import ProcessorMixin

    def build(
        self: Any,
        feature_extractor: Any = None,
        image_processor: Any = None,
        tokenizer: Any = None,
        chat_template: str | None = None,
        image_seq_length: int = 280,
        audio_seq_length: int = 750,
        audio_ms_per_token: int = 40,
        **kwargs: Any,
    ) -> None:
        kwargs.pop("video_processor", None)
        self.image_seq_length = image_seq_length
        self.image_token_id = tokenizer.image_token_id
        self.image_token = tokenizer.image_token
        self.boi_token = tokenizer.boi_token
        self.eoi_token = tokenizer.eoi_token
        tokenizer.add_special_tokens({"additional_special_tokens": [VIDEO_TOKEN]})
        self.video_token = VIDEO_TOKEN
        self.video_token_id = tokenizer.convert_tokens_to_ids(VIDEO_TOKEN)
        self.audio_seq_length = audio_seq_length
        self.audio_ms_per_token = audio_ms_per_token
        self.audio_token_id = getattr(tokenizer, "audio_token_id", None)
        self.audio_token = getattr(tokenizer, "audio_token", None)
        self.boa_token = getattr(tokenizer, "boa_token", None)
        self.eoa_token = getattr(tokenizer, "eoa_token", None)
        ProcessorMixin.__init__(
            self,
            feature_extractor=feature_extractor,
            image_processor=image_processor,
            tokenizer=tokenizer,
            chat_template=chat_template,
            **kwargs,
        )

    return type(
        stock.__name__,
        (stock,),
        {"__init__": build, "__module__": __name__, "__doc__": stock.__doc__},
    )
