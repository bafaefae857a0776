"""From a sighting to a measurement: scene, path, lunges, verdicts, score. Pure: the same sighting gives the same numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from app.assessment.belief import WIDEST_DISTANCE_STD_CM, believe
from app.assessment.by_hand import move_by_hand
from app.assessment.evidence import build_evidence
from app.assessment.findings import Headline, gather_findings
from app.assessment.foot_length import judge_print, measure_foot_length
from app.assessment.leg_path import LegPath, build_leg_path
from app.assessment.lunges import Judged, judge_lunges
from app.assessment.measurement import AttemptOptions, Finding, Measurement, Provenance, Scale, Series, Side, View
from app.assessment.repetitions import segment_lunges
from app.assessment.scene_choice import choose_scene
from app.assessment.scene_solve import SolvedScene
from app.assessment.score import build_budget, build_headline, build_repetition, choose_scored, find_limit
from app.assessment.verdicts import VerdictParams
from vision.errors import RejectedClipError
from vision.tracks import ClipSighting

FloatArray = npt.NDArray[np.float64]

_MIN_LUNGE_DEG = 12.0
"""A shin that never leans this far has not lunged."""


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
    sighting = move_by_hand(sighting, options.by_hand)
    leg = sighting.leg
    scene = choose_scene(sighting, options, p)
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
    judged, wall_by_knee, rise_cm, doubts = judge_lunges(sighting, path, scene, lunges, options, p)
    path = replace(path, findings=path.findings + doubts)
    return _assemble(clip_name, sighting, options, p, side, view, scene, path, judged, rise_cm, wall_by_knee=wall_by_knee, code_version=code_version)


def _assemble(
    clip_name: str,
    sighting: ClipSighting,
    options: AttemptOptions,
    params: VerdictParams,
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
    with_cm, with_wall = path.scale.is_known, path.has_wall or wall_by_knee
    scored = choose_scored(judged, params)
    headline = build_headline([j.trial for j in scored], foot_cm=path.foot_cm, with_cm=with_cm, with_wall=with_wall) if scored else Headline()
    limit = find_limit(judged, scored, params, furthest=options.furthest) if scored else None
    nan = np.full(len(path.shin_deg), np.nan)
    learnt = believe(measure_foot_length(sighting.leg, path, scene, shod=options.footwear == "shod"), WIDEST_DISTANCE_STD_CM)
    path = replace(path, findings=path.findings + judge_print(learnt, options, uses_sheet=scene.uses_sheet))
    findings = gather_findings(sighting, scene, path, [j.verdict for j in judged], headline, limit, with_wall=with_wall)
    return Measurement(
        clip=clip_name,
        side=side,
        view=view,
        status="measured",
        limit=limit,
        scale=_scale(path),
        repetitions=tuple(build_repetition(j, with_cm=with_cm, with_wall=with_wall) for j in judged),
        findings=findings,
        budget=build_budget([j.trial for j in scored], [j.trial for j in judged], with_cm=with_cm, with_wall=with_wall),
        series=Series(sighting.leg.t_s, path.shin_deg, path.axis_deg, path.knee_x_cm if with_cm and path.has_wall else nan, rise_cm if with_cm else nan),
        evidence=build_evidence(sighting, path, scored or list(judged), with_wall=path.has_wall, by_hand=options.by_hand),
        provenance=Provenance(
            code_version=code_version,
            model=sighting.facts.model,
            model_sha256=sighting.facts.model_sha256,
            parameters=build_parameters(options),
            by_hand=options.by_hand if options.by_hand is not None and options.by_hand.points_px else None,
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
    """Return what the person said, for the record, and how well a foot length is known that was learnt before."""
    learnt = {} if options.foot_length_std_cm is None else {"foot_length_std_cm": options.foot_length_std_cm}
    return learnt | {
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
