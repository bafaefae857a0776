"""A home programme in words: doses, days, legs; what exercises and rules say comes from the library in both languages."""

from __future__ import annotations

from collections.abc import Sequence

from babel.dates import get_day_names

from app.assessment.measurement import Side
from app.assessment.programme.library import Dose, Exercise, SourceKind, Told
from app.assessment.programme.logs import Change, CriterionState
from app.ports.programmes import VersionCause
from app.rendering.language import get_language, mark, ngettext
from app.rendering.language import gettext as _
from app.usecases.day_logs import WeekDone

_DAYS_A_WEEK = 7
_SECONDS_A_MINUTE = 60
STATES: dict[CriterionState, str] = {"met": mark("met"), "missed": mark("not met"), "unknown": mark("not known yet")}
CAUSES: dict[VersionCause, str] = {
    "answers": mark("Made from answers"),
    "step": mark("A step was taken"),
    "change": mark("Changed by a coach or clinician"),
    "template": mark("Made by a template of the squad"),
}
CHANGES: dict[Change, str] = {"harder": mark("{exercise}: a little more"), "easier": mark("{exercise}: a little less")}
SOURCES: dict[SourceKind, str] = {
    "guide": mark("physiotherapist's guide, no trial"),
    "study": mark("study"),
    "house": mark("this product's own careful reading"),
}


def tell(told: Told) -> str:
    """Return what the library says in the language of the reader."""
    return told.de if get_language() == "de" else told.en


def write_dose(dose: Dose) -> str:
    """Say how much of an exercise: "2 sets, each: 3 times, hold 30 s each"."""
    hold = _write_hold(dose.hold_s)
    if dose.hold_s and dose.reps == 1:
        once = hold
    elif dose.hold_s:
        once = _("{reps} times, hold {hold} each").format(reps=dose.reps, hold=hold)
    elif dose.each_way:
        once = _("{reps} times each way").format(reps=dose.reps)
    else:
        once = _("{reps} times").format(reps=dose.reps)
    return once if dose.sets == 1 else _("{sets} sets, each: {dose}").format(sets=dose.sets, dose=once)


def _write_hold(seconds: int) -> str:
    if seconds >= _SECONDS_A_MINUTE and seconds % _SECONDS_A_MINUTE == 0:
        return _("{minutes} min").format(minutes=seconds // _SECONDS_A_MINUTE)
    return _("{seconds} s").format(seconds=seconds)


def write_legs(exercise: Exercise, legs: Sequence[Side]) -> str:
    """Say which leg does it."""
    if exercise.together:
        return _("both legs together")
    if len(legs) > 1:
        return _("one leg, then the other")
    return _("left leg") if legs == ("left",) else _("right leg")


def write_weekdays(days: Sequence[int]) -> str:
    """Say on which days of the week, 0 is Monday."""
    if len(days) == _DAYS_A_WEEK:
        return _("every day")
    names = get_day_names("abbreviated", locale=get_language())
    return ", ".join(names[day] for day in days)


def write_minutes(seconds: int) -> str:
    """Say how long, in whole minutes, at least one."""
    return _("{minutes} min").format(minutes=max(1, round(seconds / _SECONDS_A_MINUTE)))


def tell_week(week: WeekDone) -> str:
    """Say what was done in one week."""
    if not week.days:
        return _("nothing logged")
    done = ngettext("on %(days)d day", "on %(days)d days", week.days) % {"days": week.days}
    number = ngettext("%(number)d exercise", "%(number)d exercises", week.exercises) % {"number": week.exercises}
    if week.pain is None:
        return _("{exercises} {days}").format(exercises=number, days=done)
    return _("{exercises} {days}, pain at most {pain} of 10").format(exercises=number, days=done, pain=week.pain)
