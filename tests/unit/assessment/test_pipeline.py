"""From a sighting to numbers: cameras, rooms, scales, sides, and what is not seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.assessment.measurement import AttemptOptions
from app.assessment.pipeline import compute_measurement
from tests.synthetic import FOOT_CM, ClipSpec, LungeSpec, build_clip
from tests.unit.assessment.measuring import FOOT, TYPED, assert_headline, assert_true, codes, measure, verdicts
from vision.errors import ClipError, RejectedClipError


@pytest.mark.parametrize(
    "spec",
    [
        ClipSpec(yaw_deg=8.0, roll_deg=1.5),
        replace(TYPED, yaw_deg=-10.0, pitch_deg=8.0, seed=2),
        replace(TYPED, roll_deg=-3.0, pitch_deg=-2.0, height_cm=50.0, seed=3),
        replace(TYPED, camera_x_cm=35.0, focal_px=1150.0, outline_deg=1.0, seed=4),
        replace(TYPED, lunges=tuple(LungeSpec(toe_to_wall_cm=4.0) for _ in range(4)), heading=0.0, outline_deg=5.0, seed=5),
    ],
    ids=["sheet", "yaw", "roll", "aside", "close"],
)
def test_numbers_are_within_three_stds_of_the_truth(spec: ClipSpec) -> None:
    """From straight and oblique cameras, near and far from the wall, with other feet and shins: every lunge valid, every number true."""
    measurement, truth = measure(spec)
    assert verdicts(measurement) == ["valid"] * len(spec.lunges)
    assert measurement.status == "measured"
    assert measurement.scale.source == ("sheet" if spec.sheet else "foot_length")
    assert_headline(measurement, truth, 0)
    for k, repetition in enumerate(measurement.repetitions):
        assert_true(repetition.shin_angle_deg, truth.shin_deg[k])
        assert_true(repetition.toe_to_wall_cm, truth.toe_cm[k])
        assert_true(repetition.knee_gap_cm, truth.gap_cm[k])


def test_scores_do_not_stray_to_one_side() -> None:
    """Over six clips with their own noise and camera the mean error stays under 1.5 deg and 0.6 cm: no bias hides behind wide stds."""
    rng = np.random.default_rng(8)
    shin, toe = [], []
    for seed in range(6):
        yaw, pitch, roll, x = (
            rng.normal(0, 5),
            rng.normal(4, 2),
            rng.normal(0, 1.5),
            rng.uniform(5, 25),
        )  # nearer to the wall's plane its line may pass for an upright edge
        lunges = (LungeSpec(toe_to_wall_cm=float(rng.uniform(4, 12))),) * 2
        spec = replace(TYPED, lunges=lunges, yaw_deg=float(yaw), pitch_deg=float(pitch), roll_deg=float(roll), camera_x_cm=float(x), seed=30 + seed)
        measurement, truth = measure(spec)
        assert measurement.shin_angle_deg is not None
        assert measurement.toe_to_wall_cm is not None
        shin.append(measurement.shin_angle_deg.value - truth.shin_deg[0])
        toe.append(measurement.toe_to_wall_cm.value - truth.toe_cm[0])
    assert abs(float(np.mean(shin))) < 1.5
    assert abs(float(np.mean(toe))) < 0.6


@pytest.mark.parametrize("count", [1, 2, 5])
def test_any_number_of_lunges_is_measured(count: int) -> None:
    """Each is reported; one alone has no stop, and a wall known to half a centimetre does not prove a touch."""
    measurement, _ = measure(replace(TYPED, lunges=(LungeSpec(),) * count))
    assert verdicts(measurement) == (["uncertain"] if count == 1 else ["valid"] * count)


def test_a_mirrored_room_gives_the_same_numbers_for_the_other_leg() -> None:
    """The same canonical points, seen from a clip that faces left: only the side changes."""
    spec = replace(TYPED, yaw_deg=4.0)
    right, left = measure(spec)[0], measure(replace(spec, flipped=True))[0]
    assert (right.side, left.side) == ("right", "left")
    assert right.view == left.view == "lateral"
    assert replace(left, side="right", evidence=None, series=None) == replace(right, evidence=None, series=None)
    assert right.evidence is not None
    assert left.evidence is not None
    for name, (x, y) in right.evidence.points_px.items():
        assert left.evidence.points_px[name] == pytest.approx((1279 - x, y), abs=0.011)  # px, rounded to hundredths


def test_a_mirror_recording_swaps_the_side_and_says_so() -> None:
    """Markers that read only in the mirror show the other leg, whatever was declared; numbers stay."""
    plain = measure(TYPED)[0]
    for declared in ("auto", "left", "right"):
        mirrored = measure(replace(TYPED, mirror_recording=True), replace(FOOT, side=declared))[0]
        assert mirrored.side == "left"
        assert "mirrored_clip" in codes(mirrored)
        assert mirrored.shin_angle_deg == plain.shin_angle_deg
        assert mirrored.toe_to_wall_cm == plain.toe_to_wall_cm


def test_the_wrong_side_is_refused() -> None:
    """A right leg sent as the left one is rejected with a way out, and taken when declared right."""
    with pytest.raises(RejectedClipError) as caught:
        measure(TYPED, replace(FOOT, side="left"))
    assert caught.value.code == "wrong_side_declared"
    assert "right" in caught.value.advice
    assert measure(TYPED, replace(FOOT, side="right"))[0].side == "right"


def test_the_far_leg_is_refused() -> None:
    """The tested leg must be the one on the camera's side; the advice names it."""
    with pytest.raises(RejectedClipError) as caught:
        measure(replace(TYPED, near_leg=False))
    assert caught.value.code == "far_leg"
    assert "left" in caught.value.advice


def test_without_scale_distances_are_in_foot_lengths() -> None:
    """No centimetre anywhere, a finding, and true foot lengths and angles."""
    measurement, truth = measure(TYPED, AttemptOptions())
    assert measurement.scale.source == "none"
    assert "no_scale" in codes(measurement)
    assert measurement.toe_to_wall_cm is measurement.knee_over_toe_cm is None
    for repetition in measurement.repetitions:
        assert repetition.toe_to_wall_cm is repetition.knee_gap_cm is repetition.knee_over_toe_cm is repetition.heel_lift_cm is None
    assert measurement.series is not None
    assert np.isnan(measurement.series.knee_gap_cm).all()
    assert_true(measurement.toe_to_wall_foot_lengths, truth.toe_cm[0] / FOOT_CM)
    assert_true(measurement.shin_angle_deg, truth.shin_deg[0])


@pytest.mark.parametrize("source", ["foot_length", "height"])
def test_a_typed_length_is_shared_by_both_legs(source: str) -> None:
    """Foot or height typed once err the same way left and right: the whole of the scale's uncertainty is shared."""
    options = FOOT if source == "foot_length" else AttemptOptions(height_cm=FOOT_CM / 0.152)
    measurement, truth = measure(TYPED, options)
    assert measurement.scale.source == source
    assert measurement.scale.shared_relative_std == measurement.scale.relative_std
    assert_true(measurement.toe_to_wall_cm, truth.toe_cm[0])


def test_without_a_wall_three_stops_place_it() -> None:
    """Neither sheet nor corner line: the place where knees halt is the wall, and the numbers are true to it."""
    measurement, truth = measure(replace(TYPED, wall=False))
    assert verdicts(measurement) == ["valid"] * 3
    assert "no_wall" not in codes(measurement)
    assert_headline(measurement, truth, 0)
    cm, lengths = measurement.toe_to_wall_cm, measurement.toe_to_wall_foot_lengths
    assert cm is not None
    assert lengths is not None
    assert lengths.value * FOOT_CM == pytest.approx(cm.value, rel=0.05)


def test_without_a_wall_and_a_stop_there_is_no_distance() -> None:
    """Ends that scatter place nothing: null, an error, and no verdict that pretends to know."""
    measurement, _ = measure(replace(TYPED, wall=False, lunges=tuple(LungeSpec(gap_cm=g) for g in (0.0, 1.0, 2.0))))
    assert set(verdicts(measurement)) == {"uncertain"}
    assert {"no_wall", "no_valid_repetition"} <= set(codes(measurement))
    assert measurement.toe_to_wall_cm is measurement.toe_to_wall_foot_lengths is None
    assert all(r.toe_to_wall_cm is None for r in measurement.repetitions)


def test_straight_before_the_wall_its_line_may_pass_for_an_upright_edge() -> None:
    """From 2 cm beside the wall's plane the room's corner rises straight from the line on the floor: no wall is claimed, and no distance."""
    measurement, truth = measure(replace(TYPED, camera_x_cm=2.0, lunges=(LungeSpec(gap_cm=1.0), LungeSpec(gap_cm=1.0))))
    assert "valid" not in verdicts(measurement)
    assert "no_wall" in codes(measurement)
    assert measurement.toe_to_wall_cm is None
    for k, repetition in enumerate(measurement.repetitions):
        assert_true(repetition.knee_over_toe_cm, truth.over_cm[k])
        assert_true(repetition.shin_angle_deg, truth.shin_deg[k])


def test_a_room_without_level_edges_is_measured_less_surely() -> None:
    """No line to the wall and a carpet: nothing says how far the camera is turned. The numbers are true and wider than where joints of the floor say it."""
    turned = replace(TYPED, wall=False, yaw_deg=6.0)
    bare, truth = measure(replace(turned, joints=False))
    jointed, _ = measure(turned)
    for measurement in (bare, jointed):
        assert verdicts(measurement) == ["valid"] * 3
        assert_headline(measurement, truth, 0)
    assert bare.shin_angle_deg is not None
    assert jointed.shin_angle_deg is not None
    assert bare.shin_angle_deg.std > 1.05 * jointed.shin_angle_deg.std


@pytest.mark.parametrize("turn_deg", [-1.4, 1.4])
def test_a_room_askew_by_twice_the_usual_stays_within_its_uncertainty(turn_deg: float) -> None:
    """Boards and tiles laid 1.4 deg askew to the wall: every number is true."""
    measurement, truth = measure(replace(TYPED, room_turn_deg=turn_deg))
    assert verdicts(measurement) == ["valid"] * 3
    assert_headline(measurement, truth, 0)


def test_skirting_adds_its_thickness() -> None:
    """The knee touches a wall 1.5 cm behind the one seen at the floor; typed in, the numbers are those of the knee's wall."""
    measurement, truth = measure(replace(TYPED, skirting_cm=1.5), replace(FOOT, skirting_cm=1.5))
    assert verdicts(measurement) == ["valid"] * 3
    assert_headline(measurement, truth, 0)


def test_a_person_who_only_stands_has_not_lunged() -> None:
    """Refused with what to do."""
    sighting, _ = build_clip(TYPED)
    first = {name: np.repeat(getattr(sighting.leg, name)[:1], len(sighting.leg.t_s), axis=0) for name in ("shin_ends", "knee", "ankle", "knee_front")}
    with pytest.raises(RejectedClipError) as caught:
        compute_measurement("clip.mp4", replace(sighting, leg=replace(sighting.leg, **first)), FOOT, code_version="test")
    assert caught.value.code == "no_lunge"


@pytest.mark.filterwarnings("ignore:All-NaN slice")
@pytest.mark.filterwarnings("ignore:Mean of empty slice")
def test_a_foot_that_is_never_seen_is_refused_and_not_a_crash() -> None:
    """Without toe and heel there is no plane to measure in: a refusal with advice."""
    sighting, _ = build_clip(TYPED)
    gone = {name: np.full_like(getattr(sighting.leg, name), np.nan) for name in ("toe", "heel_back", "heel_low", "ball_low", "heel_profile")}
    with pytest.raises(ClipError):
        compute_measurement("clip.mp4", replace(sighting, leg=replace(sighting.leg, **gone)), FOOT, code_version="test")


def test_lost_frames_do_not_move_the_score() -> None:
    """A quarter of the frames unseen, at random: the same verdicts and numbers within a third of a std."""
    sighting, _ = build_clip(TYPED)
    lost = np.random.default_rng(6).random(len(sighting.leg.t_s)) < 0.25
    points = ("shin_ends", "knee", "ankle", "knee_front", "toe", "heel_back", "heel_low", "ball_low", "heel_profile", "hip")
    holes = {name: np.where(lost.reshape(-1, *[1] * (getattr(sighting.leg, name).ndim - 1)), np.nan, getattr(sighting.leg, name)) for name in points}
    holey = compute_measurement("clip.mp4", replace(sighting, leg=replace(sighting.leg, **holes)), FOOT, code_version="test")
    whole = measure(TYPED)[0]
    assert verdicts(holey) == verdicts(whole)
    for name in ("shin_angle_deg", "toe_to_wall_cm", "knee_over_toe_cm"):
        a, b = getattr(holey, name), getattr(whole, name)
        assert abs(a.value - b.value) < 0.34 * b.std


def test_the_key_frame_lies_in_a_scored_hold_and_its_points_on_the_leg() -> None:
    """Evidence is read where the number comes from: toe and knee of that frame, as filmed."""
    sighting, _ = build_clip(TYPED)
    measurement, _ = measure(TYPED)
    assert measurement.evidence is not None
    key = measurement.evidence.key_frame_s
    assert any(r.start_s < key < r.end_s and r.verdict == "valid" for r in measurement.repetitions)
    frame = int(np.flatnonzero(sighting.leg.t_s == key)[0])
    assert measurement.evidence.points_px["toe"] == pytest.approx(tuple(sighting.leg.toe[frame]), abs=0.01)
    assert measurement.evidence.points_px["knee_front"] == pytest.approx(tuple(sighting.leg.knee_front[frame]), abs=0.01)


def test_the_same_sighting_gives_the_same_measurement() -> None:
    """Nothing random, nothing remembered."""
    runs = [compute_measurement("clip.mp4", build_clip(TYPED)[0], FOOT, code_version="test") for _ in range(2)]
    assert replace(runs[0], series=None) == replace(runs[1], series=None)
