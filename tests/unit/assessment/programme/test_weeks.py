"""How a week is laid."""

from app.assessment.programme.library import Dose
from app.assessment.programme.weeks import MOST_A_DAY, MOST_ITEMS, Wanted, find_most_items, lay_week
from tests.unit.assessment.programme.answering import find_library

EXERCISES = find_library().exercises


def want(exercise_id: str, *, first: bool = False, dose: Dose | None = None) -> Wanted:
    """Want an exercise for both legs."""
    exercise = EXERCISES[exercise_id]
    return Wanted(exercise=exercise, dose=dose or exercise.dose, legs=("left", "right"), reasons=("range",), first=first)


def test_mobility_is_daily_where_it_fits_and_strength_three_times() -> None:
    """With a day between, on the days that have the most room."""
    (mobility, strength), left = lay_week([want("soleus_stretch"), want("heel_drops")], 30)
    assert (mobility.days, strength.days, left) == (tuple(range(7)), (2, 4, 6), ())


def test_what_must_be_goes_before_what_may_be() -> None:
    """In few minutes the second exercise has its days before the first has all seven."""
    (first, second), left = lay_week([want("soleus_stretch"), want("seated_dorsiflexion")], 5)
    assert len(first.days) >= 2
    assert len(second.days) >= 2
    assert not set(first.days) & set(second.days)
    assert sorted((*first.days, *second.days)) == list(range(7))
    assert left == ()


def test_few_minutes_get_fewer_sets_and_say_so() -> None:
    """The rest can be done later in the day."""
    (item,), _ = lay_week([want("calf_stretch")], 5)
    assert (item.dose.sets, item.shortened) == (1, True)
    (item,), _ = lay_week([want("calf_stretch")], 15)
    assert (item.dose.sets, item.shortened) == (2, False)


def test_what_does_not_fit_is_told() -> None:
    """By rule or by a professional."""
    (), left = lay_week([want("soleus_stretch", dose=Dose(reps=10, hold_s=60), first=True)], 5)
    assert [(each.exercise_id, each.why, each.by_clinician) for each in left] == [("soleus_stretch", "no_time", True)]


def test_few_minutes_get_few_exercises() -> None:
    """So that each comes often."""
    assert [find_most_items(minutes) for minutes in (5, 15, 30, 120)] == [3, 5, 9, 12]
    wanted = ["soleus_stretch", "front_opening", "seated_dorsiflexion", "traction"]
    items, left = lay_week([want(name) for name in wanted], 5)
    assert [item.exercise_id for item in items] == wanted[:3]
    assert [(each.exercise_id, each.why) for each in left] == [("traction", "no_time")]
    assert sum(len(item.days) for item in items) > 2 * len(items)


def test_plan_has_twelve_exercises_at_most_unless_a_professional_adds() -> None:
    """What is left over is told."""
    names = sorted(EXERCISES)
    items, left = lay_week([want(name) for name in names[:20]], 120)
    assert (len(items), {each.why for each in left}) == (MOST_ITEMS, {"enough"})
    items, _ = lay_week([want(name, first=True) for name in names[:14]], 120)
    assert len(items) == 14


def test_no_day_has_more_than_eight() -> None:
    """However many minutes there are."""
    items, _ = lay_week([want(name) for name in sorted(EXERCISES)[:20]], 120)
    assert max(sum(day in item.days for item in items) for day in range(7)) == MOST_A_DAY


def test_a_rep_a_hold_and_a_set_take_their_time() -> None:
    """Getting ready 15 s, a repetition 3 s beside its hold, between sets 20 s; one hold alone has no repetition."""
    assert Dose(hold_s=60).seconds == 75
    assert Dose(reps=10).seconds == 45
    assert Dose(reps=10, each_way=True).seconds == 75
    assert Dose(sets=2, reps=3, hold_s=30).seconds == 15 + 2 * 3 * 33 + 20
    assert EXERCISES["soleus_stretch"].minutes == (15 + 3 * 33) * 2 / 60
    assert EXERCISES["toe_taps"].minutes == (15 + 20 * 2) / 60
