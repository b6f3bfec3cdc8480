"""The family's tokenizer: `GemmaTokenizer` over the demo vocabulary, with every control token named."""

from __future__ import annotations

from pathlib import Path

from transformers import GemmaTokenizer

from demo_family.vocabulary import NAMED_TOKENS, vocabulary

TEMPLATE = Path(__file__).parent / "chat_template.jinja"


def tokenizer() -> GemmaTokenizer:
    """A fresh tokenizer. Named tokens, because a plain list of them does not survive `Gemma4Processor`."""
    words = vocabulary()
    made = GemmaTokenizer(
        vocab=words.tokens, merges=words.merges, extra_special_tokens=dict(NAMED_TOKENS)
    )
    # A tokenizer saved while padding is on makes the processor fail on sound after it is loaded again.
    made.backend_tokenizer.no_padding()
    made.backend_tokenizer.no_truncation()
    return made


def template(empty_thought_block: bool) -> str:
    """The chat template; the larger members open and close an empty thought when thinking is off."""
    flag = (
        "{%- set empty_thought_block = " + ("true" if empty_thought_block else "false") + " -%}\n"
    )
    return flag + TEMPLATE.read_text(encoding="utf-8")
