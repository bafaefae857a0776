from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from app.assessment.heel import compute_heel_rise_px, weigh_rise

FloatArray = npt.NDArray[np.float64]

FOOT_PX = 110.0
SOLE_Y = 400.0


def make_profile(rise_px: float, *, lean_px: float = 0.0, wide_px: float = 0.0, noise_px: float = 0.3, seed: int = 0) -> FloatArray:
    """Rear outline (40, 2): round below, the tendon above, which may lean with the shank."""
    rows = SOLE_Y - rise_px - FOOT_PX * np.linspace(0.42, 0.0, 40)
    height = (SOLE_Y - rise_px - rows) / FOOT_PX
    rounding = 7.0 * (1 - np.sqrt(np.clip(1 - np.square((0.10 - height) / 0.105), 0, 1)))
    x = 200.0 + np.where(height < 0.10, rounding, 40.0 * np.square(height - 0.10))
    x = x + lean_px * np.clip((height - 0.22) / 0.2, 0, 1) - wide_px
    return np.column_stack([x + np.random.default_rng(seed).normal(0, noise_px, 40), rows])


def rises(*profiles: FloatArray) -> FloatArray:
    """Rise of each profile against eight standing ones."""
    standing = [make_profile(0.0, seed=k) for k in range(8)]
    stack = np.array([*standing, *profiles])
    return compute_heel_rise_px(stack, np.arange(len(stack)) < 8, FOOT_PX)[8:]


@pytest.mark.parametrize("rise_px", [0.0, 2.0, 4.0, 8.0, 15.0])
def test_a_heel_that_rises_is_read_within_a_pixel(rise_px: float) -> None:
    """1 px is 2.4 mm on a foot of 110 px; 8 px are a heel lift of 1.9 cm."""
    assert rises(make_profile(rise_px, seed=20))[0] == pytest.approx(rise_px, abs=1.0)


def test_a_tendon_that_leans_is_not_a_heel_that_rises() -> None:
    """The outline above the heel follows the shank; only what is below counts."""
    assert rises(make_profile(0.0, lean_px=12.0, seed=20))[0] == pytest.approx(0.0, abs=1.0)


def test_a_heel_that_is_pressed_a_pixel_wider_has_not_risen_a_gate() -> None:
    """Less than the 0.8 cm (3.4 px) that would void the lunge."""
    assert abs(rises(make_profile(0.0, wide_px=1.0, seed=20))[0]) < 3.4


def test_an_unseen_heel_has_no_rise() -> None:
    """NaN, and the frames beside it are not disturbed."""
    seen = rises(np.full((40, 2), np.nan), make_profile(6.0, seed=21))
    assert np.isnan(seen[0])
    assert seen[1] == pytest.approx(6.0, abs=1.0)


def test_half_hidden_outlines_still_tell() -> None:
    """A few missing rows do not matter."""
    profile = make_profile(6.0, seed=22)
    profile[3:9] = np.nan
    assert rises(profile)[0] == pytest.approx(6.0, abs=1.2)


def test_without_a_standing_heel_there_is_no_baseline() -> None:
    """All NaN rather than a rise from nowhere."""
    stack = np.array([make_profile(0.0, seed=k) for k in range(4)])
    assert np.isnan(compute_heel_rise_px(stack, np.zeros(4, bool), FOOT_PX)).all()


def test_the_baseline_is_zero() -> None:
    """The median standing frame has not risen."""
    stack = np.array([make_profile(0.0, seed=k) for k in range(9)])
    assert float(np.median(compute_heel_rise_px(stack, np.ones(9, bool), FOOT_PX))) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    ("outline_cm", "border_cm", "rear_cm", "expected"),
    [
        (3.0, 1.6, 0.6, (3.0, False)),
        (3.0, 0.0, 0.1, (3.0, False)),
        (3.0, 1.6, 0.0, (3.0, False)),
        (3.0, 0.02, -0.3, (0.02, False)),
        (3.0, -0.5, -0.3, (0.0, False)),
        (3.0, 1.6, -0.3, (3.0, True)),
        (3.0, 0.0, 0.0, (3.0, True)),
        (0.5, 0.0, -0.2, (0.0, False)),
        (0.2, 0.0, -0.2, (0.2, False)),
    ],
    ids=[
        "all_agree",
        "a_shadow_holds_the_border",
        "the_rear_stays",
        "it_was_pressed",
        "the_border_sank",
        "border_against_rear",
        "neither_moved",
        "a_little",
        "down_anyhow",
    ],
)
def test_the_rest_of_the_foot_must_go_along(outline_cm: float, border_cm: float, rear_cm: float, expected: tuple[float, bool]) -> None:
    """A heel that rises takes its border up and its rearmost point forward; one that goes back while its border stays was down."""
    assert weigh_rise(outline_cm, border_cm, rear_cm, down_cm=0.3, covered=False) == expected


@pytest.mark.parametrize("border_cm", [0.0, float("nan")])
def test_what_was_not_seen_speaks_neither_for_nor_against(border_cm: float) -> None:
    """A heel whose outline was not seen stays unseen; a border that was not seen denies nothing."""
    assert np.isnan(weigh_rise(float("nan"), border_cm, 0.0, down_cm=0.3, covered=False)[0])
    assert weigh_rise(3.0, float("nan"), 0.6, down_cm=0.3, covered=False) == (3.0, False)


@pytest.mark.parametrize(("border_cm", "doubted"), [(0.0, True), (0.9, False)])
def test_a_hem_that_goes_up_is_no_heel(border_cm: float, *, doubted: bool) -> None:
    """Under a trouser leg outline and rearmost point go with the hem; only the sole's border tells whether the heel did."""
    assert weigh_rise(2.8, border_cm, 0.34, down_cm=0.3, covered=True) == (2.8, doubted)
    assert weigh_rise(2.8, border_cm, 0.34, down_cm=0.3, covered=False) == (2.8, False)
