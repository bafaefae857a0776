from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

import vision.edges
from app.assessment.joints import (
    ANKLE_STD_CM,
    KNEE_BEHIND,
    KNEE_STD_CM,
    OUTLINE_OFFSET_DEG,
    OUTLINE_OFFSET_STD_DEG,
    axis_weight,
    combine,
    outline_weight,
    place_joints,
)
from calibration.references import ANKLE_FROM_HEEL, ANKLE_OVER_FOOT, ANKLE_OVER_SHOE

FloatArray = npt.NDArray[np.float64]

KNEE, ANKLE, BROW, HEEL, TOE = (np.array(xy) for xy in ((5.0, 40.0), (29.0, 8.0), (1.0, 36.0), (36.0, 2.5), (10.0, 1.2)))
SHIN = (np.array([4.0, 34.0]), np.array([22.0, 10.0]))
UNSEEN = np.full(2, np.nan)
BARE_DEG, SHANK_CM = 0.6, 40.0


def test_the_ankle_is_where_the_foot_has_it() -> None:
    """So far ahead of the heel and so high above the floor as the foot's length says; the network's point does not matter."""
    for network in (ANKLE, ANKLE + 5.0):
        ankle = place_joints(KNEE, network, BROW, SHIN, HEEL, TOE, shod=False)[1]
        np.testing.assert_allclose(ankle, [36.0 - ANKLE_FROM_HEEL * 26.0, ANKLE_OVER_FOOT * 26.0])


def test_a_shoe_lifts_the_ankle() -> None:
    """By its sole; ahead of the heel it stays."""
    bare, shod = (place_joints(KNEE, ANKLE, BROW, SHIN, HEEL, TOE, shod=shod)[1] for shod in (False, True))
    np.testing.assert_allclose(shod - bare, [0.0, (ANKLE_OVER_SHOE - ANKLE_OVER_FOOT) * 26.0])


def test_the_knee_lies_square_behind_its_front() -> None:
    """So far as the shank's length says; as high along the shank as the network has it."""
    up = (SHIN[0] - SHIN[1]) / np.hypot(*(SHIN[0] - SHIN[1]))
    knee = place_joints(KNEE, ANKLE, BROW, SHIN, HEEL, TOE, shod=False)[0]
    assert float(np.array([-up[1], up[0]]) @ (BROW - knee)) == pytest.approx(KNEE_BEHIND * np.hypot(*(KNEE - ANKLE)))
    assert float((knee - KNEE) @ up) == pytest.approx(0.0, abs=1e-12)


def test_it_does_not_matter_which_point_of_the_knee_is_the_foremost() -> None:
    """A front that is read higher or lower along the shank leaves the joint where it was; one read further ahead takes it along."""
    up = (SHIN[0] - SHIN[1]) / np.hypot(*(SHIN[0] - SHIN[1]))
    ahead = np.array([-up[1], up[0]])
    at = [place_joints(KNEE, ANKLE, BROW + slid, SHIN, HEEL, TOE, shod=False)[0] for slid in (0.0, 2.0 * up, 1.0 * ahead)]
    np.testing.assert_allclose(at[1], at[0])
    np.testing.assert_allclose(at[2] - at[0], ahead)


def test_what_the_picture_does_not_show_is_left_to_the_network() -> None:
    """Each joint by itself: no knee front, no toe or no heel."""
    knee, ankle = place_joints(KNEE, ANKLE, UNSEEN, SHIN, HEEL, TOE, shod=False)
    np.testing.assert_array_equal(knee, KNEE)
    assert not np.allclose(ankle, ANKLE)
    for heel, toe in ((UNSEEN, TOE), (HEEL, UNSEEN)):
        knee, ankle = place_joints(KNEE, ANKLE, BROW, SHIN, heel, toe, shod=False)
        np.testing.assert_array_equal(ankle, ANKLE)
        assert np.isfinite(knee).all()


def test_every_frame_is_placed_by_itself() -> None:
    """A stack of frames gives what each of them gives, gaps included."""
    brows = np.array([BROW, UNSEEN, BROW + np.array([-2.0, 1.0])])
    toes = np.array([TOE, TOE, UNSEEN])
    stack = place_joints(
        np.tile(KNEE, (3, 1)), np.tile(ANKLE, (3, 1)), brows, (np.tile(SHIN[0], (3, 1)), np.tile(SHIN[1], (3, 1))), np.tile(HEEL, (3, 1)), toes, shod=True
    )
    for k in range(3):
        one = place_joints(KNEE, ANKLE, brows[k], SHIN, HEEL, toes[k], shod=True)
        np.testing.assert_array_equal(stack[0][k], one[0])
        np.testing.assert_array_equal(stack[1][k], one[1])


@pytest.mark.parametrize("cloth_deg", [BARE_DEG, 3.0, 12.0])
def test_directions_that_agree_are_kept(cloth_deg: float) -> None:
    """An outline that leans more than the joints by just the usual offset is the shin, and the joints are the axis, however sure either is."""
    shin, axis = combine(np.array(38.0), np.array(38.0 - OUTLINE_OFFSET_DEG), SHANK_CM, cloth_deg)
    assert float(shin) == pytest.approx(38.0)
    assert float(axis) == pytest.approx(38.0 - OUTLINE_OFFSET_DEG)


def test_on_a_bare_leg_the_outline_is_the_shin() -> None:
    """Joints 4 deg off turn it by a quarter of a degree at most; under cloth that hides the outline they are most of it."""
    outline, joints = np.array(38.0), np.array(38.0 - OUTLINE_OFFSET_DEG + 4.0)
    bare, hidden = (float(combine(outline, joints, SHANK_CM, std)[0]) for std in (BARE_DEG, 12.0))
    assert 38.0 < bare < 38.25
    assert hidden > 41.5


def test_a_short_shank_says_less_about_its_joints() -> None:
    """The same centimetres are more degrees: the outline weighs more in the axis."""
    assert axis_weight(25.0, BARE_DEG) < axis_weight(40.0, BARE_DEG) < axis_weight(55.0, BARE_DEG) < 1


def test_a_leg_of_another_offset_moves_what_rests_on_it() -> None:
    """By the share that rests on the usual one: little of the shin on a bare leg, and of the axis what the outline contributes."""
    at = np.array(38.0), np.array(35.0)
    usual, other = combine(*at, SHANK_CM, BARE_DEG), combine(*at, SHANK_CM, BARE_DEG, offset_deg=2.0)
    assert float(other[0] - usual[0]) == pytest.approx(2.0 * (1 - outline_weight(SHANK_CM, BARE_DEG)))
    assert float(other[1] - usual[1]) == pytest.approx(-2.0 * (1 - axis_weight(SHANK_CM, BARE_DEG)))


@pytest.mark.parametrize("cloth_deg", [BARE_DEG, 3.0, 8.0])
def test_the_weights_leave_the_least_error(cloth_deg: float) -> None:
    """Over 40 000 legs that differ, seen with the errors assumed: both angles scatter less than by any weight a tenth away, and without bias."""
    rng, n = np.random.default_rng(4), 40_000
    offset = rng.normal(OUTLINE_OFFSET_DEG, OUTLINE_OFFSET_STD_DEG, n)
    joints = np.degrees(rng.normal(0, np.hypot(KNEE_STD_CM, ANKLE_STD_CM) / SHANK_CM, n))
    outline = offset + rng.normal(0, cloth_deg, n)  # the true axis is upright, 0 deg
    shin, axis = combine(outline, joints, SHANK_CM, cloth_deg)
    for error, seen, other, weight in (
        (shin - offset, outline - offset, joints + OUTLINE_OFFSET_DEG - offset, outline_weight(SHANK_CM, cloth_deg)),
        (axis, joints, outline - OUTLINE_OFFSET_DEG, axis_weight(SHANK_CM, cloth_deg)),
    ):
        assert abs(float(error.mean())) < 0.05
        for tried in (weight - 0.1, weight + 0.1):
            assert float(np.std(error)) < float(np.std(tried * seen + (1 - tried) * other))


def test_the_picture_and_the_room_place_the_ankle_at_one_height() -> None:
    """Whoever reads the picture knows nothing of the room's constants, so this one stands twice."""
    assert vision.edges.ANKLE_OVER_FOOT == ANKLE_OVER_FOOT
