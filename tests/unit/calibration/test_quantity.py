from __future__ import annotations

import math

import pytest

from calibration.errors import CalibrationError, QuantityError
from calibration.quantity import Quantity


def test_independent_quantities_add_in_quadrature() -> None:
    """Values add, standard uncertainties add as squares, for sums and for differences."""
    a, b = Quantity(7.0, 0.3, "cm"), Quantity(2.0, 0.4, "cm")
    assert (a + b).value == 9.0
    assert (a - b).value == 5.0
    assert (a + b).std == pytest.approx(0.5)
    assert (a - b).std == pytest.approx(0.5)


def test_centimetres_and_degrees_do_not_mix() -> None:
    """Units are never added across: the message names both."""
    with pytest.raises(QuantityError, match="cm and deg"):
        Quantity(1.0, 0.1, "cm") + Quantity(1.0, 0.1, "deg")
    with pytest.raises(QuantityError, match="deg and cm"):
        Quantity(1.0, 0.1, "deg") - Quantity(1.0, 0.1, "cm")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_value_that_is_no_number_is_refused(value: float) -> None:
    """Missing is left out, not stored as NaN."""
    with pytest.raises(QuantityError):
        Quantity(value, 0.1, "cm")


@pytest.mark.parametrize("std", [0.0, -0.1, math.nan, math.inf])
def test_a_number_without_uncertainty_is_refused(std: float) -> None:
    """No measured number is certain, and none has an unknown uncertainty."""
    with pytest.raises(QuantityError) as caught:
        Quantity(1.0, std, "cm")
    assert isinstance(caught.value, CalibrationError)
    assert caught.value.code == "quantity_invalid"


def test_half_width_covers_95_percent_of_a_normal_distribution() -> None:
    """The plus-minus shown is 1.96 standard uncertainties."""
    assert Quantity(1.0, 0.5, "cm").half_width95() == pytest.approx(0.98)
