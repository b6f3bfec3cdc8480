"""The demo family's vocabulary: Gemma 4's control tokens by their own names, characters, bytes, and a few whole words.

A word is one token only after a space or at the start of a sentence: its merges run letter by letter from the first.
Everything else is spelled in characters, so that a word in quotes can be copied, turned round and written in capitals
by a very small model. Knows no tokenizer library; `tokenizer` makes one from this.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

SPACE = "▁"

NAMED_TOKENS: dict[str, str] = {
    "sot_token": "<|turn>",
    "eot_token": "<turn|>",
    "soc_token": "<|channel>",
    "eoc_token": "<channel|>",
    "think_token": "<|think|>",
    "std_token": "<|tool>",
    "etd_token": "<tool|>",
    "stc_token": "<|tool_call>",
    "etc_token": "<tool_call|>",
    "str_token": "<|tool_response>",
    "etr_token": "<tool_response|>",
    "escape_token": '<|"|>',
    "boi_token": "<|image>",
    "eoi_token": "<image|>",
    "image_token": "<|image|>",
    "boa_token": "<|audio>",
    "eoa_token": "<audio|>",
    "audio_token": "<|audio|>",
}
VIDEO = "<|video|>"
BASIC_TOKENS = ("<pad>", "<eos>", "<bos>", "<unk>", "<mask>")
CONTROL_TOKENS = (*BASIC_TOKENS, *NAMED_TOKENS.values(), VIDEO)
HEADS = (
    "user\n", "model\n", "system\n", "thought\n",
    "declaration:", "description:", "parameters:", "properties:", "required:", "type:", "call:", "response:",
)  # fmt: skip
"""Words of the chat format itself, one token each: they stand in every prompt. Their merges run from the end."""

_MEDIA = ("boi_token", "eoi_token", "image_token", "boa_token", "eoa_token", "audio_token")
MEDIA_TOKENS = (*(NAMED_TOKENS[name] for name in _MEDIA), VIDEO)


class Vocabulary:
    """All tokens in order, and the merges that build heads and whole words."""

    def __init__(self, words: tuple[str, ...]) -> None:
        tokens = [*CONTROL_TOKENS, *(f"<0x{byte:02X}>" for byte in range(256)), "\n", SPACE]
        tokens += [chr(code) for code in range(33, 127)]
        self.merges: list[tuple[str, str]] = []
        known = set(tokens)
        for head in HEADS:
            for start in range(len(head) - 2, -1, -1):
                self.merges.append((head[start], head[start + 1 :]))
                if head[start:] not in known:
                    known.add(head[start:])
                    tokens.append(head[start:])
        for word in words:
            for end in range(1, len(word)):
                if word[: end + 1] not in known:
                    self.merges.append((word[:end], word[end]))
                    known.add(word[: end + 1])
                    tokens.append(word[: end + 1])
        self.tokens: dict[str, int] = {token: number for number, token in enumerate(tokens)}

    def __len__(self) -> int:
        return len(self.tokens)

    def id(self, token: str) -> int:
        """The number of a token; KeyError for one that is not there."""
        return self.tokens[token]


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The family's vocabulary. Its words are fixed in a file: another list would make every checkpoint useless."""
    words = (Path(__file__).parent / "vocabulary.txt").read_text(encoding="utf-8").split()
    return Vocabulary(tuple(words))
