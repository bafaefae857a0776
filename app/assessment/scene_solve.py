"""From what was seen of the room to a solved camera and plane: which cues to believe, and what a pixel is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from app.assessment.by_hand import SetByHand
from app.assessment.measurement import AttemptOptions, Finding
from app.assessment.sheet_place import judge_flush
from calibration.camera import CAMERA_X, Camera
from calibration.directions import IN_DEPTH, SortedEdges, find_upright, sort_level
from calibration.errors import DegenerateSceneError
from calibration.propagate import propagate
from calibration.references import FOCAL_TAG_RELATIVE_STD, SHEET_V1, SheetLayout
from calibration.solve import CameraPriors, CameraSolution, SceneCues, solve_camera
from vision.tracks import ClipFacts, RoomMarks

FloatArray = npt.NDArray[np.float64]

_WORST_RMS = 4.0
"""Residual of the cues, in their standard errors, beyond which a solve is not believed: a sheet turned round or bent, other markers, a false line."""
_FAINTEST_CORNER = 0.7
"""Colour step (Lab) under which a line on the floor is not believed to be the wall."""
_LINE_AGREES_PX = 0.012
"""How far beside the sheet's wall a line may lie to be the same wall, over the long side of the picture: about 4 cm on the floor."""
_LINE_OF_SIGHT_PX = 0.015
"""How far beside the vanishing point a seen corner line may point, over the long side of the picture: the wall may be askew in the room, its fit be off."""
_MOST_TRIED = 5
_SAME_EDGE_PX = 0.008
"""How far beside a line an edge may lie to be its continuation, over the long side of the picture."""
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
    log_weight : float
        How likely it is among others of the same clip, by the room alone: logarithm, up to a constant.
    touch_probability : float
        That a common stop of the knees is a touch, over all walls that it was chosen among; 1 where there was no choice.
    wall_share : float
        How far the room alone, before the knees had their say, speaks for this wall among all that it was chosen from; 1 where there was no choice.
    by_hand : SetByHand
        What a person said; their wall goes before the solved one.
    without_line : CameraSolution or None
        The same room solved without the line, where the wall is known by the line alone.
    """

    solution: CameraSolution
    uses_sheet: bool
    corner_line_px: FloatArray | None
    findings: tuple[Finding, ...]
    layout: SheetLayout = SHEET_V1
    log_weight: float = 0.0
    touch_probability: float = 1.0
    wall_share: float = 1.0
    by_hand: SetByHand = field(default_factory=SetByHand)
    without_line: CameraSolution | None = None

    def leave_line(self) -> SolvedScene:
        """Return the same room with its line taken for something else than the wall, because all knees end far before it; a sheet's wall stays."""
        if self.without_line is None:
            return self
        told = Finding("line_is_no_wall", "warning", "The line on the floor is not taken for the wall: the knee came nowhere near it.")
        return replace(self, solution=self.without_line, corner_line_px=None, findings=(*self.findings, told), without_line=None)

    @property
    def camera(self) -> Camera:
        """The solved camera."""
        return self.solution.camera

    @property
    def has_wall(self) -> bool:
        """Whether it is known where the wall is."""
        return self.by_hand.wall_px is not None or self.solution.has_wall

    def find_wall_x(self, camera: Camera, depth: float, slip_px: float = 0.0) -> float:
        """Return x of the wall at a depth, in the camera's centimetres: 0, or where it was set by hand, that point `slip_px` to the right."""
        if self.by_hand.wall_px is None:
            return 0.0
        return float(camera.on_plane(self.by_hand.wall_px[None] + [slip_px, 0.0], depth)[0, 0])


def solve_scenes(room: RoomMarks, facts: ClipFacts, foot_px: FloatArray, options: AttemptOptions) -> tuple[SolvedScene, ...]:
    """Solve camera and wall from sheet, corner line and the room's edges, the likeliest first; nothing when nothing converges.

    Without a sheet there is a scene for each line that may be where floor and wall meet.

    Parameters
    ----------
    foot_px : (2,) float64
        Where the toe meets the floor, room pixels.
    """
    findings: list[Finding] = []
    layout = SHEET_V1.as_measured(ruler_mm=options.sheet_ruler_mm, margin_mm=options.sheet_margin_mm)
    priors = _priors(facts)
    edges = _sort_edges(room, foot_px, priors)
    if options.scale in ("auto", "sheet") and room.markers:
        sheet_px, sheet_cm = match_sheet(room.markers, layout)
        try:
            solved = solve_camera(_cues(room, sheet_px, sheet_cm, None, edges, foot_px), priors=priors)
        except DegenerateSceneError:
            solved = None
        if solved is not None and solved.residual_rms <= _WORST_RMS:
            return (_with_agreeing_line(solved, room, (sheet_px, sheet_cm), edges, foot_px, priors, layout),)
        findings.append(
            Finding(
                "sheet_not_flush",
                "warning",
                "The printed sheet was seen but does not lie as it should (short edge at the wall, arrow towards it); it was not used.",
                None if solved is None else round(solved.residual_rms, 2),
            )
        )
    scenes = _with_each_corner(room, edges, foot_px, priors)
    return tuple(replace(scene, findings=tuple(findings)) for scene in sorted(scenes, key=lambda scene: -scene.log_weight))


def _with_agreeing_line(
    solved: CameraSolution,
    room: RoomMarks,
    sheet: tuple[FloatArray, FloatArray],
    edges: SortedEdges,
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
    both = solve_camera(_cues(room, *sheet, best[1], edges, foot_px, best[0]), priors=priors, start=solved.camera)
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


def _sort_edges(room: RoomMarks, foot_px: FloatArray, priors: CameraPriors) -> SortedEdges:
    """Upright edges first; with the pitch and roll that they give, the level ones."""
    upright = SortedEdges(upright=find_upright(room.edges_px, room.size_px, foot_px=foot_px))
    none = np.empty((0, 2))
    try:
        rough = solve_camera(_cues(room, none, none, None, upright, foot_px), priors=priors).camera
    except DegenerateSceneError:
        return upright
    to_wall, in_depth = sort_level(room.edges_px, rough, yaw_std_rad=priors.yaw_std_rad)
    return SortedEdges(upright.upright, to_wall, in_depth)


def _cues(
    room: RoomMarks, sheet_px: FloatArray, sheet_cm: FloatArray, line: FloatArray | None, edges: SortedEdges, foot_px: FloatArray, score: float = 1.0
) -> SceneCues:
    return SceneCues(
        size_px=room.size_px,
        sheet_px=sheet_px,
        sheet_cm=sheet_cm,
        sheet_sigma_px=room.marker_sigma_px,
        corner_line_px=line,
        corner_sigma_px=float(np.hypot(0.8, 1.5 / score)) * max(room.size_px) / 1280.0,
        edges=edges,
        foot_px=foot_px,
    )


def _with_each_corner(room: RoomMarks, edges: SortedEdges, foot_px: FloatArray, priors: CameraPriors) -> list[SolvedScene]:
    """Try every candidate for the corner line; a clear line that needs an odd camera weighs less than a fainter one that does not."""
    none = np.empty((0, 2))
    try:
        without = solve_camera(_cues(room, none, none, None, edges, foot_px), priors=priors)
    except DegenerateSceneError:
        return []
    if without.residual_rms > _WORST_RMS:
        return []
    scenes = []
    for candidate, score in _likely_lines(room, without, edges):
        try:
            solved = solve_camera(_cues(room, none, none, candidate, edges, foot_px, score), priors=priors, start=without.camera)
        except DegenerateSceneError:
            continue
        if solved.residual_rms > _WORST_RMS:
            continue
        if solved.camera.params[CAMERA_X] + 1.645 * np.sqrt(solved.covariance[CAMERA_X, CAMERA_X]) < 0:
            continue  # seen from behind it would be the back of a door or pillar: what faces the knee is hidden
        weight = 2.0 * float(np.log(score)) - 0.5 * (solved.misfit - without.misfit)
        scenes.append(SolvedScene(solved, uses_sheet=False, corner_line_px=candidate, findings=(), log_weight=weight, without_line=without))
    return scenes or [SolvedScene(without, uses_sheet=False, corner_line_px=None, findings=())]


def _likely_lines(room: RoomMarks, without: CameraSolution, edges: SortedEdges) -> list[tuple[FloatArray, float]]:
    """Candidates that point to where depth vanishes, as far as the room's other edges tell, the likeliest first; none that goes on as an upright edge."""
    likely = []
    horizon = without.camera.direction_px(IN_DEPTH)
    above = edges.upright.ends_px[edges.upright.ends_px[:, :, 1].min(axis=1) < horizon[1] / horizon[2]]
    for line, score in zip(room.corner_lines_px, room.corner_scores, strict=True):
        if score < _FAINTEST_CORNER:
            continue
        run = line[1] - line[0]
        normal = np.array([-run[1], run[0]]) / np.hypot(*run)
        if len(above) and (np.abs((above - line[0]) @ normal).max(axis=1) < _SAME_EDGE_PX * max(room.size_px)).any():
            continue  # no line on the floor is seen above the horizon

        def aside(params: FloatArray, normal: FloatArray = normal, start: FloatArray = line[0]) -> FloatArray:
            vanishing = Camera(params, room.size_px).direction_px(IN_DEPTH)
            return np.array([float((vanishing[:2] / vanishing[2] - start) @ normal)])

        off, variance, _ = propagate(aside, without.camera.params, without.covariance)
        slack = _LINE_OF_SIGHT_PX * max(room.size_px)
        likely.append((2.0 * np.log(score) - 0.5 * float(off[0] ** 2 / (variance[0, 0] + slack**2)), line, float(score)))
    likely.sort(key=lambda item: -item[0])
    return [(line, score) for _, line, score in likely[:_MOST_TRIED]]
