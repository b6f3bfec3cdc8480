"""JSON held to a schema again and again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jsonschema.validators import validator_for


def judge(schema: Any) -> Callable[[Any], None]:
    """What raises ValidationError unless it is given something that holds to this schema. The schema itself is checked
    once, which takes longer than what it is asked about.
    """
    kind = validator_for(schema)
    kind.check_schema(schema)
    valid: Callable[[Any], None] = kind(schema).validate
    return valid
