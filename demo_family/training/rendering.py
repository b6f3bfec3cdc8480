"""A question with its answer as the chat format writes it: what the model reads, and what it must write.

Says the same as chat_template.jinja (a test holds the two together), but apart, so that a lesson knows which tokens
are the model's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from demo_family.tasks.questions import Question

EMPTY_THOUGHT = "<|channel>thought\n<channel|>"


@dataclass(frozen=True, slots=True)
class Style:
    """How a member is talked to: with thinking on or off, and whether it then gets an empty thought to begin with."""

    thinking: bool = False
    empty_thought_block: bool = False


@dataclass(frozen=True, slots=True)
class Rendered:
    """`opening` ends where the user's content begins; `asking` follows the content to the model's first token."""

    opening: str
    asking: str
    target: str


def render(question: Question, style: Style) -> Rendered:
    """The pieces around a question's content (its media and its words)."""
    system = "".join(declaration(tool.schema) for tool in question.tools)
    think = "<|think|>\n" if style.thinking else ""
    opening = "<bos>"
    if think or system or question.system:
        opening += f"<|turn>system\n{think}{question.system}{system}<turn|>\n"
    asking = "<turn|>\n<|turn>model\n"
    if not style.thinking and style.empty_thought_block and not question.response:
        asking += EMPTY_THOUGHT
    thought = f"<|channel>thought\n{question.thought}<channel|>" if style.thinking else ""
    if question.response:
        asking += f"<|tool_call>{question.call}<tool_call|><|tool_response>{question.response}<tool_response|>"
        target = f"{question.answer}<turn|>"
    elif question.call:
        target = f"{thought}<|tool_call>{question.call}<tool_call|><|tool_response>"
    else:
        target = f"{thought}{question.answer}<turn|>"
    return Rendered(f"{opening}<|turn>user\n", asking, target)


def declaration(schema: dict[str, Any]) -> str:
    """A function's declaration in the system turn."""
    function = schema["function"]
    parameters = function["parameters"]
    described = ",".join(
        f"{name}:{{description:{_quoted(entry['description'])},type:{_quoted(entry['type'].upper())}}}"
        for name, entry in parameters["properties"].items()
    )
    required = ",".join(_quoted(name) for name in parameters["required"])
    return (
        f"<|tool>declaration:{function['name']}{{description:{_quoted(function['description'])},"
        f"parameters:{{properties:{{{described}}},required:[{required}],type:{_quoted('OBJECT')}}}}}<tool|>"
    )


def _quoted(text: str) -> str:
    return f'<|"|>{text}<|"|>'
