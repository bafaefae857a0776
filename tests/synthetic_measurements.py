"""Hand-made measurements: what the engine hands on, without an engine."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from app.assessment.measurement import Evidence, Finding, Measurement, Provenance, Repetition, Scale, Series, Side, Verdict
from calibration.quantity import Quantity

POINTS_PX = {
    "toe": (543.2, 645.8),
    "heel": (644.8, 637.9),
    "knee_front": (520.0, 441.0),
    "knee_joint": (541.0, 458.0),
    "ankle_joint": (620.8, 626.0),
    "outline_top": (530.0, 470.0),
    "outline_bottom": (606.0, 600.0),
    "vertical_top": (606.0, 440.0),
    "vertical_bottom": (606.0, 600.0),
    "wall_top": (500.0, 300.0),
    "wall_bottom": (500.0, 650.0),
    "floor_start": (480.0, 652.0),
    "floor_end": (680.0, 640.0),
}


def cm(value: float, std: float = 0.4) -> Quantity:
    """Centimetres."""
    return Quantity(value, std, "cm")


def deg(value: float, std: float = 1.0) -> Quantity:
    """Degrees."""
    return Quantity(value, std, "deg")


def make_provenance(**parameters: Any) -> Provenance:  # noqa: ANN401 - parameters are of several types
    """Provenance of a barefoot attempt with a typed foot length."""
    known = {"footwear": "barefoot", "foot_length_cm": 26.9, "skirting_cm": 0.0}
    return Provenance(code_version="0.1.0", model="pose_landmarker_full", model_sha256="ab" * 32, parameters=known | parameters)


def make_repetition(number: int = 1, *, toe_cm: float | None = 12.4, shin: float = 41.0, verdict: Verdict = "valid", stance: int = 1) -> Repetition:
    """One lunge of two seconds."""
    start_s = 0.2 + 2.3 * (number - 1)
    distance = None if toe_cm is None else cm(toe_cm)
    gap = {"valid": 0.1, "no_contact": 3.1}.get(verdict, 0.3)
    return Repetition(
        start_s=start_s,
        peak_s=start_s + 1.1,
        end_s=start_s + 2.1,
        stance=stance,
        verdict=verdict,
        reason={"valid": "", "no_contact": "the knee stopped 3.1 cm from the wall", "heel_lift": "the heel rose 1.6 cm"}.get(verdict, "gap 0.3 to 0.9 cm"),
        shin_angle_deg=deg(shin),
        axis_angle_deg=deg(shin - 2.4),
        toe_to_wall_cm=distance,
        knee_gap_cm=None if toe_cm is None else cm(gap, 0.3),
        knee_over_toe_cm=None if toe_cm is None else cm(toe_cm - gap, 0.5),
        heel_lift_cm=cm(1.6 if verdict == "heel_lift" else 0.1, 0.2),
    )


def make_series(repetitions: tuple[Repetition, ...]) -> Series:
    """Curves that rise to each repetition's angle and back, with a stretch that was not seen."""
    t_s = np.arange(0.0, repetitions[-1].end_s + 0.4, 1 / 30)
    shin = np.full(t_s.shape, 9.0)
    for repetition in repetitions:
        peak = repetition.shin_angle_deg.value if repetition.shin_angle_deg else 30.0
        share = np.clip((t_s - repetition.start_s) / (repetition.end_s - repetition.start_s), 0, 1)
        shin += (peak - 9.0) * np.clip(1.6 * np.sin(np.pi * share), 0, 1)
    shin += 0.3 * np.sin(40 * t_s)
    gap = np.clip(20 - 20 * (shin - 9) / 30, 0, None)
    shin[10:14] = np.nan
    return Series(t_s, shin, shin - 2.4, gap, np.zeros_like(t_s))


def make_measurement(
    side: Side = "left",
    *,
    toe_cm: float = 12.4,
    shin: float = 41.0,
    std_cm: float = 0.4,
    std_deg: float = 1.0,
    **changes: Any,  # noqa: ANN401 - fields are of several types
) -> Measurement:
    """One measured attempt: three valid repetitions in one stance, typed foot length, a bracketed limit."""
    repetitions = tuple(make_repetition(number, toe_cm=toe_cm, shin=shin) for number in (1, 2, 3))
    measurement = Measurement(
        clip=f"a_{side}.mp4",
        side=side,
        view="lateral",
        status="measured",
        shin_angle_deg=deg(shin, std_deg),
        axis_angle_deg=deg(shin - 2.4, std_deg),
        toe_to_wall_cm=cm(toe_cm, std_cm),
        knee_over_toe_cm=cm(toe_cm - 0.1, std_cm),
        toe_to_wall_foot_lengths=Quantity(toe_cm / 26.9, std_cm / 26.9, "1"),
        limit="bracketed",
        scale=Scale("foot_length", 0.21, 0.018, 0.015),
        repetitions=repetitions,
        series=make_series(repetitions),
        evidence=Evidence(1.3, POINTS_PX),
        provenance=make_provenance(),
    )
    return replace(measurement, **changes)


def make_rejected(side: Side = "right", *, code: str = "no_person", **changes: Any) -> Measurement:  # noqa: ANN401 - fields are of several types
    """One refused attempt."""
    advice = "Nobody was found. Stand so that the whole body is in the picture, 2 to 3 m from the camera."
    measurement = Measurement(clip=f"bad_{side}.mp4", side=side, view=None, status="rejected", code=code, advice=advice, provenance=make_provenance())
    return replace(measurement, **changes)


def make_without_scale(side: Side = "left", *, toe_foot_lengths: float = 0.46, shin: float = 41.0) -> Measurement:
    """One attempt without centimetres."""
    measurement = make_measurement(side, shin=shin)
    repetitions = tuple(replace(r, toe_to_wall_cm=None, knee_gap_cm=None, knee_over_toe_cm=None, heel_lift_cm=None) for r in measurement.repetitions)
    return replace(
        measurement,
        toe_to_wall_cm=None,
        knee_over_toe_cm=None,
        toe_to_wall_foot_lengths=Quantity(toe_foot_lengths, 0.015, "1"),
        scale=Scale("none"),
        repetitions=repetitions,
        findings=(Finding("no_scale", "error", "Nothing in the clip says how large a centimetre is."),),
    )


def make_without_distance(side: Side = "left") -> Measurement:
    """One attempt whose repetitions do not count."""
    repetitions = (make_repetition(1, verdict="no_contact"), make_repetition(2, verdict="heel_lift"))
    finding = Finding("no_valid_repetition", "error", "No repetition counts: the knee did not reach the wall with the heel down.")
    numbers = dict.fromkeys(("shin_angle_deg", "axis_angle_deg", "toe_to_wall_cm", "knee_over_toe_cm", "toe_to_wall_foot_lengths", "limit"))
    return replace(make_measurement(side), repetitions=repetitions, series=make_series(repetitions), findings=(finding,), **numbers)
