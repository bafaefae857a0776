"""From a sighting to a measurement: scene, path, lunges, verdicts, score. Pure: the same sighting gives the same numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from app.assessment.budget import compute_budget
from app.assessment.evidence import build_evidence
from app.assessment.findings import Headline, gather_findings
from app.assessment.foot_length import judge_print, measure_foot_length
from app.assessment.heel import compute_heel_rise_px
from app.assessment.leg_path import LegPath, build_leg_path
from app.assessment.lunge_findings import find_lunge_doubts
from app.assessment.measurement import (
    AttemptOptions,
    Budget,
    Contribution,
    Finding,
    Limit,
    Measurement,
    Provenance,
    Repetition,
    Scale,
    Series,
    Side,
    Verdict,
    View,
)
from app.assessment.moment import measure_moment, take_moment
from app.assessment.repetitions import Lunge, group_stances, segment_lunges
from app.assessment.scene_solve import SolvedScene, solve_scene
from app.assessment.verdicts import AXIS, GAP, LENGTHS, OVER, SHIN, TOE, Trial, VerdictParams, find_stops, judge
from calibration.quantity import Quantity
from vision.errors import RejectedClipError
from vision.tracks import ClipSighting, LegTrack

FloatArray = npt.NDArray[np.float64]

WIDEST_ANGLE_STD_DEG = 5.0 / 1.96
"""An angle whose 95 % interval reaches beyond 5 deg to each side is not believed: an error of that size is what must never be shown."""
WIDEST_DISTANCE_STD_CM = 2.0 / 1.96
"""Likewise a distance beyond 2 cm."""
_HEEL_STD_CM, _HEEL_SHARE = 0.15, 0.2
_BRACKET_CM = 1.5
_MIN_LUNGE_DEG = 12.0
"""A shin that never leans this far has not lunged."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One lunge with numbers and verdict; `foot_x_cm` is where the heel stood, which is read finer than the toe and tells stances apart."""

    lunge: Lunge
    trial: Trial
    stance: int
    foot_x_cm: float
    verdict: Verdict
    reason: str


def find_side(sighting: ClipSighting, options: AttemptOptions) -> tuple[Side, View]:
    """Which leg was filmed, and from which side.

    Raises
    ------
    RejectedClipError
        wrong_side_declared when the clip shows the other leg; far_leg when the tested leg is the one farther from the camera.

    Notes
    -----
    In the picture in which the person faces right the near leg is the right one; the network, which always sees that picture, says whether the front leg
    is it. A recording that is itself mirrored (its markers read only in the mirror) shows the other leg.
    """
    near_is_right = not sighting.facts.flipped
    front_is_near = float(np.nanmean(sighting.leg.labelled_right)) > 0.5
    seen: Side = "right" if near_is_right == front_is_near else "left"
    other: Side = "left" if seen == "right" else "right"
    true_side = other if sighting.facts.mirror_recording else seen
    if not front_is_near:
        raise RejectedClipError(
            "Found that the leg in front is the one farther from the camera; expected the tested leg on the camera's side.",
            code="far_leg",
            advice=f"Film the {true_side} leg from its outer side: put the camera on the person's {true_side}.",
        )
    # A mirrored recording may have been named by what it shows or by what was meant: the sheet tells which leg it is.
    if options.side not in {"auto", seen} and not sighting.facts.mirror_recording:
        raise RejectedClipError(
            f"Found a lunge of the {seen} leg; expected the {options.side} one, as declared.",
            code="wrong_side_declared",
            advice=f"Send this clip as the {seen} leg, or film the {options.side} leg.",
        )
    return true_side, "lateral"


def compute_measurement(
    clip_name: str, sighting: ClipSighting, options: AttemptOptions, *, code_version: str, params: VerdictParams | None = None
) -> Measurement:
    """Measure one attempt.

    Raises
    ------
    RejectedClipError
        When the clip shows the wrong leg, no lunge, or no room that can be solved.
    """
    p = params or VerdictParams()
    side, view = find_side(sighting, options)
    leg = sighting.leg
    scene = solve_scene(sighting.room, sighting.facts, np.nanmedian(leg.toe, axis=0), options)
    if scene is None:
        raise RejectedClipError(
            "Found no camera position that explains floor and wall; expected a steady side view of both.",
            code="no_wall",
            advice="Film from the side with floor and wall in view and the phone upright and still.",
        )
    path = build_leg_path(leg, scene, options)
    lunges = segment_lunges(leg.t_s, path.shin_deg)
    if not lunges or np.nanmax(path.shin_deg) < _MIN_LUNGE_DEG:
        raise RejectedClipError(
            "Found no lunge: the front shin hardly moves; expected it to lean towards the wall and come back.",
            code="no_lunge",
            advice="Start the clip upright, lunge until the knee touches the wall, hold for two seconds, and come back.",
        )
    judged, wall_by_knee, rise_cm, doubts = _judge_lunges(leg, path, scene, lunges, options, p)
    path = replace(path, findings=path.findings + doubts)
    return _assemble(clip_name, sighting, options, side, view, scene, path, judged, rise_cm, wall_by_knee=wall_by_knee, code_version=code_version)


def _judge_lunges(
    leg: LegTrack, path: LegPath, scene: SolvedScene, lunges: tuple[Lunge, ...], options: AttemptOptions, params: VerdictParams
) -> tuple[tuple[Judged, ...], bool, FloatArray, tuple[Finding, ...]]:
    foot_x = np.array([float(np.nanmedian(path.heel_x_cm[lunge.frames])) for lunge in lunges])
    stances = group_stances(foot_x, least_move=params.foot_moved_cm)
    rise = np.full(len(leg.t_s), np.nan)
    trials: list[Trial] = []
    for k, lunge in enumerate(lunges):
        mates = [i for i, s in enumerate(stances) if s == stances[k]]
        still = np.abs(path.heel_x_cm - float(np.median(foot_x[mates]))) < params.foot_moved_cm
        around = _between_neighbours(leg.t_s, lunges, k)
        standing = still & around & _upright(path.shin_deg, lunge, around)
        foot_px = float(np.nanmedian(leg.toe[:, 0] - leg.heel_back[:, 0]))
        here = compute_heel_rise_px(leg.heel_profile, standing, foot_px) * (path.foot_cm / foot_px)
        rise = np.where(lunge.frames, here, rise)
        in_stance = still & np.any([lunges[i].plateau for i in mates], axis=0)
        moment = replace(take_moment(leg, lunge.plateau), toe=_middle(leg.toe[in_stance]), heel=_middle(leg.heel_back[in_stance]))
        numbers = measure_moment(moment, path, scene, options)
        lift = here[lunge.plateau]
        lift_cm = float(np.nanmedian(lift)) if np.isfinite(lift).mean() > 0.5 else float("nan")
        heel_std_cm = float(np.hypot(_HEEL_STD_CM, _HEEL_SHARE * abs(lift_cm)))
        shift_cm = compute_foot_shift_cm(leg.t_s, path, lunge)
        trials.append(Trial(numbers.values, numbers.covariance, lift_cm, heel_std_cm, shift_cm, parts=numbers.parts))
    stopped, wall_by_knee = find_stops(tuple(trials), has_wall=path.has_wall, covered=path.covered, params=params)
    verdicts = [judge(t, has_wall=path.has_wall, wall_by_knee=wall_by_knee, params=params) for t in stopped]
    judged = tuple(Judged(lu, t, s, x, v, r) for lu, t, s, x, (v, r) in zip(lunges, stopped, stances, foot_x.tolist(), verdicts, strict=True))
    found = [verdict for verdict, _ in verdicts]
    doubts = find_lunge_doubts(leg.t_s, path.shin_deg, lunges, trials, stopped, found, has_wall=path.has_wall, covered=path.covered)
    return judged, wall_by_knee, rise, doubts


def compute_foot_shift_cm(t_s: FloatArray, path: LegPath, lunge: Lunge) -> float:
    """How far the foot slid between the beginning of a lunge and its plateau or end, cm; 0 where it was not seen.

    Notes
    -----
    Toe and heel must have moved the same way, and the lesser of the two counts: a heel that lifts, or an edge read differently, moves one end only.
    """
    upright = lunge.frames & _upright(path.shin_deg, lunge, lunge.frames)
    begin = upright & (t_s <= lunge.peak_s)
    slid = 0.0
    for late in (lunge.plateau, upright & (t_s > lunge.peak_s)):
        toe, heel = (_middle(x[late, None])[0] - _middle(x[begin, None])[0] for x in (path.toe_x_cm, path.heel_x_cm))
        if toe * heel > 0:
            slid = max(slid, min(abs(float(toe)), abs(float(heel))))
    return slid


def _middle(points: FloatArray) -> FloatArray:
    return np.nanmedian(points, axis=0) if np.isfinite(points).any() else np.full(points.shape[1], np.nan)


def _between_neighbours(t_s: FloatArray, lunges: tuple[Lunge, ...], k: int) -> npt.NDArray[np.bool_]:
    low = lunges[k - 1].peak_s if k else -np.inf
    high = lunges[k + 1].peak_s if k + 1 < len(lunges) else np.inf
    return np.asarray((t_s > low) & (t_s < high))


def _upright(shin_deg: FloatArray, lunge: Lunge, around: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Frames near the foot of the lunge, where every heel is down."""
    low, high = np.nanmin(shin_deg[around]), np.nanmedian(shin_deg[lunge.plateau])
    with np.errstate(invalid="ignore"):
        return np.asarray(shin_deg < low + 0.35 * (high - low))


def _quantity(trials: list[Trial], row: int, unit: str) -> Quantity | None:
    """Mean over trials: what scatters between them shrinks with their number, what they share does not; None where one of them was not seen."""
    values = np.array([t.values[row] for t in trials])
    variances = np.array([t.covariance[row, row] for t in trials])
    if not (np.isfinite(values).all() and np.isfinite(variances).all()):
        return None
    scatter = float(np.var(values, ddof=1)) / len(values) if len(values) > 1 else 0.0
    return Quantity(float(values.mean()), float(np.sqrt(variances.mean() + scatter)), unit)


def _believed(quantity: Quantity | None, widest: float) -> Quantity | None:
    return quantity if quantity is not None and quantity.std <= widest else None


def _score(judged: tuple[Judged, ...]) -> list[Judged]:
    """Return the valid lunges of the greatest stance that has any."""
    valid = [j for j in judged if j.verdict == "valid"]
    if not valid:
        return []
    greatest = max({j.stance for j in valid}, key=lambda s: float(np.mean([j.trial.values[TOE] for j in valid if j.stance == s])))
    return [j for j in valid if j.stance == greatest]


def _limit(judged: tuple[Judged, ...], scored: list[Judged], *, furthest: bool) -> Limit:
    reached = float(np.mean([j.foot_x_cm for j in scored]))
    for other in judged:
        beyond = other.foot_x_cm - reached
        if other.stance != scored[0].stance and 0 < beyond <= _BRACKET_CM and other.verdict in ("no_contact", "heel_lift"):
            return "bracketed"
    return "declared" if furthest else "lower_bound"


def _repetition(judged: Judged, *, with_cm: bool, with_wall: bool) -> Repetition:
    trial = judged.trial

    def cm(row: int, *, shown: bool) -> Quantity | None:
        return _believed(_quantity([trial], row, "cm"), WIDEST_DISTANCE_STD_CM) if shown and with_cm else None

    lift = Quantity(trial.heel_lift_cm, trial.heel_std_cm, "cm") if with_cm and np.isfinite(trial.heel_lift_cm) else None
    return Repetition(
        start_s=judged.lunge.start_s,
        peak_s=judged.lunge.peak_s,
        end_s=judged.lunge.end_s,
        stance=judged.stance,
        verdict=judged.verdict,
        reason=judged.reason,
        shin_angle_deg=_believed(_quantity([trial], SHIN, "deg"), WIDEST_ANGLE_STD_DEG),
        axis_angle_deg=_believed(_quantity([trial], AXIS, "deg"), WIDEST_ANGLE_STD_DEG),
        toe_to_wall_cm=cm(TOE, shown=with_wall),
        knee_gap_cm=cm(GAP, shown=with_wall),
        knee_over_toe_cm=cm(OVER, shown=True),
        heel_lift_cm=lift,
    )


def _headline(trials: list[Trial], *, with_cm: bool, with_wall: bool) -> Headline:
    """Return the numbers of the score; what is not believed is left out."""
    shin = _believed(_quantity(trials, SHIN, "deg"), WIDEST_ANGLE_STD_DEG)
    return Headline(
        shin_angle_deg=shin,
        # The joint axis is partly read off the outline: it is believed only where the outline is.
        axis_angle_deg=_believed(_quantity(trials, AXIS, "deg"), WIDEST_ANGLE_STD_DEG) if shin else None,
        toe_to_wall_cm=_believed(_quantity(trials, TOE, "cm"), WIDEST_DISTANCE_STD_CM) if with_cm and with_wall else None,
        knee_over_toe_cm=_believed(_quantity(trials, OVER, "cm"), WIDEST_DISTANCE_STD_CM) if with_cm else None,
        toe_to_wall_foot_lengths=_quantity(trials, LENGTHS, "1") if with_wall else None,
    )


def _budget(scored: list[Trial], trials: list[Trial], *, with_cm: bool, with_wall: bool) -> Budget:
    """Say what the headline numbers, or those of a single lunge where none counts, and the greatest heel lift owe their plus-minus to."""
    rows = [("shin_angle_deg", SHIN, "deg"), ("axis_angle_deg", AXIS, "deg")]
    rows += [("toe_to_wall_cm", TOE, "cm")] if with_cm and with_wall else []
    rows += [("knee_over_toe_cm", OVER, "cm")] if with_cm else []
    rows += [("toe_to_wall_foot_lengths", LENGTHS, "1")] if with_wall else []
    out = {name: compute_budget([t.parts for t in scored or trials], row, unit=unit, values=[float(t.values[row]) for t in scored]) for name, row, unit in rows}
    lifts = [t.heel_lift_cm for t in trials if np.isfinite(t.heel_lift_cm)]
    if with_cm and lifts:
        share = _HEEL_SHARE * abs(max(lifts))
        parts = (Contribution("heel_outline", _HEEL_STD_CM, "cm", _HEEL_STD_CM), Contribution("heel_turn", 100.0 * _HEEL_SHARE, "%", share))
        out["heel_lift_cm"] = tuple(sorted(parts, key=lambda c: -c.effect))
    return {name: contributions for name, contributions in out.items() if contributions}


def _assemble(
    clip_name: str,
    sighting: ClipSighting,
    options: AttemptOptions,
    side: Side,
    view: View,
    scene: SolvedScene,
    path: LegPath,
    judged: tuple[Judged, ...],
    rise_cm: FloatArray,
    *,
    wall_by_knee: bool,
    code_version: str,
) -> Measurement:
    with_cm, with_wall = path.scale.source != "none", path.has_wall or wall_by_knee
    scored = _score(judged)
    headline = _headline([j.trial for j in scored], with_cm=with_cm, with_wall=with_wall) if scored else Headline()
    limit = _limit(judged, scored, furthest=options.furthest) if scored else None
    nan = np.full(len(path.shin_deg), np.nan)
    learnt = _believed(measure_foot_length(sighting.leg, path, scene, shod=options.footwear == "shod"), WIDEST_DISTANCE_STD_CM)
    path = replace(path, findings=path.findings + judge_print(learnt, options, uses_sheet=scene.uses_sheet))
    findings = gather_findings(sighting, scene, path, [j.verdict for j in judged], headline, limit, with_wall=with_wall)
    return Measurement(
        clip=clip_name,
        side=side,
        view=view,
        status="measured",
        limit=limit,
        scale=_scale(path),
        repetitions=tuple(_repetition(j, with_cm=with_cm, with_wall=with_wall) for j in judged),
        findings=findings,
        budget=_budget([j.trial for j in scored], [j.trial for j in judged], with_cm=with_cm, with_wall=with_wall),
        series=Series(sighting.leg.t_s, path.shin_deg, path.axis_deg, path.knee_x_cm if with_cm and path.has_wall else nan, rise_cm if with_cm else nan),
        evidence=build_evidence(sighting, path, scored or list(judged), with_wall=path.has_wall),
        provenance=Provenance(
            code_version=code_version, model=sighting.facts.model, model_sha256=sighting.facts.model_sha256, parameters=build_parameters(options)
        ),
        shin_angle_deg=headline.shin_angle_deg,
        axis_angle_deg=headline.axis_angle_deg,
        toe_to_wall_cm=headline.toe_to_wall_cm,
        knee_over_toe_cm=headline.knee_over_toe_cm,
        toe_to_wall_foot_lengths=headline.toe_to_wall_foot_lengths,
        learnt_foot_length_cm=learnt,
    )


def _scale(path: LegPath) -> Scale:
    """Say that both legs of one person share a typed length."""
    if path.scale.source in ("foot_length", "height"):
        return replace(path.scale, shared_relative_std=path.scale.relative_std)
    return path.scale


def build_parameters(options: AttemptOptions) -> Mapping[str, str | float | bool | None]:
    """Return what the person said, for the record."""
    return {
        "side": options.side,
        "scale": options.scale,
        "foot_length_cm": options.foot_length_cm,
        "height_cm": options.height_cm,
        "skirting_cm": options.skirting_cm,
        "sheet_ruler_mm": options.sheet_ruler_mm,
        "sheet_margin_mm": options.sheet_margin_mm,
        "furthest": options.furthest,
        "footwear": options.footwear,
    }


def build_rejection(
    clip_name: str, code: str, message: str, advice: str, options: AttemptOptions, *, code_version: str, model: str, sha256: str
) -> Measurement:
    """Return the result of a clip that cannot be measured."""
    declared = None if options.side == "auto" else options.side
    return Measurement(
        clip=clip_name,
        side=declared,
        view=None,
        status="rejected",
        code=code,
        advice=advice,
        findings=(Finding(code, "error", message),),
        provenance=Provenance(code_version=code_version, model=model, model_sha256=sha256, parameters=build_parameters(options)),
    )
