"""What answers ask for, rule by rule."""

import pytest

from app.assessment.programme.intake import LEAST_MINUTES, SIDES, Intake, LegAnswers, Trait
from app.assessment.programme.library import Bar, Need, Stage
from app.assessment.programme.needs import find_stage, is_pinch_lasting, list_bars, list_legs, list_needs, list_notes, set_targets
from app.assessment.programme.plan import TargetKind
from tests.unit.assessment.programme.answering import answer, leg


@pytest.mark.parametrize(
    ("left", "right", "legs"),
    [
        (leg(), leg(), SIDES),
        (leg(felt=("calf",)), leg(), ("left",)),
        (leg(), leg("old_sprain"), ("right",)),
        (leg(cm=8.0), leg(cm=11.0), ("left",)),
        (leg(cm=8.0, limit="lower_bound"), leg(felt=("front",)), ("right",)),
        (leg("high_arch"), leg("turned_out"), SIDES),
    ],
)
def test_legs_to_work_on(left: LegAnswers, right: LegAnswers, legs: tuple[str, ...]) -> None:
    """Where it is felt, what it went through, or a known short reach; both where neither stands out; never for a lower bound alone."""
    assert list_legs(answer(left, right)) == legs


def test_most_limiting_place_comes_first_and_range_last() -> None:
    """In the order in which it was answered."""
    intake = answer(leg("big_toe_bends_little", felt=("calf", "front")))
    assert list_needs(intake, "left", 1) == ("calf", "front", "big_toe", "range")


@pytest.mark.parametrize(
    ("trait", "need"),
    [("pinch", "front"), ("pinch_persists", "front"), ("achilles_irritated", "achilles"), ("old_sprain", "sprain"), ("arch_collapses", "arch")],
)
def test_needs_of_traits(trait: Trait, need: Need) -> None:
    """Also where the place was not ticked."""
    assert need in list_needs(answer(leg(trait)), "left", 1)


def test_strength_comes_with_the_second_stage_and_sport_with_the_third() -> None:
    """Jumps only for who does a sport or wants to."""
    assert "strength" not in list_needs(answer(sport="running"), "left", 1)
    assert "strength" in list_needs(answer(sport="running"), "left", 2)
    assert "sport" not in list_needs(answer(sport="running"), "left", 2)
    assert "sport" in list_needs(answer(sport="running"), "left", 3)
    assert "sport" in list_needs(answer(goal="sport"), "left", 3)
    assert "sport" not in list_needs(answer(), "left", 3)


def test_deep_squats_and_dance_want_more() -> None:
    """By goal or sport."""
    assert [
        ("squat" in list_needs(answer(**said), "left", 1)) for said in ({"goal": "squat"}, {"sport": "lifting"}, {"sport": "dance"}, {"sport": "running"})
    ] == [
        True,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("trait", "bar"),
    [
        ("pinch", "pinch"),
        ("pinch_persists", "pinch"),
        ("achilles_irritated", "achilles_irritated"),
        ("pain_pointing", "pain_pointing"),
        ("fracture", "fracture"),
        ("surgery", "surgery"),
    ],
)
def test_bars_are_those_of_the_leg(trait: Trait, bar: Bar) -> None:
    """The other leg is free."""
    intake = answer(leg(trait), hop=True)
    assert (list_bars(intake, "left"), list_bars(intake, "right")) == ({bar}, set())


@pytest.mark.parametrize(("pain", "barred"), [(3, False), (4, True)])
def test_pain_above_3_bars_load(pain: int, barred: bool) -> None:  # noqa: FBT001 - a case
    """For both legs; so does a hop that was never tried bar jumps."""
    assert ("pain_above_3" in list_bars(answer(pain=pain), "right")) is barred
    assert "no_hop" in list_bars(answer(), "left")
    assert "no_hop" in list_bars(answer(hop=False), "left")


@pytest.mark.parametrize(
    ("left", "others", "stage"),
    [
        (leg(cm=11.0), {}, 2),
        (leg(cm=11.0), {"pain": 3}, 1),
        (leg("pinch", cm=11.0), {}, 1),
        (leg("achilles_irritated", cm=11.0), {"balance": True, "hop": True}, 1),
        (leg(cm=9.0), {}, 2),  # level with the other
        (leg(cm=8.0), {}, 1),
        (leg(), {}, 1),
        (leg(cm=11.0), {"balance": True, "hop": True}, 3),
        (leg(cm=11.0), {"balance": True, "hop": False}, 2),
        (leg(cm=11.0), {"balance": True}, 2),
    ],
)
def test_first_stage_goes_by_criteria(left: LegAnswers, others: dict[str, object], stage: Stage) -> None:
    """Pain, irritation, range, balance, hop; what is not known is not met."""
    assert find_stage(answer(left, leg(cm=10.2), **others)) == stage


@pytest.mark.parametrize(
    ("left", "others", "kind", "aim_cm"),
    [
        (leg(), {}, "test_first", None),
        (leg(cm=8.0), {}, "reach", 10.0),
        (leg(cm=8.0, limit="declared"), {}, "reach", 10.0),
        (leg(cm=8.0, limit="lower_bound"), {}, "test_farther", None),
        (leg(cm=12.0, limit="lower_bound"), {"goal": "squat"}, "test_farther", None),
        (leg(cm=10.0), {}, "keep", None),
        (leg(cm=10.0), {"sport": "dance"}, "more", None),
    ],
)
def test_targets(left: LegAnswers, others: dict[str, object], kind: TargetKind, aim_cm: float | None) -> None:
    """About 10 cm; no target is set from a lower bound, and more has no number."""
    target = set_targets(answer(left, **others))[0]
    assert (target.side, target.kind, target.aim_cm) == ("left", kind, aim_cm)


def test_notes() -> None:
    """What limits besides, once for both legs; not to stop when the pain stops is told to everybody."""
    assert list_notes(answer()) == ("keep_going",)
    everything = answer(
        leg("arch_collapses", "high_arch", "turned_out", "old_sprain"),
        leg("arch_collapses", "bone_shape", "pain_pointing"),
        habits=frozenset({"raised_heels", "toe_walking"}),
        age_group="60_plus",
        agreed=True,
    )
    assert set(list_notes(everything)) == {
        "arch",
        "high_arch",
        "turned_out",
        "old_sprain",
        "bone_shape",
        "raised_heels",
        "toe_walking",
        "older",
        "posterior",
        "keep_going",
        "agreed",
    }


def test_lasting_pinch_is_to_be_seen_beside_the_plan() -> None:
    """A new one is not."""
    assert is_pinch_lasting(answer(leg(), leg("pinch_persists")))
    assert not is_pinch_lasting(answer(leg("pinch")))


@pytest.mark.parametrize("wrong", [{"pain": 11}, {"pain": -1}, {"minutes_a_day": LEAST_MINUTES - 1}, {"minutes_a_day": 121}])
def test_answers_that_cannot_be_are_refused(wrong: dict[str, int]) -> None:
    """They are the form's to catch."""
    with pytest.raises(ValueError, match="expected"):
        Intake(**wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="each place once"):
        LegAnswers(felt=("front", "front"))
