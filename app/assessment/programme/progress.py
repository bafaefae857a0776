"""What comes next: by criteria, never by the calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from app.assessment.measurement import Side
from app.assessment.programme.intake import SIDES, Intake, Trait
from app.assessment.programme.ladder import find_root
from app.assessment.programme.library import STAGES, Library, Stage
from app.assessment.programme.logs import (
    AdviceCode,
    Change,
    Checks,
    Criterion,
    CriterionCode,
    CriterionState,
    DayLog,
    ItemLog,
    ItemStep,
    NextStep,
)
from app.assessment.programme.needs import CALM_PAIN, MOST_PAIN, has_range, list_legs
from app.assessment.programme.plan import Overrides, Plan, PlanItem, Progress
from app.assessment.programme.planning import plan_programme
from app.assessment.programme.red_flags import advise

CALM_DAYS = 3
"""Training days that must have been calm before anything moves on."""
EASY_DAYS = 2
"""Times in a row that an exercise was too easy before it is made harder."""
SORE_DAYS = 2
"""Training days in a row above the most pain, after which the stage goes back; one such day makes the exercise easier that hurt."""
NO_GAIN_DAYS = 91
"""Three months."""
PINCH_DAYS = 28
"""A pinch that is still there after so many days persists."""
CRITERIA: Mapping[Stage, tuple[CriterionCode, ...]] = {
    1: ("pain", "next_day", "range"),
    2: ("pain", "next_day", "range", "balance", "hop"),
    3: ("pain", "next_day", "range", "balance", "hop"),
}
"""Of moving on from a stage; from the last nobody moves on, and they say whether to stay in it."""


def suggest_next(
    plan: Plan,
    logs: Sequence[DayLog],
    *,
    intake: Intake,
    library: Library,
    progress: Progress,
    checks: Checks,
    began: int,
    since: int,
    today: int,
    overrides: Overrides | None = None,
) -> NextStep:
    """Return the next step, from logs with the oldest first.

    Parameters
    ----------
    plan : Plan
        The present one.
    logs : sequence of DayLog
        Since the programme began.
    began, since, today : int
        Days as ordinals: of the first plan; from which on logs are about this one (the day after a step was taken); this one.
    """
    overrides, all_logs = overrides or Overrides(), logs
    logs = tuple(log for log in logs if log.day >= since)
    advice = advise(frozenset().union(*(log.red_flags for log in logs)), library)
    if advice is not None:
        return NextStep(kind="be_seen", stage=plan.stage, advice=advice)
    criteria = judge_criteria(plan.stage, logs, intake=intake, checks=checks)
    also = _list_also(all_logs, intake=intake, checks=checks, began=began, today=today)
    if has_risen(logs):
        if plan.stage > 1:
            return NextStep(kind="step_back", stage=STAGES[plan.stage - 2], criteria=criteria, also=also)
        return NextStep(kind="ease", stage=1, criteria=criteria, also=also, items=tuple(ItemStep(item.exercise_id, "easier") for item in plan.items))
    if plan.stage < 3 and not overrides.locked and all(each.state == "met" for each in criteria):
        return NextStep(kind="move_on", stage=STAGES[plan.stage], criteria=criteria, also=also)
    steps = _list_steps(plan, logs, locked=overrides.locked)
    steps += () if overrides.locked or criteria[0].state != "met" else tuple(ItemStep(e.exercise_id, "harder") for e in plan.left_out if e.why == "paused")
    changing = tuple(step for step in steps if _changes(step, plan, intake=intake, library=library, progress=progress, overrides=overrides))
    return NextStep(kind="stay", stage=plan.stage, criteria=criteria, items=changing, also=also)


def take_step(progress: Progress, step: NextStep, library: Library) -> Progress:
    """Return where somebody stands once they take a suggested step, to be planned anew from; a new stage begins with its own doses."""
    if step.kind in ("move_on", "step_back"):
        return Progress(stage=step.stage)
    steps = dict(progress.steps)
    for item in step.items:
        root = find_root(library, item.exercise_id)
        steps[root] = steps.get(root, 0) + (1 if item.change == "harder" else -1)
    return Progress(stage=step.stage, steps={root: number for root, number in steps.items() if number})


def update_intake(intake: Intake, logs: Sequence[DayLog], checks: Checks) -> Intake:
    """Return the answers with what was logged and tested since they were given.

    A leg that pinched on the day logged last counts as pinching. Pain counts as less once training days in a row were calmer than what was answered; a rise of
    pain is for `suggest_next` to answer, exercise by exercise and stage by stage.
    """
    said = [log.pain for log in logs if log.pain is not None][-CALM_DAYS:]
    pain = min(intake.pain, max(said)) if len(said) == CALM_DAYS else intake.pain
    pinched = logs[-1].pinched if logs else frozenset()
    legs = {}
    for side in SIDES:
        leg = intake.leg(side)
        traits: frozenset[Trait] = leg.traits | {"pinch"} if side in pinched else leg.traits
        legs[side] = replace(leg, traits=traits, reach=checks.reaches.get(side, leg.reach))
    balance = intake.balance if checks.balance is None else checks.balance
    return replace(intake, legs=legs, pain=pain, balance=balance, hop=intake.hop if checks.hop is None else checks.hop)


def has_risen(logs: Sequence[DayLog]) -> bool:
    """Say whether pain or swelling rose: by what was logged last, or pain on training days in a row."""
    if not logs:
        return False
    said = [log.pain for log in logs if log.pain is not None][-SORE_DAYS:]
    sore = len(said) == SORE_DAYS and min(said) > MOST_PAIN
    return sore or logs[-1].swelling == "more" or logs[-1].usual_before is False


def judge_criteria(stage: Stage, logs: Sequence[DayLog], *, intake: Intake, checks: Checks) -> tuple[Criterion, ...]:
    """Return the criteria of moving on from a stage, each met, missed or not known yet."""
    states: dict[CriterionCode, CriterionState] = {
        "pain": _judge_pain(logs),
        "next_day": _judge_next_day(logs),
        "range": _judge_range(intake, checks),
        "balance": _judge_said(checks.balance),
        "hop": _judge_said(checks.hop),
    }
    return tuple(Criterion(code, states[code]) for code in CRITERIA[stage])


def _judge_pain(logs: Sequence[DayLog]) -> CriterionState:
    said = [log.pain for log in logs if log.pain is not None][-CALM_DAYS:]
    if any(pain > CALM_PAIN for pain in said):
        return "missed"
    return "met" if len(said) == CALM_DAYS else "unknown"


def _judge_next_day(logs: Sequence[DayLog]) -> CriterionState:
    said = [log.usual_before for log in logs if log.usual_before is not None][-CALM_DAYS + 1 :]
    if not all(said):
        return "missed"
    return "met" if len(said) == CALM_DAYS - 1 else "unknown"


def _judge_range(intake: Intake, checks: Checks) -> CriterionState:
    """Met at the aim, level with the other leg, or farther than before by more than measuring again explains."""
    legs = list_legs(intake)
    short = cast("tuple[Side, ...]", tuple(side for side in legs if checks.verdicts.get(side) != "improved"))
    reaches = {side: checks.reaches.get(side, intake.leg(side).reach) for side in SIDES}
    return _judge_said(has_range(legs, reaches) or (not short) or (False if has_range(legs, reaches) is False else None))


def _judge_said(said: bool | None) -> CriterionState:  # noqa: FBT001 - an answer, not a switch
    return "unknown" if said is None else "met" if said else "missed"


def _list_steps(plan: Plan, logs: Sequence[DayLog], *, locked: bool) -> tuple[ItemStep, ...]:
    found = ((item, _find_change(item, logs)) for item in plan.items)
    return tuple(ItemStep(item.exercise_id, change) for item, change in found if change is not None and not (locked and change == "harder"))


def _find_change(item: PlanItem, logs: Sequence[DayLog]) -> Change | None:
    said: list[ItemLog] = [each for log in logs for each in log.items if each.exercise_id == item.exercise_id and each.mark != "skipped"]
    if said and said[-1].pain is not None and said[-1].pain > MOST_PAIN:
        return "easier"
    easy = [each.mark == "too_easy" and (each.pain or 0) <= MOST_PAIN for each in said[-EASY_DAYS:]]
    return "harder" if len(easy) == EASY_DAYS and all(easy) else None


def _changes(step: ItemStep, plan: Plan, *, intake: Intake, library: Library, progress: Progress, overrides: Overrides) -> bool:
    """Say whether a step makes a difference: on the highest rung there is none up, and what a professional dosed stays."""
    taken = take_step(progress, NextStep(kind="stay", stage=plan.stage, items=(step,)), library)
    now, then = (plan_programme(intake, library, progress=each, overrides=overrides) for each in (replace(progress, stage=plan.stage), taken))
    root = find_root(library, step.exercise_id)
    return _find_form(now, root, library) != _find_form(then, root, library)


def _find_form(plan: object, root: str, library: Library) -> object:
    items = plan.items if isinstance(plan, Plan) else ()
    return next(((item.exercise_id, item.dose) for item in items if find_root(library, item.exercise_id) == root), None)


def _list_also(logs: Sequence[DayLog], *, intake: Intake, checks: Checks, began: int, today: int) -> tuple[AdviceCode, ...]:
    verdicts = {checks.verdicts.get(side, "too_few") for side in list_legs(intake)}
    found: list[AdviceCode] = []
    if today - began >= NO_GAIN_DAYS and "improved" not in verdicts:
        found.append("test_again" if verdicts == {"too_few"} else "no_gain")
    if logs and any(_is_pinch_lasting(side, logs) for side in logs[-1].pinched):
        found.append("pinch_persists")
    painless = [log.pain for log in logs if log.pain is not None][-CALM_DAYS:]
    if painless == [0] * CALM_DAYS:
        found.append("keep_going")
    return tuple(found)


def _is_pinch_lasting(side: Side, logs: Sequence[DayLog]) -> bool:
    """Say whether a leg pinched on the first of the logs and on the last, so many days apart."""
    pinched = [log.day for log in logs if side in log.pinched]
    return pinched[-1] - pinched[0] >= PINCH_DAYS
