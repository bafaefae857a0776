"""What must hold of every plan, whatever is answered, however far somebody got, and whatever a professional adds."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.assessment.programme.intake import SIDES, Intake
from app.assessment.programme.library import STAGES, Dose
from app.assessment.programme.needs import list_bars
from app.assessment.programme.plan import Addition, Advice, Overrides, Plan, Progress
from app.assessment.programme.planning import plan_programme
from app.assessment.programme.weeks import MOST_A_DAY
from tests.unit.assessment.programme.answering import answer, find_library, intakes, leg, list_ids, plan, progresses

EXERCISES = find_library().exercises
additions = st.builds(
    Addition,
    exercise_id=st.sampled_from(sorted(EXERCISES)),
    dose=st.none() | st.builds(Dose, sets=st.integers(1, 5), reps=st.integers(1, 40), hold_s=st.integers(0, 90)),
    legs=st.sampled_from([(), ("left",), ("right",), ("left", "right")]),
)
overrides = st.builds(
    Overrides,
    added=st.lists(additions, max_size=4).map(tuple),
    removed=st.frozensets(st.sampled_from(sorted(EXERCISES)), max_size=4),
    doses=st.dictionaries(st.sampled_from(sorted(EXERCISES)), st.builds(Dose, sets=st.integers(1, 5), reps=st.integers(1, 40)), max_size=4),
)


@settings(max_examples=200, deadline=None)
@given(intake=intakes, progress=progresses, overrides=overrides)
def test_nothing_is_in_a_plan_that_the_answers_stand_against(intake: Intake, progress: Progress, overrides: Overrides) -> None:
    """For no leg that does it, not after steps up either, and not because a professional added it."""
    made = plan_programme(intake, find_library(), progress=progress, overrides=overrides)
    for item in made.items if isinstance(made, Plan) else ():
        exercise = EXERCISES[item.exercise_id]
        assert not [bar for side in item.legs for bar in exercise.bars & list_bars(intake, side)]
        assert not exercise.together or item.legs == SIDES


@settings(max_examples=200, deadline=None)
@given(intake=intakes, progress=progresses)
def test_red_flags_give_advice_and_no_programme(intake: Intake, progress: Progress) -> None:
    """Any of them, whatever else is answered; without any, and agreed where that is asked, there is a plan with something in it."""
    made = plan_programme(intake, find_library(), progress=progress)
    hurt = any(intake.leg(side).traits & {"fracture", "surgery"} for side in SIDES)
    barred = bool(intake.red_flags) or (not intake.agreed and (hurt or intake.age_group == "under_18"))
    assert isinstance(made, Advice) == barred
    if isinstance(made, Advice):
        assert set(made.reasons) & intake.red_flags == intake.red_flags
    else:
        assert made.items or progress.steps


@settings(max_examples=200, deadline=None)
@given(intake=intakes, progress=progresses, overrides=overrides)
def test_every_plan_fits_the_minutes(intake: Intake, progress: Progress, overrides: Overrides) -> None:
    """On every day of the week, with what a professional added and dosed; strength has its three days with rest between, mobility two or more."""
    made = plan_programme(intake, find_library(), progress=progress, overrides=overrides)
    if isinstance(made, Advice):
        return
    for day in range(7):
        assert sum(item.seconds for item in made.on_day(day)) <= intake.minutes_a_day * 60
        assert len(made.on_day(day)) <= MOST_A_DAY
    for item in made.items:
        exercise = EXERCISES[item.exercise_id]
        assert item.seconds == item.dose.seconds * (1 if exercise.together else len(item.legs))
        assert len(item.days) >= 2
        if exercise.kind == "strength":
            assert len(item.days) == 3
            assert all(later - earlier >= 2 for earlier, later in zip(item.days, item.days[1:], strict=False))


@settings(max_examples=100, deadline=None)
@given(intake=intakes, progress=progresses, overrides=overrides)
def test_same_answers_give_the_same_plan(intake: Intake, progress: Progress, overrides: Overrides) -> None:
    """Sets in another order are the same answers."""
    again = Intake(
        **{name: getattr(intake, name) for name in intake.__slots__}
        | {"equipment": frozenset(sorted(intake.equipment)), "red_flags": frozenset(sorted(intake.red_flags, reverse=True))}
    )
    made = plan_programme(intake, find_library(), progress=progress, overrides=overrides)
    assert made == plan_programme(again, find_library(), progress=progress, overrides=overrides)


@settings(max_examples=200, deadline=None)
@given(intake=intakes, progress=progresses, overrides=overrides)
def test_every_exercise_says_why_it_is_there(intake: Intake, progress: Progress, overrides: Overrides) -> None:
    """No exercise is in a plan twice, none is without a reason, and what a professional added is in it or told to be left out.

    By rule, none needs what is not at hand, and none is more than a stage ahead.
    """
    made = plan_programme(intake, find_library(), progress=progress, overrides=overrides)
    if isinstance(made, Advice):
        return
    assert len(set(list_ids(made))) == len(made.items)
    for item in made.items:
        assert item.reasons
        if "clinician" not in item.reasons:
            assert EXERCISES[item.exercise_id].equipment <= intake.equipment
            assert EXERCISES[item.exercise_id].stage <= made.stage + 1
    legs = {item.exercise_id: set(item.legs) for item in made.items}
    for left in made.left_out:
        assert not legs.get(left.exercise_id, set()) & set(left.legs)
        assert left.exercise_id not in legs or (left.why == "barred" and left.legs)
    for added in overrides.added:
        assert added.exercise_id in {*legs, *(left.exercise_id for left in made.left_out if left.by_clinician)}


@pytest.mark.parametrize("exercise_id", sorted(EXERCISES))
def test_every_exercise_is_reached_by_some_answers(exercise_id: str) -> None:
    """Without any step up, and without a professional."""
    exercise = EXERCISES[exercise_id]
    tries = product(
        [leg(felt=(place,), cm=cm) for place in ("front", "achilles", "calf") for cm in (6.0, 11.0)]
        + [leg(trait, cm=cm) for trait in ("big_toe_bends_little", "arch_collapses", "old_sprain") for cm in (6.0, 11.0)]
        + [leg(cm=cm) for cm in (6.0, 11.0)],
        ["daily", "squat", "sport"],
        [(None, None), (True, True)],
    )
    assert any(
        exercise_id in list_ids(plan(answer(left, goal=goal, balance=balance, hop=hop, equipment=exercise.equipment))) for left, goal, (balance, hop) in tries
    )


def test_every_stage_is_reached() -> None:
    """By answers alone."""
    made = [
        plan(answer(leg(cm=8.0), leg(cm=8.0))),
        plan(answer(leg(cm=11.0), leg(cm=11.0))),
        plan(answer(leg(cm=11.0), leg(cm=11.0), balance=True, hop=True)),
    ]
    assert tuple(each.stage for each in made) == STAGES
