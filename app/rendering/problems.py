"""What is wrong with a form, as people read it: each field by the name that the page gives it, in the language of the reader.

An error names fields by the codes of the API: ``foot_length_cm: found '99'; expected at most 40``. A page says ``Foot length in cm: ...`` and leads there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.rendering.language import gettext as _
from app.rendering.language import mark, retell

_PROBLEM = re.compile(r"((?:row|line|value) \d+)?(?:: |, )?(?:([\w.-]+): )?(.*)", re.DOTALL)
_DIGITS = re.compile(r"\d+")
_PLACES = {"row": mark("row {number}"), "line": mark("line {number}"), "value": mark("value {number}")}

FIELDS: Mapping[str, str] = {
    # people
    "name": mark("Name"),
    "foot_length_cm": mark("Foot length in cm"),
    "height_cm": mark("Body height in cm"),
    "dominant_leg": mark("Dominant leg"),
    "injuries": mark("Earlier injuries of the ankles"),
    "under_18": mark("Under 18?"),
    "year_of_birth": mark("Year of birth"),
    "sex": mark("Sex"),
    "squad_id": mark("Squad"),
    "athlete_id": mark("Athlete"),
    "athlete": mark("Athletes"),
    "given_by": mark("Who agrees?"),
    "text": mark("Note, at most 500 characters"),
    "untested_days": mark("Not tested for so many days"),
    "above": mark("Difference"),
    "retake": mark("needs a retake"),
    "noted": mark("has a note"),
    # accounts
    "email": mark("E-mail address"),
    "password": mark("Password"),
    "old": mark("Password until now"),
    "new": mark("New password"),
    "label": mark("A token for a program, named"),
    "url": mark("Where a program is told when a screening is finished"),
    "language": mark("Language"),
    # clips and what is said about them
    "skirting_cm": mark("Skirting board, thickness in cm"),
    "sheet_ruler_mm": mark("The sheet's ruler, as printed, in mm"),
    "sheet_margin_mm": mark("The sheet's margin, as printed, in mm"),
    "footwear": mark("On the feet"),
    "scale": mark("Where centimetres come from"),
    "furthest": mark("Was that the furthest possible?"),
    "furthest_left": mark("Was that the furthest possible?"),
    "furthest_right": mark("Was that the furthest possible?"),
    "tape_left_cm": mark("Left leg: tape, cm"),
    "tape_right_cm": mark("Right leg: tape, cm"),
    "inclinometer_left_deg": mark("Left leg: inclinometer, degrees"),
    "inclinometer_right_deg": mark("Right leg: inclinometer, degrees"),
    "pain": mark("Pain at the end of the lunge, 0 to 10"),
    "felt": mark("Where was it felt?"),
    "minutes_since_exercise": mark("Minutes since exercise"),
    "warmed_up": mark("Warmed up before"),
    "limited_by": mark("What ended the lunge?"),
    "notes": mark("Notes"),
    "pattern": mark("How the files are named, if otherwise"),
    # readings and corrections
    "measured_on": mark("Day"),
    "date": mark("Day"),
    "tape_cm": mark("Tape, toe to wall"),
    "tape_in": mark("Tape, toe to wall"),
    "inclinometer_deg": mark("Inclinometer on the shin"),
    "side": mark("Leg"),
    "kind": mark("Read by"),
    "value": mark("Value"),
    "unit": mark("In"),
    "reason": mark("Why?"),
    "points": mark("Points"),
    # home programmes
    "red_flags": mark("Warning signs, of either leg"),
    "age_group": mark("Age"),
    "minutes_a_day": mark("Minutes a day"),
    "goal": mark("What for"),
    "sport": mark("Sport"),
    "equipment": mark("What you have at hand"),
    "habits": mark("Habits"),
    "balance": mark("Can you stand on either leg for 30 seconds?"),
    "hop": mark("Can you hop on either leg without pain?"),
    "day": mark("Day"),
    "swelling": mark("Swelling"),
    "usual_before": mark("After your last training day: is the pain back to usual?"),
}
"""What the pages call each field; what is not here is no field that a person fills in."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem, ready to read: the field that it is about (None when it is about none, or a row of a list), what that is called, what is wrong with it."""

    field: str | None
    label: str
    words: str

    def __str__(self) -> str:
        return f"{self.label} {self.words}" if self.label else self.words


def list_problems(error: Any, labels: Mapping[str, str] | None = None) -> list[Problem]:  # noqa: ANN401 - an error of the use cases, which lie beside this package
    """Return the problems that an error names, none where it is about something else; `labels` are what this page calls a field otherwise."""
    return [tell_problem(problem, labels) for problem in getattr(error, "problems", ())]


def tell_error(error: Any, labels: Mapping[str, str] | None = None) -> str:  # noqa: ANN401 - as above
    """Return what an error says in one piece, for where nothing of it can lead anywhere."""
    problems = list_problems(error, labels)
    return "; ".join(map(str, problems)) + "." if problems else retell(error.message)


def tell_problem(problem: str, labels: Mapping[str, str] | None = None) -> Problem:
    """Tell a problem anew; one in a row of a list is about no field of the page."""
    place, field, words = _PROBLEM.fullmatch(problem).groups()  # type: ignore[union-attr] # every part may be empty
    label = None if field is None else _name_field(field, labels or {})
    if place is not None:
        return Problem(None, _end(", ".join(filter(None, (_tell_place(place), label)))), retell(words))
    return Problem(field, _end(label) if label else "", retell(words))


def _tell_place(place: str) -> str:
    kind, number = place.split()
    return _(_PLACES[kind]).format(number=number)


def _name_field(code: str, labels: Mapping[str, str]) -> str:
    """Return what a page calls a field; of a field inside others, as ``legs.left.felt``, the innermost that has a name."""
    names = [labels.get(code), *(FIELDS.get(part) for part in reversed(code.split(".")))]
    return next((_(name) for name in names if name is not None), code)


def _end(label: str) -> str:
    return label if label.endswith("?") else f"{label}:"
