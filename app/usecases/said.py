"""Putting right what was said with the clips: the length of the foot, the sheet as printed, and whether farther back was impossible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.assessment.by_hand import HandMarks
from app.assessment.measurement import Side
from app.ports.screenings import Attempt, Screening
from app.usecases.access import Actor
from app.usecases.by_hand import measure_kept
from app.usecases.checks import is_measured
from app.usecases.corrections import begin_version, require_finished
from app.usecases.errors import MalformedSubmissionError, NoSuchLegError
from app.usecases.processing import build_options
from app.usecases.services import Services
from vision.errors import ClipError


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is said now of both clips, None where nothing is, and of single legs whether farther back was impossible."""

    foot_length_cm: float | None
    sheet_ruler_mm: float | None
    sheet_margin_mm: float | None
    furthest: Mapping[Side, bool] = field(default_factory=dict)


def correct_said(actor: Actor, screening: Screening, said: Said, reason: str, services: Services) -> None:
    """Keep what is said and have every leg whose numbers hang on it measured anew, from what was seen in its clip: the clip itself is not needed.

    Raises
    ------
    MalformedSubmissionError
        When nothing is said differently, or a leg could not be measured with it: what was measured is not lost by a slip of the pen.
    """
    require_finished(screening)
    for side in said.furthest:
        attempt = screening.attempt(side)
        if attempt is None or not is_measured(attempt):
            raise NoSuchLegError(side, found="no clip" if attempt is None else "no measurement, only a clip that was refused")
    corrected = _say(screening, said)
    attempts = tuple(_put_right(screening, corrected, attempt, services) for attempt in corrected.attempts)
    if all(attempt.measurement is not None for attempt in attempts):
        raise MalformedSubmissionError(("found what was said before, or no leg that was measured; expected something that is not as it was said",))
    begin_version(actor, screening, reason, services, attempts=attempts, beside=lambda records: records.set_said(corrected))


def _say(screening: Screening, said: Said) -> Screening:
    attempts = tuple(replace(attempt, furthest=said.furthest.get(attempt.side, attempt.furthest)) for attempt in screening.attempts)
    told = replace(screening, attempts=attempts, sheet_ruler_mm=said.sheet_ruler_mm, sheet_margin_mm=said.sheet_margin_mm)
    if said.foot_length_cm == screening.foot_length_cm:
        return told
    return replace(told, foot_length_cm=said.foot_length_cm, foot_length_std_cm=None, foot_length_origin=None if said.foot_length_cm is None else "typed")


def _put_right(before: Screening, corrected: Screening, attempt: Attempt, services: Services) -> Attempt:
    """Take the measurement of a leg away where other numbers follow from what is said now; its key frame stays the one that is kept as a picture."""
    as_it_was = before.attempt(attempt.side)
    if as_it_was is None or not is_measured(attempt) or build_options(before, as_it_was) == build_options(corrected, attempt):
        return attempt
    pinned = replace(attempt, by_hand=attempt.by_hand or _pin_key_frame(attempt))
    try:
        measure_kept(corrected, pinned, services)
    except ClipError as error:
        raise MalformedSubmissionError((f"found what leaves nothing to be measured. {error.message}",)) from None
    return replace(pinned, measurement=None, numbers=None)


def _pin_key_frame(attempt: Attempt) -> HandMarks | None:
    evidence = None if attempt.measurement is None else attempt.measurement["evidence"]
    return HandMarks(key_frame_s=evidence["key_frame_s"], points_px={}) if isinstance(evidence, Mapping) else None
