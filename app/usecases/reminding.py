"""When the next test is due, and when none is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.ports.people import Athlete
from app.ports.records import LegResult
from app.usecases.errors import ReminderPausedError
from app.usecases.services import Services

PAIN_TO_STOP_AT = 3
"""Of 10: above it the protocol says to stop."""
_APART = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class NextTest:
    """The day of the next test; None before the first one and while `pain` - what was last said, above 3 - pauses it."""

    due: date | None
    pain: int | None = None


def find_next_test(results: Sequence[LegResult]) -> NextTest:
    """Return the day, a week after the last clip that was measured; the pain that was said last counts until another is said."""
    said = [result.pain for result in results if result.pain is not None]
    if said and said[-1] > PAIN_TO_STOP_AT:
        return NextTest(None, said[-1])
    measured = [result.created_at for result in results if result.numbers is not None]
    return NextTest(measured[-1].date() + _APART if measured else None)


def plan_reminder(athlete: Athlete, services: Services) -> date:
    """Return the day from which on a weekly reminder starts, today or later; raise `ReminderPausedError` while pain pauses it."""
    with services.open_records() as records:
        following = find_next_test(records.results_of([athlete.athlete_id]))
    if following.pain is not None:
        raise ReminderPausedError(pain=following.pain)
    today = services.clock.now().date()
    return today if following.due is None else max(following.due, today)
