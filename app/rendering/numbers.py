"""Numbers as people read them: one decimal, with the half width of the 95 % interval."""

from __future__ import annotations

from collections.abc import Mapping

from app.rendering.language import gettext as _
from app.rendering.language import mark, write_number

COVERAGE = 1.96
"""From a standard uncertainty to the half width of a 95 % interval, normal distribution."""
MINUS = "\N{MINUS SIGN}"
UNITS = {"cm": "\N{NO-BREAK SPACE}cm", "deg": "\N{DEGREE SIGN}", "1": mark(" foot lengths")}


def format_value(value: float, *, decimals: int = 1, signed: bool = False) -> str:
    """Write a number with a true minus sign; nothing is ever shown as minus zero."""
    text = f"{value:{'+' if signed else ''}.{decimals}f}"
    if float(text) == 0:
        text = text.lstrip("+-")
    return write_number(text.replace("-", MINUS))


def round_as_shown(value: float, *, unit: str) -> float:
    """Return the number that is printed."""
    return float(f"{value:.{_decimals_of(unit)}f}")


def subtract_as_shown(one: float, other: float, *, unit: str) -> float:
    """Return the difference of two numbers as they are printed, so that what stands beside each other adds up."""
    return round(round_as_shown(one, unit=unit) - round_as_shown(other, unit=unit), _decimals_of(unit))


def _decimals_of(unit: str) -> int:
    return 2 if unit == "1" else 1


def write_unit(unit: str) -> str:
    """Write a unit behind its number."""
    return _(UNITS[unit])


def format_half_width(std: float, *, decimals: int = 1) -> str:
    """Write the half width of the 95 % interval, never smaller than its last decimal."""
    return write_number(f"{max(COVERAGE * std, 10.0**-decimals):.{decimals}f}")


def format_quantity(quantity: Mapping[str, float] | None, unit: str, *, signed: bool = False, at_least: bool = False) -> str:
    """Write ``12.4 ± 0.8 cm``, ``≥ 12.4 ± 0.8 cm`` for a lower bound, or a dash when there is no number."""
    if quantity is None:
        return "\N{EN DASH}"
    decimals = _decimals_of(unit)
    value = format_value(quantity["value"], decimals=decimals, signed=signed)
    width = format_half_width(quantity["std"], decimals=decimals)
    bound = "\N{GREATER-THAN OR EQUAL TO}\N{NO-BREAK SPACE}" if at_least else ""
    return f"{bound}{value} ±\N{NO-BREAK SPACE}{width}{write_unit(unit)}"


def tie_numbers(text: str) -> str:
    """Keep a number and its unit, and a sign and its number, on one line."""
    tied = text.replace(" cm", UNITS["cm"])
    return tied.replace("± ", "±\N{NO-BREAK SPACE}").replace("≥ ", "≥\N{NO-BREAK SPACE}")
