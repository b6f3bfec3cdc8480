"""Units, and what they are of their dimension's own: length in metres, mass in kilograms. Temperatures shift."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

DIMENSIONS: Mapping[str, Mapping[str, float]] = {
    "length": {
        "mm": 1e-3, "cm": 1e-2, "m": 1, "km": 1e3, "in": 0.0254, "ft": 0.3048, "yd": 0.9144, "mi": 1609.344,
        "nmi": 1852,
    },
    "mass": {"mg": 1e-6, "g": 1e-3, "kg": 1, "t": 1e3, "oz": 0.028349523125, "lb": 0.45359237, "st": 6.35029318},
    "time": {"ms": 1e-3, "s": 1, "min": 60, "h": 3600, "day": 86_400, "week": 604_800},
    "area": {"cm2": 1e-4, "m2": 1, "ha": 1e4, "km2": 1e6, "ft2": 0.09290304, "acre": 4046.8564224},
    "volume": {
        "ml": 1e-3, "cl": 1e-2, "l": 1, "m3": 1e3, "floz": 0.0295735295625, "cup": 0.2365882365, "pt": 0.473176473,
        "gal": 3.785411784,
    },
    "speed": {"m/s": 1, "km/h": 1 / 3.6, "mph": 0.44704, "kn": 1852 / 3600},
    "data": {
        "bit": 0.125, "B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KiB": 1024, "MiB": 1024**2,
        "GiB": 1024**3, "TiB": 1024**4,
    },
    "energy": {"J": 1, "kJ": 1e3, "cal": 4.184, "kcal": 4184, "Wh": 3600, "kWh": 3.6e6},
    "pressure": {"Pa": 1, "hPa": 100, "kPa": 1e3, "bar": 1e5, "atm": 101_325, "psi": 6894.757293168},
}  # fmt: skip

TEMPERATURES: Mapping[str, tuple[float, float]] = {
    "C": (1, 273.15),
    "F": (5 / 9, 459.67 * 5 / 9),
    "K": (1, 0),
}
"""Kelvins of a degree, and what its zero lies at."""

UNITS = (*(unit for units in DIMENSIONS.values() for unit in units), *TEMPERATURES)


class Inconvertible(Exception):
    """Two units of which one can't become the other: one sentence."""


def convert(value: float, given: str, wanted: str) -> float:
    """The value in another unit of the same dimension. Raises Inconvertible."""
    for unit in (given, wanted):
        if unit not in UNITS:
            raise Inconvertible(
                f"{unit[:40]} is no unit that is known here; known are {', '.join(UNITS)}."
            )
    if given in TEMPERATURES and wanted in TEMPERATURES:
        (size, zero), (other, its_zero) = TEMPERATURES[given], TEMPERATURES[wanted]
        return _rounded((value * size + zero - its_zero) / other)
    for units in DIMENSIONS.values():
        if given in units and wanted in units:
            return _rounded(value * units[given] / units[wanted])
    raise Inconvertible(f"{given} and {wanted} do not measure the same.")


def _rounded(value: float) -> float:
    """Twelve digits: what floating point adds behind them is no part of the answer. Raises Inconvertible."""
    if not isfinite(value):
        raise Inconvertible("The value is too large in that unit.")
    return float(f"{value:.12g}")
