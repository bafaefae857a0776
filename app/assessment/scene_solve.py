"""From what was seen of the room to a solved camera and plane: which cues to believe, and what a pixel is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.assessment.measurement import AttemptOptions, Finding
from app.assessment.sheet_place import judge_flush
from calibration.camera import Camera
from calibration.errors import DegenerateSceneError
from calibration.references import FOCAL_TAG_RELATIVE_STD, SHEET_V1, SheetLayout
from calibration.solve import CameraPriors, CameraSolution, SceneCues, solve_camera
from vision.tracks import ClipFacts, RoomMarks

FloatArray = npt.NDArray[np.float64]

_WORST_SHEET_RMS = 4.0
"""Residual of the sheet, in its standard errors, beyond which it is not believed (turned round, bent, or other markers)."""
_FAINTEST_CORNER = 1.2
"""Colour step (Lab) under which a line on the floor is not believed to be the wall."""
_LINE_AGREES_PX = 0.012
"""How far beside the sheet's wall a line may lie to be the same wall, over the long side of the picture: about 4 cm on the floor."""
_FULL_FRAME_LONG_MM = 36.0


@dataclass(frozen=True, slots=True)
class SolvedScene:
    """A camera, what it rests on, and what did not fit.

    Attributes
    ----------
    solution : CameraSolution
    uses_sheet : bool
    corner_line_px : (2, 2) float64 or None
        The line where floor and wall meet, where one was believed.
    findings : tuple of Finding
    layout : SheetLayout
        Of the sheet as it was printed, with what is not known about its place.
    """

    solution: CameraSolution
    uses_sheet: bool
    corner_line_px: FloatArray | None
    findings: tuple[Finding, ...]
    layout: SheetLayout = SHEET_V1

    @property
    def camera(self) -> Camera:
        """The solved camera."""
        return self.solution.camera


def solve_scene(room: RoomMarks, facts: ClipFacts, foot_px: FloatArray, options: AttemptOptions) -> SolvedScene | None:
    """Solve camera and wall from sheet, corner line and upright edges; None when nothing converges.

    Parameters
    ----------
    foot_px : (2,) float64
        Where the toe meets the floor, room pixels.
    """
    findings: list[Finding] = []
    layout = SHEET_V1.as_measured(ruler_mm=options.sheet_ruler_mm, margin_mm=options.sheet_margin_mm)
    priors = _priors(facts)
    uprights, sigma = _plumb(room)
    if options.scale in ("auto", "sheet") and room.markers:
        sheet_px, sheet_cm = match_sheet(room.markers, layout)
        try:
            solved = solve_camera(_cues(room, sheet_px, sheet_cm, None, uprights, sigma, foot_px), priors=priors)
        except DegenerateSceneError:
            solved = None
        if solved is not None and solved.residual_rms <= _WORST_SHEET_RMS:
            return _with_agreeing_line(solved, room, (sheet_px, sheet_cm), (uprights, sigma), foot_px, priors, layout)
        findings.append(
            Finding(
                "sheet_not_flush",
                "warning",
                "The printed sheet was seen but does not lie as it should (short edge at the wall, arrow towards it); it was not used.",
                None if solved is None else round(solved.residual_rms, 2),
            )
        )
    best = _best_corner(room, uprights, sigma, foot_px, priors)
    if best is None:
        return None
    solved, line = best
    return SolvedScene(solved, uses_sheet=False, corner_line_px=line, findings=tuple(findings))


def _with_agreeing_line(
    solved: CameraSolution,
    room: RoomMarks,
    sheet: tuple[FloatArray, FloatArray],
    upright: tuple[FloatArray, FloatArray],
    foot_px: FloatArray,
    priors: CameraPriors,
    layout: SheetLayout,
) -> SolvedScene:
    """Add the corner line that lies where the sheet says the wall is; a line elsewhere is another edge and says nothing."""
    edge = solved.camera.project(np.array([[0.0, 0.0, z] for z in (-20.0, 40.0)]))
    along = (edge[1] - edge[0]) / np.hypot(*(edge[1] - edge[0]))
    across = np.array([-along[1], along[0]])
    best: tuple[float, FloatArray] | None = None
    for line, score in zip(room.corner_lines_px, room.corner_scores, strict=True):
        aside = float(np.max(np.abs((line - edge[0]) @ across)))
        if aside < _LINE_AGREES_PX * max(room.size_px) and score > _FAINTEST_CORNER and (best is None or score > best[0]):
            best = (float(score), line)
    if best is None:
        return SolvedScene(solved, uses_sheet=True, corner_line_px=None, findings=(), layout=layout)
    both = solve_camera(_cues(room, *sheet, best[1], *upright, foot_px), priors=priors)
    findings, layout = judge_flush(solved, best[1], foot_px, layout)
    return SolvedScene(both, uses_sheet=True, corner_line_px=best[1], findings=findings, layout=layout)


def _priors(facts: ClipFacts) -> CameraPriors:
    if facts.focal_35mm_mm is None:
        return CameraPriors()
    return CameraPriors(focal_over_long_side=facts.focal_35mm_mm / _FULL_FRAME_LONG_MM, focal_relative_std=FOCAL_TAG_RELATIVE_STD)


def match_sheet(markers: Mapping[int, FloatArray], layout: SheetLayout) -> tuple[FloatArray, FloatArray]:
    """Pair seen corners with the sheet's: (N, 2) room pixels and (N, 2) cm.

    Notes
    -----
    The person faces right, so the wall edge lies to the right and the edge at the foot lies higher in the picture: corners are paired by that, not by
    how the pattern happens to be turned.
    """
    seen, known = [], []
    for marker_id, corners in markers.items():
        upper, lower = np.split(corners[np.argsort(corners[:, 1])], 2)
        (far_in, near_in), (far_out, near_out) = upper[np.argsort(upper[:, 0])], lower[np.argsort(lower[:, 0])]
        seen += [near_in, far_in, far_out, near_out]
        known += list(layout.square_cm(int(marker_id)))
    return np.array(seen), np.array(known)


def _plumb(room: RoomMarks) -> tuple[FloatArray, FloatArray]:
    """Upright edges that agree with each other: within 1.5 deg of the tilt that most of their length shows, as it changes across the picture."""
    ends, sigma = room.uprights_px, room.uprights_sigma_px
    if len(ends) < 2:
        return ends, sigma
    run = ends[:, 1] - ends[:, 0]
    run = run * np.sign(run[:, 1:2])
    tilt, length = np.degrees(np.arctan2(run[:, 0], run[:, 1])), np.hypot(*run.T)
    x = ends[:, :, 0].mean(axis=1) - room.size_px[0] / 2
    slopes = np.linspace(-8, 8, 33) / max(room.size_px)
    best = (-1.0, np.zeros(len(ends), bool))
    for slope in slopes:
        for level in (tilt - slope * x)[length > 0.5 * length.max()]:
            near = np.abs(tilt - slope * x - level) < 0.8
            weight = float(length[near].sum()) - 0.02 * abs(slope) * max(room.size_px) * float(length.max())
            if weight > best[0]:
                best = (weight, near)
    return ends[best[1]], sigma[best[1]]


def _cues(
    room: RoomMarks, sheet_px: FloatArray, sheet_cm: FloatArray, line: FloatArray | None, uprights: FloatArray, sigma: FloatArray, foot_px: FloatArray
) -> SceneCues:
    return SceneCues(
        size_px=room.size_px,
        sheet_px=sheet_px,
        sheet_cm=sheet_cm,
        sheet_sigma_px=max(0.4, room.marker_sigma_px),
        corner_line_px=line,
        verticals_px=uprights,
        verticals_sigma_px=sigma,
        foot_px=foot_px,
    )


def _best_corner(
    room: RoomMarks, uprights: FloatArray, sigma: FloatArray, foot_px: FloatArray, priors: CameraPriors
) -> tuple[CameraSolution, FloatArray | None] | None:
    """Try every candidate for the corner line; a clear line that needs an odd camera loses against a fainter one that does not."""
    none = np.empty((0, 2))
    options_found: list[tuple[float, CameraSolution, FloatArray | None]] = []
    strong = [(line, score) for line, score in zip(room.corner_lines_px, room.corner_scores, strict=True) if score >= _FAINTEST_CORNER]
    for line, score in strong:
        try:
            solved = solve_camera(_cues(room, none, none, line, uprights, sigma, foot_px), priors=priors)
        except DegenerateSceneError:
            continue
        yaw = solved.camera.params[1]
        oddity = 0.5 * float(np.square(yaw / priors.yaw_std_rad)) + 0.5 * solved.residual_rms**2
        options_found.append((2.0 * float(np.log(score)) - oddity, solved, line))
    if options_found:
        _, solved, line = max(options_found, key=lambda option: option[0])
        return solved, line
    try:
        return solve_camera(_cues(room, none, none, None, uprights, sigma, foot_px), priors=priors), None
    except DegenerateSceneError:
        return None
