"""From a sighting to verdicts, score and limit: what each lunge of a clip is worth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.assessment.pipeline import compute_measurement
from tests.synthetic import FOOT_CM, LungeSpec, build_clip
from tests.unit.assessment.measuring import FOOT, TYPED, assert_headline, assert_true, codes, measure, verdicts


def test_knees_that_stop_two_centimetres_short_have_not_touched() -> None:
    """Scattered ends well before the wall: no contact, no score, and the gaps are true."""
    measurement, truth = measure(replace(TYPED, lunges=tuple(LungeSpec(gap_cm=g) for g in (2.0, 2.8, 3.6))))
    assert verdicts(measurement) == ["no_contact"] * 3
    assert "no_valid_repetition" in codes(measurement)
    assert measurement.status == "measured"
    assert measurement.shin_angle_deg is measurement.toe_to_wall_cm is measurement.toe_to_wall_foot_lengths is measurement.limit is None
    for repetition, gap in zip(measurement.repetitions, truth.gap_cm, strict=True):
        assert_true(repetition.knee_gap_cm, gap)


def test_one_knee_short_of_the_others_is_told_apart() -> None:
    """Two touch, one ends 2 cm before: the stop of the two measures the third."""
    measurement, truth = measure(replace(TYPED, lunges=(LungeSpec(), LungeSpec(gap_cm=2.0), LungeSpec())))
    assert verdicts(measurement) == ["valid", "no_contact", "valid"]
    assert_headline(measurement, truth, 0)


def test_a_gap_of_six_millimetres_does_not_falsify_the_score() -> None:
    """Too small for a camera to prove; whatever the verdict, a number that is shown is true."""
    measurement, truth = measure(replace(TYPED, lunges=(LungeSpec(gap_cm=0.6), LungeSpec(gap_cm=0.6))))
    if measurement.toe_to_wall_cm is not None:
        assert_headline(measurement, truth, 0)
    for repetition in measurement.repetitions:
        assert_true(repetition.knee_gap_cm, 0.6)


def test_a_heel_that_lifts_is_told_from_one_that_stays() -> None:
    """2 cm is a lift, half a centimetre is uncertain, none is valid; the score is that of the valid one."""
    measurement, truth = measure(replace(TYPED, lunges=(LungeSpec(heel_lift_cm=2.0), LungeSpec(heel_lift_cm=0.5), LungeSpec())))
    assert verdicts(measurement) == ["heel_lift", "uncertain", "valid"]
    assert_headline(measurement, truth, 2)
    for repetition, lift in zip(measurement.repetitions, (2.0, 0.5, 0.0), strict=True):
        assert repetition.heel_lift_cm is not None
        assert abs(repetition.heel_lift_cm.value - lift) < 3 * repetition.heel_lift_cm.std


@pytest.mark.parametrize("stays", [False, True])
def test_a_foot_that_slides_voids_its_lunge(stays: bool) -> None:  # noqa: FBT001 - a parameter of the motion
    """1.5 cm within the lunge, whether it slides back or not; the lunges before are not touched by it."""
    measurement, truth = measure(replace(TYPED, lunges=(LungeSpec(), LungeSpec(), LungeSpec(slide_cm=1.5, slide_stays=stays))))
    assert verdicts(measurement) == ["valid", "valid", "foot_moved"]
    assert_headline(measurement, truth, 0)


def test_a_foot_that_moves_between_lunges_opens_a_stance() -> None:
    """Moving back 1 cm between lunges voids nothing: the greatest valid stance scores, and a miss 1 cm further back brackets it."""
    places = ((9.0, 0.0), (9.0, 0.0), (10.0, 0.0), (10.0, 0.0), (11.0, 2.0))
    measurement, truth = measure(replace(TYPED, lunges=tuple(LungeSpec(toe_to_wall_cm=toe, gap_cm=gap) for toe, gap in places)))
    assert [r.stance for r in measurement.repetitions] == [1, 1, 2, 2, 3]
    assert verdicts(measurement) == ["valid"] * 4 + ["no_contact"]
    assert measurement.limit == "bracketed"
    assert "lower_bound" not in codes(measurement)
    assert_headline(measurement, truth, 2)


def test_a_failed_trial_far_beyond_brackets_nothing() -> None:
    """A miss 3 cm further back leaves the limit open."""
    measurement, _ = measure(replace(TYPED, lunges=(LungeSpec(), LungeSpec(), LungeSpec(toe_to_wall_cm=13.0, gap_cm=2.0))))
    assert verdicts(measurement)[-1] == "no_contact"
    assert measurement.limit == "lower_bound"
    assert "lower_bound" in codes(measurement)


def test_a_declared_limit_is_kept() -> None:
    """The person who says that further back was impossible is believed."""
    measurement, _ = measure(TYPED, replace(FOOT, furthest=True))
    assert measurement.limit == "declared"
    assert "lower_bound" not in codes(measurement)


def test_under_loose_trousers_a_stop_is_no_touch() -> None:
    """The same lunges in cloth half as wide again as the leg: halting at one place proves no touch, no score is given, and the angles that are stay true."""
    sighting, truth = build_clip(TYPED)
    loose = replace(sighting, leg=replace(sighting.leg, ankle_width=1.5 * sighting.leg.ankle_width))
    covered = compute_measurement("clip.mp4", loose, FOOT, code_version="test")
    assert verdicts(measure(TYPED)[0]) == ["valid"] * 3
    assert set(verdicts(covered)) == {"uncertain"}
    assert "no_valid_repetition" in codes(covered)
    assert covered.toe_to_wall_cm is covered.shin_angle_deg is None
    for k, repetition in enumerate(covered.repetitions):
        if repetition.shin_angle_deg is not None:
            assert_true(repetition.shin_angle_deg, truth.shin_deg[k])


def test_a_knee_hidden_in_one_lunge_costs_that_lunge_only() -> None:
    """Its gap is left out and its verdict is uncertain; the others score as before."""
    sighting, truth = build_clip(TYPED)
    middle = 0.5 * (sighting.leg.t_s[-1] - 1.2) + 0.6
    knee = sighting.leg.knee_front.copy()
    knee[np.abs(sighting.leg.t_s - middle) < 1.4] = np.nan
    measurement = compute_measurement("clip.mp4", replace(sighting, leg=replace(sighting.leg, knee_front=knee)), FOOT, code_version="test")
    assert verdicts(measurement) == ["valid", "uncertain", "valid"]
    assert measurement.repetitions[1].knee_gap_cm is None
    assert measurement.repetitions[1].shin_angle_deg is not None
    assert_headline(measurement, truth, 0)


@pytest.mark.parametrize(("farther_cm", "scored"), [(-1.0, True), (0.0, True), (1.0, False), (2.5, False)])
def test_an_undecided_lunge_from_farther_back_leaves_the_score_unknown(farther_cm: float, *, scored: bool) -> None:
    """The knee of the last lunge is hidden: at the same place or nearer the score stands, from farther back the clip gets none, and says why."""
    sighting, truth = build_clip(replace(TYPED, lunges=tuple(LungeSpec(toe_to_wall_cm=9.0 + beyond) for beyond in (0.0, 0.0, farther_cm))))
    knee = sighting.leg.knee_front.copy()
    knee[sighting.leg.t_s > 0.7 * sighting.leg.t_s[-1]] = np.nan
    measurement = compute_measurement("clip.mp4", replace(sighting, leg=replace(sighting.leg, knee_front=knee)), FOOT, code_version="test")
    assert verdicts(measurement) == ["valid", "valid", "uncertain"]
    assert (measurement.limit is not None) is scored
    assert ("no_valid_repetition" in codes(measurement)) is not scored
    if scored:
        assert_headline(measurement, truth, 0)
    else:
        assert measurement.toe_to_wall_cm is measurement.shin_angle_deg is measurement.axis_angle_deg is None
        assert measurement.evidence is not None


@pytest.mark.parametrize(("misfit", "expected"), [(0.0, "foot_moved"), (0.002, "foot_moved"), (0.01, "uncertain")])
def test_a_foot_that_moves_no_more_than_the_room_is_undecided(misfit: float, expected: str) -> None:
    """1.5 cm within a lunge of a clip whose room is off by as much in the picture: what moved is not known; where the room keeps its shape it is the foot."""
    sighting, _ = build_clip(replace(TYPED, lunges=(LungeSpec(), LungeSpec(), LungeSpec(slide_cm=1.5))))
    shaky = replace(sighting, facts=replace(sighting.facts, room_misfit=misfit))
    measurement = compute_measurement("clip.mp4", shaky, FOOT, code_version="test")
    assert verdicts(measurement) == ["valid", "valid", expected]
    assert ("room" in measurement.repetitions[-1].reason) is (expected == "uncertain")


@pytest.mark.parametrize("ahead_cm", [3.0, 7.0])
def test_a_toe_misread_in_one_lunge_does_not_move_the_score(ahead_cm: float) -> None:
    """A shadow before the toe, taken for the foot while one of two knees is at the wall: the foot stands where it stood in the rest of the clip."""
    spec = replace(TYPED, lunges=(LungeSpec(), LungeSpec()))
    sighting, truth = build_clip(spec)
    lunge = measure(spec)[0].repetitions[1]
    misread = (sighting.leg.t_s > lunge.start_s) & (sighting.leg.t_s < lunge.end_s)
    foot_px = float(np.median(sighting.leg.toe[:, 0] - sighting.leg.heel_back[:, 0]))
    toe = sighting.leg.toe + np.where(misread[:, None], [[ahead_cm / FOOT_CM * foot_px, 0.0]], 0.0)
    measurement = compute_measurement("clip.mp4", replace(sighting, leg=replace(sighting.leg, toe=toe)), FOOT, code_version="test")
    assert verdicts(measurement) == ["valid"] * 2
    assert_headline(measurement, truth, 0)


def test_the_greatest_stance_is_the_one_whose_heel_stood_farthest_back() -> None:
    """Its toe is read 1.7 cm too near to the wall, where the stance before had it: the angle is still that of the farther one."""
    spec = replace(TYPED, lunges=tuple(LungeSpec(toe_to_wall_cm=toe) for toe in (9.5, 9.5, 11.0, 11.0)))
    sighting, truth = build_clip(spec)
    farthest = sighting.leg.t_s > measure(spec)[0].repetitions[2].start_s
    foot_px = float(np.median(sighting.leg.toe[:, 0] - sighting.leg.heel_back[:, 0]))
    toe = sighting.leg.toe + np.where(farthest[:, None], [[1.7 / FOOT_CM * foot_px, 0.0]], 0.0)
    measurement = compute_measurement("clip.mp4", replace(sighting, leg=replace(sighting.leg, toe=toe)), FOOT, code_version="test")
    assert measurement.shin_angle_deg is not None
    assert abs(measurement.shin_angle_deg.value - truth.shin_deg[3]) < 0.3 * abs(truth.shin_deg[1] - truth.shin_deg[3])


def test_a_heel_hidden_in_one_lunge_costs_that_lunge_only() -> None:
    """The foot of one lunge was never read: its neighbours of the same stance stay what they are."""
    sighting, truth = build_clip(TYPED)
    whole, leg = measure(TYPED)[0], sighting.leg
    lost = whole.repetitions[1]
    during = (leg.t_s > lost.start_s - 0.6) & (leg.t_s < lost.end_s + 0.6)
    back, profile, low = (np.where(during.reshape((-1,) + (1,) * (read.ndim - 1)), np.nan, read) for read in (leg.heel_back, leg.heel_profile, leg.heel_low))
    hidden = replace(sighting, leg=replace(leg, heel_back=back, heel_profile=profile, heel_low=low))
    measurement = compute_measurement("clip.mp4", hidden, FOOT, code_version="test")
    assert verdicts(measurement) == ["valid", "uncertain", "valid"]
    assert_headline(measurement, truth, 0)


@pytest.mark.parametrize("seed", range(1, 5))
def test_a_foot_that_comes_back_to_its_place_brackets_nothing(seed: int) -> None:
    """A trial that fails where another succeeded is no trial farther back, however little the heel is read apart."""
    places = (LungeSpec(), LungeSpec(), LungeSpec(toe_to_wall_cm=9.0), LungeSpec(gap_cm=2.5))
    measurement, _ = measure(replace(TYPED, lunges=places, seed=seed))
    assert [repetition.stance for repetition in measurement.repetitions] == [1, 1, 2, 3]
    assert (verdicts(measurement)[:2], measurement.limit) == (["valid"] * 2, "lower_bound")


def test_without_a_wall_in_sight_a_miss_is_told_against_the_other_lunges() -> None:
    """Three touches place a wall that nobody sees; the fourth stopped short of them."""
    measurement, _ = measure(replace(TYPED, wall=False, lunges=(LungeSpec(), LungeSpec(), LungeSpec(), LungeSpec(gap_cm=4.0))))
    assert verdicts(measurement) == ["valid"] * 3 + ["no_contact"]
    assert measurement.repetitions[3].reason.endswith("cm short of where it stopped in other lunges")


@pytest.mark.parametrize("misread_deg", [-16.0, -30.0])
def test_one_misread_frame_is_no_second_stop(misread_deg: float) -> None:
    """At the rate at which clips are watched, a single lunge stays one, and one lunge proves no touch; the frame is one whose neighbours are far."""
    spec = replace(TYPED, lunges=(LungeSpec(hold_s=2.0),), rate_hz=7.5)
    sighting, lean = build_clip(spec)[0], measure(spec)[0].series.shin_angle_deg
    leg, apart_s = sighting.leg, np.diff(sighting.leg.t_s)
    held = np.flatnonzero(lean > 0.9 * np.nanmax(lean))[3:-3]
    frame = max(held, key=lambda at: min(apart_s[at - 1], apart_s[at]))
    ends = np.array(leg.shin_ends)
    ends[frame, 0, 0] = ends[frame, 1, 0] + np.tan(np.radians(lean[frame] + misread_deg)) * (ends[frame, 1, 1] - ends[frame, 0, 1])
    misread = replace(sighting, leg=replace(leg, shin_ends=ends))
    measurement = compute_measurement("clip.mp4", misread, FOOT, code_version="test")
    assert min(apart_s[frame - 1], apart_s[frame]) > 1 / 7.5
    assert verdicts(measurement) == ["uncertain"]
