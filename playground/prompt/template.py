"""A checkpoint's own chat template and tokenizer, without transformers: text as token ids, exactly as it will be sent.

The template runs in jinja2's sandbox with what transformers gives it (transformers, utils/chat_template_utils.py), and
control tokens in somebody's own text stay text, as `apply_chat_template(sanitize_control_tokens=True)` keeps them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from playground.models import checkpoint
from playground.prompt.conversation import Begun
from playground.prompt.letters import mended

if TYPE_CHECKING:
    from jinja2 import Template
    from tokenizers import Tokenizer

OPEN, CLOSE = "\U000f0000", "\U000f0001"
"""Private-use characters around a control token that somebody wrote; what was there of them before is dropped."""


TURN, THOUGHT, THOUGHT_OVER, RESULT_OVER = "<|turn>", "<|channel>", "<channel|>", "<tool_response|>"
"""What opens a turn, opens a thought and closes it, and closes what a tool gave."""


class Untokenizable(Exception):
    """The checkpoint has no template or tokenizer that can be used here."""


class ChatTemplate:
    """The template and tokenizer of one checkpoint directory."""

    def __init__(self, path: Path) -> None:
        source = checkpoint.chat_template(path)
        if not source:
            raise Untokenizable(f"{path.name} has no chat template")
        self._template = _compile(source)
        self.words_before_calls = words_before_calls(source)
        self._tokenizer = _tokenizer(path)
        self._names = _special_names(path)
        added = self._tokenizer.get_added_tokens_decoder().values()
        controls = [
            token.content
            for token in added
            if token.special or (token.content in source and not token.content.isspace())
        ]
        longest_first = sorted(controls, key=len, reverse=True)
        pattern = "|".join(map(re.escape, longest_first)) or "(?!)"  # (?!) never matches
        self._control = re.compile(pattern)
        self._marked = re.compile(f"{OPEN}({pattern}){CLOSE}|[{OPEN}{CLOSE}]")

    def encode(
        self,
        messages: Sequence[Mapping[str, Any]],
        tools: Sequence[Mapping[str, Any]] = (),
        thinking: bool = False,
    ) -> list[int]:
        """The prompt's token ids, each picture and recording as its one placeholder.

        Raises Untokenizable when the template can't lay out these messages.
        """
        from jinja2 import TemplateError

        try:
            text = self._template.render(
                messages=self._mark(list(messages)),
                tools=self._mark(list(tools)) or None,
                documents=None,
                add_generation_prompt=True,
                enable_thinking=thinking,
                **self._names,
            )
        except (TemplateError, TypeError, ValueError, LookupError) as error:
            raise Untokenizable(str(error)) from error
        return self._encode(text)

    def go_on(self, prompt: Sequence[int], begun: Begun) -> list[int]:
        """The ids of what was begun, to stand behind a prompt, as the model itself would have written them."""
        opens, closes, *before = map(
            self._tokenizer.token_to_id, (THOUGHT, THOUGHT_OVER, TURN, RESULT_OVER)
        )
        # A thought before a call was another one.
        last = max((at for at, id in enumerate(prompt) if id in before), default=0)
        tail = prompt[last:]
        ids: list[int] = []
        if begun.thinking and opens is not None and closes is not None and closes not in tail:
            if opens not in tail:
                ids += [opens, *self._tokens("thought\n")]
            ids += self._encode(self._mark(begun.thinking))
            if begun.text:
                ids.append(closes)
        return ids + self._encode(self._mark(begun.text))

    def count(self, text: str) -> int:
        """Tokens of somebody's words by themselves."""
        return len(self._encode(self._mark(text)))

    def _mark(self, value: Any) -> Any:
        if isinstance(value, str):
            bare = mended(value).replace(OPEN, "").replace(CLOSE, "")
            return self._control.sub(f"{OPEN}\\g<0>{CLOSE}", bare)
        if isinstance(value, Mapping):
            return {key: self._mark(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self._mark(one) for one in value]
        return value

    def _encode(self, text: str) -> list[int]:
        """Marked tokens as plain text; the pieces between them are encoded each for itself."""
        ids: list[int] = []
        for index, piece in enumerate(self._marked.split(text)):
            if piece:
                ids += self._plain(piece) if index % 2 else self._tokens(piece)
        return ids

    def _tokens(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def _plain(self, text: str) -> list[int]:
        """Through the tokenizer's pipeline without its added tokens."""
        tokenizer = self._tokenizer
        if tokenizer.normalizer is not None:
            text = tokenizer.normalizer.normalize_str(text)
        pieces = [text]
        if tokenizer.pre_tokenizer is not None:
            pieces = [piece for piece, _ in tokenizer.pre_tokenizer.pre_tokenize_str(text)]
        return [token.id for piece in pieces for token in tokenizer.model.tokenize(piece)]


WORDS, CALLED, GIVEN = "the words before", "the_tool_called", "the result given"
"""What is looked for in a prompt that a template lays out on trial."""


@lru_cache(maxsize=16)
def words_before_calls(source: str) -> bool:
    """Whether a template lays out a message of words, then one with a call and its result, so that the words come first
    and the call stands within a turn. Some revisions close the turn after the words and leave the call outside.
    """
    from jinja2 import TemplateError

    function = {"name": CALLED, "arguments": {}}
    told = {"name": CALLED, "response": {"value": GIVEN}}
    trial = [
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": WORDS},
        {
            "role": "assistant",
            "content": [],
            "tool_calls": [{"type": "function", "function": function}],
            "tool_responses": [told],
        },
    ]
    try:
        text = _compile(source).render(
            messages=trial, tools=None, add_generation_prompt=True, bos_token=""
        )
    except (Untokenizable, TemplateError, TypeError, ValueError, LookupError):
        return False
    places = [text.find(one) for one in (WORDS, CALLED, GIVEN)]
    if -1 in places or places != sorted(places):
        return False
    between = text[places[0] : places[1]]
    return "<turn|>" not in between or "<|turn>" in between.rpartition("<turn|>")[2]


@lru_cache(maxsize=16)
def of(path: Path) -> ChatTemplate:
    """The chat template of a directory, read once. Raises Untokenizable."""
    return ChatTemplate(path)


def _tokenizer(path: Path) -> Tokenizer:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(path / "tokenizer.json"))
    except Exception as error:  # the tokenizers library raises Exception itself
        raise Untokenizable(f"{path.name} has no tokenizer that can be read: {error}") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _special_names(path: Path) -> dict[str, str]:
    """The special tokens that templates may name: bos_token and its like."""
    settings = checkpoint.settings(path, "tokenizer_config.json")
    extra = settings.get("extra_special_tokens")
    named = {**settings, **extra} if isinstance(extra, dict) else settings
    contents = {
        key: value.get("content") if isinstance(value, dict) else value
        for key, value in named.items()
        if key.endswith("_token")
    }
    return {key: content for key, content in contents.items() if isinstance(content, str)}


def _compile(source: str) -> Template:
    """The template in the environment that transformers gives it. Raises Untokenizable."""
    from jinja2 import TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    def raise_exception(message: str) -> NoReturn:
        raise TemplateError(message)

    def tojson(value: Any, ensure_ascii: bool = False, **options: Any) -> str:
        return json.dumps(value, ensure_ascii=ensure_ascii, **options)

    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
    )
    environment.filters["tojson"] = tojson
    environment.globals["raise_exception"] = raise_exception
    environment.globals["strftime_now"] = lambda format: datetime.now().strftime(format)
    try:
        return environment.from_string(source)
    except TemplateError as error:
        raise Untokenizable(str(error)) from error
