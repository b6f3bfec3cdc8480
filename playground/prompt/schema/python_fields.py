"""What stands before and behind a field of a Python class: its bounds, how JSON calls it, whether it must be given.

Reads what Python parsed, and runs nothing. Knows no type.
"""

from __future__ import annotations

import ast

from playground.prompt.schema.reading import Schema

BOUNDS = {
    "ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum",
    "multiple_of": "multipleOf", "min_length": "minLength", "max_length": "maxLength", "pattern": "pattern",
}  # fmt: skip
"""What pydantic's Field calls what JSON Schema bounds."""

SIZES = {"minLength": "minItems", "maxLength": "maxItems"}
NO_FIELDS = ("ClassVar", "KW_ONLY")
"""What is annotated so is no field."""


def more(node: ast.expr, of: Schema) -> Schema:
    """What Field(…) says of a field: its bounds and its description."""
    if not isinstance(node, ast.Call):
        return {}
    made: Schema = {}
    for one in node.keywords:
        if not isinstance(one.value, ast.Constant):
            continue
        if one.arg == "description":
            made["description"] = str(one.value.value)
        if one.arg in BOUNDS:
            name = BOUNDS[one.arg]
            made[SIZES.get(name, name) if of.get("type") == "array" else name] = one.value.value
    return made


def must_be_given(value: ast.expr) -> bool:
    """Whether what stands behind a field is no default: Field(…) without one."""
    if not isinstance(value, ast.Call):
        return isinstance(value, ast.Constant) and value.value is ...
    given = {one.arg for one in value.keywords}
    first = value.args[0] if value.args else None
    no_default = first is None or (isinstance(first, ast.Constant) and first.value is ...)
    return no_default and not given & {"default", "default_factory"}


def alias(field: ast.AnnAssign) -> str:
    """What a field is called in JSON where Field(…) says so, as where it is a word of Python's own; else nothing."""
    said = field.annotation
    inner = said.slice if isinstance(said, ast.Subscript) and outer(said) == "Annotated" else None
    calls = [field.value, *(inner.elts if isinstance(inner, ast.Tuple) else ())]
    given = {
        one.arg: one.value.value
        for call in calls
        if isinstance(call, ast.Call)
        for one in call.keywords
        if isinstance(one.value, ast.Constant) and isinstance(one.value.value, str)
    }
    return str(given.get("validation_alias") or given.get("alias") or "")


def outer(node: ast.expr) -> str:
    """ "ClassVar" of both ClassVar and ClassVar[int]."""
    return last_name(node.value if isinstance(node, ast.Subscript) else node)


def last_name(node: ast.expr) -> str:
    """ "Optional" of both Optional and typing.Optional."""
    return (
        node.id
        if isinstance(node, ast.Name)
        else node.attr
        if isinstance(node, ast.Attribute)
        else ""
    )
