"""Arithmetic from a text, without running it: numbers, operators and a few functions, none of which can take long."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any, cast

LONGEST = 300
"""Characters of an expression."""

LARGEST_BITS = 4_000
"""Of a whole number on the way: about 1,200 digits."""

NAMES: Mapping[str, float] = {"pi": math.pi, "e": math.e, "tau": math.tau}

FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    **{
        name: getattr(math, name)
        for name in (
            "sqrt", "cbrt", "exp", "log", "log2", "log10", "sin", "cos", "tan", "asin", "acos", "atan", "atan2",
            "sinh", "cosh", "tanh", "degrees", "radians", "floor", "ceil", "hypot", "gcd", "lcm",
        )
    },
    "abs": abs,
    "round": lambda value, digits=None: _rounded(value, digits),
    "min": min,
    "max": max,
    "sum": lambda *values: sum(values),
    "factorial": lambda n: math.factorial(n) if n <= 200 else _too_large(),
}  # fmt: skip

OPERATORS: Mapping[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: lambda base, exponent: _power(base, exponent),
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
}


class Uncountable(Exception):
    """An expression that has no value here: one sentence."""


def calculate(expression: str) -> int | float:
    """The value of an expression such as "2 * (3 + 4) ^ 2". Raises Uncountable."""
    if len(expression) > LONGEST:
        raise Uncountable(f"An expression has at most {LONGEST} characters.")
    text = (
        expression.strip().replace("^", "**").replace("×", "*").replace("÷", "/").replace("−", "-")
    )
    try:
        value = _value(ast.parse(text, mode="eval").body)
    except ZeroDivisionError:
        raise Uncountable("It divides by zero.") from None
    except OverflowError:
        raise Uncountable("A number in it is too large.") from None
    except (SyntaxError, MemoryError, RecursionError):
        raise Uncountable("It is no arithmetic that can be read.") from None
    except (ValueError, TypeError) as error:
        raise Uncountable(f"It has no value: {error}.") from None
    if isinstance(value, float) and not math.isfinite(value):
        raise Uncountable("A number in it is too large.")
    return cast("int | float", value)


def _value(node: ast.AST) -> Any:
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return value
        case ast.Name(id=name) if name in NAMES:
            return NAMES[name]
        case ast.UnaryOp(op=op, operand=one) if type(op) in OPERATORS:
            return OPERATORS[type(op)](_value(one))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            return _bounded(OPERATORS[type(op)](_value(left), _value(right)))
        case ast.Call(func=ast.Name(id=name), args=values, keywords=[]) if name in FUNCTIONS:
            return _bounded(FUNCTIONS[name](*map(_value, values)))
        case ast.Call(func=ast.Name(id=name)) | ast.Name(id=name):
            raise Uncountable(f"{name} is no function or number that is known here.")
    raise Uncountable(
        "Only numbers, + - * / // % ^, brackets and functions such as sqrt are known here."
    )


def _rounded(value: Any, digits: Any) -> Any:
    """To so many digits behind the point, or before it where they lie below zero: Python makes a number of as many."""
    if isinstance(digits, int) and abs(digits) > LARGEST_BITS:
        return value if digits > 0 else 0
    return round(value) if digits is None else round(value, digits)


def _power(base: Any, exponent: Any) -> Any:
    whole = isinstance(base, int) and isinstance(exponent, int)
    if whole and abs(base) > 1 and abs(exponent) * max(1, abs(base).bit_length()) > LARGEST_BITS:
        _too_large()
    value = base**exponent
    if isinstance(value, complex):
        raise Uncountable("It has no real value.")
    return value


def _bounded(value: Any) -> Any:
    if isinstance(value, int) and value.bit_length() > LARGEST_BITS:
        _too_large()
    return value


def _too_large() -> Any:
    raise Uncountable("A number in it is too large.")
