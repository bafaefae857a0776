from dataclasses import replace

import numpy as np
import pytest

from app.assessment.by_hand import CLICK_STD_PX, HAND_POINTS, HandMarks, move_by_hand
from app.assessment.measurement import Measurement
from app.assessment.pipeline import compute_measurement
from tests.synthetic import ClipSpec, LungeSpec, build_clip
from tests.unit.assessment.measuring import FOOT, TYPED, assert_true, codes, measure
from vision.tracks import ClipSighting

AWRY = ClipSpec(lunges=(LungeSpec(toe_to_wall_cm=10.0), LungeSpec(toe_to_wall_cm=10.0)))


def set_points(seen: ClipSighting, spec: ClipSpec, **points: tuple[float, float]) -> Measurement:
    """Measure with some points set on the key frame of the measurement without them."""
    before, _ = measure(spec)
    assert before.evidence is not None
    marks = HandMarks(key_frame_s=before.evidence.key_frame_s, points_px=points)
    return compute_measurement("clip.mp4", seen, replace(FOOT, by_hand=marks), code_version="test")


def shown_points(spec: ClipSpec) -> dict[str, tuple[float, float]]:
    """Return the points as the key frame shows them."""
    evidence = measure(spec)[0].evidence
    assert evidence is not None
    return dict(evidence.points_px)


def test_every_point_that_can_be_set_is_shown() -> None:
    """Nobody could take hold of a point that the key frame does not have."""
    assert set(HAND_POINTS) <= set(shown_points(AWRY))


@pytest.mark.parametrize(("name", "flipped"), [*((name, False) for name in HAND_POINTS), ("toe", True), ("wall_bottom", True)])
def test_a_point_set_where_it_was_read_moves_no_number(name: str, *, flipped: bool) -> None:
    """Whoever clicks exactly where the point is agrees with it: numbers move by less than a fifth of their standard uncertainty."""
    spec = replace(AWRY, flipped=flipped)
    before, seen = measure(spec)[0], build_clip(spec)[0]
    after = set_points(seen, spec, **{name: shown_points(spec)[name]})
    for key in ("shin_angle_deg", "axis_angle_deg", "toe_to_wall_cm", "knee_over_toe_cm"):
        assert abs(getattr(after, key).value - getattr(before, key).value) < 0.2 * getattr(before, key).std, key
    assert after.evidence is not None
    assert before.evidence is not None
    assert np.allclose(after.evidence.points_px[name], before.evidence.points_px[name], atol=0.05)


@pytest.mark.parametrize("flipped", [False, True])
def test_a_toe_read_too_far_ahead_is_put_right(*, flipped: bool) -> None:
    """All toes of a clip are read 12 pixels off; set where it really is, on one frame, the distance is as if it had been read right."""
    spec = replace(AWRY, flipped=flipped)
    truth, seen = measure(spec)[0], build_clip(spec)[0]
    wrong = replace(seen, leg=replace(seen.leg, toe=seen.leg.toe + np.array([12.0, 0.0])))
    off = compute_measurement("clip.mp4", wrong, FOOT, code_version="test")
    put_right = set_points(wrong, spec, toe=shown_points(spec)["toe"])
    assert truth.toe_to_wall_cm is not None
    assert off.toe_to_wall_cm is not None
    assert put_right.toe_to_wall_cm is not None
    assert truth.toe_to_wall_cm.value - off.toe_to_wall_cm.value > 2.0
    assert put_right.toe_to_wall_cm.value == pytest.approx(truth.toe_to_wall_cm.value, abs=0.15)
    assert put_right.toe_to_wall_cm.std > truth.toe_to_wall_cm.std


def test_a_tilted_outline_is_put_right() -> None:
    """The upper end of every outline is read 10 pixels off (3 degrees); set right, the angle is back within half a degree, and less certain."""
    truth, seen = measure(AWRY)[0], build_clip(AWRY)[0]
    ends = seen.leg.shin_ends + np.array([[10.0, 0.0], [0.0, 0.0]])
    wrong = replace(seen, leg=replace(seen.leg, shin_ends=ends))
    off = compute_measurement("clip.mp4", wrong, FOOT, code_version="test").shin_angle_deg
    put_right = set_points(wrong, AWRY, outline_top=shown_points(AWRY)["outline_top"]).shin_angle_deg
    assert off is not None
    assert put_right is not None
    assert truth.shin_angle_deg is not None
    assert abs(off.value - truth.shin_angle_deg.value) > 2.0
    assert put_right.value == pytest.approx(truth.shin_angle_deg.value, abs=0.5)
    assert put_right.std > truth.shin_angle_deg.std


def test_a_wall_that_was_not_seen_can_be_set() -> None:
    """One lunge without sheet and corner line gives no distance; with the foot of the wall set where it is, there is one, and it is true."""
    spec = replace(TYPED, wall=False, lunges=(LungeSpec(),))
    seen, truth = build_clip(spec)
    foot_of_wall = shown_points(TYPED)["wall_bottom"]
    without = compute_measurement("clip.mp4", seen, FOOT, code_version="test")
    assert without.repetitions[0].toe_to_wall_cm is None
    marks = HandMarks(key_frame_s=measure(TYPED)[0].evidence.key_frame_s, points_px={"wall_bottom": foot_of_wall})  # type: ignore[union-attr]
    with_wall = compute_measurement("clip.mp4", seen, replace(FOOT, by_hand=marks), code_version="test")
    assert_true(with_wall.repetitions[0].toe_to_wall_cm, truth.toe_cm[0])
    assert "corrected_by_hand" in codes(with_wall)


def test_the_wall_moves_the_distance_and_not_the_knee_over_the_toe() -> None:
    """A wall set 5 pixels farther off puts toe and knee farther from it by the same."""
    seen = build_clip(TYPED)[0]
    x, y = shown_points(TYPED)["wall_bottom"]
    near, far = (set_points(seen, TYPED, wall_bottom=(x + dx, y)) for dx in (0.0, 5.0))
    rows = [[(r.toe_to_wall_cm, r.knee_gap_cm, r.knee_over_toe_cm) for r in each.repetitions] for each in (near, far)]
    for (toe, gap, over), (toe_far, gap_far, over_far) in zip(*rows, strict=True):
        assert None not in (toe, gap, over, toe_far, gap_far, over_far)
        assert toe_far.value - toe.value == pytest.approx(gap_far.value - gap.value, abs=0.35)  # type: ignore[union-attr]
        assert over_far.value == pytest.approx(over.value, abs=0.35)  # type: ignore[union-attr]


def test_the_budget_holds_what_clicks_scatter() -> None:
    """Toes clicked again and again, 2 pixels off each time: the distances scatter by what the budget says of the toe. 12 draws tell a spread to 21 %."""
    seen, rng = build_clip(AWRY)[0], np.random.default_rng(7)
    x, y = shown_points(AWRY)["toe"]
    drawn = [set_points(seen, AWRY, toe=(x + float(dx), y)) for dx in rng.normal(0.0, CLICK_STD_PX, 12)]
    values = [each.toe_to_wall_cm.value for each in drawn if each.toe_to_wall_cm is not None]
    said = next(part.effect for part in drawn[0].budget["toe_to_wall_cm"] if part.source == "toe")
    assert float(np.std(values)) == pytest.approx(abs(said), rel=0.5)


def test_a_point_that_was_nowhere_read_stands_about_the_key_frame() -> None:
    """A knee that was never seen is where it was set while the leg rests, and unknown elsewhere."""
    seen = build_clip(AWRY)[0]
    blind = replace(seen, leg=replace(seen.leg, knee_front=np.full_like(seen.leg.knee_front, np.nan)))
    at_s = float(seen.leg.t_s[len(seen.leg.t_s) // 2])
    moved = move_by_hand(blind, HandMarks(key_frame_s=at_s, points_px={"knee_front": (600.0, 300.0)}))
    known = np.isfinite(moved.leg.knee_front[:, 0])
    assert known.any()
    assert np.abs(seen.leg.t_s[known] - at_s).max() <= 0.25 + 1e-9


def test_the_wall_behind_a_skirting_board_stays_where_it_was_set() -> None:
    """The foot of the wall is shown at the front of the board, where it is seen: set there twice, no number moves."""
    spec, options = ClipSpec(skirting_cm=2.0, sheet=False), replace(FOOT, skirting_cm=2.0)
    seen = build_clip(spec)[0]
    before = compute_measurement("clip.mp4", seen, options, code_version="test")
    for _ in range(2):
        assert before.evidence is not None
        marks = HandMarks(key_frame_s=before.evidence.key_frame_s, points_px={"wall_bottom": before.evidence.points_px["wall_bottom"]})
        after = compute_measurement("clip.mp4", seen, replace(options, by_hand=marks), code_version="test")
        assert after.evidence is not None
        assert np.allclose(after.evidence.points_px["wall_bottom"], before.evidence.points_px["wall_bottom"], atol=0.05)
        before = after
