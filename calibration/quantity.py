"""A measured number that cannot lose its uncertainty or its unit."""

from __future__ import annotations

import math
from dataclasses import dataclass

from calibration.errors import QuantityError


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value with its standard uncertainty.

    Attributes
    ----------
    value : float
        Best estimate, in `unit`.
    std : float
        Standard uncertainty (k = 1, JCGM 100:2008), in `unit`, greater than 0.
    unit : str
        ``"cm"``, ``"deg"`` or ``"1"``.

    Raises
    ------
    QuantityError
        If value or std is not finite, std is not positive, or units are mixed.
    """

    value: float
    std: float
    unit: str

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise QuantityError(f"found value {self.value}; expected a finite number: leave the quantity out instead")
        if not (math.isfinite(self.std) and self.std > 0):
            raise QuantityError(f"found std {self.std}; expected a positive finite number of {self.unit}")

    def __add__(self, other: Quantity) -> Quantity:
        """Sum of two independent quantities of one unit."""
        self._require_same_unit(other)
        return Quantity(self.value + other.value, math.hypot(self.std, other.std), self.unit)

    def __sub__(self, other: Quantity) -> Quantity:
        """Difference of two independent quantities of one unit."""
        self._require_same_unit(other)
        return Quantity(self.value - other.value, math.hypot(self.std, other.std), self.unit)

    def half_width95(self) -> float:
        """Half width of the 95 % interval, in `unit` (normal distribution)."""
        return 1.96 * self.std

    def _require_same_unit(self, other: Quantity) -> None:
        if self.unit != other.unit:
            raise QuantityError(f"found {self.unit} and {other.unit}; expected one unit: convert first")
