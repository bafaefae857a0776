"""Findings of an attempt: each fires where the scripted leg gives it to doubt, and not where it does not."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from app.assessment.asymmetry import compute_difference
from app.assessment.lunge_findings import compute_hold_s
from app.assessment.measurement import AttemptOptions, Finding, Measurement
from app.assessment.pipeline import compute_measurement
from app.assessment.repetitions import Lunge
from tests.synthetic import FOOT_CM, ClipSpec, LungeSpec, build_clip
from vision.tracks import ClipSighting

FOOT = AttemptOptions(foot_length_cm=FOOT_CM)
DOUBTS = {"hold_too_short", "leg_lost", "heel_hidden", "skirting_suspected", "cues_disagree", "wide_lens"}


def measure(sighting: ClipSighting, options: AttemptOptions = FOOT) -> Measurement:
    """Measure what was seen."""
    return compute_measurement("clip.mp4", sighting, options, code_version="test")


@cache
def film(spec: ClipSpec) -> Measurement:
    """Film and measure, once for each clip."""
    return measure(build_clip(spec)[0])


def find(measurement: Measurement, code: str) -> Finding | None:
    """Return the finding of this code; there is one at most."""
    found = [finding for finding in measurement.findings if finding.code == code]
    assert len(found) < 2
    return found[0] if found else None


@pytest.mark.parametrize("spec", [ClipSpec(), ClipSpec(sheet=False, seed=3), ClipSpec(lunges=(LungeSpec(gap_cm=0.3),) * 3)])
def test_a_good_clip_gives_nothing_to_doubt(spec: ClipSpec) -> None:
    """Held for a second, heel in sight, knee at the wall, main lens: none of these findings."""
    assert {f.code for f in film(spec).findings} & DOUBTS == set()


@pytest.mark.parametrize(("hold_s", "told"), [(0.1, True), (0.8, False)])
def test_a_touch_that_is_not_held_is_told(*, hold_s: float, told: bool) -> None:
    """The plateau is half a second long: a shorter hold is averaged with movement."""
    finding = find(film(ClipSpec(lunges=(LungeSpec(hold_s=hold_s),) * 3)), "hold_too_short")
    assert (finding is not None) == told
    if finding is not None:
        assert finding.value is not None
        assert hold_s <= finding.value < 0.5
        assert "3 of 3 lunges were not held" in finding.message


def test_a_hold_is_as_long_as_no_frame_interrupts_it() -> None:
    """A bounce splits a hold; frames in which the leg was not seen do not."""
    t_s = np.arange(0.0, 3.0, 0.1)
    lean = np.where((t_s > 0.45) & (t_s < 2.45), 40.0, 10.0)
    everything = np.ones(len(t_s), dtype=bool)
    lunge = Lunge(0.0, 1.0, 3.0, everything, lean > 30)
    assert compute_hold_s(t_s, lean, lunge, still_deg=2.0) == pytest.approx(1.9)
    lean[8] = np.nan
    assert compute_hold_s(t_s, lean, lunge, still_deg=2.0) == pytest.approx(1.9)
    lean[9] = 35.0
    assert compute_hold_s(t_s, lean, lunge, still_deg=2.0) == pytest.approx(1.4)
    lean[14:17] = np.nan  # without a look at the leg for 0.4 s nobody knows whether it was held
    assert compute_hold_s(t_s, lean, lunge, still_deg=2.0) == pytest.approx(0.7)


@pytest.mark.parametrize(("skirting_cm", "told"), [(0.3, False), (1.5, True)])
def test_a_knee_that_stops_behind_the_floors_wall_suggests_a_skirting_board(*, skirting_cm: float, told: bool) -> None:
    """1.5 cm of board is told, with about its thickness; typed in, it is told no more."""
    spec = ClipSpec(skirting_cm=skirting_cm)
    finding = find(film(spec), "skirting_suspected")
    assert (finding is not None) == told
    if finding is not None:
        assert finding.value == pytest.approx(-skirting_cm, abs=0.5)
        assert find(measure(build_clip(spec)[0], replace(FOOT, skirting_cm=skirting_cm)), "skirting_suspected") is None


def test_a_stop_that_the_seen_wall_contradicts_is_told() -> None:
    """Knees that stop at one place 1.2 cm short: too near for a miss, too far for a touch. A miss of 2.5 cm is a verdict and no contradiction."""
    contradicted, missed = (film(ClipSpec(lunges=(LungeSpec(gap_cm=gap),) * 3, sheet=False)) for gap in (1.2, 2.5))
    assert [r.verdict for r in contradicted.repetitions] == ["uncertain"] * 3
    finding = find(contradicted, "cues_disagree")
    assert finding is not None
    assert finding.value == pytest.approx(1.2, abs=0.3)
    assert [r.verdict for r in missed.repetitions] == ["no_contact"] * 3
    assert find(missed, "cues_disagree") is None


@pytest.mark.parametrize(
    ("spec", "code"),
    [(ClipSpec(skirting_cm=3.0, sheet=False), "skirting_suspected"), (ClipSpec(lunges=(LungeSpec(gap_cm=1.2),) * 3, sheet=False), "cues_disagree")],
)
def test_without_a_scale_no_centimetres_are_named(spec: ClipSpec, code: str) -> None:
    """With a typed foot the sentence says how far; without anything to measure by, it says only on which side."""
    sighting, _ = build_clip(spec)
    told, untold = find(measure(sighting), code), find(measure(sighting, AttemptOptions()), code)
    assert told is not None
    assert untold is not None
    assert (" cm " in told.message, told.value is None) == (True, False)
    assert (" cm " in untold.message, untold.value is None) == (False, True)


def test_a_heel_out_of_sight_is_told() -> None:
    """Whether it stayed down is not known: the lunges are uncertain, and the reader is told why."""
    sighting, _ = build_clip(ClipSpec())
    hidden = replace(sighting, leg=replace(sighting.leg, heel_profile=np.full_like(sighting.leg.heel_profile, np.nan)))
    finding = find(measure(hidden), "heel_hidden")
    assert finding is not None
    assert (finding.value, finding.message.startswith("3 of 3 lunges were")) == (3.0, True)


def test_a_leg_that_was_lost_at_the_wall_is_told_and_proves_nothing() -> None:
    """Seen on its way to the wall and back only: no number, no miss, and the other lunges stay what they are."""
    sighting, _ = build_clip(ClipSpec())
    whole = measure(sighting)
    leg, before, lean = sighting.leg, whole.repetitions, whole.series.shin_angle_deg
    hidden = (leg.t_s > before[1].start_s) & (leg.t_s < before[1].end_s) & (lean > 36.0)
    shin = np.where(hidden[:, None, None], np.nan, leg.shin_ends)
    measured = measure(replace(sighting, leg=replace(leg, shin_ends=shin)))
    assert [r.verdict for r in before] == ["valid"] * 3
    assert [r.verdict for r in measured.repetitions] == ["valid", "uncertain", "valid"]
    shown = measured.repetitions[1]
    assert shown.reason == "the leg was lost where it leaned most"
    assert (shown.shin_angle_deg, shown.axis_angle_deg, shown.knee_gap_cm, shown.knee_over_toe_cm, shown.heel_lift_cm) == (None,) * 5
    finding = find(measured, "leg_lost")
    assert finding is not None
    assert (finding.value, finding.message.startswith("1 of 3 lunges was not seen")) == (1.0, True)
    assert find(measured, "hold_too_short") is None


@pytest.mark.parametrize(("share", "told"), [(0.1, False), (0.8, True)])
def test_somebody_else_in_the_picture_is_told(*, share: float, told: bool) -> None:
    """Who walks through is left unsaid, who stays is said."""
    sighting, _ = build_clip(ClipSpec())
    finding = find(measure(replace(sighting, facts=replace(sighting.facts, others_share=share))), "several_people")
    assert (finding is not None) == told


@pytest.mark.parametrize(("misfit", "told"), [(0.001, False), (0.005, True)])
def test_a_room_that_changes_its_shape_is_told(*, misfit: float, told: bool) -> None:
    """What a turn of the phone leaves over is left unsaid; what a zoom of some per cent leaves is said, in pixels of the picture."""
    sighting, _ = build_clip(ClipSpec())
    finding = find(measure(replace(sighting, facts=replace(sighting.facts, room_misfit=misfit))), "stabilised_or_zoomed")
    assert (finding is not None) == told
    if finding is not None:
        assert finding.value == pytest.approx(0.005 * 1280)


def test_a_wide_lens_is_told_by_the_sheet_or_by_the_file() -> None:
    """0.40 of the long side, with the sheet near; or a file that says 13 mm. A tag of 26 mm says nothing."""
    assert find(film(ClipSpec(focal_px=0.40 * 1280, distance_cm=150.0)), "wide_lens") is not None
    plain, _ = build_clip(ClipSpec(sheet=False))
    for tag_mm, told in ((13.0, True), (26.0, False)):
        tagged = replace(plain, facts=replace(plain.facts, focal_35mm_mm=tag_mm))
        assert (find(measure(tagged), "wide_lens") is not None) == told


@pytest.mark.parametrize("spec", [ClipSpec(), ClipSpec(sheet=False), ClipSpec(wall=False, sheet=False), ClipSpec(lunges=(LungeSpec(gap_cm=3.0),) * 2)])
def test_every_plus_minus_is_the_sum_of_its_named_parts(spec: ClipSpec) -> None:
    """Whether sheet, corner line or the knee's stop places the wall; where no lunge counts, a single lunge's is there."""
    measurement = film(spec)
    assert {"shin_angle_deg", "axis_angle_deg", "knee_over_toe_cm", "heel_lift_cm"} <= set(measurement.budget)
    for key, contributions in measurement.budget.items():
        quantity = getattr(measurement, key, None)
        if quantity is not None:
            assert sum(c.effect**2 for c in contributions) ** 0.5 == pytest.approx(quantity.std, rel=1e-6)


def test_foot_lengths_by_the_knees_stop_are_as_sure_as_the_centimetres() -> None:
    """Where the stop places the wall, the distance owes toe, knee and touch in either unit; only the typed length's own error is not in foot lengths."""
    measurement = film(ClipSpec(wall=False, sheet=False))
    assert measurement.toe_to_wall_cm is not None
    assert measurement.toe_to_wall_foot_lengths is not None
    (scale,) = (c.effect for c in measurement.budget["toe_to_wall_cm"] if c.source == "scale")
    without_scale_cm = np.sqrt(measurement.toe_to_wall_cm.std**2 - scale**2)
    assert measurement.toe_to_wall_foot_lengths.std * FOOT_CM == pytest.approx(without_scale_cm, rel=0.1)


def test_legs_built_unlike_others_differ_no_more_than_they_do() -> None:
    """An outline 6 deg in front of both axes (2.1 std off) leaves both axes wrong alike: their difference keeps its own, smaller plus-minus."""
    left = film(ClipSpec(outline_deg=6.0, flipped=True))
    right = film(ClipSpec(outline_deg=6.0, lunges=(LungeSpec(toe_to_wall_cm=8.0),) * 3, seed=4))
    truths = [build_clip(spec)[1].axis_deg[0] for spec in (ClipSpec(), ClipSpec(lunges=(LungeSpec(toe_to_wall_cm=8.0),) * 3))]
    assert left.axis_angle_deg is not None
    assert right.axis_angle_deg is not None
    apart = compute_difference(left, right, "axis_angle_deg")
    assert apart is not None
    assert apart.std < 0.85 * float(np.hypot(left.axis_angle_deg.std, right.axis_angle_deg.std))
    assert left.axis_angle_deg.value - truths[0] == pytest.approx(right.axis_angle_deg.value - truths[1], abs=apart.std)
