"""The real library, and answers of all kinds."""

from functools import cache
from typing import Any, get_args

from hypothesis import strategies as st

from app.adapters.exercises_toml import read_library
from app.assessment.measurement import Limit
from app.assessment.programme.intake import AgeGroup, Equipment, Goal, Habit, Intake, LegAnswers, Place, Reach, RedFlag, Sport, Trait
from app.assessment.programme.library import STAGES, Library
from app.assessment.programme.plan import Advice, Overrides, Plan, Progress
from app.assessment.programme.planning import plan_programme

EVERYTHING: frozenset[Equipment] = frozenset(get_args(Equipment))


@cache
def find_library() -> Library:
    """Read it once."""
    return read_library()


def plan(intake: Intake, progress: Progress | None = None, overrides: Overrides | None = None) -> Plan:
    """Plan for answers that must get a plan."""
    made = plan_programme(intake, find_library(), progress=progress, overrides=overrides)
    assert isinstance(made, Plan)
    return made


def advise(intake: Intake) -> Advice:
    """Plan for answers that must get none."""
    made = plan_programme(intake, find_library())
    assert isinstance(made, Advice)
    return made


def answer(left: LegAnswers | None = None, right: LegAnswers | None = None, **others: object) -> Intake:
    """Answer with everything at hand and an hour a day, if not told otherwise."""
    return Intake(legs={"left": left or LegAnswers(), "right": right or LegAnswers()}, **({"equipment": EVERYTHING, "minutes_a_day": 60} | others))


def leg(*traits: Trait, felt: tuple[Place, ...] = (), cm: float | None = None, limit: Limit = "bracketed") -> LegAnswers:
    """Answer for one leg."""
    return LegAnswers(felt=felt, traits=frozenset(traits), reach=None if cm is None else Reach(cm, limit))


def list_ids(made: Plan) -> list[str]:
    """Name what a plan has, the most important first."""
    return [item.exercise_id for item in made.items]


def _some(choices: object, most: int = 4) -> st.SearchStrategy[frozenset[Any]]:
    return st.frozensets(st.sampled_from(get_args(choices)), max_size=most)


reaches = st.none() | st.builds(Reach, st.floats(0, 20), st.sampled_from(get_args(Limit)))
legs = st.builds(LegAnswers, felt=st.lists(st.sampled_from(get_args(Place)), unique=True).map(tuple), traits=_some(Trait), reach=reaches)
intakes = st.builds(
    Intake,
    legs=st.fixed_dictionaries({"left": legs, "right": legs}),
    red_flags=st.just(frozenset()) | _some(RedFlag, 2),
    habits=_some(Habit),
    equipment=_some(Equipment, 7),
    pain=st.integers(0, 10),
    minutes_a_day=st.integers(5, 120),
    sport=st.sampled_from(get_args(Sport)),
    goal=st.sampled_from(get_args(Goal)),
    age_group=st.sampled_from(get_args(AgeGroup)),
    agreed=st.booleans(),
    balance=st.none() | st.booleans(),
    hop=st.none() | st.booleans(),
)
progresses = st.builds(
    Progress,
    stage=st.none() | st.sampled_from(STAGES),
    steps=st.dictionaries(st.sampled_from(["heel_drops", "banded_lunge", "calf_stretch", "seated_dorsiflexion", "single_leg_balance"]), st.integers(-3, 6)),
)
