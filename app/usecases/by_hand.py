"""Setting points on the key frame of a leg by hand: what the numbers would be, and a new version of the report with them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.assessment.by_hand import HAND_POINTS, HandMarks
from app.assessment.measurement import Measurement, Side
from app.assessment.pipeline import compute_measurement
from app.ports.screenings import Attempt, Screening
from app.usecases.access import Actor
from app.usecases.corrections import begin_version
from app.usecases.errors import MalformedSubmissionError, NoEvidenceError, NoSuchLegError, NotFinishedError
from app.usecases.keys import plain_still_key, sighting_key, window_key
from app.usecases.processing import build_options
from app.usecases.services import Services
from app.usecases.sightings import unpack_sighting
from vision.errors import ClipError
from vision.marks import PictureWindow

Points = Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class KeyPicture:
    """The key frame without marks: its JPEG, which part of the frame it shows, and the points as they are measured now, pixels as filmed."""

    jpeg: bytes
    window: PictureWindow
    key_frame_s: float
    points_px: Points
    by_hand: frozenset[str]


def find_key_picture(screening: Screening, side: Side, services: Services) -> KeyPicture:
    """Return what points are set on; raise the error that says why there is none."""
    attempt = _require_measured(screening, side)
    evidence = _read_evidence(attempt, side)
    try:
        jpeg = services.clips.get(plain_still_key(screening.screening_id, attempt))
        window = PictureWindow(**json.loads(services.clips.get(window_key(screening.screening_id, attempt))))
    except KeyError:  # measured by a version that kept none
        raise NoEvidenceError(side=side) from None
    points = {name: (xy[0], xy[1]) for name, xy in evidence["points_px"].items()}
    by_hand = frozenset(attempt.by_hand.points_px) if attempt.by_hand is not None else frozenset[str]()
    return KeyPicture(jpeg, window, evidence["key_frame_s"], points, by_hand)


def preview_by_hand(screening: Screening, side: Side, points: Points, services: Services) -> Measurement:
    """Return what would be measured with some points set by hand, those of before among them; nothing is kept.

    Raises
    ------
    MalformedSubmissionError
        When there is no such point, or nothing can be measured with it.
    """
    attempt = _require_measured(screening, side)
    return _measure(screening, _set_points(attempt, side, points), services)


def correct_by_hand(actor: Actor, screening: Screening, side: Side, points: Points, reason: str, services: Services) -> None:
    """Keep the points and have a new version of the report made with them; what was measured before stays in the versions."""
    attempt = _require_measured(screening, side)
    if not points:
        raise MalformedSubmissionError(("points: found none; expected at least one point that was moved",))
    corrected = _set_points(attempt, side, points)
    _measure(screening, corrected, services)
    _begin(actor, screening, corrected, reason, services)


def undo_by_hand(actor: Actor, screening: Screening, side: Side, reason: str, services: Services) -> None:
    """Have a new version of the report made in which every point of a leg is where it was read off the picture."""
    attempt = _require_measured(screening, side)
    if attempt.by_hand is None or not attempt.by_hand.points_px:
        raise MalformedSubmissionError((f"found no point of the {side} leg that was set by hand; expected one to take back",))
    _begin(actor, screening, replace(attempt, by_hand=replace(attempt.by_hand, points_px={})), reason, services)


def _begin(actor: Actor, screening: Screening, corrected: Attempt, reason: str, services: Services) -> None:
    """Queue the analysis with one leg's measurement taken away; the other leg keeps its own."""
    attempts = tuple(replace(corrected, measurement=None, numbers=None) if each.side == corrected.side else each for each in screening.attempts)
    begin_version(actor, screening, reason, services, attempts=attempts)


def _require_measured(screening: Screening, side: Side) -> Attempt:
    if screening.state != "done":
        raise NotFinishedError(state=screening.state)
    attempt = screening.attempt(side)
    if attempt is None or attempt.measurement is None or attempt.measurement["status"] != "measured":
        raise NoSuchLegError(side, found="no clip" if attempt is None else "no measurement, only a clip that was refused")
    return attempt


def _read_evidence(attempt: Attempt, side: Side) -> Mapping[str, Any]:
    evidence = None if attempt.measurement is None else attempt.measurement["evidence"]
    if not isinstance(evidence, Mapping):
        raise NoEvidenceError(side=side)
    return evidence


def _set_points(attempt: Attempt, side: Side, points: Points) -> Attempt:
    strangers = sorted(set(points) - set(HAND_POINTS))
    if strangers:
        raise MalformedSubmissionError(tuple(f"points: found {name}; expected some of {', '.join(HAND_POINTS)}" for name in strangers))
    before = attempt.by_hand
    key_frame_s = _read_evidence(attempt, side)["key_frame_s"] if before is None else before.key_frame_s
    marks = HandMarks(key_frame_s=key_frame_s, points_px={**(before.points_px if before is not None else {}), **points})
    return replace(attempt, by_hand=marks)


def measure_kept(screening: Screening, attempt: Attempt, services: Services) -> Measurement:
    """Measure a leg from what was seen in its clip, with what is said of it now; raise `vision.errors.ClipError` where nothing can be measured."""
    try:
        sighting = unpack_sighting(services.clips.get(sighting_key(screening.screening_id, attempt)))
    except KeyError:  # a backup was put back where its pictures are not
        raise NoEvidenceError(side=attempt.side) from None
    provenance = (attempt.measurement or {})["provenance"]
    version = provenance["code_version"] if isinstance(provenance, Mapping) else ""
    return compute_measurement(attempt.clip_name, sighting, build_options(screening, attempt), code_version=version)


def _measure(screening: Screening, attempt: Attempt, services: Services) -> Measurement:
    try:
        return measure_kept(screening, attempt, services)
    except ClipError as error:
        raise MalformedSubmissionError((f"points: found some with which nothing can be measured. {error.message}",)) from None
