"""Where on the picture the numbers were read: key frame, points, and marks for every frame, in pixels of the clip as filmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from app.assessment.by_hand import HandMarks, find_key_frame
from app.assessment.leg_path import LegPath, border_of
from app.assessment.lunges import Judged
from app.assessment.measurement import Evidence, Measurement, Repetition
from app.assessment.picture_words import PictureWords
from app.assessment.verdicts import SHIN
from calibration.quantity import Quantity
from vision.marks import FrameMarks
from vision.tracks import ClipSighting

FloatArray = npt.NDArray[np.float64]

_VERTICAL_CM = 42.0
_WALL_CM = 55.0


def to_picture(points: FloatArray, sighting: ClipSighting, frame: int) -> FloatArray:
    """Room pixels (N, 2) to pixels of one frame as filmed: the hand's sway put back, the mirroring undone."""
    back = np.linalg.inv(sighting.leg.to_room[frame])
    mapped = np.column_stack([points, np.ones(len(points))]) @ back.T
    xy = mapped[:, :2] / mapped[:, 2:]
    if sighting.facts.flipped:
        xy[:, 0] = sighting.facts.picture_px[0] - 1 - xy[:, 0]
    return np.asarray((xy + 0.5) / sighting.facts.work_scale - 0.5)


def build_evidence(sighting: ClipSighting, path: LegPath, scored: Sequence[Judged], *, with_wall: bool, by_hand: HandMarks | None = None) -> Evidence | None:
    """Choose the frame that shows the score - the middle of the greatest plateau, or where points were set by hand - and name its points."""
    if not scored:
        return None
    if by_hand is not None:
        return _name_points(sighting, path, find_key_frame(sighting, by_hand.key_frame_s), with_wall=with_wall)
    best = max(scored, key=lambda j: float(np.nan_to_num(j.trial.values[SHIN], nan=-np.inf)))
    frames = np.flatnonzero(best.lunge.plateau & np.isfinite(sighting.leg.shin_ends[:, 0, 0]) & np.isfinite(sighting.leg.toe[:, 0]))
    if not len(frames):
        return None
    return _name_points(sighting, path, int(frames[len(frames) // 2]), with_wall=with_wall)


def _name_points(sighting: ClipSighting, path: LegPath, frame: int, *, with_wall: bool) -> Evidence:
    points = {name: (round(float(x), 2), round(float(y), 2)) for name, (x, y) in _frame_points(sighting, path, frame, with_wall=with_wall).items()}
    return Evidence(float(sighting.leg.t_s[frame]), points)


def _frame_points(sighting: ClipSighting, path: LegPath, frame: int, *, with_wall: bool) -> dict[str, FloatArray]:
    """Named points of one frame, pixels as filmed; what was not seen is left out.

    Notes
    -----
    The foot of the wall is where floor and wall are seen to meet, at the front of a skirting board: a point that is set by hand is set on what is seen.
    """
    leg, plane = sighting.leg, path.plane
    room = {
        "toe": leg.toe[frame],
        "heel": leg.heel_back[frame],
        "knee_front": leg.knee_front[frame],
        "outline_top": leg.shin_ends[frame, 0],
        "outline_bottom": leg.shin_ends[frame, 1],
    }
    room |= dict(zip(("sole_heel", "sole_ball"), border_of(leg), strict=True))
    foot = plane.map_points(leg.shin_ends[frame, 1][None])[0]
    toe, heel = plane.map_points(leg.toe[frame][None])[0], plane.map_points(leg.heel_back[frame][None])[0]
    made = {"knee_joint": path.knee_cm[frame], "ankle_joint": path.ankle_cm[frame]}
    made |= {"vertical_bottom": foot, "vertical_top": foot + np.array([0.0, _VERTICAL_CM]), "floor_start": np.array([heel[0], 0.0])}
    made["floor_end"] = np.array([0.0 if with_wall else toe[0], 0.0])
    if with_wall:
        made |= {"wall_bottom": np.array([path.skirting_cm, 0.0]), "wall_top": np.array([0.0, _WALL_CM])}
    room |= dict(zip(made, plane.to_pixels(np.array(list(made.values()))), strict=True))
    seen = {name: xy for name, xy in room.items() if np.isfinite(xy).all()}
    filmed = to_picture(np.array(list(seen.values())).reshape(-1, 2), sighting, frame)
    return dict(zip(seen, filmed, strict=True))


def build_marks(sighting: ClipSighting, path: LegPath, measurement: Measurement, words: PictureWords, *, with_wall: bool) -> tuple[FrameMarks, ...]:
    """Say what to draw on every watched frame in which the leg was seen."""
    out = []
    for frame, t_s in enumerate(sighting.leg.t_s):
        points = _frame_points(sighting, path, frame, with_wall=with_wall)
        if "outline_top" not in points:
            continue
        now = _repetition_at(measurement, float(t_s))
        lines = {
            role: np.array([points[a], points[b]])
            for role, a, b in (
                ("outline", "outline_top", "outline_bottom"),
                ("vertical", "vertical_top", "vertical_bottom"),
                ("floor", "floor_start", "floor_end"),
                ("wall", "wall_top", "wall_bottom"),
            )
            if a in points and b in points
        }
        dots = {role: points[name] for role, name in (("toe", "toe"), ("heel", "heel"), ("knee", "knee_front")) if name in points}
        captions = _captions(measurement, now, float(path.shin_deg[frame]), words)
        out.append(FrameMarks(float(t_s), lines, dots, words.names, captions, now.verdict if now else None))
    return tuple(out)


def build_key_marks(sighting: ClipSighting, path: LegPath, measurement: Measurement, words: PictureWords, *, with_wall: bool) -> FrameMarks | None:
    """Mark the key frame and caption it with the score."""
    if measurement.evidence is None:
        return None
    marks = build_marks(sighting, path, measurement, words, with_wall=with_wall)
    if not marks:
        return None
    key = min(marks, key=lambda m: abs(m.t_s - measurement.evidence.key_frame_s))  # type: ignore[union-attr]
    captions = []
    if measurement.shin_angle_deg:
        captions.append(words.shin.format(angle=f"{_write(measurement.shin_angle_deg, words)}°"))
    if measurement.toe_to_wall_cm:
        sign = "≥ " if measurement.limit == "lower_bound" else ""
        captions.append(words.toe_to_wall.format(distance=f"{sign}{_write(measurement.toe_to_wall_cm, words)} cm"))
    return replace(key, captions=(*captions, key.captions[-1])) if captions else key


def _write(quantity: Quantity, words: PictureWords) -> str:
    return f"{words.write_number(quantity.value, 1)} ± {words.write_number(quantity.half_width95(), 1)}"


def _repetition_at(measurement: Measurement, t_s: float) -> Repetition | None:
    return next((r for r in measurement.repetitions if r.start_s <= t_s < r.end_s), None)


def _captions(measurement: Measurement, now: Repetition | None, shin_deg: float, words: PictureWords) -> tuple[str, ...]:
    angle = words.shin.format(angle=f"{shin_deg:.0f}°") if np.isfinite(shin_deg) else words.shin_not_seen
    if now is None:
        return (angle, words.between)
    return (angle, words.lunge.format(number=measurement.repetitions.index(now) + 1), words.verdicts[now.verdict])
