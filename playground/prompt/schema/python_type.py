"""A schema from the text of Python types: dataclasses, TypedDicts, NamedTuples, models of pydantic's kind, enums and
aliases. The text is read and never run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from playground.prompt.schema.reading import MOST_CHARACTERS, Schema, SchemaError, check

SCALARS: dict[str, Schema] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "complex": {"type": "number"},
    "bool": {"type": "boolean"},
    "None": {"type": "null"},
    "Any": {},
    "object": {},
    "Decimal": {"type": "number"},
    "datetime": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
    "time": {"type": "string", "format": "time"},
    "timedelta": {"type": "string", "format": "duration"},
    "UUID": {"type": "string", "format": "uuid"},
    "EmailStr": {"type": "string", "format": "email"},
    "list": {"type": "array"},
    "dict": {"type": "object"},
}
LISTS = frozenset(
    (
        "list",
        "List",
        "set",
        "Set",
        "frozenset",
        "FrozenSet",
        "Sequence",
        "Iterable",
        "Collection",
        "deque",
    )
)
MAPS = frozenset(("dict", "Dict", "Mapping", "MutableMapping", "OrderedDict", "defaultdict"))
BOUNDS = {
    "ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum",
    "multiple_of": "multipleOf", "min_length": "minLength", "max_length": "maxLength", "pattern": "pattern",
}  # fmt: skip
"""What pydantic's Field calls what JSON Schema bounds."""

SIZES = {"minLength": "minItems", "maxLength": "maxItems"}
ENUMS = frozenset(("Enum", "StrEnum", "IntEnum"))


def of_python(text: str) -> Schema:
    """The schema of the last type in the text. Raises SchemaError."""
    if len(text) > MOST_CHARACTERS:
        raise SchemaError(f"It has {len(text):,} characters; {MOST_CHARACTERS:,} are the most.")
    try:
        tree = ast.parse(text)
        schema = _Types(tree).schema()
    except SyntaxError as error:
        raise SchemaError(f"Line {error.lineno or 1} is no Python: {error.msg}.") from None
    except (RecursionError, MemoryError, ValueError) as error:
        if isinstance(error, SchemaError):
            raise
        raise SchemaError("It is no Python that can be read.") from None
    check(schema)
    return schema


class _Types:
    """The types that a text defines, each read when it is named for the first time."""

    def __init__(self, tree: ast.Module) -> None:
        self._found: dict[str, ast.ClassDef | ast.expr] = {}
        self._made: dict[str, Schema] = {}
        last: ast.expr | None = None
        for node in tree.body:
            name, what = _defined(node)
            if name and what is not None:
                self._found[name] = what
                last = ast.copy_location(ast.Name(name), node)
            elif isinstance(node, ast.Expr) and not _is_words(node.value):
                last = node.value
        if last is None:
            raise SchemaError("There is no type in it: write a class with fields, or list[str].")
        self._last = last

    def schema(self) -> Schema:
        """Of the last type, with what it names beside it."""
        root = self._type(self._last)
        name = self._last.id if isinstance(self._last, ast.Name) else ""
        if name in self._made:
            inner = {key: made for key, made in self._made.items() if key != name}
            root = _renamed(self._made[name], f"#/$defs/{name}", "#")
            return {**root, "$defs": _renamed(inner, f"#/$defs/{name}", "#")} if inner else root
        return {**root, "$defs": self._made} if self._made else root

    def _type(self, node: ast.expr) -> Schema:
        match node:
            case ast.Constant(value=None):
                return {"type": "null"}
            case ast.Constant(value=str(words)):
                return self._type(_expression(words, node))
            case ast.Name(id=name) | ast.Attribute(attr=name):
                return self._named(name, node)
            case ast.BinOp(op=ast.BitOr()):
                return self._either(list(_united(node)))
            case ast.Subscript():
                return self._of(node)
        raise _at(node, "that is no type")

    def _named(self, name: str, node: ast.expr) -> Schema:
        if name in self._found:
            found = self._found[name]
            if not isinstance(found, ast.ClassDef):
                self._found[name] = ast.copy_location(
                    ast.Constant(...), found
                )  # no circle of aliases
                made = self._type(found)
                self._found[name] = found
                return made
            if name not in self._made:
                self._made[name] = {}  # its own fields may name it
                self._made[name] = self._class(found)
            return {"$ref": f"#/$defs/{name}"}
        if name in SCALARS:
            return dict(SCALARS[name])
        if name in LISTS:
            return {"type": "array"}
        if name in MAPS:
            return {"type": "object"}
        raise _at(node, f"{name} is not defined here")

    def _of(self, node: ast.Subscript) -> Schema:
        """list[str] and the like."""
        name = _last_name(node.value)
        inner = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
        if name in LISTS:
            return {"type": "array", "items": self._type(inner[0])}
        if name in MAPS and len(inner) == 2:
            return {"type": "object", "additionalProperties": self._type(inner[1])}
        if name in ("tuple", "Tuple"):
            return self._tuple(inner)
        if name == "Optional":
            return self._either([inner[0], ast.copy_location(ast.Constant(None), node)])
        if name == "Union":
            return self._either(inner)
        if name == "Literal":
            return _enum([_literal(one) for one in inner])
        if name == "Annotated":
            made = self._type(inner[0])
            for extra in inner[1:]:
                if isinstance(extra, ast.Constant) and isinstance(extra.value, str):
                    made = {**made, "description": extra.value}
                made = {**made, **_field(extra, made)}
            return made
        if name in ("Required", "NotRequired", "Final", "ReadOnly"):
            return self._type(inner[0])
        raise _at(node, f"{name or 'this'} takes no types here")

    def _tuple(self, inner: list[ast.expr]) -> Schema:
        if len(inner) == 2 and isinstance(inner[1], ast.Constant) and inner[1].value is ...:
            return {"type": "array", "items": self._type(inner[0])}
        count = len(inner)
        places = [self._type(one) for one in inner]
        return {
            "type": "array",
            "prefixItems": places,
            "items": False,
            "minItems": count,
            "maxItems": count,
        }

    def _either(self, nodes: list[ast.expr]) -> Schema:
        made = [self._type(one) for one in nodes]
        simple = [one.get("type") for one in made if set(one) == {"type"}]
        if len(simple) == len(made) and all(isinstance(kind, str) for kind in simple):
            return {"type": list(dict.fromkeys(simple))}
        return {"anyOf": made}

    def _class(self, node: ast.ClassDef) -> Schema:
        bases = [_last_name(one) for one in node.bases]
        if ENUMS & set(bases):
            return {**_enum(list(_members(node))), **_described(node)}
        fields: dict[str, Schema] = {}
        required: list[str] = []
        partial = any(
            one.arg == "total" and isinstance(one.value, ast.Constant) and one.value.value is False
            for one in node.keywords
        )
        for base in bases:
            found = self._found.get(base)
            if isinstance(found, ast.ClassDef) and found is not node:
                self._named(base, node.bases[0])
                above = self._made[base]
                fields.update(above.get("properties", {}))
                required += above.get("required", [])
        for one in node.body:
            if not isinstance(one, ast.AnnAssign) or not isinstance(one.target, ast.Name):
                continue
            kind = (
                _last_name(one.annotation.value)
                if isinstance(one.annotation, ast.Subscript)
                else ""
            )
            if kind == "ClassVar":
                continue
            made = self._type(one.annotation)
            more = _field(one.value, made) if one.value is not None else {}
            fields[one.target.id] = {**made, **more}
            needed = (one.value is None or _must_be_given(one.value)) and not partial
            if (needed and kind != "NotRequired") or kind == "Required":
                required.append(one.target.id)
        if not fields:
            raise _at(node, f"{node.name} has no fields")
        return {
            "type": "object",
            **_described(node),
            "properties": fields,
            "required": [name for name in fields if name in required],
            "additionalProperties": False,
        }


def _defined(node: ast.stmt) -> tuple[str, ast.ClassDef | ast.expr | None]:
    """The name that a statement gives to a type."""
    match node:
        case ast.ClassDef(name=name):
            return name, node
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name, value
        case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
            return name, value
    if type(node).__name__ == "TypeAlias":  # `type X = …`, since Python 3.12
        return node.name.id, node.value  # type: ignore[attr-defined]
    return "", None


def _united(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        yield from _united(node.left)
        yield from _united(node.right)
    else:
        yield node


def _field(node: ast.expr, of: Schema) -> Schema:
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


def _must_be_given(value: ast.expr) -> bool:
    """Whether what stands behind a field is no default: Field(…) without one."""
    if not isinstance(value, ast.Call):
        return isinstance(value, ast.Constant) and value.value is ...
    given = {one.arg for one in value.keywords}
    first = value.args[0] if value.args else None
    no_default = first is None or (isinstance(first, ast.Constant) and first.value is ...)
    return no_default and not given & {"default", "default_factory"}


def _members(node: ast.ClassDef) -> Iterator[Any]:
    """The values of an enum."""
    for one in node.body:
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name):
            automatic = isinstance(one.value, ast.Call)  # auto()
            yield one.targets[0].id.lower() if automatic else _literal(one.value)


def _literal(node: ast.expr) -> Any:
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        raise _at(node, "a value is wanted here") from None
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise _at(node, "a text, a number, true, false or None is wanted here")


def _enum(values: list[Any]) -> Schema:
    return {"enum": list(dict.fromkeys(values))}


def _described(node: ast.ClassDef) -> Schema:
    words = ast.get_docstring(node)
    return {"description": words[:500]} if words else {}


def _is_words(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _last_name(node: ast.expr) -> str:
    """ "Optional" of both Optional and typing.Optional."""
    return (
        node.id
        if isinstance(node, ast.Name)
        else node.attr
        if isinstance(node, ast.Attribute)
        else ""
    )


def _expression(words: str, node: ast.expr) -> ast.expr:
    try:
        inner = ast.parse(words, mode="eval").body
    except SyntaxError:
        raise _at(node, f"{words!r} is no type") from None
    if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
        raise _at(node, f"{words!r} is no type")
    for one in ast.walk(inner):
        if hasattr(one, "lineno"):
            one.lineno = node.lineno
    return inner


def _renamed(value: Any, before: str, after: str) -> Any:
    """The same with references to one place leading to another."""
    if isinstance(value, list):
        return [_renamed(one, before, after) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: after if name == "$ref" and one == before else _renamed(one, before, after)
        for name, one in value.items()
    }


def _at(node: ast.AST, words: str) -> SchemaError:
    return SchemaError(f"Line {getattr(node, 'lineno', 1)}: {words}.")
