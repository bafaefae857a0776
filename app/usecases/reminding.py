"""When the next test is due, and when none is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.assessment.programme.logs import DayLog
from app.ports.mail import Letter, MailFailedError
from app.ports.people import Athlete
from app.ports.programmes import LetterLanguage
from app.ports.screenings import LegResult
from app.usecases.day_logs import find_logs
from app.usecases.errors import ReminderPausedError
from app.usecases.same_clips import drop_sent_again
from app.usecases.services import Services

PAIN_TO_STOP_AT = 3
"""Of 10: above it the protocol says to stop."""
_APART = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class NextTest:
    """The day of the next test; None before the first one and while `pain` - what was last said, above 3 - pauses it."""

    due: date | None
    pain: int | None = None


def find_next_test(results: Sequence[LegResult], logs: Sequence[DayLog] = ()) -> NextTest:
    """Return the day, a week after the last new clip that was measured; the pain that was said last, at a test or in the log, counts until another is said."""
    said = [(result.created_at.date(), result.pain) for result in results if result.pain is not None]
    said += [(date.fromordinal(log.day), log.pain) for log in logs if log.pain is not None]
    pain = max(reversed(said), key=lambda each: each[0])[1] if said else None
    if pain is not None and pain > PAIN_TO_STOP_AT:
        return NextTest(None, pain)
    measured = [result.created_at for result in drop_sent_again(results) if result.numbers is not None]
    return NextTest(measured[-1].date() + _APART if measured else None)


def plan_reminder(athlete: Athlete, services: Services) -> date:
    """Return the day from which on a weekly reminder starts, today or later; raise `ReminderPausedError` while pain pauses it."""
    with services.open_records() as records:
        following = find_next_test(records.results_of([athlete.athlete_id]), find_logs(athlete.athlete_id, records))
    if following.pain is not None:
        raise ReminderPausedError(pain=following.pain)
    today = services.clock.now().date()
    return today if following.due is None else max(following.due, today)


def send_letters(services: Services, write: Callable[[str, LetterLanguage], Letter]) -> int:
    """Remind everybody who asked for it of the test that is due, once a week and not while pain pauses it; return how many letters could not be sent."""
    if services.mailer is None or services.access != "accounts":
        return 0
    failed = 0
    for programme_id, athlete_id in _list_waiting(services):
        asked = _find_addressee(programme_id, athlete_id, services)
        if asked is None:
            continue
        try:
            services.mailer.send(write(*asked))  # between two units of work: a mail server may take its time, and holds up nobody else's records
        except MailFailedError:  # the next round tries again
            failed += 1
            continue
        with services.open_records() as records:
            programme = records.programmes.find(athlete_id)
            if programme is not None and programme.programme_id == programme_id:
                records.programmes.change(replace(programme, lettered_on=services.clock.now().date()))
                records.commit()
    return failed


def _find_addressee(programme_id: str, athlete_id: str, services: Services) -> tuple[str, LetterLanguage] | None:
    """Return to whom a letter goes now and in which language; None when there is none to be sent."""
    with services.open_records() as records:
        programme, account = records.programmes.find(athlete_id), records.accounts.find_of_athlete(athlete_id)
        following = find_next_test(records.results_of([athlete_id]), find_logs(athlete_id, records))
    if programme is None or programme.programme_id != programme_id or programme.letters is None or account is None:
        return None
    if following.due is None or following.due > services.clock.now().date():
        return None
    return account.email, programme.letters


def _list_waiting(services: Services) -> list[tuple[str, str]]:
    since = services.clock.now().date() - _APART
    with services.open_records() as records:
        asked = [each for each in records.programmes.list_all() if each.letters is not None]
    return [(each.programme_id, each.athlete_id) for each in asked if each.lettered_on is None or each.lettered_on <= since]
