"""What comes next, rule by rule: by criteria, never by the calendar."""

from dataclasses import replace

import pytest

from app.assessment.programme.intake import Intake, Reach
from app.assessment.programme.library import Stage
from app.assessment.programme.logs import Checks, CriterionState, DayLog, ItemLog, ItemStep, Mark, NextStep
from app.assessment.programme.plan import Overrides, Progress
from app.assessment.programme.progress import judge_criteria, suggest_next, take_step, update_intake
from tests.unit.assessment.programme.answering import answer, find_library, leg, list_ids, plan

CALM = answer(leg(felt=("calf",), cm=7.0), leg(cm=10.5))
REACHED = Checks(reaches={"left": Reach(10.4, "bracketed")}, balance=True, hop=True)


def log(day: int, pain: int | None = 1, *, exercise: str = "calf_stretch", mark: Mark = "done", usual: bool | None = True, **others: object) -> DayLog:
    """Log a day with one exercise."""
    return DayLog(day=day, items=(ItemLog(exercise_id=exercise, mark=mark, pain=pain),), usual_before=usual, **others)


def step(
    logs: list[DayLog],
    *,
    intake: Intake = CALM,
    progress: Progress | None = None,
    checks: Checks | None = None,
    overrides: Overrides | None = None,
    since: int = 0,
    today: int = 10,
) -> NextStep:
    """Suggest the next step of who is in the first stage, if not told otherwise."""
    progress = progress or Progress(stage=1)
    made = plan(intake, progress, overrides)
    return suggest_next(
        made,
        logs,
        intake=intake,
        library=find_library(),
        progress=progress,
        checks=checks or Checks(),
        began=0,
        since=since,
        today=today,
        overrides=overrides,
    )


def states(found: NextStep) -> dict[str, CriterionState]:
    """Name the criteria's states."""
    return {each.code: each.state for each in found.criteria}


GOOD = [log(1), log(3), log(5)]


@pytest.mark.parametrize("stage", [1, 2])
def test_moves_on_when_all_criteria_are_met(stage: Stage) -> None:
    """On the fifth day as on the fiftieth."""
    for today in (5, 50):
        found = step(GOOD, progress=Progress(stage=stage), checks=REACHED, today=today)
        assert (found.kind, found.stage) == ("move_on", stage + 1)
        assert set(states(found).values()) == {"met"}


def test_no_number_of_weeks_moves_on() -> None:
    """Calm days alone do not; nor does a range that nobody tested."""
    found = step([log(day) for day in range(1, 400, 2)], today=400)
    assert (found.kind, found.stage, states(found)["range"]) == ("stay", 1, "missed")


@pytest.mark.parametrize(
    ("logs", "checks", "code", "state"),
    [
        (GOOD[:2], REACHED, "pain", "unknown"),
        ([*GOOD, log(7, 3)], REACHED, "pain", "missed"),
        ([log(1, 5), *GOOD[1:], log(7)], REACHED, "pain", "met"),
        ([log(1, usual=None), log(3, usual=None), log(5)], REACHED, "next_day", "unknown"),
        ([*GOOD, log(7, usual=None)], REACHED, "next_day", "met"),
        (GOOD, replace(REACHED, balance=None), "balance", "unknown"),
        (GOOD, replace(REACHED, balance=False), "balance", "missed"),
        (GOOD, replace(REACHED, hop=False), "hop", "missed"),
        (GOOD, replace(REACHED, reaches={"left": Reach(8.0, "lower_bound")}), "range", "unknown"),
        (GOOD, replace(REACHED, reaches={"left": Reach(10.0, "lower_bound")}), "range", "met"),
        (GOOD, replace(REACHED, reaches={"left": Reach(9.0, "bracketed")}), "range", "met"),  # level with the right one at 10.5
        (GOOD, replace(REACHED, reaches={"left": Reach(8.9, "bracketed")}), "range", "missed"),
        (GOOD, replace(REACHED, reaches={"left": Reach(8.0, "bracketed")}, verdicts={"left": "improved"}), "range", "met"),
        (GOOD, replace(REACHED, reaches={"left": Reach(8.0, "bracketed")}, verdicts={"left": "no_change"}), "range", "missed"),
    ],
)
def test_each_criterion_holds_back(logs: list[DayLog], checks: Checks, code: str, state: CriterionState) -> None:
    """In the second stage, where all are asked."""
    found = {each.code: each.state for each in judge_criteria(2, logs, intake=CALM, checks=checks)}
    assert found[code] == state  # type: ignore[index]
    kind = step(logs, progress=Progress(stage=2), checks=checks).kind
    assert (kind == "move_on") == all(each == "met" for each in found.values())


def test_first_stage_asks_neither_balance_nor_hop_and_the_last_does_not_end() -> None:
    """Nobody moves on from the third."""
    assert set(states(step(GOOD, checks=REACHED))) == {"pain", "next_day", "range"}
    assert step(GOOD, progress=Progress(stage=3), checks=REACHED).kind == "stay"


@pytest.mark.parametrize(
    "logs",
    [
        [log(1), log(3, swelling="more")],
        [log(1), log(3, usual=False)],
        [log(1, 4), log(3, 5)],
    ],
)
def test_rise_of_pain_or_swelling_steps_back(logs: list[DayLog]) -> None:
    """A stage from the second on; in the first everything becomes easier. Also of a locked plan."""
    for overrides in (None, Overrides(locked=True)):
        back = step(logs, progress=Progress(stage=3), checks=REACHED, overrides=overrides)
        assert (back.kind, back.stage) == ("step_back", 2)
        eased = step(logs, overrides=overrides)
        assert (eased.kind, eased.stage) == ("ease", 1)
        assert {item.exercise_id for item in eased.items} == set(list_ids(plan(CALM, Progress(stage=1))))
        assert {item.change for item in eased.items} == {"easier"}


@pytest.mark.parametrize("logs", [[log(1), log(3, 4)], [log(1, 4), log(3)], [log(1, swelling="more"), log(3, swelling="usual")], []])
def test_one_sore_day_or_one_that_is_over_does_not_step_back(logs: list[DayLog]) -> None:
    """Nor does usual swelling."""
    assert step(logs, progress=Progress(stage=2)).kind == "stay"


def test_exercise_that_hurts_is_made_easier_at_once() -> None:
    """Above 3 of 10, on the day logged last."""
    assert step([log(1), log(3, 4)]).items == (ItemStep("calf_stretch", "easier"),)
    assert step([log(1), log(3, 3)]).items == ()
    assert step([log(1, 4), log(3, 1)]).items == ()


def test_exercise_that_is_too_easy_twice_is_made_harder() -> None:
    """Not after once, not while it hurts, not when it was skipped between, and not where it is locked."""
    easy = [log(1, mark="too_easy"), log(3, mark="too_easy")]
    assert step(easy).items == (ItemStep("calf_stretch", "harder"),)
    assert step(easy[:1]).items == ()
    assert step([log(1, mark="done"), easy[1]]).items == ()
    assert step([easy[0], log(3, 4, mark="too_easy")]).items == (ItemStep("calf_stretch", "easier"),)
    assert step([easy[0], log(2, mark="skipped"), easy[1]]).items == (ItemStep("calf_stretch", "harder"),)
    assert step(easy, overrides=Overrides(locked=True)).items == ()
    assert step(GOOD, checks=REACHED, overrides=Overrides(locked=True)).kind == "stay"


def test_top_of_the_ladder_stays() -> None:
    """Nothing is suggested that would change nothing."""
    easy = [log(1, mark="too_easy"), log(3, mark="too_easy")]
    assert step(easy, progress=Progress(stage=1, steps={"calf_stretch": 1})).items == ()


def test_paused_exercise_comes_back_when_it_is_calm() -> None:
    """After calm training days."""
    progress = Progress(stage=1, steps={"calf_stretch": -1})
    calm = [log(day, exercise="calf_roll") for day in (1, 3, 5)]
    assert step(calm[:2], progress=progress).items == ()
    assert step(calm, progress=progress).items == (ItemStep("calf_stretch", "harder"),)


def test_logs_from_before_the_present_plan_do_not_count_again() -> None:
    """A step that was taken is not suggested twice."""
    assert step([log(1), log(3, 4)], since=4).items == ()


def test_red_flag_of_a_day_asks_to_be_seen() -> None:
    """Before everything else."""
    found = step([*GOOD, log(7, red_flags=frozenset({"calf_and_breath"}))], checks=REACHED)
    assert (found.kind, found.advice and found.advice.urgency) == ("be_seen", "emergency")


@pytest.mark.parametrize(
    ("today", "verdict", "also"),
    [
        (90, "no_change", ()),
        (91, "no_change", ("no_gain",)),
        (91, "worse", ("no_gain",)),
        (91, "improved", ()),
        (91, "too_few", ("test_again",)),
        (91, None, ("test_again",)),
    ],
)
def test_three_months_without_gain_ask_for_an_assessment(today: int, verdict: str | None, also: tuple[str, ...]) -> None:
    """By the trend's own verdict; with too few tests, to test."""
    checks = Checks(verdicts={} if verdict is None else {"left": verdict})  # type: ignore[dict-item]
    assert step([log(1)], checks=checks, today=today).also == also


def test_pinch_that_lasts_is_to_be_seen() -> None:
    """The same leg, four weeks apart, also over changes of the plan."""
    pinched = frozenset({"left"})
    logs = [log(1, pinched=pinched), log(29, pinched=pinched)]
    assert step(logs, since=20, today=29).also == ("pinch_persists",)
    assert step([logs[0], log(28, pinched=pinched)], today=28).also == ()
    assert step([logs[0], log(29, pinched=frozenset({"right"}))], today=29).also == ()
    assert step([*logs, log(30)], today=30).also == ()


def test_who_has_no_pain_any_more_is_told_to_go_on() -> None:
    """After three training days."""
    assert step([log(1, 0), log(3, 0), log(5, 0)]).also == ("keep_going",)
    assert step([log(3, 0), log(5, 0)]).also == ()


def test_step_that_is_taken_changes_the_plan() -> None:
    """A new stage begins with its own doses; a step of an exercise is counted for all its forms."""
    progress = Progress(stage=2, steps={"heel_drops": 1})
    assert take_step(progress, NextStep(kind="move_on", stage=3), find_library()) == Progress(stage=3)
    assert take_step(progress, NextStep(kind="step_back", stage=1), find_library()) == Progress(stage=1)
    down = NextStep(kind="stay", stage=2, items=(ItemStep("heel_drops_one_leg", "easier"), ItemStep("calf_raises", "harder")))
    assert take_step(progress, down, find_library()) == Progress(stage=2, steps={"calf_raises": 1})


def test_logged_pinch_bars_at_once() -> None:
    """Of the leg that pinched on the day logged last; tests and answers since count too."""
    intake = answer(leg(felt=("front",), cm=7.0))
    now = update_intake(intake, [log(1, pinched=frozenset({"left"}))], REACHED)
    assert "banded_lunge" in list_ids(plan(intake))
    assert "banded_lunge" not in list_ids(plan(now))
    assert (now.leg("left").reach, now.leg("right").reach) == (Reach(10.4, "bracketed"), None)
    assert (now.balance, now.hop) == (True, True)
    over = update_intake(intake, [log(1, pinched=frozenset({"left"})), log(3)], Checks())
    assert over == intake
    assert update_intake(intake, [], Checks()) == intake


@pytest.mark.parametrize(("said", "pain"), [([1, 2, 1], 2), ([6, 1, 2, 1], 2), ([1, 1], 5), ([1, 4, 1], 4), ([6, 6, 6], 5), ([None, 1, 2, None, 1], 2)])
def test_pain_that_was_answered_gives_way_to_calm_training_days(said: list[int | None], pain: int) -> None:
    """Three in a row; so that who began in pain can move on, and a sore day does not set everything back."""
    now = update_intake(replace(CALM, pain=5), [log(day, each) for day, each in enumerate(said)], Checks())
    assert now.pain == pain
    assert plan(now, Progress(stage=2)).stage == (2 if pain <= 3 else 1)
