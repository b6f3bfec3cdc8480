"""A schema from the text of Python types: dataclasses, TypedDicts, NamedTuples, models of pydantic's kind, enums and
aliases. The text is read and never run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from playground.prompt.schema.python_fields import (
    NO_FIELDS,
    alias,
    last_name,
    more,
    must_be_given,
    outer,
)
from playground.prompt.schema.reading import (
    MOST_CHARACTERS,
    MOST_PLACES,
    Schema,
    SchemaError,
    check,
)

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
ENUMS = frozenset(("Enum", "StrEnum", "IntEnum"))
MOST_READ = 4 * MOST_PLACES
"""Types that are read in one text, each as often as an alias of it is used: a few lines could name billions."""


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
        self._read = 0
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
        self._count(1)
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
            case ast.Call(args=[_, ast.Dict() as held]) if last_name(node.func) == "TypedDict":
                return self._dictionary(held, node.keywords)
        raise _at(node, "that is no type")

    def _count(self, more: int) -> None:
        self._read += more
        if self._read > MOST_READ:
            raise SchemaError(f"It holds too much: {MOST_PLACES:,} values are the most.")

    def _named(self, name: str, node: ast.expr) -> Schema:
        if name in self._found:
            found = self._found[name]
            if not isinstance(found, ast.ClassDef | ast.Call):
                self._found[name] = ast.copy_location(
                    ast.Constant(...), found
                )  # no circle of aliases
                made = self._type(found)
                self._found[name] = found
                return made
            if name not in self._made:
                self._made[name] = {}  # its own fields may name it
                self._made[name] = (
                    self._class(found) if isinstance(found, ast.ClassDef) else self._type(found)
                )
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
        name = last_name(node.value)
        inner = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
        if not inner:
            raise _at(node, f"{name or 'this'} takes a type here")
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
                made = {**made, **more(extra, made)}
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
        bases = [
            last_name(one.value if isinstance(one, ast.Subscript) else one) for one in node.bases
        ]
        if ENUMS & set(bases):
            return {**_enum(list(_members(node, bases))), **_described(node)}
        fields: dict[str, Schema] = {}
        required: list[str] = []
        partial = _is_partial(node.keywords)
        for base in bases:
            found = self._found.get(base)
            if isinstance(found, ast.ClassDef | ast.Call) and found is not node:
                self._named(base, node.bases[0])
                above = self._made[base]
                fields.update(above.get("properties", {}))
                required += above.get("required", [])
        for one in node.body:
            if not isinstance(one, ast.AnnAssign) or not isinstance(one.target, ast.Name):
                continue
            kind = outer(one.annotation)
            if kind in NO_FIELDS:
                continue
            made = self._type(one.annotation)
            given = more(one.value, made) if one.value is not None else {}
            name = alias(one) or one.target.id
            fields[name] = {**made, **given}
            needed = (one.value is None or must_be_given(one.value)) and not partial
            if (needed and kind != "NotRequired") or kind == "Required":
                required.append(name)
        if not fields:
            raise _at(node, f"{node.name} has no fields")
        self._count(len(fields))
        return {**_described(node), **_object(fields, required)}

    def _dictionary(self, held: ast.Dict, keywords: list[ast.keyword]) -> Schema:
        """TypedDict("T", {"class": str}): how fields are called that no class can have."""
        partial, fields, required = _is_partial(keywords), {}, []
        for key, value in zip(held.keys, held.values, strict=True):
            if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
                raise _at(held, "the name of a field is wanted here")
            fields[key.value] = self._type(value)
            kind = outer(value)
            if (not partial and kind != "NotRequired") or kind == "Required":
                required.append(key.value)
        if not fields:
            raise _at(held, "it has no fields")
        return _object(fields, required)


def _object(fields: dict[str, Schema], required: list[str]) -> Schema:
    return {
        "type": "object",
        "properties": fields,
        "required": [name for name in fields if name in required],
        "additionalProperties": False,
    }


def _is_partial(keywords: list[ast.keyword]) -> bool:
    """total=False: no field has to be there."""
    return any(
        one.arg == "total" and isinstance(one.value, ast.Constant) and one.value.value is False
        for one in keywords
    )


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


def _members(node: ast.ClassDef, bases: list[str]) -> Iterator[Any]:
    """The values of an enum. auto() counts on, or is the name where all are texts."""
    last = 0
    for one in node.body:
        if not isinstance(one, ast.Assign) or not isinstance(one.targets[0], ast.Name):
            continue
        if not isinstance(one.value, ast.Call):
            value = _literal(one.value)
        elif "StrEnum" in bases:
            value = one.targets[0].id.lower()
        else:
            value = str(last + 1) if "str" in bases else last + 1
        last = value if type(value) is int else last + 1
        yield value


def _literal(node: ast.expr) -> Any:
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        raise _at(node, "a value is wanted here") from None
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise _at(node, "a text, a number, true, false or None is wanted here")


def _enum(values: list[Any]) -> Schema:
    apart = {(isinstance(value, bool), value): value for value in values}  # True == 1
    return {"enum": list(apart.values())}


def _described(node: ast.ClassDef) -> Schema:
    words = ast.get_docstring(node)
    return {"description": words[:500]} if words else {}


def _is_words(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


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
