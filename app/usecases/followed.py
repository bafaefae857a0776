"""A home programme as it stands today: planned from the newest answers, what was logged since, and the newest screening."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast

from app.assessment.measurement import Limit, Side
from app.assessment.programme.intake import SIDES, Intake, Reach
from app.assessment.programme.logs import Checks, DayLog, NextStep
from app.assessment.programme.plan import Advice, Plan
from app.assessment.programme.planning import plan_programme
from app.assessment.programme.progress import NO_GAIN_DAYS, suggest_next, update_intake
from app.ports.people import Athlete
from app.ports.programmes import LogEntry, PlanVersion, Programme, Said, VersionCause
from app.ports.records import UnitOfWork
from app.ports.screenings import LegResult
from app.usecases.access import Actor
from app.usecases.day_logs import WeekDone, fold_days, list_weeks
from app.usecases.following import build_courses
from app.usecases.programme_errors import UnknownProgrammeError
from app.usecases.same_clips import drop_sent_again
from app.usecases.services import Services

_NO_GAIN = timedelta(days=NO_GAIN_DAYS)


@dataclass(frozen=True, slots=True)
class Draft:
    """What is said of a version besides its contents."""

    programme_id: str
    number: int
    cause: VersionCause
    since: date
    answered_at: datetime
    by: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A programme as it stands today: answers with what was logged and tested since, the plan or the advice in its place, and the next step of a plan."""

    programme: Programme
    version: PlanVersion
    intake: Intake
    plan: Plan | None
    advice: Advice | None
    step: NextStep | None
    logs: tuple[DayLog, ...]
    weeks: tuple[WeekDone, ...]
    today: date

    def draft(self, cause: VersionCause, by: Actor, *, since: date | None = None) -> Draft:
        """Return what is said of the version after this one."""
        version = self.version
        return Draft(version.programme_id, version.number + 1, cause, since or version.since, version.answered_at, by)

    def logs_since(self, answered_at: datetime) -> tuple[DayLog, ...]:
        """Return the logs of the days from some answers on."""
        return list_since(self.logs, answered_at)

    def log_of(self, day: date) -> DayLog | None:
        """Return what was logged about a day."""
        return next((log for log in self.logs if log.day == day.toordinal()), None)


def find_programme(athlete: Athlete, services: Services) -> Followed | None:
    """Return an athlete's programme as it stands today, None where there is none."""
    with services.open_records() as records:
        return follow_programme(athlete, records, services)


def require_programme(athlete: Athlete, services: Services) -> Followed:
    """Return an athlete's programme; raise `UnknownProgrammeError` where there is none."""
    found = find_programme(athlete, services)
    if found is None:
        raise UnknownProgrammeError
    return found


def follow_programme(athlete: Athlete, records: UnitOfWork, services: Services) -> Followed | None:
    """Return an athlete's programme as it stands today: planned from the answers of its newest version, what was logged since, and the newest screening."""
    programme = records.programmes.find(athlete.athlete_id)
    version = None if programme is None else records.programmes.newest_version(programme.programme_id)
    if programme is None or version is None:
        return None
    entries = records.programmes.entries_of(programme.programme_id)
    checks = _list_checks(records.results_of([athlete.athlete_id]), entries, version, services)
    logs, today = fold_days(entries), services.clock.now().date()
    intake = update_intake(version.intake, list_since(logs, version.answered_at), checks)
    planned = plan_programme(intake, services.library, progress=version.progress, overrides=version.overrides)
    step: NextStep | None = None
    plan, advice = (planned, None) if isinstance(planned, Plan) else (None, planned)
    if plan is not None:
        step = suggest_next(
            plan,
            logs,
            intake=intake,
            library=services.library,
            progress=version.progress,
            checks=checks,
            began=programme.began.toordinal(),
            since=version.since.toordinal(),
            today=today.toordinal(),
            overrides=version.overrides,
        )
        if step.advice is not None:
            plan, advice = None, step.advice
    weeks = list_weeks(logs, programme.began, today)
    return Followed(programme=programme, version=version, intake=intake, plan=plan, advice=advice, step=step, logs=logs, weeks=weeks, today=today)


def list_since(logs: Sequence[DayLog], at: datetime) -> tuple[DayLog, ...]:
    """Return the logs of the days from a time on."""
    return tuple(log for log in logs if log.day >= at.date().toordinal())


def _list_checks(results: Sequence[LegResult], entries: Sequence[LogEntry], version: PlanVersion, services: Services) -> Checks:
    """Return the numbers of the last three months, and what was said last about balance and hopping, in the log or the answers."""
    since = services.clock.now() - _NO_GAIN
    courses = build_courses([result for result in results if result.created_at >= since], None)
    said: list[Intake | Said] = [version.intake, *(entry.said for entry in entries if entry.said_at >= version.answered_at)]
    return Checks(
        reaches=list_reaches(results),
        verdicts={side: courses.legs[side]["toe_to_wall_cm"].trend.verdict for side in SIDES},
        balance=next((each.balance for each in reversed(said) if each.balance is not None), None),
        hop=next((each.hop for each in reversed(said) if each.hop is not None), None),
    )


def list_reaches(results: Sequence[LegResult]) -> Mapping[Side, Reach]:
    """Return how far each leg reached in its newest screening that has a distance."""
    found: dict[Side, Reach] = {}
    for result in drop_sent_again(results):
        numbers = result.numbers
        if numbers is not None and numbers.toe_to_wall_cm is not None:
            found[result.side] = Reach(numbers.toe_to_wall_cm, cast("Limit", numbers.limit))
    return found
