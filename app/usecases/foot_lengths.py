"""The length of an athlete's foot: typed, or learnt from clips with the sheet and offered; used for later clips in which none is typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.assessment.foot_length import SeenLength, learn_foot_length
from app.ports.people import Athlete
from app.ports.screenings import LegResult, Screening
from app.usecases.errors import NothingLearntError
from app.usecases.same_clips import drop_sent_again
from app.usecases.services import Services
from calibration.quantity import Quantity
from calibration.references import FOOT_LENGTH_STD_CM

_OLDEST = timedelta(days=366)
"""Before the newest clip: feet of the young grow, by up to a centimetre a year."""
_SAME_CM = 0.05
"""What is stored already is not offered again because of less."""
_SURER = 0.9


@dataclass(frozen=True, slots=True)
class LearntFoot:
    """What clips with the sheet say of a bare foot, from how many clips, and when the newest was handed in."""

    length: Quantity
    clips: int
    newest_at: datetime


def learn_foot(results: Sequence[LegResult]) -> LearntFoot | None:
    """Learn the length from clips of bare feet, each once; a shoe is no foot, and shoes differ."""
    seen = [result for result in drop_sent_again(results) if result.footwear == "barefoot" and _read_seen(result) is not None]
    if not seen:
        return None
    newest = max(result.created_at for result in seen)
    feet: dict[str, list[SeenLength]] = {"left": [], "right": []}
    for result in seen:
        own = _read_seen(result)
        if own is not None and result.created_at >= newest - _OLDEST:
            feet[result.side].append(own)
    length = learn_foot_length(feet)
    return None if length is None else LearntFoot(length, sum(map(len, feet.values())), newest)


def _read_seen(result: LegResult) -> SeenLength | None:
    numbers = result.numbers
    if numbers is None or numbers.seen_foot_cm is None or numbers.seen_foot_std_cm is None:
        return None
    return SeenLength(Quantity(numbers.seen_foot_cm, numbers.seen_foot_std_cm, "cm"), numbers.seen_foot_print_std_cm or 0.0)


def find_learnt(athlete: Athlete, services: Services) -> LearntFoot | None:
    """Return what the athlete's clips say."""
    with services.open_records() as records:
        return learn_foot(records.results_of([athlete.athlete_id]))


def is_offered(athlete: Athlete, learnt: LearntFoot | None) -> bool:
    """Whether it says something that is not stored yet."""
    if learnt is None or athlete.foot_length_cm is None or athlete.foot_length_origin != "learnt":
        return learnt is not None
    surer = learnt.length.std < _SURER * (athlete.foot_length_std_cm or 0.0)
    return surer or abs(learnt.length.value - athlete.foot_length_cm) >= _SAME_CM


def accept_learnt(athlete: Athlete, services: Services) -> Athlete:
    """Keep what was learnt in place of what was known; raise `NothingLearntError` where no clip shows it."""
    with services.open_records() as records:
        learnt = learn_foot(records.results_of([athlete.athlete_id]))
        if learnt is None:
            raise NothingLearntError
        changed = replace(
            athlete,
            foot_length_cm=round(learnt.length.value, 2),
            foot_length_std_cm=round(learnt.length.std, 3),
            foot_length_origin="learnt",
            foot_length_since=services.clock.now(),
        )
        records.athletes.change(changed)
        records.commit()
    return changed


def note_typed(athlete: Athlete, before: Athlete | None, now: datetime) -> Athlete:
    """Say of a foot length that is not the one from before that it was typed now."""
    if before is not None and athlete.foot_length_cm == before.foot_length_cm:
        return athlete
    if athlete.foot_length_cm is None:
        return replace(athlete, foot_length_std_cm=None, foot_length_origin=None, foot_length_since=None)
    return replace(athlete, foot_length_std_cm=None, foot_length_origin="typed", foot_length_since=now)


def use_known_length(screening: Screening, athlete: Athlete | None) -> Screening:
    """Put the length that is known of an athlete where none is typed; a repeat has what its original had, and shoes have no known length."""
    if athlete is None or screening.foot_length_cm is not None or screening.repeat_of is not None or screening.footwear != "barefoot":
        return screening
    return replace(
        screening,
        foot_length_cm=athlete.foot_length_cm,
        foot_length_std_cm=athlete.foot_length_std_cm,
        foot_length_origin=athlete.foot_length_origin,
    )


def find_known(athlete: Athlete) -> Quantity | None:
    """Return the stored length with its uncertainty; that of a typed one is what people measure themselves within."""
    return None if athlete.foot_length_cm is None else Quantity(athlete.foot_length_cm, athlete.foot_length_std_cm or FOOT_LENGTH_STD_CM, "cm")
