"""A home programme as a plain dict, its words included: what the API answers, and what the page and the paper are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from app.assessment.programme.content import list_content
from app.assessment.programme.library import Dose, Exercise, Library, Rule
from app.assessment.programme.logs import DayLog, NextStep
from app.assessment.programme.plan import Advice, LeftOut, Overrides, Plan, PlanItem
from app.ports.programmes import PlanTemplate, PlanVersion
from app.rendering.language import gettext as _
from app.rendering.programme_words import CAUSES, CHANGES, SOURCES, STATES, tell, tell_week, write_dose, write_legs, write_minutes, write_weekdays
from app.usecases.day_logs import WeekDone
from app.usecases.followed import Followed
from app.usecases.plan_templates import Applied


def build_programme_dict(found: Followed, library: Library) -> dict[str, Any]:
    """Build the dict of a programme as it stands today."""
    version, plan = found.version, found.plan
    return {
        "began": found.programme.began.isoformat(),
        "today": found.today.isoformat(),
        "version": version.number,
        "made_at": version.made_at.isoformat(),
        "answered_at": version.answered_at.isoformat(),
        "letters": found.programme.letters,
        "overrides": build_overrides_dict(version.overrides),
        "advice": None if found.advice is None else _build_advice(found.advice, library),
        "plan": None if plan is None else build_plan_dict(plan, library),
        "step": None if found.step is None or plan is None else _build_step(found.step, library),
        "days": [_build_day(log) for log in found.logs],
        "weeks": build_weeks_dict(found.weeks),
    }


def build_plan_dict(plan: Plan, library: Library) -> dict[str, Any]:
    """Build the dict of a plan; exercises that the library no longer has are left out."""
    return {
        "stage": plan.stage,
        "stage_words": tell(library.tell("stage", str(plan.stage))),
        "minutes_a_day": plan.minutes_a_day,
        "items": [_build_item(item, library.exercises[item.exercise_id], library) for item in plan.items if item.exercise_id in library.exercises],
        "targets": [
            {"side": target.side, "kind": target.kind, "aim_cm": target.aim_cm, "words": tell(library.tell("target", target.kind))} for target in plan.targets
        ],
        "notes": [{"code": note, "words": tell(library.tell("note", note))} for note in plan.notes],
        "be_seen": tell(library.tell("advice", "pinch_persists")) if plan.be_seen else None,
        "left_out": [_build_left_out(left, library) for left in plan.left_out],
    }


def _build_item(item: PlanItem, exercise: Exercise, library: Library) -> dict[str, Any]:
    return build_exercise_dict(exercise) | {
        "together": exercise.together,
        "legs": list(item.legs),
        "legs_words": write_legs(exercise, item.legs),
        "dose": _build_dose(item.dose),
        "dose_words": write_dose(item.dose),
        "days": list(item.days),
        "days_words": write_weekdays(item.days),
        "seconds": item.seconds,
        "minutes_words": write_minutes(item.seconds),
        "reasons": [{"code": code, "words": tell(library.tell("reason", code))} for code in item.reasons],
        "shortened": tell(library.tell("rule", "shortened")) if item.shortened else None,
    }


def build_exercise_dict(exercise: Exercise) -> dict[str, Any]:
    """Build the dict of an exercise of the library, without its drawing."""
    return {
        "exercise": exercise.id,
        "name": tell(exercise.name),
        "purpose": tell(exercise.purpose),
        "steps": [tell(step) for step in exercise.steps],
        "caution": None if exercise.caution is None else tell(exercise.caution),
    }


def _build_dose(dose: Dose) -> dict[str, Any]:
    return {name: getattr(dose, name) for name in ("sets", "reps", "hold_s", "rep_s", "each_way")}


def _build_left_out(left: LeftOut, library: Library) -> dict[str, Any]:
    exercise = library.exercises.get(left.exercise_id)
    return {
        "exercise": left.exercise_id,
        "name": left.exercise_id if exercise is None else tell(exercise.name),
        "why": left.why,
        "legs": list(left.legs),
        "words": tell(library.tell("left_out", left.why)),
        "bars": [{"code": bar, "words": tell(library.tell("bar", bar))} for bar in left.bars],
        "by_clinician": left.by_clinician,
    }


def _build_advice(advice: Advice, library: Library) -> dict[str, Any]:
    kinds = {code: "red_flag" if ("red_flag", code) in library.rules else "advice" for code in advice.reasons}
    reasons = [{"code": code, "words": tell(library.rules[kind, code].told)} for code, kind in kinds.items()]  # type: ignore[index] # one of both kinds
    return {"urgency": advice.urgency, "words": tell(library.tell("urgency", advice.urgency)), "reasons": reasons}


def _build_step(step: NextStep, library: Library) -> dict[str, Any]:
    changes = [
        {"exercise": item.exercise_id, "change": item.change, "words": _(CHANGES[item.change]).format(exercise=tell(library.exercises[item.exercise_id].name))}
        for item in step.items
        if item.exercise_id in library.exercises
    ]
    return {
        "kind": step.kind,
        "stage": step.stage,
        "words": tell(library.tell("advice", step.kind)),
        "criteria": [
            {"code": each.code, "state": each.state, "state_words": _(STATES[each.state]), "words": tell(library.tell("criterion", each.code))}
            for each in step.criteria
        ],
        "items": changes,
        "also": [{"code": code, "words": tell(library.tell("advice", code))} for code in step.also],
        "can_be_taken": step.kind != "stay" or bool(step.items),
    }


def _build_day(log: DayLog) -> dict[str, Any]:
    return {
        "day": date.fromordinal(log.day).isoformat(),
        "items": [{"exercise": item.exercise_id, "mark": item.mark, "pain": item.pain} for item in log.items],
        "pain": log.pain,
        "usual_before": log.usual_before,
        "swelling": log.swelling,
        "pinched": sorted(log.pinched),
        "red_flags": sorted(log.red_flags),
    }


def build_weeks_dict(weeks: Sequence[WeekDone]) -> list[dict[str, Any]]:
    """Build the dicts of what was done in each week, oldest first."""
    return [{"monday": week.monday.isoformat(), "days": week.days, "exercises": week.exercises, "pain": week.pain, "words": tell_week(week)} for week in weeks]


def build_overrides_dict(overrides: Overrides) -> dict[str, Any]:
    """Build the dict of what a professional changed, as it is said to the API."""
    return {
        "locked": overrides.locked,
        "added": [
            {"exercise": each.exercise_id, "dose": None if each.dose is None else _write_override(each.dose), "legs": list(each.legs)}
            for each in overrides.added
        ],
        "removed": sorted(overrides.removed),
        "doses": {name: _write_override(dose) for name, dose in overrides.doses.items()},
    }


def _write_override(dose: Dose) -> dict[str, int]:
    return {"sets": dose.sets, "reps": dose.reps, "hold_s": dose.hold_s}


def build_version_dict(version: PlanVersion, library: Library, made_by: str | None) -> dict[str, Any]:
    """Build the dict of one version; `made_by` is the address of an account."""
    return {
        "version": version.number,
        "made_at": version.made_at.isoformat(),
        "made_by": made_by,
        "cause": version.cause,
        "cause_words": _(CAUSES[version.cause]),
        "locked": version.overrides.locked,
        "plan": None if version.plan is None else build_plan_dict(version.plan, library),
    }


def build_template_dict(template: PlanTemplate, library: Library) -> dict[str, Any]:
    """Build the dict of a template of a squad."""
    return {
        "id": template.template_id,
        "name": template.name,
        "minutes_a_day": template.minutes_a_day,
        "sport": template.sport,
        "sport_words": tell(library.tell("sport", template.sport)),
        "goal": template.goal,
        "goal_words": tell(library.tell("goal", template.goal)),
        "equipment": sorted(template.equipment),
        "overrides": build_overrides_dict(template.overrides),
    }


def build_applied_dict(applied: Applied, library: Library) -> dict[str, Any]:
    """Build the dict of what came of a template for one athlete."""
    barred = [{"exercise": name, "name": tell(library.exercises[name].name)} for name in applied.barred if name in library.exercises]
    return {"athlete": applied.athlete.athlete_id, "name": applied.athlete.name, "outcome": applied.outcome, "barred": barred}


def build_content_dict(library: Library) -> dict[str, Any]:
    """Build the dict of everything that the programme says and doses, with where it comes from."""
    content = list_content(library)
    return {
        "rules": [{"kind": kind, "rules": [_build_rule(rule) for rule in rules]} for kind, rules in content.rules],
        "exercises": [_build_content(exercise, library) for exercise in content.exercises],
    }


def _build_rule(rule: Rule) -> dict[str, Any]:
    asked = None if rule.asked is None else tell(rule.asked)
    return {
        "code": rule.code,
        "asked": asked,
        "words": tell(rule.told),
        "urgency": rule.urgency,
        "source": rule.source,
        "source_words": _(SOURCES[rule.source]),
    }


def _build_content(exercise: Exercise, library: Library) -> dict[str, Any]:
    dose = asdict(exercise.dose)
    most = Dose(**dose | {"sets": dose["most_sets"], "reps": dose["most_reps"], "hold_s": dose["most_hold_s"]})
    harder = library.exercises.get(exercise.harder or "")
    return build_exercise_dict(exercise) | {
        "stage": exercise.stage,
        "kind": exercise.kind,
        "dose": dose,
        "dose_words": write_dose(exercise.dose),
        "most_words": write_dose(most),
        "for": [tell(library.tell("reason", need)) for need in sorted(exercise.needs)],
        "not_with": [tell(library.tell("bar", bar)) for bar in sorted(exercise.bars)],
        "equipment": [tell(library.tell("equipment", each)) for each in sorted(exercise.equipment)],
        "harder": None if harder is None else tell(harder.name),
        "source": exercise.source,
        "source_words": _(SOURCES[exercise.source]),
        "dose_source": exercise.dose_source,
        "dose_source_words": _(SOURCES[exercise.dose_source]),
    }
