"""The facts that the library was built on, written down a second time: doses, what stands against what, and warnings."""

from typing import get_args

import pytest

from app.assessment.programme.content import list_content
from app.assessment.programme.intake import RedFlag
from app.assessment.programme.library import Bar, Dose, RuleKind
from tests.unit.assessment.programme.answering import find_library

LIBRARY = find_library()
# sets, reps, hold in seconds: the first dose and the largest
DOSES = {
    "ankle_circles": ((1, 20, 0), (1, 20, 0)),
    "calf_roll": ((1, 1, 60), (1, 1, 180)),
    "achilles_ball": ((1, 1, 60), (1, 1, 180)),
    "achilles_glide": ((1, 10, 0), (1, 10, 0)),
    "calf_stretch": ((2, 3, 30), (3, 3, 30)),
    "soleus_stretch": ((1, 3, 30), (1, 3, 30)),
    "deep_squat_hold": ((1, 1, 60), (1, 1, 60)),
    "traction": ((1, 3, 30), (1, 3, 30)),
    "front_opening": ((1, 1, 30), (1, 1, 30)),
    "banded_lunge": ((1, 30, 0), (1, 30, 0)),
    "banded_lunge_weight": ((1, 30, 0), (1, 30, 0)),
    "seated_dorsiflexion": ((1, 20, 10), (1, 20, 10)),
    "toe_lowering": ((1, 30, 0), (1, 30, 0)),
    "forefoot_lunge": ((1, 30, 0), (1, 30, 0)),
    "wall_squats": ((1, 20, 0), (1, 20, 0)),
    "toe_taps": ((1, 20, 0), (1, 20, 0)),
    "heel_drops": ((1, 10, 0), (1, 10, 0)),
    "heel_drops_one_leg": ((1, 10, 0), (1, 10, 0)),
    "heel_drops_weight": ((1, 10, 0), (1, 10, 0)),
    "nerve_glide": ((1, 20, 0), (1, 20, 0)),
    "big_toe_release": ((1, 1, 60), (1, 1, 180)),
    "big_toe_lifts": ((1, 20, 5), (1, 20, 5)),
    "band_plantarflexion": ((2, 10, 1), (3, 15, 2)),
    "single_leg_balance": ((2, 1, 30), (3, 1, 60)),
    "balance_foam": ((2, 1, 30), (3, 1, 60)),
    "single_leg_deadlift": ((2, 10, 0), (3, 15, 0)),
}
# Named without a dose: theirs is this product's own.
UNDOSED = {
    "big_toe_stretch",
    "inversion_isometric",
    "inversion_band",
    "eversion_isometric",
    "eversion_band",
    "tibialis_posterior_band",
    "peroneal_band",
    "calf_raises",
    "low_jumps",
}
BARRED: dict[Bar, set[str]] = {
    "pinch": {"banded_lunge", "banded_lunge_weight", "forefoot_lunge", "deep_squat_hold", "soleus_stretch", "low_jumps"},
    "achilles_irritated": {
        "achilles_ball",
        "calf_stretch",
        "soleus_stretch",
        "deep_squat_hold",
        "banded_lunge",
        "banded_lunge_weight",
        "forefoot_lunge",
        "heel_drops_one_leg",
        "heel_drops_weight",
        "low_jumps",
    },
    "pain_pointing": {
        "low_jumps",
        "calf_raises",
        "heel_drops",
        "heel_drops_one_leg",
        "heel_drops_weight",
        "band_plantarflexion",
        "front_opening",
        "ankle_circles",
        "tibialis_posterior_band",
        "peroneal_band",
    },
    "fracture": {"traction"},
    "surgery": {"traction"},
    "no_hop": {"low_jumps"},
}
# With pain above 3 of 10 only these are left: gentle, without load or hard stretch.
GENTLE = {
    "ankle_circles",
    "calf_roll",
    "achilles_ball",
    "achilles_glide",
    "nerve_glide",
    "big_toe_release",
    "big_toe_stretch",
    "big_toe_lifts",
    "traction",
    "front_opening",
    "seated_dorsiflexion",
    "toe_taps",
    "inversion_isometric",
    "eversion_isometric",
}
URGENCIES = {
    "calf_and_breath": "emergency",
    "calf_one_side": "today",
    "no_weight": "today",
    "accident": "today",
    "open_wound": "today",
    "fever": "today",
    "pop": "today",
    "bone_tender": "today",
    "numbness": "today",
    "night_pain": "soon",
    "locking": "soon",
    "new_swelling": "soon",
}


def _write(dose: Dose) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    return (dose.sets, dose.reps, dose.hold_s), (dose.most_sets, dose.most_reps, dose.most_hold_s)


def test_doses_are_those_of_the_guides() -> None:
    """And where the guides name none, it is said that the dose is ours."""
    exercises = LIBRARY.exercises
    assert {name: _write(exercises[name].dose) for name in DOSES} == DOSES
    assert {name for name, exercise in exercises.items() if exercise.dose_source == "house"} == UNDOSED
    assert set(exercises) == set(DOSES) | UNDOSED
    assert all(exercise.source == "guide" for exercise in exercises.values())
    assert [name for name, exercise in exercises.items() if exercise.dose.each_way] == ["ankle_circles"]


@pytest.mark.parametrize("bar", get_args(Bar))
def test_what_stands_against_an_exercise(bar: Bar) -> None:
    """Pinch, irritated tendon, pain on pointing, pain above 3, a break or surgery, no hop yet."""
    found = {name for name, exercise in LIBRARY.exercises.items() if bar in exercise.bars}
    assert found == (set(LIBRARY.exercises) - GENTLE if bar == "pain_above_3" else BARRED[bar])


def test_ladders() -> None:
    """A weight later, one leg or a weight later, isometric first, on foam later."""
    assert {name: exercise.harder for name, exercise in LIBRARY.exercises.items() if exercise.harder} == {
        "banded_lunge": "banded_lunge_weight",
        "heel_drops": "heel_drops_one_leg",
        "heel_drops_one_leg": "heel_drops_weight",
        "inversion_isometric": "inversion_band",
        "eversion_isometric": "eversion_band",
        "single_leg_balance": "balance_foam",
    }


def test_first_stage_has_no_resistance_and_the_last_brings_jumps() -> None:
    """Bands that resist and balance belong to the second, jumps to the third."""
    stages = {name: exercise.stage for name, exercise in LIBRARY.exercises.items()}
    assert {stages[name] for name in ("inversion_band", "eversion_band", "band_plantarflexion", "peroneal_band", "single_leg_balance", "calf_raises")} == {2}
    assert {name for name, stage in stages.items() if stage == 3} == {"low_jumps", "balance_foam", "heel_drops_weight"}


def test_red_flags_have_their_urgency() -> None:
    """One is an emergency; every one has a question and an advice of its own."""
    assert {flag: LIBRARY.rules["red_flag", flag].urgency for flag in get_args(RedFlag)} == URGENCIES
    assert len({LIBRARY.tell("red_flag", flag).en for flag in get_args(RedFlag)}) == len(URGENCIES)


def test_review_lists_every_exercise_and_every_rule_but_labels() -> None:
    """Each once, with its source, the kinds in the order in which they are met."""
    content = list_content(LIBRARY)
    labels = {"place", "equipment", "sport", "goal", "age_group"}
    assert {exercise.id for exercise in content.exercises} == set(LIBRARY.exercises)
    assert [kind for kind, _ in content.rules] == [kind for kind in get_args(RuleKind) if kind not in labels]
    listed = [(rule.kind, rule.code) for _, rules in content.rules for rule in rules]
    assert sorted(listed) == sorted((kind, code) for kind, code in LIBRARY.rules if kind not in labels)
