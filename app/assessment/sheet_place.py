"""Whether the printed sheet lies flush and square against the wall: judged by the line where floor and wall meet, which is seen without it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from app.assessment.measurement import Finding
from calibration.camera import N_PARAMS, Camera
from calibration.propagate import propagate
from calibration.references import SheetLayout
from calibration.solve import CameraSolution

FloatArray = npt.NDArray[np.float64]

_LINE_SIGMA_PX = 1.5
"""As in the solve: a step between floor and wall is seldom a sharp line (shadow, dirt, a rounded edge)."""
_SKEWED_DEG = 1.5
"""A sheet turned by less costs under half a centimetre at a foot 20 cm aside."""


def compute_wall_line(solution: CameraSolution, line_px: FloatArray, foot_px: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Where the seen line lies in the sheet's room: distance from the sheet's edge at the foot's depth (cm), turn against it (deg); and their stds.

    Parameters
    ----------
    solution : CameraSolution
        From the sheet, without the line.
    line_px : (2, 2) float64
        Lower and upper point of the line where floor and wall meet.
    foot_px : (2,) float64
        Where the toe meets the floor.

    Returns
    -------
    value, std : (2,) float64
        The distance is positive where the line lies on the foot's side of the edge, the turn where it comes nearer to the foot farther from the camera.
    """
    along = (line_px[1] - line_px[0]) / np.hypot(*(line_px[1] - line_px[0]))
    aside = np.array([-along[1], along[0]])

    def evaluate(x: FloatArray) -> FloatArray:
        camera = Camera(x[:N_PARAMS], solution.camera.size_px)
        near, far = camera.on_floor(line_px + x[N_PARAMS:, None] * aside)
        slope = (far[0] - near[0]) / (far[2] - near[2])
        foot_z = camera.on_floor(foot_px)[0, 2]
        return np.array([near[0] + slope * (foot_z - near[2]), np.degrees(np.arctan(slope))])

    covariance = np.zeros((N_PARAMS + 2, N_PARAMS + 2))
    covariance[:N_PARAMS, :N_PARAMS] = solution.covariance
    covariance[N_PARAMS:, N_PARAMS:] = np.diag(np.full(2, _LINE_SIGMA_PX**2))
    value, spread, _ = propagate(evaluate, np.concatenate([solution.camera.params, np.zeros(2)]), covariance)
    return value, np.sqrt(np.diag(spread))


def judge_flush(solution: CameraSolution, line_px: FloatArray, foot_px: FloatArray, layout: SheetLayout) -> tuple[tuple[Finding, ...], SheetLayout]:
    """Say where the sheet cannot lie flush, and give up so much certainty about the wall's place.

    Notes
    -----
    Only what exceeds its own 95 % interval is said; the interval is wide where the line is short or seen at a grazing angle.
    """
    (offset, turn), (offset_std, turn_std) = compute_wall_line(solution, line_px, foot_px)
    if not np.isfinite([offset, turn, offset_std, turn_std]).all():
        return (), layout
    said = []
    if abs(offset) > 1.96 * float(np.hypot(offset_std, layout.shift_std_mm / 10.0)):
        where = "short of" if offset < 0 else "behind"
        said.append(f"its edge lies {abs(offset):.1f} cm {where} the line where floor and wall meet")
    if abs(turn) > max(_SKEWED_DEG, 1.96 * turn_std):
        said.append(f"it is turned by {abs(turn):.0f} degrees against that line")
    if not said:
        return (), layout
    message = f"The printed sheet does not seem flush with the wall: {' and '.join(said)}. Distances are less certain."
    wider = replace(layout, shift_std_mm=float(np.hypot(layout.shift_std_mm, 10.0 * offset)))
    return (Finding("sheet_not_flush", "warning", message, round(float(offset), 2)),), wider
