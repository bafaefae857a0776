"""What pictures of one standing foot have in common."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from tests.unit.vision.drawing import draw, film
from vision.around import cut_leg, with_neighbours
from vision.standing import average_foot
from vision.tracks import SeenLeg

FloatArray = npt.NDArray[np.float64]
SIZE_PX = (200, 160)
HEEL, TOE = np.array([60.0, 120.0]), np.array([120.0, 120.0])
SKIN, FLOOR = (190, 140, 120), (110, 110, 110)


def see(
    t_s: float, *, gone: tuple[float, float] = (0.0, 0.0), heel_up_px: float = 0.0, shift_px: tuple[float, float] = (0.0, 0.0), noise: float = 0.0
) -> SeenLeg:
    """Film a block for a foot, `gone` from where it stood, with a camera that has turned by `shift_px`; mask at half the size."""
    move = np.array(gone) + shift_px
    corners = np.array([[60.0, 100.0], [120.0, 100.0], TOE, HEEL]) + move
    rgb = film(draw(SIZE_PX, FLOOR, (corners, SKIN)), noise=noise, seed=round(1000 * t_s))
    person = np.ascontiguousarray((rgb[::2, ::2, 0] > 150).astype(np.float32))
    points = np.array([[80.0, 20.0], [95.0, 60.0], [70.0, 105.0], HEEL - [0.0, heel_up_px], TOE]) + move
    to_room = np.array([[1.0, 0.0, -shift_px[0]], [0.0, 1.0, -shift_px[1]], [0.0, 0.0, 1.0]])
    return cut_leg(t_s, rgb, person, points, to_room)


def test_noise_falls_as_the_root_of_the_number_of_pictures() -> None:
    """Nine pictures leave a third of it, under a camera that shakes by fractions of a pixel too, and the edge stays where it was."""
    rng = np.random.default_rng(5)
    around = [see(k / 7.5, noise=9.0, shift_px=tuple(rng.uniform(-2, 2, 2)) if k else (0.0, 0.0)) for k in range(9)]
    part = average_foot(around[0], around)
    x0, y0 = part.corner_px.astype(int)
    floor = part.rgb[132 - y0 : 150 - y0, 70 - x0 : 110 - x0]
    assert float(floor.std()) < 9.0 / 3.0 * 1.1
    across = part.rgb[110 - y0, :, 0].astype(float)
    edge_x = x0 + np.interp(-150.0, -across[115 - x0 : 126 - x0], np.arange(115.0, 126.0) - x0)
    assert edge_x == pytest.approx(TOE[0], abs=0.5)


@pytest.mark.parametrize(("gone", "heel_up_px"), [((8.0, 0.0), 0.0), ((0.0, 0.0), 8.0)], ids=["stepped", "heel rises"])
def test_a_picture_in_which_the_foot_is_elsewhere_is_left_out(gone: tuple[float, float], heel_up_px: float) -> None:
    """A step of an eighth of the foot, or a heel that is up by as much, is not mixed into the standing foot."""
    seen, other = see(0.0), see(0.2, gone=gone, heel_up_px=heel_up_px)
    assert average_foot(seen, [seen, other]).rgb == pytest.approx(average_foot(seen, [seen]).rgb)


def test_the_part_holds_the_foot_and_stays_in_the_picture() -> None:
    """Picture and mask are of one size, begin at a whole pixel of the mask, and end where the picture ends."""
    seen = see(0.0, gone=(70.0, 30.0))
    part = average_foot(seen, [seen])
    assert part.rgb.shape[:2] == part.person.shape
    assert (part.corner_px % 2 == 0).all()
    assert part.corner_px[0] + part.rgb.shape[1] == SIZE_PX[0]
    assert float(part.person.max()) == 1.0


def test_each_picture_comes_with_those_around_it() -> None:
    """In order, as soon as what lies within the time after it is there, and with nothing farther away."""
    taken: list[float] = []

    def legs() -> list[SeenLeg]:
        return [see(t_s) for t_s in (0.0, 0.1, 0.2, 0.5, 1.4)]

    def watched() -> object:
        for leg in legs():
            taken.append(leg.t_s)
            yield leg

    got = []
    for leg, around in with_neighbours(watched(), before_s=0.3, after_s=0.3):  # type: ignore[arg-type]
        got.append((leg.t_s, [other.t_s for other in around]))
        if leg.t_s == 0.0:
            assert taken[-1] == 0.5
    assert got == [(0.0, [0.0, 0.1, 0.2]), (0.1, [0.0, 0.1, 0.2]), (0.2, [0.0, 0.1, 0.2, 0.5]), (0.5, [0.2, 0.5]), (1.4, [1.4])]


def test_of_what_is_long_ago_only_masks_are_kept() -> None:
    """Pictures are there for 0.6 s, masks for three; the picture at hand keeps both."""
    *_, (leg, around) = with_neighbours(see(t_s) for t_s in (0.0, 1.0, 1.5, 2.0))
    assert leg.rgb.size
    assert [bool(other.rgb.size) for other in around] == [False, False, True, True]
    assert all(other.person.size for other in around)


def test_no_picture_no_neighbours() -> None:
    """Nothing comes of nothing."""
    assert list(with_neighbours([])) == []


def test_a_tip_that_the_mask_loses_for_a_second_is_kept_and_a_raised_heel_is_not_blurred() -> None:
    """Before the ankle the mask's mean goes on over all that is around; behind it, over what is near in time alone."""
    around = [replace(leg, rgb=leg.rgb[:0, :0]) if leg.t_s < 2.4 else leg for leg in (see(k / 5.0) for k in range(16))]
    for leg in around[10:]:
        leg.person[:, (110 - leg.corner_px[0]) // 2 :] = 0.0
        leg.person[:, : (66 - leg.corner_px[0]) // 2] = 0.0
    part = average_foot(around[-1], around)
    row = part.person[round(110 - part.corner_px[1])]
    assert float(row[round(115 - part.corner_px[0])]) > 0.5
    assert float(row[round(63 - part.corner_px[0])]) == 0.0


def test_of_a_picture_only_the_part_with_the_leg_is_kept() -> None:
    """From above the knee to below the sole, begun at a whole pixel of the mask; nothing of a leg that was not found or is a few pixels long."""
    seen = see(0.0)
    assert seen.rgb.base is None
    assert seen.person.shape == (-(-seen.rgb.shape[0] // 2), -(-seen.rgb.shape[1] // 2))
    assert seen.corner_px[0] % 2 == seen.corner_px[1] % 2 == 0
    whole = np.zeros((160, 200, 3), np.uint8), np.zeros((80, 100), np.float32)
    assert not cut_leg(0.0, *whole, np.full((5, 2), np.nan), np.eye(3)).rgb.size
    assert not cut_leg(0.0, *whole, 0.1 * seen.points, np.eye(3)).rgb.size
    assert not cut_leg(0.0, *whole, seen.points + 500.0, np.eye(3)).rgb.size
