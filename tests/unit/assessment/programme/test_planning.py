"""What a plan has in it, rule by rule."""

import pytest

from app.assessment.programme.intake import LegAnswers, Place, Trait
from app.assessment.programme.library import Dose
from app.assessment.programme.plan import Addition, LeftOut, Overrides, Progress
from tests.unit.assessment.programme.answering import advise, answer, find_library, leg, list_ids, plan

READY = {"balance": True, "hop": True}


@pytest.mark.parametrize(
    ("place", "first"),
    [
        ("front", ["traction", "seated_dorsiflexion", "banded_lunge"]),
        ("achilles", ["heel_drops", "achilles_glide", "achilles_ball"]),
        ("calf", ["calf_roll", "calf_stretch", "nerve_glide"]),
    ],
)
def test_place_where_it_is_felt_chooses_the_exercises(place: Place, first: list[str]) -> None:
    """Joint first in front; load for the tendon; release, stretch and nerve for the calf; for the leg that feels it."""
    items = plan(answer(leg(felt=(place,)))).items
    assert [item.exercise_id for item in items][:3] == first
    together = {exercise.id for exercise in find_library().exercises.values() if exercise.together}
    assert all(item.legs == (("left", "right") if item.exercise_id in together else ("left",)) for item in items)


def test_two_places_take_turns_and_the_most_limiting_begins() -> None:
    """None waits until the other is done with."""
    assert list_ids(plan(answer(leg(felt=("calf", "front")))))[:4] == ["calf_roll", "traction", "calf_stretch", "seated_dorsiflexion"]
    assert list_ids(plan(answer(leg(felt=("front", "calf")))))[:2] == ["traction", "calf_roll"]


def test_legs_that_differ_get_their_own() -> None:
    """What is for one leg is not done with the other."""
    items = {item.exercise_id: item for item in plan(answer(leg(felt=("calf",)), leg(felt=("achilles",)))).items}
    assert items["calf_roll"].legs == ("left",)
    assert items["achilles_glide"].legs == ("right",)
    assert items["calf_roll"].reasons == ("calf",)


@pytest.mark.parametrize(
    ("left", "barred", "kept"),
    [
        (leg("pinch", felt=("front",)), {"banded_lunge", "forefoot_lunge"}, "seated_dorsiflexion"),
        (leg("achilles_irritated", felt=("achilles",)), {"achilles_ball", "soleus_stretch"}, "heel_drops"),
        (leg("pain_pointing", felt=("achilles",)), {"heel_drops", "ankle_circles"}, "achilles_glide"),
    ],
)
def test_what_stands_against_an_exercise_keeps_it_out_and_is_told(left: LegAnswers, barred: set[str], kept: str) -> None:
    """What is left is gentle; what is left out says why."""
    made = plan(answer(left))
    assert not barred & set(list_ids(made))
    assert kept in list_ids(made)
    assert barred <= {left_out.exercise_id for left_out in made.left_out if left_out.why == "barred" and left_out.bars}


def test_one_barred_leg_leaves_the_other_free_unless_both_do_it_at_once() -> None:
    """The stretch is for one leg at a time, the deep squat is not."""
    made = plan(answer(leg("pinch", felt=("calf",)), leg(felt=("calf",)), goal="squat"))
    assert next(item for item in made.items if item.exercise_id == "soleus_stretch").legs == ("right",)
    assert LeftOut(exercise_id="deep_squat_hold", why="barred", legs=("left", "right"), bars=("pinch",)) in made.left_out
    assert LeftOut(exercise_id="soleus_stretch", why="barred", legs=("left",), bars=("pinch",)) in made.left_out


def test_pain_above_3_goes_back_to_the_first_stage() -> None:
    """Whatever stage somebody was in; nothing loads then."""
    made = plan(answer(leg(felt=("achilles",), cm=11.0), pain=4, **READY), Progress(stage=3))
    assert made.stage == 1
    assert not {"heel_drops", "calf_raises", "calf_stretch"} & set(list_ids(made))


def test_stage_of_the_progress_wins_over_the_answers() -> None:
    """It moved by criteria that were met since."""
    intake = answer(leg(felt=("achilles",), cm=6.0), **READY)
    assert [plan(intake, Progress(stage=stage)).stage for stage in (1, 2, 3)] == [1, 2, 3]
    assert [next(each for each in list_ids(plan(intake, Progress(stage=stage))) if each.startswith("heel")) for stage in (1, 2, 3)] == [
        "heel_drops",
        "heel_drops_one_leg",
        "heel_drops_weight",
    ]


def test_irritated_tendon_stays_with_the_easy_form_in_later_stages() -> None:
    """The harder ones are barred, the easy one is not."""
    made = plan(answer(leg("achilles_irritated", felt=("achilles",))), Progress(stage=3))
    assert "heel_drops" in list_ids(made)


def test_jumps_need_a_hop_without_pain_and_a_sport() -> None:
    """In the third stage."""
    assert "low_jumps" in list_ids(plan(answer(sport="running", **READY), Progress(stage=3)))
    assert "low_jumps" not in list_ids(plan(answer(**READY), Progress(stage=3)))
    held = plan(answer(sport="running", hop=False), Progress(stage=3))
    assert LeftOut(exercise_id="low_jumps", why="barred", legs=("left", "right"), bars=("no_hop",)) in held.left_out


def test_equipment_that_lacks_leaves_the_exercise_out_and_says_so() -> None:
    """Or falls back on the form that needs none."""
    made = plan(answer(leg(felt=("front",)), equipment=frozenset()))
    assert LeftOut(exercise_id="banded_lunge", why="no_equipment") in made.left_out
    balance = plan(answer(leg("old_sprain", cm=11.0), equipment=frozenset(), **READY), Progress(stage=3))
    assert "single_leg_balance" in list_ids(balance)


def test_steps_up_and_down() -> None:
    """More first, then the harder form; down below the easiest it pauses."""
    intake = answer(leg(felt=("calf",)))
    first, more = (next(i for i in plan(intake, Progress(stage=1, steps={"calf_stretch": n})).items if i.exercise_id == "calf_stretch") for n in (0, 1))
    assert (first.dose.sets, more.dose.sets) == (2, 3)
    assert (first.reasons, more.reasons) == (("calf", "range"), ("calf", "range", "harder"))
    paused = plan(intake, Progress(stage=1, steps={"calf_stretch": -1}))
    assert "calf_stretch" not in list_ids(paused)
    assert LeftOut(exercise_id="calf_stretch", why="paused") in paused.left_out
    eased = plan(answer(leg(felt=("achilles",))), Progress(stage=2, steps={"heel_drops": -1}))
    assert next(item for item in eased.items if item.exercise_id == "heel_drops").reasons[-1] == "easier"


@pytest.mark.parametrize(
    ("others", "reasons"),
    [
        ({"red_flags": frozenset({"locking", "calf_and_breath"})}, ("calf_and_breath", "locking")),
        ({"age_group": "under_18"}, ("clearance_child",)),
    ],
)
def test_advice_names_the_most_urgent_first(others: dict[str, object], reasons: tuple[str, ...]) -> None:
    """And its urgency is that of the first."""
    advice = advise(answer(**others))
    assert advice.reasons == reasons
    assert advice.urgency == ("emergency" if reasons[0] == "calf_and_breath" else "soon")


@pytest.mark.parametrize("trait", ["fracture", "surgery"])
def test_break_and_surgery_need_clearance_and_then_get_a_plan_without_pull(trait: Trait) -> None:
    """Clearance opens no red flag."""
    assert advise(answer(leg(trait))).reasons == ("clearance_leg",)
    made = plan(answer(leg(trait, felt=("front",)), agreed=True))
    assert "traction" not in list_ids(made)
    assert "agreed" in made.notes
    assert advise(answer(leg(trait), agreed=True, red_flags=frozenset({"fever"}))).reasons == ("fever",)


def test_professional_adds_removes_and_doses() -> None:
    """What is added comes first and says by whom; what is removed is gone; a dose is theirs."""
    dose = Dose(sets=4, reps=8)
    overrides = Overrides(
        added=(Addition(exercise_id="calf_raises", dose=Dose(sets=3, reps=12)), Addition(exercise_id="achilles_glide", legs=("right",))),
        removed=frozenset({"calf_roll"}),
        doses={"toe_taps": dose},
    )
    made = plan(answer(leg(felt=("calf",))), overrides=overrides)
    items = {item.exercise_id: item for item in made.items}
    assert list_ids(made)[:2] == ["calf_raises", "achilles_glide"]
    assert items["calf_raises"].reasons == ("clinician",)
    assert (items["calf_raises"].dose.sets, items["calf_raises"].legs) == (3, ("left", "right"))
    assert items["achilles_glide"].legs == ("right",)
    assert "calf_roll" not in items
    assert items["toe_taps"].dose == dose


def test_what_keeps_a_professionals_exercise_out_is_told() -> None:
    """Barred, unknown, or no time: never silently."""
    overrides = Overrides(
        added=(
            Addition(exercise_id="banded_lunge"),
            Addition(exercise_id="yoga"),
            Addition(exercise_id="soleus_stretch", dose=Dose(sets=5, reps=10, hold_s=60)),
        )
    )
    made = plan(answer(leg("pinch", felt=("front",)), leg("pinch"), minutes_a_day=5), overrides=overrides)
    assert {(left.exercise_id, left.why, left.bars) for left in made.left_out if left.by_clinician} == {
        ("banded_lunge", "barred", ("pinch",)),
        ("yoga", "unknown", ()),
        ("soleus_stretch", "barred", ("pinch",)),
    }
    long = plan(answer(minutes_a_day=5), overrides=Overrides(added=(Addition(exercise_id="soleus_stretch", dose=Dose(reps=10, hold_s=60)),)))
    assert LeftOut(exercise_id="soleus_stretch", why="no_time", by_clinician=True) in long.left_out


def test_leg_that_a_professionals_exercise_is_kept_from_is_told() -> None:
    """The other one does it; an exercise that is named twice is there once, and its family is not chosen beside it."""
    overrides = Overrides(added=(Addition(exercise_id="soleus_stretch", legs=("left", "right")), Addition(exercise_id="soleus_stretch")))
    made = plan(answer(leg("pinch", felt=("front",)), leg()), overrides=overrides)
    assert next(item for item in made.items if item.exercise_id == "soleus_stretch").legs == ("right",)
    assert LeftOut(exercise_id="soleus_stretch", why="barred", legs=("left",), bars=("pinch",), by_clinician=True) in made.left_out
    drops = plan(answer(leg(felt=("achilles",))), overrides=Overrides(added=(Addition(exercise_id="heel_drops_one_leg"),)))
    assert [each for each in list_ids(drops) if each.startswith("heel")] == ["heel_drops_one_leg"]


def test_removed_exercise_stays_away_in_every_form_and_a_painful_addition_rests() -> None:
    """A new stage does not bring it back."""
    removed = Overrides(removed=frozenset({"heel_drops"}))
    assert not [each for each in list_ids(plan(answer(leg(felt=("achilles",))), Progress(stage=2), removed)) if each.startswith("heel")]
    sore = plan(answer(), Progress(stage=1, steps={"calf_roll": -1}), Overrides(added=(Addition(exercise_id="calf_roll"),)))
    assert LeftOut(exercise_id="calf_roll", why="paused", by_clinician=True) in sore.left_out


def test_an_addition_that_rests_is_not_told_as_left_out_where_the_step_back_leads_onto_it() -> None:
    """The plan has it or tells why not, never both."""
    intake = answer(right=leg(felt=("front", "achilles")), minutes_a_day=5)
    made = plan(intake, Progress(stage=3, steps={"heel_drops": -1}), Overrides(added=(Addition(exercise_id="heel_drops_one_leg"),)))
    assert "heel_drops_one_leg" in list_ids(made)
    assert "heel_drops_one_leg" not in {left.exercise_id for left in made.left_out}


def test_lasting_pinch_is_told_beside_the_plan() -> None:
    """With its gentle exercises."""
    made = plan(answer(leg("pinch_persists", felt=("front",))))
    assert made.be_seen
    assert made.items
