"""A measurement as a plain dict of the schema kneewall.measurement/1, and back."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from app.assessment.by_hand import HandMarks
from app.assessment.measurement import Budget, Contribution, Evidence, Finding, FloatArray, Measurement, Provenance, Repetition, Scale, Series
from calibration.quantity import Quantity

MEASUREMENT_SCHEMA = "kneewall.measurement/1"
MEASUREMENTS_SCHEMA = "kneewall.measurements/1"
DECIMALS = 3
"""Places kept of centimetres, degrees and seconds: far below any uncertainty, far above floating-point noise."""
FINE_DECIMALS = 5
"""Places kept of ratios (foot lengths, scale)."""
PIXEL_DECIMALS = 2
REPETITION_UNITS = {
    "shin_angle_deg": "deg",
    "axis_angle_deg": "deg",
    "toe_to_wall_cm": "cm",
    "knee_gap_cm": "cm",
    "knee_over_toe_cm": "cm",
    "heel_lift_cm": "cm",
}
SERIES_KEYS = ("t_s", "shin_angle_deg", "axis_angle_deg", "knee_gap_cm", "heel_lift_cm")


def round_number(value: float | None, decimals: int = DECIMALS) -> float | None:
    """Round for output: what is not a finite number becomes None, and minus zero becomes zero."""
    if value is None or not math.isfinite(value):
        return None
    return round(float(value), decimals) + 0.0


def build_quantity_dict(quantity: Quantity | None, decimals: int = DECIMALS) -> dict[str, float] | None:
    """Value and standard uncertainty; the latter is never rounded down to zero."""
    if quantity is None:
        return None
    std = max(round(quantity.std, decimals), 10.0**-decimals)
    return {"value": round(quantity.value, decimals) + 0.0, "std": std}


def build_finding_dict(finding: Finding) -> dict[str, Any]:
    """One finding."""
    return {"code": finding.code, "severity": finding.severity, "message": finding.message, "value": round_number(finding.value)}


def _build_repetition_dict(repetition: Repetition) -> dict[str, Any]:
    times = {key: round_number(getattr(repetition, key)) for key in ("start_s", "peak_s", "end_s")}
    judged = {"stance": repetition.stance, "verdict": repetition.verdict, "reason": repetition.reason}
    return times | judged | {key: build_quantity_dict(getattr(repetition, key)) for key in REPETITION_UNITS}


def _build_series_dict(series: Series | None) -> dict[str, list[float | None]] | None:
    if series is None:
        return None
    return {key: [round_number(value) for value in getattr(series, key)] for key in SERIES_KEYS}


def _build_evidence_dict(evidence: Evidence | None) -> dict[str, Any] | None:
    if evidence is None:
        return None
    points = {name: [round_number(xy[0], PIXEL_DECIMALS), round_number(xy[1], PIXEL_DECIMALS)] for name, xy in sorted(evidence.points_px.items())}
    return {"key_frame_s": round_number(evidence.key_frame_s), "points_px": points}


def _build_scale_dict(scale: Scale) -> dict[str, Any]:
    return {
        "source": scale.source,
        "cm_per_px": round_number(scale.cm_per_px, FINE_DECIMALS),
        "relative_std": round_number(scale.relative_std, FINE_DECIMALS),
        "shared_relative_std": round_number(scale.shared_relative_std, FINE_DECIMALS),
    }


def _build_provenance_dict(provenance: Provenance) -> dict[str, Any]:
    parameters = {key: round_number(value, FINE_DECIMALS) if isinstance(value, float) else value for key, value in sorted(provenance.parameters.items())}
    return {
        "code_version": provenance.code_version,
        "model": provenance.model,
        "model_sha256": provenance.model_sha256,
        "parameters": parameters,
        "by_hand": None if provenance.by_hand is None else build_hand_dict(provenance.by_hand),
    }


def build_hand_dict(marks: HandMarks) -> dict[str, Any]:
    """Build the dict of the points that somebody set on the key frame."""
    points = {name: [round_number(x, PIXEL_DECIMALS), round_number(y, PIXEL_DECIMALS)] for name, (x, y) in sorted(marks.points_px.items())}
    return {"key_frame_s": marks.key_frame_s, "points_px": points}


def parse_hand(d: Mapping[str, Any]) -> HandMarks:
    """Read back what `build_hand_dict` wrote."""
    return HandMarks(key_frame_s=d["key_frame_s"], points_px={name: (xy[0], xy[1]) for name, xy in d["points_px"].items()})


def _build_budget_dict(budget: Budget) -> dict[str, list[dict[str, Any]]]:
    return {number: [_build_contribution_dict(c) for c in contributions] for number, contributions in budget.items()}


def _build_contribution_dict(c: Contribution) -> dict[str, Any]:
    return {"source": c.source, "known_to": round_number(c.known_to, FINE_DECIMALS), "unit": c.unit, "effect": round_number(c.effect, FINE_DECIMALS)}


def build_measurement_dict(m: Measurement) -> dict[str, Any]:
    """Build the dict of kneewall.measurement/1: every key always present, in a fixed order, strict JSON values only."""
    return {
        "schema": MEASUREMENT_SCHEMA,
        "clip": m.clip,
        "side": m.side,
        "view": m.view,
        "status": m.status,
        "code": m.code,
        "advice": m.advice,
        "shin_angle_deg": build_quantity_dict(m.shin_angle_deg),
        "axis_angle_deg": build_quantity_dict(m.axis_angle_deg),
        "toe_to_wall_cm": build_quantity_dict(m.toe_to_wall_cm),
        "knee_over_toe_cm": build_quantity_dict(m.knee_over_toe_cm),
        "toe_to_wall_foot_lengths": build_quantity_dict(m.toe_to_wall_foot_lengths, FINE_DECIMALS),
        "learnt_foot_length_cm": build_quantity_dict(m.learnt_foot_length_cm),
        "limit": m.limit,
        "scale": _build_scale_dict(m.scale),
        "repetitions": [_build_repetition_dict(repetition) for repetition in m.repetitions],
        "findings": [build_finding_dict(finding) for finding in m.findings],
        "budget": _build_budget_dict(m.budget),
        "series": _build_series_dict(m.series),
        "evidence": _build_evidence_dict(m.evidence),
        "provenance": _build_provenance_dict(m.provenance),
    }


def build_measurements_dict(attempts: Iterable[Measurement]) -> dict[str, Any]:
    """Build the dict of kneewall.measurements/1: several attempts, in the order given."""
    return {"schema": MEASUREMENTS_SCHEMA, "attempts": [build_measurement_dict(attempt) for attempt in attempts]}


def _parse_quantity(value: Mapping[str, float] | None, unit: str) -> Quantity | None:
    return None if value is None else Quantity(value["value"], value["std"], unit)


def _parse_budget(d: Mapping[str, Any]) -> Budget:
    return {number: tuple(Contribution(c["source"], c["known_to"], c["unit"], c["effect"]) for c in rows) for number, rows in d.items()}


def _parse_repetition(d: Mapping[str, Any]) -> Repetition:
    quantities = {key: _parse_quantity(d[key], unit) for key, unit in REPETITION_UNITS.items()}
    return Repetition(start_s=d["start_s"], peak_s=d["peak_s"], end_s=d["end_s"], stance=d["stance"], verdict=d["verdict"], reason=d["reason"], **quantities)


def _parse_curve(values: list[float | None]) -> FloatArray:
    return np.array([math.nan if value is None else value for value in values], dtype=np.float64)


def _parse_evidence(d: Mapping[str, Any]) -> Evidence:
    return Evidence(d["key_frame_s"], {name: (xy[0], xy[1]) for name, xy in d["points_px"].items()})


def parse_measurement(d: Mapping[str, Any]) -> Measurement:
    """Read back what `build_measurement_dict` wrote; building again gives the same dict."""
    scale, provenance = d["scale"], d["provenance"]
    return Measurement(
        clip=d["clip"],
        side=d["side"],
        view=d["view"],
        status=d["status"],
        code=d["code"],
        advice=d["advice"],
        shin_angle_deg=_parse_quantity(d["shin_angle_deg"], "deg"),
        axis_angle_deg=_parse_quantity(d["axis_angle_deg"], "deg"),
        toe_to_wall_cm=_parse_quantity(d["toe_to_wall_cm"], "cm"),
        knee_over_toe_cm=_parse_quantity(d["knee_over_toe_cm"], "cm"),
        toe_to_wall_foot_lengths=_parse_quantity(d["toe_to_wall_foot_lengths"], "1"),
        learnt_foot_length_cm=_parse_quantity(d.get("learnt_foot_length_cm"), "cm"),  # documents stored before it was learnt lack the key
        limit=d["limit"],
        scale=Scale(scale["source"], scale["cm_per_px"], scale["relative_std"], scale["shared_relative_std"]),
        repetitions=tuple(_parse_repetition(repetition) for repetition in d["repetitions"]),
        findings=tuple(Finding(f["code"], f["severity"], f["message"], f["value"]) for f in d["findings"]),
        budget=_parse_budget(d.get("budget", {})),  # documents stored before it was kept lack the key
        series=None if d["series"] is None else Series(*(_parse_curve(d["series"][key]) for key in SERIES_KEYS)),
        evidence=None if d["evidence"] is None else _parse_evidence(d["evidence"]),
        provenance=Provenance(
            code_version=provenance["code_version"],
            model=provenance["model"],
            model_sha256=provenance["model_sha256"],
            parameters=dict(provenance["parameters"]),
            by_hand=None if provenance.get("by_hand") is None else parse_hand(provenance["by_hand"]),  # older documents lack the key
        ),
    )


def dump_json(d: Mapping[str, Any]) -> str:
    """Write strict JSON, one top-level key a line; the same dict gives the same bytes."""
    lines = [f"  {json.dumps(key)}: {json.dumps(value, allow_nan=False, ensure_ascii=False)}" for key, value in d.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"
