"""A clip is one session of one day, however often it was sent: which of the times counts, and where the others find it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.assessment.measurement import Side
from app.ports.screenings import LegResult, Screening
from app.usecases.access import Actor
from app.usecases.services import Services

_Clip = tuple[str, str]
"""Whose it is, and the hash of its bytes."""


@dataclass(frozen=True, slots=True)
class SentBefore:
    """That the clip of one leg was sent in another screening too, in which it counts."""

    side: Side
    screening_id: str
    at: datetime


def drop_sent_again(results: Sequence[LegResult]) -> list[LegResult]:
    """Return results, oldest first, with each clip once; one that gave no number does not count anywhere and stays."""
    counted = _find_counted(results)
    return [result for result in results if result.numbers is None or counted[_clip_of(result)].screening_id == result.screening_id]


def find_sent_before(actor: Actor, screening: Screening, services: Services) -> tuple[SentBefore, ...]:
    """Return the legs whose clip counts in another screening of the same athlete; who holds a link sees nothing of other days.

    A repeat of the same clip is refused, and nobody's clips count nowhere.
    """
    if screening.athlete_id is None or screening.repeat_of is not None or actor.kind == "link":
        return ()
    with services.open_records() as records:
        counted = _find_counted(records.results_of([screening.athlete_id]))
    found = [(attempt.side, counted.get((screening.athlete_id, attempt.sha256))) for attempt in screening.attempts]
    return tuple(
        SentBefore(side, there.screening_id, there.created_at) for side, there in found if there is not None and there.screening_id != screening.screening_id
    )


def _find_counted(results: Sequence[LegResult]) -> Mapping[_Clip, LegResult]:
    """Return of each clip the first result with a distance, else the first with any number: with the length of the foot the same clip may give more."""
    counted: dict[_Clip, LegResult] = {}
    for result in results:
        if result.numbers is None:
            continue
        before = counted.setdefault(_clip_of(result), result).numbers
        if before is not None and before.toe_to_wall_cm is None and result.numbers.toe_to_wall_cm is not None:
            counted[_clip_of(result)] = result
    return counted


def _clip_of(result: LegResult) -> _Clip:
    return result.athlete_id, result.sha256
