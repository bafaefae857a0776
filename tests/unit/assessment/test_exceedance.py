"""Screening many: who differs by more than some size."""

from __future__ import annotations

import numpy as np
import pytest

from app.assessment.exceedance import EXCEEDANCE, compute_exceedance, count_false_flags
from calibration.quantity import Quantity


def test_direction_does_not_matter() -> None:
    """Left or right, the size counts."""
    assert compute_exceedance(Quantity(2.0, 0.4, "cm"), 1.5) == pytest.approx(compute_exceedance(Quantity(-2.0, 0.4, "cm"), 1.5))


def test_what_is_hardly_known_is_what_people_are_like() -> None:
    """Without a measurement that says anything, as many are beyond a size as among people without a complaint: 32 % beyond one standard deviation."""
    assert compute_exceedance(Quantity(9.0, 1e4, "cm"), EXCEEDANCE.healthy_std_cm) == pytest.approx(0.317, abs=0.001)


def test_what_is_known_well_is_certain() -> None:
    """Far above or below the size next to nothing is left to chance."""
    assert compute_exceedance(Quantity(2.5, 0.1, "cm"), 1.5) > 0.999
    assert compute_exceedance(Quantity(0.5, 0.1, "cm"), 1.5) < 0.001


def test_degrees_are_refused() -> None:
    """The sizes are centimetres."""
    with pytest.raises(ValueError, match="expected cm"):
        compute_exceedance(Quantity(2.0, 0.4, "deg"), 1.5)


def test_as_many_are_named_wrongly_as_is_said() -> None:
    """Of many squads drawn from people as they are, the expected number of false flags is the number there is."""
    drawn = np.random.default_rng(5)
    true_cm = drawn.normal(0.0, EXCEEDANCE.healthy_std_cm, 4000)
    measured_cm = true_cm + drawn.normal(0.0, 0.6, 4000)
    chances = [compute_exceedance(Quantity(float(value), 0.6, "cm"), EXCEEDANCE.small_cm) for value in measured_cm]
    named = np.array(chances) >= EXCEEDANCE.flagged_from
    wrong = int((named & (np.abs(true_cm) <= EXCEEDANCE.small_cm)).sum())
    assert count_false_flags(chances) == pytest.approx(wrong, abs=3 * np.sqrt(wrong))
    assert wrong > 50
