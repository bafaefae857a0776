"""What the pages of a home programme show beside its dict: choices in words, today's exercises with their drawings, what was given before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from markupsafe import Markup

from app.assessment.programme.intake import SIDES, AgeGroup, Equipment, Goal, Habit, Place, RedFlag, Sport, Trait
from app.assessment.programme.library import Library, RuleKind
from app.ports.people import Athlete
from app.rendering.language import gettext as _
from app.rendering.language import mark
from app.rendering.programme_words import tell, write_dose
from app.usecases.followed import Followed

_CHOICES: Mapping[RuleKind, object] = {
    "place": Place,
    "trait": Trait,
    "habit": Habit,
    "equipment": Equipment,
    "sport": Sport,
    "goal": Goal,
    "age_group": AgeGroup,
}
_ADULT, _OLDER = 18, 60
DOSE_FIELDS: Mapping[str, str] = {"sets": mark("Sets"), "reps": mark("Times"), "hold_s": mark("Hold, seconds")}
"""Parts of a dose that a professional can change, as the form calls them."""


def build_choices(library: Library) -> dict[str, list[dict[str, str]]]:
    """Return everything that can be answered, in words, and the red flags as questions."""
    choices = {kind: [{"code": code, "words": tell(library.tell(kind, code))} for code in get_args(codes)] for kind, codes in _CHOICES.items()}
    asked = [(code, library.rules["red_flag", code].asked) for code in get_args(RedFlag)]
    flags = [{"code": code, "words": tell(told)} for code, told in asked if told is not None]
    return {str(kind): of for kind, of in choices.items()} | {"red_flag": flags}


def build_day_view(found: Followed, programme: Mapping[str, Any], library: Library) -> dict[str, Any]:
    """Return the exercises of today and of the other days with their drawings, and what is said about today already."""
    log = found.log_of(found.today)
    marks = {} if log is None else {item.exercise_id: item for item in log.items}
    items = [] if programme["plan"] is None else programme["plan"]["items"]
    shown = [
        item
        | {
            "drawing": Markup(library.exercises[item["exercise"]].drawing),  # noqa: S704 - checked when the library was read: lines, no script
            "mark": None if item["exercise"] not in marks else marks[item["exercise"]].mark,
            "pain": None if item["exercise"] not in marks else marks[item["exercise"]].pain,
        }
        for item in items
    ]
    weekday = found.today.weekday()
    criteria = set() if programme["step"] is None else {each["code"] for each in programme["step"]["criteria"]}
    return {
        "weekday": weekday,
        "items": [item for item in shown if weekday in item["days"]],
        "others": [item for item in shown if weekday not in item["days"]],
        "minutes": round(sum(item["seconds"] for item in shown if weekday in item["days"]) / 60),
        "usual_before": None if log is None else log.usual_before,
        "swelling": None if log is None else log.swelling,
        "pinched": [] if log is None else sorted(log.pinched),
        "red_flags": [] if log is None else [f"flag_{code}" for code in sorted(log.red_flags)],
        "tests": [code for code in ("balance", "hop") if code in criteria],
        "balance": found.intake.balance,
        "hop": found.intake.hop,
    }


def ask_again(athlete: Athlete, found: Followed | None, year: int) -> dict[str, str]:
    """Return the fields of the form as they were answered last; the age as far as it is known of the athlete. Warning signs are always asked anew."""
    given = {"minutes_a_day": "15", "age_group": _guess_age(athlete, year)}
    if found is None:
        return given
    intake = found.version.intake
    given |= {"pain": str(intake.pain), "minutes_a_day": str(intake.minutes_a_day), "sport": intake.sport, "goal": intake.goal, "age_group": intake.age_group}
    given |= {f"{name}": "yes" if said else "no" for name, said in (("balance", found.intake.balance), ("hop", found.intake.hop)) if said is not None}
    given |= {f"equipment_{code}": "on" for code in intake.equipment} | {f"habit_{code}": "on" for code in intake.habits}
    given |= {"agreed": "on"} if intake.agreed else {}
    for side in SIDES:
        leg = intake.leg(side)
        given |= {f"felt_{side}": leg.felt[0]} if leg.felt else {}
        given |= {f"also_{side}_{place}": "on" for place in leg.felt[1:]} | {f"trait_{side}_{trait}": "on" for trait in leg.traits}
    return given


def _guess_age(athlete: Athlete, year: int) -> str:
    if athlete.under_18:
        return "under_18"
    if athlete.year_of_birth is None:
        return ""
    age = year - athlete.year_of_birth
    return "under_18" if age <= _ADULT else "60_plus" if age > _OLDER else "adult"


def fill_day(today: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields of the form about a day as far as they are said already, from what `build_day_view` returns."""
    items = [*today["items"], *today["others"]]
    given = {f"mark_{item['exercise']}": str(item["mark"]) for item in items if item["mark"] is not None}
    given |= {f"pain_{item['exercise']}": str(item["pain"]) for item in items if item["pain"] is not None}
    given |= {name: "yes" if today[name] else "no" for name in ("usual_before", "balance", "hop") if today[name] is not None}
    given |= {} if today["swelling"] is None else {"swelling": today["swelling"]}
    return given | {f"pinched_{side}": "on" for side in today["pinched"]} | dict.fromkeys(today["red_flags"], "on")


def fill_changes(exercises: Sequence[Mapping[str, Any]], *, locked: bool) -> dict[str, str]:
    """Return the fields of the form about exercises as a professional left them, from what `list_changes` returns."""
    given = {"locked": "on"} if locked else {}
    for each in exercises:
        given |= {f"do_{each['id']}": each["do"], f"legs_{each['id']}": each["legs"]}
        given |= {f"{size}_{each['id']}": str(each["dose"][size]) for size in DOSE_FIELDS}
    return given


def name_changes(exercises: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return what the fields of that form are called in an error: the exercise, and which part of its dose."""
    return {f"{size}_{each['id']}": f"{each['name']}, {_(label)}" for each in exercises for size, label in DOSE_FIELDS.items()}


def list_changes(library: Library, overrides: Mapping[str, Any], plan: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return every exercise with what a professional made of it, those of the plan first."""
    added = {each["exercise"]: each for each in overrides["added"]}
    planned = {} if plan is None else {item["exercise"]: item for item in plan["items"]}
    barred = {} if plan is None else {left["exercise"]: left["bars"] for left in plan["left_out"] if left["why"] == "barred"}
    rows = []
    for exercise in sorted(library.exercises.values(), key=lambda each: (each.id not in planned, each.stage, each.rank, each.id)):
        addition = added.get(exercise.id)
        dose = (addition or {}).get("dose") or overrides["doses"].get(exercise.id)
        legs = [] if addition is None else addition["legs"]
        rows.append(
            {
                "id": exercise.id,
                "name": tell(exercise.name),
                "stage": exercise.stage,
                "planned": exercise.id in planned,
                "together": exercise.together,
                "usual": write_dose(exercise.dose),
                "dose": dose or {"sets": exercise.dose.sets, "reps": exercise.dose.reps, "hold_s": exercise.dose.hold_s},
                "do": "add" if addition is not None else "leave" if exercise.id in overrides["removed"] else "plan",
                "legs": "plan" if not legs else "both" if len(legs) > 1 else legs[0],
                "bars": barred.get(exercise.id, []),
                "changed": addition is not None or exercise.id in overrides["removed"] or exercise.id in overrides["doses"],
            }
        )
    return rows
