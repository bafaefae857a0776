"""From the easiest form of an exercise to the hardest."""

from app.assessment.programme.ladder import Rung, choose_rung, find_root, list_family
from app.assessment.programme.library import Exercise, Stage
from tests.unit.assessment.programme.answering import find_library

DROPS = list_family(find_library(), "heel_drops")
BALANCE = list_family(find_library(), "single_leg_balance")


def find(family: tuple[Exercise, ...], stage: Stage, steps: int, *, without: str = "") -> str | None:
    """Name the form that is chosen, and its dose where that is not the first."""
    rung: Rung | None = choose_rung(family, stage, steps=steps, may=lambda exercise: exercise.id != without)
    if rung is None:
        return None
    dose = rung.dose
    return rung.exercise.id if dose == rung.exercise.dose else f"{rung.exercise.id} {dose.sets} x {dose.hold_s}"


def test_family_is_the_same_from_wherever_it_is_looked_at() -> None:
    """Steps are counted for all its forms."""
    assert [exercise.id for exercise in DROPS] == ["heel_drops", "heel_drops_one_leg", "heel_drops_weight"]
    assert {find_root(find_library(), exercise.id) for exercise in DROPS} == {"heel_drops"}


def test_each_stage_begins_with_its_own_form() -> None:
    """Before the stage of the easiest there is none."""
    assert [find(DROPS, stage, 0) for stage in (1, 2, 3)] == ["heel_drops", "heel_drops_one_leg", "heel_drops_weight"]
    assert [find(BALANCE, stage, 0) for stage in (1, 2, 3)] == [None, "single_leg_balance", "balance_foam"]


def test_holds_grow_before_sets_and_sets_before_the_form() -> None:
    """And down again."""
    assert [find(BALANCE, 2, steps) for steps in (0, 1, 2, 3)] == [
        "single_leg_balance",
        "single_leg_balance 2 x 60",
        "single_leg_balance 3 x 60",
        "balance_foam",
    ]
    assert find(BALANCE, 3, -1) == "single_leg_balance 3 x 60"


def test_nobody_climbs_more_than_one_stage_ahead() -> None:
    """However easy it is; at the top it stays."""
    assert [find(DROPS, 1, steps) for steps in (1, 2, 9)] == ["heel_drops_one_leg"] * 3
    assert find(DROPS, 3, 9) == "heel_drops_weight"


def test_form_that_must_not_be_is_passed_over_and_below_the_easiest_is_none() -> None:
    """A weight that is not at hand, or a bar."""
    assert find(DROPS, 3, 0, without="heel_drops_weight") == "heel_drops_one_leg"
    assert find(DROPS, 1, 0, without="heel_drops") is None
    assert find(DROPS, 1, -1) is None
