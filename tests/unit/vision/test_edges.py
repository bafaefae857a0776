from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from tests.unit.vision.drawing import cover, draw, film
from vision.around import cut_leg
from vision.contour import snap, snap_params, to_lab
from vision.edges import EdgeLegFinder, KneeOutline, find_ankle_width, find_edge_width, find_knee_brow, find_knee_front, find_knee_outline, find_shin_front
from vision.foot import _sole_border, find_foot_contour, find_foot_points
from vision.robust import robust_line
from vision.touch import find_touch_shadow
from vision.tracks import BALL_AT, HEEL_AT, LegEdges, SeenLeg

FloatArray = npt.NDArray[np.float64]

SIZE_PX = (480, 480)
SKIN, WALL, SHADE = (190, 145, 120), (95, 100, 105), (75, 80, 85)
ANKLE = np.array([200.0, 380.0])
SHANK_PX = 160.0
HEEL_X, TOE_X, SOLE_Y = 172.0, 276.0, 408.0


@dataclass(frozen=True, slots=True)
class DrawnLeg:
    """A leg on a plain wall with all its points known."""

    rgb: npt.NDArray[np.uint8]
    mask: npt.NDArray[np.float32]
    knee: FloatArray
    ends: FloatArray

    @property
    def outline_deg(self) -> float:
        """Inclination of the front outline."""
        return inclination_deg(self.ends)


def inclination_deg(ends: FloatArray) -> float:
    """Lean to the right of a line from its lower to its upper end."""
    run = ends[0] - ends[1]
    return float(np.degrees(np.arctan2(run[0], -run[1])))


def draw_leg(lean_deg: float, *, noise: float = 0.0, shadow: bool = False, seed: int = 0, mask_grown_px: float = 0.0) -> DrawnLeg:
    """Shank, thigh and foot of a person who faces right; the outline leans 2 deg more than the axis."""
    lean = np.radians(lean_deg)
    up, ahead = np.array([np.sin(lean), -np.cos(lean)]), np.array([np.cos(lean), np.sin(lean)])
    knee = ANKLE + SHANK_PX * up

    def front(share: float) -> FloatArray:
        return np.asarray(knee + share * (ANKLE - knee) + (14.0 + np.tan(np.radians(2.0)) * SHANK_PX * (0.8 - share)) * ahead)

    rear = [knee + share * (ANKLE - knee) - width * ahead for share, width in ((0.95, 14.0), (0.3, 26.0), (-0.05, 20.0))]
    hip = knee + np.array([-60.0, -120.0])
    shank = np.array([front(-0.08), front(1.0), *rear])
    thigh = np.array([front(-0.08), rear[-1], hip + np.array([-30.0, 0.0]), hip + np.array([30.0, 0.0])])
    cap = knee + (14.0 + np.tan(np.radians(2.0)) * SHANK_PX * 0.88) * 0.35 * ahead
    kneecap = cap + 14.0 * np.column_stack([np.cos(np.linspace(0, 6.2, 40)), np.sin(np.linspace(0, 6.2, 40))])
    shapes = [(shank, SKIN), (thigh, SKIN), (kneecap, SKIN), (draw_foot(), SKIN)]
    person = np.clip(sum(cover(SIZE_PX, polygon) for polygon, _ in shapes), 0, 1)
    if shadow:
        # The edge of a shadow on the wall runs 7 px ahead of the shin, 3 deg steeper, with a third of its contrast.
        top, bottom = front(-0.3) + 7.0 * ahead, front(1.2) + 7.0 * ahead + [8.0, 0.0]
        shapes.insert(0, (np.array([top, bottom, [-5.0, bottom[1]], [-5.0, top[1]]]), SHADE))
    mask = cv2.GaussianBlur(person.astype(np.float32), (0, 0), 3.0)
    if mask_grown_px:
        size = 2 * round(mask_grown_px) + 1
        mask = cv2.dilate(mask, np.ones((size, size), np.uint8))
    return DrawnLeg(film(draw(SIZE_PX, WALL, *shapes), noise=noise, seed=seed), mask, knee, np.array([front(0.13), front(0.80)]))


def find(*pictures: SeenLeg) -> LegEdges:
    """Read the leg off the first picture, with the others around it."""
    return EdgeLegFinder().find(pictures[0], pictures)


def draw_foot() -> FloatArray:
    """Round heel, flat sole, round toe, sloping instep."""
    heel = [(HEEL_X + 13 + 13 * np.cos(a), SOLE_Y - 13 - 13 * np.sin(a)) for a in np.linspace(np.pi / 2, 3 * np.pi / 2, 20)]
    toe = [(TOE_X - 7 + 7 * np.cos(a), SOLE_Y - 7 - 7 * np.sin(a)) for a in np.linspace(-np.pi / 2, np.pi / 2, 14)]
    return np.array([(HEEL_X + 8, 375.0), *heel, *toe, (222.0, 372.0)])


@pytest.mark.parametrize("lean_deg", [5.0, 22.0, 38.0, 47.0])
def test_the_front_of_the_shin_is_found_within_a_third_of_a_degree(lean_deg: float) -> None:
    """Landmarks 4 px off the joints only say where to look; the drawn outline's direction and place come back (0.3 deg, 0.7 px)."""
    leg = draw_leg(lean_deg, noise=3.0)
    line = find_shin_front(to_lab(leg.rgb), leg.mask, leg.knee + np.array([-4.0, 2.0]), ANKLE + np.array([3.0, -2.0]))
    assert line is not None
    assert inclination_deg(line.ends_px) == pytest.approx(leg.outline_deg, abs=0.3)
    normal = np.array([leg.ends[1, 1] - leg.ends[0, 1], leg.ends[0, 0] - leg.ends[1, 0]]) / np.hypot(*(leg.ends[1] - leg.ends[0]))
    assert np.abs((line.ends_px - leg.ends[0]) @ normal).max() < 0.7


@pytest.mark.parametrize("seed", range(4))
def test_noise_and_a_shadow_ahead_do_not_turn_the_shin(seed: int) -> None:
    """Eight grey levels of noise and a shadow's edge 7 px ahead at another angle: still 0.3 deg."""
    leg = draw_leg(35.0, noise=8.0, shadow=True, seed=seed)
    line = find_shin_front(to_lab(leg.rgb), leg.mask, leg.knee, ANKLE)
    assert line is not None
    assert inclination_deg(line.ends_px) == pytest.approx(leg.outline_deg, abs=0.3)


def test_a_mask_that_is_too_wide_is_pulled_onto_the_edge() -> None:
    """The network's mask may be wrong by 3 px: the picture decides (0.3 deg)."""
    leg = draw_leg(30.0, noise=3.0, mask_grown_px=3.0)
    line = find_shin_front(to_lab(leg.rgb), leg.mask, leg.knee, ANKLE)
    assert line is not None
    assert inclination_deg(line.ends_px) == pytest.approx(leg.outline_deg, abs=0.3)


@pytest.mark.parametrize("blur_px", [2.0, 4.0, 7.0])
def test_a_blurred_edge_is_as_wide_as_its_blur_makes_it(blur_px: float) -> None:
    """A step blurred by s pixels is 2.5 s wide (sqrt(2 pi) s), whatever the noise of single pixels (15 %: a wide one reaches out of the window)."""
    leg = draw_leg(30.0)
    picture = film(leg.rgb.astype(np.float64), blur_px=blur_px, noise=4.0)
    width = find_edge_width(to_lab(picture), leg.ends, SHANK_PX)
    assert width == pytest.approx(np.sqrt(2 * np.pi) * np.hypot(blur_px, 0.8), rel=0.15, abs=1.0)


def test_the_finder_says_how_smeared_the_shin_is() -> None:
    """Over the length of the shank: a sharp picture lies far under the limit, one out of focus beyond it."""
    leg = draw_leg(30.0)
    points = np.array([leg.knee + np.array([-20.0, -120.0]), leg.knee, ANKLE, [HEEL_X, SOLE_Y], [TOE_X, SOLE_Y]])
    sharp, smeared = (find(cut_leg(0.0, film(leg.rgb.astype(np.float64), blur_px=b), leg.mask, points, np.eye(3))).edge_width for b in (0.8, 7.0))
    assert sharp < 0.04
    assert smeared > 0.09


def test_no_person_no_shin() -> None:
    """An empty mask or a shank of a few pixels gives None, not a line."""
    leg = draw_leg(30.0)
    lab = to_lab(leg.rgb)
    assert find_shin_front(lab, np.zeros_like(leg.mask), leg.knee, ANKLE) is None
    assert find_shin_front(lab, leg.mask, ANKLE + np.array([0.0, -15.0]), ANKLE) is None


def test_toe_heel_and_sole_are_found_to_a_pixel() -> None:
    """Foremost, rearmost and lowest points of the foot, from landmarks 5 px off (1 px = 2.5 mm on a foot of 104 px)."""
    leg = draw_leg(30.0, noise=3.0)
    contour = find_foot_contour(to_lab(leg.rgb), leg.mask, np.array([HEEL_X + 8, SOLE_Y - 8]), np.array([TOE_X - 6, SOLE_Y - 4]), ANKLE)
    assert contour is not None
    foot = find_foot_points(to_lab(leg.rgb), contour)
    assert foot is not None
    assert foot.toe_px[0] == pytest.approx(TOE_X, abs=1.0)
    assert foot.heel_px[0] == pytest.approx(HEEL_X, abs=1.0)
    assert foot.heel_low_px[1] == pytest.approx(SOLE_Y, abs=1.0)
    assert foot.ball_low_px[1] == pytest.approx(SOLE_Y, abs=1.0)
    for low, share in ((foot.heel_low_px, HEEL_AT), (foot.ball_low_px, BALL_AT)):
        assert low[0] == pytest.approx(HEEL_X + share * (TOE_X - HEEL_X), abs=1.0)


EVEN = np.zeros((400, 200, 3), np.float32)
"""A floor without any shadow, for outlines that are given."""


def draw_sole(slope: float, *, stray: slice | None = None, stray_px: float = 7.0, seen: tuple[float, float] = (0.0, 1.0), noise: float = 0.2) -> FloatArray:
    """Outline (N, 2) of a foot 100 px long from x = 50 whose border passes y = 300 at the heel, with the instep above it."""
    share = np.linspace(*seen, round(140 * (seen[1] - seen[0])))
    low = 300.0 + slope * 100.0 * share + np.random.default_rng(6).normal(0, noise, len(share))
    if stray is not None:
        low[stray] += stray_px
    x = 50.0 + 100.0 * share
    return np.concatenate([np.column_stack([x, low]), np.column_stack([x, low - 25.0])])


@pytest.mark.parametrize("slope", [-0.08, 0.0, 0.10])
@pytest.mark.parametrize("stray", [None, slice(0, 34), slice(50, 80), slice(80, 106)], ids=["clean", "behind", "middle", "ahead"])
def test_the_soles_border_is_one_straight_line(slope: float, stray: slice | None) -> None:
    """At heel and ball within half a pixel, also where it has strayed to a shadow or a joint 7 px below: a fifth of the foot, anywhere."""
    border = _sole_border(EVEN, draw_sole(slope, stray=stray), 50.0, 100.0)
    assert border is not None
    np.testing.assert_allclose(border, [[65.0, 300.0 + 15.0 * slope], [120.0, 300.0 + 70.0 * slope]], atol=0.5)


def test_a_toe_that_is_up_and_a_rounded_heel_do_not_tilt_the_sole() -> None:
    """Only what lies on the floor counts: the last quarter before the toe and the first tenth at the heel are left out."""
    band = draw_sole(0.0)
    share = (band[:, 0] - 50.0) / 100.0
    band[:, 1] -= 60.0 * np.clip(share - 0.78, 0, 1) + 80.0 * np.clip(0.08 - share, 0, 1)
    border = _sole_border(EVEN, band, 50.0, 100.0)
    assert border is not None
    np.testing.assert_allclose(border[:, 1], 300.0, atol=0.3)


@pytest.mark.parametrize("seen_from", [0.0, 0.4])
def test_the_dark_line_under_a_sole_is_its_border(seen_from: float) -> None:
    """A shadow 4 px wide before the sole, darkest at the sole, with a grey shoe above: the border is the dark line, all along, if most of it shows."""
    light = np.full((400, 200, 3), 30.0, np.float32)
    rows = np.arange(400.0)
    light[rows < 300.0] = 14.0
    dark = 12.0 * np.exp(-0.5 * np.square((rows - 296.0) / 1.2)) + 14.0 * np.clip(1 - np.abs(rows - 298.0) / 4.0, 0, 1)
    first = round(50 + 100 * seen_from)
    light[:, first:, 0] -= dark[:, None]
    border = _sole_border(light, draw_sole(0.0, noise=0.0), 50.0, 100.0)
    assert border is not None
    np.testing.assert_allclose(border[:, 1], 296.5, atol=1.0)


def test_too_little_of_a_sole_is_none() -> None:
    """A third of its length may lie anyhow, a fifth even more so."""
    for far in (0.3, 0.32, 0.335):
        assert _sole_border(EVEN, draw_sole(0.0, seen=(0.1, far)), 50.0, 100.0) is None
    assert _sole_border(EVEN, np.empty((0, 2)), 50.0, 100.0) is None


def light_between(leg: float, line: float, wall: float, *, width: float = 1.6, shading: float = 0.0) -> npt.NDArray[np.float32]:
    """Weighted lightness (60, 120, 1) of a leg up to x = 60, as dark as `line` there, and the wall behind it; the leg darkens towards its border."""
    x = np.arange(120.0)
    side = np.where(x < 60.0, leg - shading * np.clip(x - 40.0, 0, 20), wall)
    row = side - (side - line) * np.exp(-0.5 * np.square((x - 60.0) / width))
    return np.asarray(np.tile(row[None, :, None], (60, 1, 1)), np.float32)


def read_shadow(light: npt.NDArray[np.float32]) -> tuple[float, float]:
    """Where the strongest edge near the border lies, and how far behind it the dark line of a touch, px."""
    rough = np.column_stack([np.full(40, 61.0), np.arange(10.0, 50.0)])
    edge = snap(light, rough, np.tile([1.0, 0.0], (40, 1)), snap_params(SHANK_PX)).xy_px
    return float(np.median(edge[:, 0])), float(np.median(find_touch_shadow(light, edge, np.array([-1.0, 0.0]), SHANK_PX)))


def test_the_border_of_a_knee_that_touches_is_the_dark_line() -> None:
    """Between a leg and a brighter wall the strongest edge is the far side of the line; what is taken off leads to its middle, half a pixel give or take."""
    for leg, wall in ((20.0, 30.0), (14.0, 28.0), (22.0, 24.0)):
        edge, behind = read_shadow(light_between(leg, 8.0, wall))
        assert edge > 60.8
        assert edge - behind == pytest.approx(60.0, abs=0.5)


@pytest.mark.parametrize(
    ("leg", "line", "wall", "shading"),
    [(20.0, 20.0, 30.0, 0.0), (8.0, 8.0, 30.0, 0.0), (24.0, 23.2, 24.6, 0.0), (24.0, 23.6, 30.0, 0.0), (9.0, 6.0, 30.0, 0.15), (25.0, 8.0, 8.5, 0.0)],
    ids=["plain", "dark leg", "faint", "faint before a bright wall", "shaded", "dark wall"],
)
def test_without_the_line_of_a_touch_the_edge_stays(leg: float, line: float, wall: float, shading: float) -> None:
    """A plain border, one hardly darker than both sides, a dark leg's own shading, and a wall as dark as the line are no touch."""
    assert read_shadow(light_between(leg, line, wall, shading=shading))[1] == 0.0


def test_a_foot_of_a_few_pixels_is_no_foot() -> None:
    """Too small to read: None."""
    leg = draw_leg(30.0)
    assert find_foot_contour(to_lab(leg.rgb), leg.mask, np.array([200.0, 400.0]), np.array([210.0, 400.0]), ANKLE) is None


def test_the_foremost_point_of_the_knee_is_found() -> None:
    """Against the drawn outline's own foremost point, 1 px."""
    leg = draw_leg(30.0, noise=3.0)
    drawn = draw_leg(30.0)
    rows = np.arange(int(leg.knee[1]) - 30, int(leg.knee[1]) + 30)
    skin = drawn.rgb[rows, :, 0].astype(float) > 0.5 * (SKIN[0] + WALL[0])
    truth = float(max(np.flatnonzero(row).max() for row in skin if row.any())) + 0.5
    outline = find_knee_outline(to_lab(leg.rgb), leg.mask, leg.knee, SHANK_PX)
    assert outline is not None
    front = find_knee_front(outline, SHANK_PX)
    assert front is not None
    assert front[0] == pytest.approx(truth, abs=1.2)


def test_the_knee_is_read_square_to_the_shin_where_it_lies_farthest_ahead() -> None:
    """Against the drawn outline's own support square to the shin, 1.2 px; it lies ahead of the shin's line and no other part of the knee lies farther."""
    leg, drawn = draw_leg(30.0, noise=3.0), draw_leg(30.0)
    outline = find_knee_outline(to_lab(leg.rgb), leg.mask, leg.knee, SHANK_PX)
    assert outline is not None
    run = leg.ends[1] - leg.ends[0]
    ahead = np.array([run[1], -run[0]]) / np.hypot(*run)
    skin = drawn.rgb[..., 0].astype(float) > 0.5 * (SKIN[0] + WALL[0])
    rows = np.arange(int(leg.knee[1]) - 30, int(leg.knee[1]) + 30)
    edge = np.array([[np.flatnonzero(skin[row]).max() + 0.5, row] for row in rows if skin[row].any()])
    brow = find_knee_brow(outline, leg.ends)
    assert brow @ ahead == pytest.approx((edge @ ahead).max(), abs=1.2)


def test_where_the_knee_touches_only_touching_rows_say_where_it_is() -> None:
    """Rows above the touch that have strayed to the end of the wall's shadow lie before the knee and do not count."""
    y = np.arange(40.0)
    x = 100.0 - 0.02 * np.square(y - 25.0)
    touches = np.abs(y - 25.0) < 6
    x[y < 15] = 102.0
    front = find_knee_front(KneeOutline(np.column_stack([x, y]), touches), 170.0)
    assert front is not None
    assert front == pytest.approx([100.0, 25.0], abs=0.05)


def test_the_width_above_the_ankle_is_that_of_the_leg() -> None:
    """From the mask alone, wherever across the leg the landmark lies (3 px, as blurred as it is); NaN where there is no leg."""
    leg = draw_leg(20.0)
    for aside in (0.0, 6.0):
        assert find_ankle_width(leg.mask, leg.knee, ANKLE + np.array([aside, 0.0])) == pytest.approx(30.0, abs=3.0)  # 14 px in front, 16 behind
    assert np.isnan(find_ankle_width(np.zeros_like(leg.mask), leg.knee, ANKLE))
    assert np.isnan(find_ankle_width(leg.mask, ANKLE - np.array([0.0, 15.0]), ANKLE))


def test_the_finder_gives_pixels_of_the_whole_picture() -> None:
    """The cut-out's corner is added back to every point, and the parts agree with the drawing."""
    leg = draw_leg(33.0, noise=3.0)
    points = np.array([leg.knee + np.array([-60.0, -110.0]), leg.knee, ANKLE, [HEEL_X + 6, SOLE_Y - 6], [TOE_X - 4, SOLE_Y - 4]])
    edges = find(cut_leg(0.0, leg.rgb, leg.mask, points, np.eye(3)))
    assert inclination_deg(np.array([edges.shin_front[7], edges.shin_front[50]])) == pytest.approx(leg.outline_deg, abs=0.3)
    assert edges.toe[0] == pytest.approx(TOE_X, abs=1.0)
    assert edges.heel_back[0] == pytest.approx(HEEL_X, abs=1.0)
    assert np.isfinite(edges.heel_profile).any()
    assert np.nanmax(edges.heel_profile[:, 1]) == pytest.approx(SOLE_Y, abs=2.0)


def test_landmarks_that_are_not_there_give_nothing() -> None:
    """A leg that was not found has NaN everywhere, without an error."""
    leg = draw_leg(33.0)
    edges = find(cut_leg(0.0, leg.rgb, leg.mask, np.full((5, 2), np.nan), np.eye(3)))
    assert np.isnan(edges.shin_front).all()
    assert np.isnan(edges.toe).all()


@pytest.mark.parametrize("strays", [slice(0, 60, 5), slice(51, 60), slice(20, 32)])
def test_a_robust_line_ignores_strays(strays: slice) -> None:
    """Every fifth point, a run at one end, a run in the middle: slope and level of the others come back and the strays weigh nothing."""
    x = np.arange(60.0)
    y = 3.0 + 0.2 * x + np.random.default_rng(1).normal(0, 0.2, 60)
    y[strays] += 12.0
    slope, level, weights, scatter = robust_line(x, y, floor_px=0.3)
    assert slope == pytest.approx(0.2, abs=0.01)
    assert level == pytest.approx(3.0, abs=0.25)
    assert weights[strays].max() == 0.0
    assert scatter < 0.5
