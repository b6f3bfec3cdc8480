"""Whether the values of a list are all different, as JSON has it, in a time that grows with the list alone.

jsonschema lays every two of them side by side where they are of several kinds. Knows no schema.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any


def unique(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[Any]:
    """`uniqueItems` for a validator of jsonschema's."""
    if not wanted or not isinstance(instance, list):
        return
    if len(set(map(_held, instance))) < len(instance):
        from jsonschema.exceptions import ValidationError

        yield ValidationError("two of its values are alike")


def _held(value: Any) -> Hashable:
    """The same for values that are alike: 1 and 1.0, objects in any order; true is no number."""
    if isinstance(value, bool):
        return bool, value
    if isinstance(value, list):
        return list, tuple(map(_held, value))
    if isinstance(value, dict):
        return dict, frozenset((name, _held(one)) for name, one in value.items())
    held: Hashable = value
    return held
