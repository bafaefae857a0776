"""Home programmes: from answers to a plan, what was logged, and the step that may follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from app.assessment.programme.intake import Intake
from app.assessment.programme.library import Dose, Library
from app.assessment.programme.logs import Checks
from app.assessment.programme.plan import Overrides, Plan, Progress
from app.assessment.programme.planning import plan_programme
from app.assessment.programme.progress import take_step, update_intake
from app.ports.people import Athlete
from app.ports.programmes import LetterLanguage, LogEntry, PlanVersion, Programme, Said
from app.ports.records import UnitOfWork
from app.usecases.access import Actor
from app.usecases.account_errors import NotAllowedError
from app.usecases.days import DAY, find_latest_day
from app.usecases.errors import MalformedSubmissionError
from app.usecases.followed import Draft, Followed, follow_programme, list_reaches
from app.usecases.programme_errors import PlanChangedError, UnknownProgrammeError
from app.usecases.services import Services

LOG_DAYS = 14
"""So many days back something can still be logged: a phone may be without a connection for long."""


def list_versions(athlete: Athlete, services: Services) -> Sequence[PlanVersion]:
    """Return every version of an athlete's plan, oldest first."""
    with services.open_records() as records:
        return records.programmes.versions_of(_require_programme(athlete, records).programme_id)


def answer(actor: Actor, athlete: Athlete, answers: Intake, services: Services) -> Followed:
    """Make a plan from answers, or anew from other answers; what a professional changed stays, and a locked plan does not move on by them."""
    with services.open_records() as records:
        found = follow_programme(athlete, records, services)
        now = services.clock.now()
        if found is None:
            programme = Programme(programme_id=services.new_id(), athlete_id=athlete.athlete_id, began=now.date())
            if not records.programmes.add(programme):
                raise PlanChangedError
        else:
            programme = found.programme
        overrides = Overrides() if found is None else found.version.overrides
        results = records.results_of([athlete.athlete_id])
        intake = update_intake(answers, () if found is None else found.logs_since(now), Checks(reaches=list_reaches(results)))
        progress = _place(intake, overrides, found, services.library)
        number = 1 if found is None else found.version.number + 1
        draft = Draft(programme.programme_id, number, "answers", since=now.date(), answered_at=now, by=actor)
        _remember(draft, answers, intake, progress, overrides, records, services)
        records.commit()
        return _follow_anew(athlete, records, services)


def _place(intake: Intake, overrides: Overrides, found: Followed | None, library: Library) -> Progress:
    planned = plan_programme(intake, library, overrides=overrides)
    if not isinstance(planned, Plan):
        return Progress()
    stage = planned.stage
    if overrides.locked and found is not None and found.version.progress.stage is not None:
        stage = min(stage, found.version.progress.stage)
    return Progress(stage=stage)


def log_day(athlete: Athlete, key: str, day: date, said: Said, services: Services) -> bool:
    """Remember what was said about a day; False when it is there already under this key."""
    with services.open_records() as records:
        programme = _require_programme(athlete, records)
        now = services.clock.now()
        _check_log(day, said, programme, now, services.library)
        entry = LogEntry(programme_id=programme.programme_id, entry_key=key, day=day, said_at=now, said=said)
        added = records.programmes.add_entry(entry)
        records.commit()
    return added


def _check_log(day: date, said: Said, programme: Programme, now: datetime, library: Library) -> None:
    first, last = max(programme.began, now.date() - LOG_DAYS * DAY) - DAY, find_latest_day(now)
    problems = []
    if not first <= day <= last:
        problems.append(f"day: found {day}; expected one from {first} to {last}")
    problems += [
        f"items: found the exercise {item.exercise_id[:40]!r}; expected one of the library" for item in said.items if item.exercise_id not in library.exercises
    ]
    problems += [f"items: found a pain of {item.pain}; expected 0 to 10" for item in said.items if item.pain is not None and not 0 <= item.pain <= 10]  # noqa: PLR2004 - the scale
    if problems:
        raise MalformedSubmissionError(tuple(problems))


def go_on(actor: Actor, athlete: Athlete, number: int, services: Services) -> Followed:
    """Take the step that is suggested for the version that was looked at; raise `PlanChangedError` when another holds, or nothing is suggested."""
    with services.open_records() as records:
        found = _require_version(athlete, number, records, services)
        step = found.step
        if step is None or step.kind == "be_seen" or (step.kind == "stay" and not step.items):
            raise PlanChangedError
        progress = take_step(replace(found.version.progress, stage=found.plan.stage if found.plan else None), step, services.library)
        draft = found.draft("step", actor, since=found.today + DAY)
        _remember(draft, found.version.intake, found.intake, progress, found.version.overrides, records, services)
        records.commit()
        return _follow_anew(athlete, records, services)


def change(actor: Actor, athlete: Athlete, number: int, overrides: Overrides, services: Services) -> Followed:
    """Keep what a professional changed, and whether it is locked, in place of what was changed before; contra-indications still win."""
    if not actor.coaches:
        raise NotAllowedError("change or lock a plan", advice="Answer the questions again, or ask your coach.")
    check_overrides(overrides, services.library)
    with services.open_records() as records:
        found = _require_version(athlete, number, records, services)
        _remember(found.draft("change", actor), found.version.intake, found.intake, found.version.progress, overrides, records, services)
        records.commit()
        return _follow_anew(athlete, records, services)


def check_overrides(overrides: Overrides, library: Library) -> None:
    """Raise `MalformedSubmissionError` for exercises that the library does not have, and doses that nobody could follow."""
    named = {*(addition.exercise_id for addition in overrides.added), *overrides.removed, *overrides.doses}
    problems = [f"exercise: found {name[:40]!r}; expected one of the library" for name in sorted(named - set(library.exercises))]
    doses: dict[str, Dose] = {each.exercise_id: each.dose for each in overrides.added if each.dose is not None} | dict(overrides.doses)
    for name, dose in doses.items():
        if not (1 <= dose.sets <= 10 and 1 <= dose.reps <= 60 and 0 <= dose.hold_s <= 300):  # noqa: PLR2004 - the bounds of the message
            problems.append(f"{name[:40]}: found {dose.sets} x {dose.reps} x {dose.hold_s} s; expected 1 to 10 sets, 1 to 60 repetitions, holds of 0 to 300 s")
    if problems:
        raise MalformedSubmissionError(tuple(problems))


def erase_programme(athlete: Athlete, services: Services) -> None:
    """Forget an athlete's programme: answers, every version, everything that was logged."""
    with services.open_records() as records:
        records.programmes.erase(_require_programme(athlete, records).programme_id)
        records.commit()


def choose_letters(athlete: Athlete, language: LetterLanguage | None, services: Services) -> None:
    """Remember whether, and in which language, an athlete wants to be reminded of the weekly test by e-mail."""
    with services.open_records() as records:
        records.programmes.change(replace(_require_programme(athlete, records), letters=language))
        records.commit()


def use_template(actor: Actor, found: Followed, answers: Intake, overrides: Overrides, records: UnitOfWork, services: Services) -> None:
    """Make a version by a squad's template: its answers in place of the athlete's own about the same, and its changes."""
    of_squad = {name: getattr(answers, name) for name in ("minutes_a_day", "sport", "goal", "equipment")}
    intake = replace(found.intake, **of_squad)
    _remember(found.draft("template", actor), answers, intake, _place(intake, overrides, found, services.library), overrides, records, services)


def _remember(draft: Draft, answers: Intake, intake: Intake, progress: Progress, overrides: Overrides, records: UnitOfWork, services: Services) -> None:
    """Remember a version with the answers as they were given, and the plan from `intake`: with what is known besides."""
    planned = plan_programme(intake, services.library, progress=progress, overrides=overrides)
    version = PlanVersion(
        programme_id=draft.programme_id,
        number=draft.number,
        made_at=services.clock.now(),
        cause=draft.cause,
        since=draft.since,
        answered_at=draft.answered_at,
        intake=answers,
        progress=progress,
        overrides=overrides,
        plan=planned if isinstance(planned, Plan) else None,
        made_by=draft.by.account_id,
    )
    if not records.programmes.add_version(version):
        raise PlanChangedError


def _require_programme(athlete: Athlete, records: UnitOfWork) -> Programme:
    programme = records.programmes.find(athlete.athlete_id)
    if programme is None:
        raise UnknownProgrammeError
    return programme


def _require_version(athlete: Athlete, number: int, records: UnitOfWork, services: Services) -> Followed:
    found = follow_programme(athlete, records, services)
    if found is None:
        raise UnknownProgrammeError
    if found.version.number != number:
        raise PlanChangedError
    return found


def _follow_anew(athlete: Athlete, records: UnitOfWork, services: Services) -> Followed:
    found = follow_programme(athlete, records, services)
    if found is None:  # erased by somebody else in this moment
        raise UnknownProgrammeError
    return found
