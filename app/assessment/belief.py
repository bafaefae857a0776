"""How uncertain a number may be and still be told."""

from __future__ import annotations

from calibration.quantity import Quantity

WIDEST_ANGLE_STD_DEG = 5.0 / 1.96
"""An angle whose 95 % interval reaches beyond 5 deg to each side is not believed: an error of that size is what must never be shown."""
WIDEST_DISTANCE_STD_CM = 2.0 / 1.96
"""Likewise a distance beyond 2 cm."""


def believe(quantity: Quantity | None, widest: float) -> Quantity | None:
    """Return a quantity that is known well enough to be shown, else None."""
    return quantity if quantity is not None and quantity.std <= widest else None
