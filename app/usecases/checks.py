"""How far a result can be trusted, from what a person adds to it: readings by hand, and the same leg measured again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from app.assessment.measurement import Side
from app.assessment.readings import REFERENCES, HeadlineKey, ReadingDifference, ReadingKind, compare_reading
from app.assessment.repeatability import Repeatability, compute_repeatability
from app.ports.screenings import Attempt, Reading, Screening
from app.usecases.access import Actor, may_take_back
from app.usecases.account_errors import NotAllowedError
from app.usecases.errors import MalformedSubmissionError, NoSuchLegError, ReadingKeptError, UnknownScreeningError, UnknownValueError
from app.usecases.screenings import find_screening
from app.usecases.services import Services
from calibration.quantity import Quantity

HEADLINE_UNITS: dict[HeadlineKey, str] = {"toe_to_wall_cm": "cm", "shin_angle_deg": "deg"}
_SIDES: tuple[Side, ...] = ("left", "right")


@dataclass(frozen=True, slots=True)
class CheckedReading:
    """A reading beside the camera's number; there is none where the clip gave none."""

    side: Side
    reading: Reading
    camera: Quantity | None
    compared: ReadingDifference | None


@dataclass(frozen=True, slots=True)
class Take:
    """One measurement of a leg that was measured more than once; it counts when it shows how far the ankle goes and not only where the foot was put."""

    screening_id: str
    taken_at: datetime
    numbers: Mapping[HeadlineKey, Quantity | None]
    counts: bool


@dataclass(frozen=True, slots=True)
class Checks:
    """What is known about one screening; takes are those of the screening and of its repeats, oldest first, of legs with at least two."""

    original_id: str
    readings: tuple[CheckedReading, ...]
    takes: Mapping[Side, tuple[Take, ...]]
    repeatability: Mapping[HeadlineKey, Repeatability]


def type_reading(screening_id: str, side: Side, kind: ReadingKind, value: float, services: Services) -> None:
    """Keep a reading; it is blind while this clip has not been measured, here or elsewhere, and a blind one is never replaced afterwards."""
    params = REFERENCES[kind]
    if not params.least <= value <= params.greatest:
        raise MalformedSubmissionError((f"value: found {value:g}; expected {params.least:g} to {params.greatest:g}",))
    with services.open_records() as records:
        screening = records.find_screening(screening_id)
        if screening is None:
            raise UnknownScreeningError(screening_id)
        attempt = screening.attempt(side)
        if attempt is None:
            raise NoSuchLegError(side, found="no clip")
        blind = screening.repeat_of is None and not records.is_measured(attempt.sha256)
        earlier = attempt.reading(kind)
        if earlier is not None and earlier.blind and not blind:
            raise ReadingKeptError(side)
        records.put_reading(screening_id, side, Reading(kind=kind, value=value, typed_at=services.clock.now(), blind=blind))
        records.commit()


def drop_reading(actor: Actor, screening: Screening, side: Side, kind: ReadingKind, services: Services) -> None:
    """Forget a reading; what is typed in its place once there is a result is not blind."""
    if not may_take_back(actor, screening):
        raise NotAllowedError("take back a reading beside clips that somebody else handed in", advice="Ask whoever handed them in.")
    with services.open_records() as records:
        if not records.drop_reading(screening.screening_id, side, kind):
            raise UnknownValueError
        records.commit()


def find_checks(screening_id: str, services: Services) -> Checks:
    """Put readings and repeats of a screening together; of a repeat, with those of the screening that it repeats."""
    screening = find_screening(screening_id, services)
    with services.open_records() as records:
        original = (None if screening.repeat_of is None else records.find_screening(screening.repeat_of)) or screening
        repeats = records.repeats_of(original.screening_id)
    takes = list_takes((original, *repeats))
    return Checks(
        original_id=original.screening_id,
        readings=tuple(_check(attempt, reading) for attempt in screening.attempts for reading in attempt.readings),
        takes=takes,
        repeatability={key: compute_repeatability([_counted(own, key) for own in takes.values()]) for key in HEADLINE_UNITS},
    )


def list_takes(screenings: Sequence[Screening]) -> dict[Side, tuple[Take, ...]]:
    """Return the takes of each leg that was measured more than once, in the order given; the same clip again is no other take."""
    found: dict[Side, tuple[Take, ...]] = {}
    for side in _SIDES:
        first: dict[str, tuple[Screening, Attempt]] = {}
        for screening in screenings:
            attempt = screening.attempt(side)
            if attempt is not None and is_measured(attempt):
                first.setdefault(attempt.sha256, (screening, attempt))
        own = tuple(_build_take(screening, attempt) for screening, attempt in first.values())
        if len(own) > 1:
            found[side] = own
    return found


def is_measured(attempt: Attempt) -> bool:
    """Whether the clip was measured, not refused and not waiting."""
    return attempt.status == "measured"


def read_number(attempt: Attempt, key: HeadlineKey) -> Quantity | None:
    """Return one headline number of an attempt, None where there is none."""
    found = cast("Mapping[str, Any]", attempt.measurement or {}).get(key)
    return None if found is None else Quantity(found["value"], found["std"], HEADLINE_UNITS[key])


def _check(attempt: Attempt, reading: Reading) -> CheckedReading:
    camera = read_number(attempt, REFERENCES[reading.kind].key)
    return CheckedReading(attempt.side, reading, camera, None if camera is None else compare_reading(reading.kind, reading.value, camera))


def _build_take(screening: Screening, attempt: Attempt) -> Take:
    counts = attempt.measurement is not None and attempt.measurement["limit"] in {"bracketed", "declared"}
    return Take(screening.screening_id, screening.created_at, {key: read_number(attempt, key) for key in HEADLINE_UNITS}, counts)


def _counted(takes: Sequence[Take], key: HeadlineKey) -> list[float]:
    return [number.value for take in takes if take.counts and (number := take.numbers[key]) is not None]
