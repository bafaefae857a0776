"""What the reader of a measurement must know beside its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.assessment.leg_path import LegPath
from app.assessment.measurement import Finding, Limit, Verdict
from app.assessment.scene_solve import SolvedScene
from calibration.quantity import Quantity
from vision.tracks import ClipSighting

_TURNED_DEG = 10.0
_SLOWEST_HZ = 20.0
_OTHERS_SHARE = 0.3
"""Somebody who is seen in a smaller part of the clip has walked through."""
ROOM_MISFIT = 0.0025
"""Corners that lie farther off, over the picture's long side, than any turn of a phone on its place leaves them: a zoom of 1.5 % does it. Rendered clips of
people who hold the phone have 0.0002 to 0.0008."""
_ABREAST_DEG = 12.0
"""Bearing of toe or wall from straight ahead beyond which depth errors of a few centimetres count: tan 12 deg is a fifth."""

_WIDE_FOCAL = 0.60
"""Focal length over the long side under which a lens is wider than the main camera of any phone (0.64, see `calibration.references`)."""
_WIDE_TAG_MM = 20.0
"""Likewise of the 35 mm equivalent that the file names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The numbers of the score; None where there is none that is believed."""

    shin_angle_deg: Quantity | None = None
    axis_angle_deg: Quantity | None = None
    toe_to_wall_cm: Quantity | None = None
    knee_over_toe_cm: Quantity | None = None
    toe_to_wall_foot_lengths: Quantity | None = None


def gather_findings(
    sighting: ClipSighting,
    scene: SolvedScene,
    path: LegPath,
    verdicts: Sequence[Verdict],
    headline: Headline,
    limit: Limit | None,
    *,
    with_wall: bool,
) -> tuple[Finding, ...]:
    """Collect every finding of one measured attempt, errors first."""
    out = [*scene.findings, *path.findings, *_about_result(verdicts, headline, limit, path, with_wall=with_wall)]
    out += _about_clip(sighting, scene, path)
    order = {"error": 0, "warning": 1, "info": 2}
    return tuple(sorted(out, key=lambda finding: order[finding.severity]))


def _about_result(verdicts: Sequence[Verdict], headline: Headline, limit: Limit | None, path: LegPath, *, with_wall: bool) -> list[Finding]:
    out = []
    if "valid" not in verdicts:
        out.append(Finding("no_valid_repetition", "error", "No lunge in this clip had the heel down and the knee proven to be at the wall."))
    elif limit is None:
        message = "A lunge from farther back than any valid one could not be decided: the score may lie there, and no number is given."
        out.append(Finding("no_valid_repetition", "error", message))
    elif headline.shin_angle_deg is None:
        message = "The shin's outline is too uncertain in this clip (loose cloth, or an unclear vertical): no angle is given."
        out.append(Finding("angle_not_believed", "error", message))
    if not with_wall:
        out.append(Finding("no_wall", "error", "The wall could not be found at the foot: no distance is given."))
    elif limit is not None and path.scale.is_known and headline.toe_to_wall_cm is None:
        out.append(Finding("distance_not_believed", "error", "The plus-minus of the distance is over 2 cm in this clip: no distance in centimetres is given."))
    if not path.scale.is_known:
        out.append(Finding("no_scale", "error", "Nothing in the clip has a known size: distances are given in foot lengths only."))
    if limit == "lower_bound":
        out.append(Finding("lower_bound", "warning", "No trial further back was tried and failed: the ankle may reach further than this."))
    return out


def _about_clip(sighting: ClipSighting, scene: SolvedScene, path: LegPath) -> list[Finding]:
    facts = sighting.facts
    out = []
    if scene.by_hand.names:
        count = len(scene.by_hand.names)
        message = f"Somebody set {count} point{'s' if count > 1 else ''} of this leg by hand; the numbers follow from where they are now."
        out.append(Finding("corrected_by_hand", "info", message, count))
    if facts.mirror_recording:
        out.append(
            Finding("mirrored_clip", "warning", "The printed markers read only in the mirror: the recording is mirrored, and left and right were swapped back.")
        )
    if facts.others_share >= _OTHERS_SHARE:
        message = f"Somebody else is in the picture in {facts.others_share:.0%} of the clip: see on the key frame whose leg was measured."
        out.append(Finding("several_people", "warning", message, round(facts.others_share, 2)))
    if facts.room_misfit > ROOM_MISFIT:
        off_px = facts.room_misfit * max(facts.picture_px)
        message = f"The room does not keep its shape in the picture (corners up to {off_px:.0f} pixels off): zoomed, carried or stabilised while filming."
        out.append(Finding("stabilised_or_zoomed", "warning", message, round(off_px, 1)))
    if facts.rate_hz < _SLOWEST_HZ:
        out.append(Finding("low_frame_rate", "warning", f"The clip has {facts.rate_hz:.0f} frames a second; 30 show a hold better.", round(facts.rate_hz, 1)))
    turn = float(np.degrees(np.arctan(path.depths.heading)))
    if abs(turn) > _TURNED_DEG:
        out.append(Finding("foot_turned", "warning", f"The foot seems turned by about {abs(turn):.0f} degrees from square to the wall.", round(turn, 1)))
    out += _about_lens(sighting, scene)
    if path.covered:
        message = "Loose cloth covers the shin: its outline is the cloth's, and the angle is less certain or left out."
        out.append(Finding("knee_covered", "warning", message, round(path.ankle_width_ratio, 3)))
    bearing = _bearing_deg(scene, path)
    if abs(bearing) > _ABREAST_DEG:
        message = f"The camera stands {abs(bearing):.0f} degrees to one side of the gap between toes and wall: depths count more."
        out.append(Finding("camera_not_abreast", "warning", message, round(bearing, 1)))
    return out


def _about_lens(sighting: ClipSighting, scene: SolvedScene) -> list[Finding]:
    """Say so when the lens is surely wider than a main camera's: what such lenses bend is not modelled."""
    solution, tag_mm = scene.solution, sighting.facts.focal_35mm_mm
    focal = float(np.exp(solution.camera.params[0])) / max(solution.camera.size_px)
    widest = focal * float(np.exp(1.96 * np.sqrt(solution.covariance[0, 0])))
    if widest > _WIDE_FOCAL and not (tag_mm is not None and tag_mm < _WIDE_TAG_MM):
        return []
    message = "The clip seems filmed with a wide lens, which bends straight lines near the picture's edge: numbers are less certain than their plus-minus says."
    return [Finding("wide_lens", "warning", message, round(focal, 3))]


def _bearing_deg(scene: SolvedScene, path: LegPath) -> float:
    """Angle between straight-to-the-plane and the middle between toe and wall, as the camera sees it."""
    centre = scene.camera.centre_cm()
    aside = centre[0] - path.plane.wall_x_cm - 0.5 * float(np.nanmedian(path.toe_x_cm)) / path.plane.cm_per_unit
    return float(np.degrees(np.arctan2(aside, path.plane.z_cm - centre[2])))
