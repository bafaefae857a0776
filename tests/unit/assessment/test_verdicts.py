from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.assessment.verdicts import GAP, LENGTHS, OVER, SHIN, TOE, Trial, VerdictParams, compute_touch_probability, find_stops, judge, stop_behind_wall

PARAMS = VerdictParams()


def make_trial(gap_cm: float, *, std_cm: float = 0.3, toe_cm: float = 10.0, heel_cm: float = 0.0, shift_cm: float = 0.0, stopped: bool = False) -> Trial:
    """Lunge whose toe and gap share the wall's error, each with a little of its own."""
    values = np.array([38.0, 35.0, toe_cm, gap_cm, toe_cm - gap_cm, toe_cm / 26.0])
    covariance = np.diag([0.8, 1.4, 0.04, 0.04, 0.05, 1e-4])
    covariance[np.ix_([TOE, GAP], [TOE, GAP])] += std_cm**2 - 0.04
    covariance[GAP, GAP] = std_cm**2
    return Trial(values, covariance, heel_cm, 0.15, shift_cm, stopped=stopped)


def verdict(trial: Trial, *, has_wall: bool = True, wall_by_knee: bool = False) -> str:
    """Judge and leave the reason out."""
    return judge(trial, has_wall=has_wall, wall_by_knee=wall_by_knee, with_cm=True, params=PARAMS)[0]


@pytest.mark.parametrize(
    ("heel_cm", "expected"),
    [(0.0, "valid"), (0.29, "valid"), (0.31, "uncertain"), (0.79, "uncertain"), (0.81, "heel_lift"), (float("nan"), "uncertain")],
)
def test_the_heel_decides_at_its_two_limits(heel_cm: float, expected: str) -> None:
    """Up to 0.3 cm is down, above 0.8 cm is up, between or unseen is uncertain."""
    assert verdict(make_trial(-0.1, std_cm=0.2, heel_cm=heel_cm)) == expected


def test_a_rise_that_the_rest_of_the_foot_denies_is_uncertain() -> None:
    """It voids no lunge and lets none pass."""
    doubted = replace(make_trial(-0.1, std_cm=0.2, heel_cm=3.0), heel_doubted=True)
    assert verdict(doubted) == "uncertain"
    assert verdict(replace(doubted, values=make_trial(3.0).values)) == "no_contact"


@pytest.mark.parametrize(("shift_cm", "expected"), [(0.49, "valid"), (0.51, "foot_moved")])
def test_a_foot_that_slides_more_than_half_a_centimetre_voids_the_lunge(shift_cm: float, expected: str) -> None:
    """The limit is 0.5 cm within the lunge."""
    assert verdict(make_trial(-0.1, std_cm=0.2, shift_cm=shift_cm)) == expected


def test_a_moved_foot_comes_before_a_lifted_heel_and_that_before_a_missed_wall() -> None:
    """Order of precedence: foot_moved, heel_lift, no_contact, uncertain."""
    everything = make_trial(3.0, heel_cm=2.0, shift_cm=1.0)
    assert verdict(everything) == "foot_moved"
    assert verdict(replace(everything, foot_shift_cm=0.0)) == "heel_lift"
    assert verdict(replace(everything, foot_shift_cm=0.0, heel_lift_cm=0.5)) == "no_contact"
    assert verdict(replace(everything, foot_shift_cm=0.0, heel_lift_cm=0.5, values=make_trial(0.0).values)) == "uncertain"


def test_a_knee_surely_short_of_the_wall_has_not_touched_it() -> None:
    """Short by more than 0.3 cm and 1.645 standard errors."""
    assert verdict(make_trial(1.2)) == "no_contact"


@pytest.mark.parametrize(("gap_cm", "behind"), [(-1.5, True), (-1.0, False), (1.5, False)])
def test_a_wall_behind_which_knees_stop_is_not_the_one_they_met(gap_cm: float, *, behind: bool) -> None:
    """Surely behind it, in two lunges alike: a lunge that seems to end just at that wall ended in the air."""
    trials, confirmed = find_stops(tuple(make_trial(g, std_cm=0.4) for g in (gap_cm, gap_cm + 0.1, -0.6)), has_wall=True, covered=False, params=PARAMS)
    assert stop_behind_wall(trials, PARAMS) is behind
    if behind:
        assert not confirmed
        assert verdict(trials[2], has_wall=True) == "valid"
        assert verdict(trials[2], has_wall=False) == "uncertain"


def test_a_gap_that_may_be_none_is_not_called_contact_without_evidence() -> None:
    """Within its error of the wall, but nothing stopped it: uncertain, neither valid nor no_contact."""
    assert verdict(make_trial(0.4)) == "uncertain"


def test_a_gap_surely_under_three_millimetres_is_contact() -> None:
    """A wall known that well needs no stop."""
    assert verdict(make_trial(-0.4, std_cm=0.2)) == "valid"


def test_a_stop_at_the_wall_is_contact() -> None:
    """A gap within its error of zero and a stop make a valid lunge."""
    assert verdict(make_trial(0.4, stopped=True), wall_by_knee=True) == "valid"


def test_a_stop_away_from_the_wall_is_not_contact() -> None:
    """Something else stopped the knee: no_contact before the wall, uncertain beyond it."""
    assert verdict(make_trial(2.0, stopped=True)) == "no_contact"
    assert verdict(make_trial(-2.0, std_cm=1.5, stopped=True)) == "uncertain"


def test_without_wall_and_stop_nothing_is_proven() -> None:
    """Neither valid nor no_contact can be said."""
    assert verdict(make_trial(3.0), has_wall=False) == "uncertain"


def test_an_unseen_knee_is_uncertain() -> None:
    """A missing gap is no contact evidence and no proof of a miss."""
    unseen = make_trial(float("nan"))
    assert verdict(unseen) == "uncertain"


def test_every_verdict_says_why() -> None:
    """The reason names the number that decided."""
    assert "3.0 cm short" in judge(make_trial(3.0), has_wall=True, wall_by_knee=False, with_cm=True, params=PARAMS)[1]
    assert "1.2 cm" in judge(make_trial(0.0, heel_cm=1.2), has_wall=True, wall_by_knee=False, with_cm=True, params=PARAMS)[1]


def test_knees_that_halt_at_one_place_near_the_wall_confirm_it() -> None:
    """Three gaps within 3 mm, 0.3 cm from a wall known to 0.3 cm: the wall is there, and all gaps move towards zero."""
    trials, confirmed = find_stops(tuple(make_trial(g) for g in (0.30, 0.35, 0.25)), has_wall=True, covered=False, params=PARAMS)
    assert confirmed
    assert all(t.stopped for t in trials)
    assert abs(float(np.mean([t.values[GAP] for t in trials]))) < 0.15
    assert [verdict(t, wall_by_knee=True) for t in trials] == ["valid"] * 3


def test_conditioning_on_the_touch_moves_toe_and_gap_together() -> None:
    """The common wall error leaves both numbers; how far the knee passes the toe hardly changes, and no number gets less certain than before."""
    before = tuple(make_trial(g, std_cm=0.6) for g in (0.5, 0.5))
    after, _ = find_stops(before, has_wall=True, covered=False, params=PARAMS)
    moved = before[0].values - after[0].values
    assert moved[GAP] == pytest.approx(0.5 * 0.36 / (0.36 + PARAMS.touch_std_cm**2))
    assert moved[TOE] == pytest.approx(0.5 * 0.32 / (0.36 + PARAMS.touch_std_cm**2))
    assert after[0].std(TOE) < before[0].std(TOE)
    assert np.linalg.eigvalsh(after[0].covariance).min() > -1e-9


def test_a_lunge_that_stopped_short_keeps_its_distance_from_the_others() -> None:
    """The update is common: differences between gaps stay what they were."""
    before = tuple(make_trial(g) for g in (0.2, 0.2, 2.2))
    after, confirmed = find_stops(before, has_wall=True, covered=False, params=PARAMS)
    assert confirmed
    assert [t.stopped for t in after] == [True, True, False]
    assert after[2].values[GAP] - after[0].values[GAP] == pytest.approx(2.0)
    assert verdict(after[2], wall_by_knee=True) == "no_contact"


def test_a_stop_far_from_a_known_wall_confirms_nothing() -> None:
    """Knees that all halt 2 cm from a wall known to 0.3 cm met something else, or nothing."""
    trials, confirmed = find_stops(tuple(make_trial(2.0) for _ in range(3)), has_wall=True, covered=False, params=PARAMS)
    assert not confirmed
    assert [verdict(t) for t in trials] == ["no_contact"] * 3


def test_without_a_wall_in_the_picture_three_stops_place_it() -> None:
    """Distance from the wall becomes how far the knee passes the toe; in foot lengths likewise."""
    trials, placed = find_stops(tuple(make_trial(g, toe_cm=3.0 + g) for g in (-6.0, -5.9, -6.1)), has_wall=False, covered=False, params=PARAMS)
    assert placed
    first = trials[0]
    assert first.values[GAP] == pytest.approx(0.0, abs=1e-9)
    assert first.values[TOE] == pytest.approx(first.values[OVER])
    assert first.values[LENGTHS] == pytest.approx(first.values[TOE] / 26.0)
    assert first.std(TOE) >= first.std(OVER)
    assert [verdict(t, has_wall=False, wall_by_knee=True) for t in trials] == ["valid"] * 3


def test_without_a_wall_two_stops_may_be_chance() -> None:
    """Two knees in the air can end at one place: no wall is placed, and nothing is valid."""
    trials, placed = find_stops((make_trial(-6.0), make_trial(-5.9)), has_wall=False, covered=False, params=PARAMS)
    assert not placed
    assert {verdict(t, has_wall=False) for t in trials} == {"uncertain"}


@pytest.mark.parametrize(("last_cm", "placed"), [(-6.2, True), (-6.6, False), (-4.0, True)])
def test_a_knee_that_goes_beyond_the_stop_of_the_others_shows_that_it_was_no_wall(last_cm: float, *, placed: bool) -> None:
    """No knee passes a wall: one that ends 6 mm nearer than three others unmakes the wall that they would place; one that ends short of it does not."""
    trials, by_knee = find_stops(tuple(make_trial(g) for g in (-6.0, -5.9, -6.1, last_cm)), has_wall=False, covered=False, params=PARAMS)
    assert by_knee is placed
    assert ("valid" in {verdict(t, has_wall=False, wall_by_knee=by_knee) for t in trials}) is placed


def make_leaning(gap_cm: float) -> Trial:
    """Lunge whose angle shares an error of the camera with the gap."""
    trial = make_trial(gap_cm, std_cm=0.8)
    covariance = trial.covariance.copy()
    covariance[SHIN, GAP] = covariance[GAP, SHIN] = -0.5 * trial.std(SHIN) * 0.8
    return replace(trial, covariance=covariance)


def test_a_line_that_the_knees_chose_corrects_numbers_only_as_far_as_the_room_speaks_for_it() -> None:
    """Between a wall that is surely the line and one that is only where the knees stopped: numbers in proportion, the gap closed, the doubt in the width."""
    before = tuple(make_leaning(g) for g in (0.8, 0.85))
    seen, half, placed = (find_stops(before, has_wall=True, covered=False, params=PARAMS, wall_share=share)[0][0] for share in (1.0, 0.5, 0.0))
    for row in (SHIN, TOE, GAP):
        assert half.values[row] == pytest.approx(0.5 * (seen.values[row] + placed.values[row]))
    assert placed.values[SHIN] == before[0].values[SHIN] < half.values[SHIN] < seen.values[SHIN]
    assert placed.values[TOE] == pytest.approx(before[0].values[OVER], abs=0.1)
    apart = seen.values[TOE] - placed.values[TOE]
    assert half.std(TOE) ** 2 == pytest.approx(0.5 * seen.std(TOE) ** 2 + 0.5 * placed.std(TOE) ** 2 + 0.25 * apart**2)
    assert verdict(half, wall_by_knee=True) == "valid"
    assert np.linalg.eigvalsh(half.covariance).min() > -1e-9


def test_a_knee_that_was_not_seen_is_not_weighed() -> None:
    """Its gap stays unknown whatever the room says."""
    before = (make_trial(0.3), make_trial(0.35), make_trial(float("nan")))
    unseen = replace(before[2], covariance=np.where(np.arange(6) == GAP, np.nan, before[2].covariance))
    after, _ = find_stops((*before[:2], unseen), has_wall=True, covered=False, params=PARAMS, wall_share=0.5)
    np.testing.assert_array_equal(after[2].values, unseen.values)


@pytest.mark.parametrize(("shift_cm", "expected"), [(0.4, "valid"), (1.2, "uncertain"), (1.6, "foot_moved")])
def test_a_foot_that_moves_no_more_than_the_room_is_undecided(shift_cm: float, expected: str) -> None:
    """Where the room is off by 1 cm about the foot, a slide counts from 1.5 cm on, and below is undecided."""
    assert verdict(replace(make_trial(-0.1, std_cm=0.2, shift_cm=shift_cm), unsteady_cm=1.0)) == expected
    lifted = replace(make_trial(0.0, heel_cm=2.0, shift_cm=shift_cm), unsteady_cm=1.0)
    assert verdict(lifted) == ("foot_moved" if expected == "foot_moved" else "heel_lift")


def test_one_lunge_stops_nowhere() -> None:
    """A stop needs a second lunge that ends there."""
    trials, confirmed = find_stops((make_trial(0.1),), has_wall=True, covered=False, params=PARAMS)
    assert not confirmed
    assert not trials[0].stopped


def test_scattered_ends_are_no_stop() -> None:
    """Gaps 0.8 cm apart were not ended by one thing."""
    trials, confirmed = find_stops(tuple(make_trial(g) for g in (0.0, 0.8, 1.6)), has_wall=True, covered=False, params=PARAMS)
    assert not confirmed
    assert not any(t.stopped for t in trials)


def test_an_unseen_knee_does_not_spoil_the_others_stop() -> None:
    """A missing gap belongs to no group, wherever it stands among the lunges."""
    nan = float("nan")
    for order in ((nan, 0.1, 0.15), (0.1, nan, 0.15), (0.1, 0.15, nan)):
        trials, confirmed = find_stops(tuple(make_trial(g) for g in order), has_wall=True, covered=False, params=PARAMS)
        assert confirmed
        assert [t.stopped for t in trials] == [bool(np.isfinite(g)) for g in order]


@pytest.mark.parametrize("std_cm", [0.2, 0.5, 1.0])
@pytest.mark.parametrize("stop_cm", [-0.4, 0.0, 0.6, 1.2, 2.0])
def test_the_probability_of_a_touch_is_its_share_of_what_looks_alike(stop_cm: float, std_cm: float) -> None:
    """Among two million knees that stop at one place, most at the wall and some in the air, seen with that error: the share at the wall of those seen there."""
    rng, n = np.random.default_rng(12), 2_000_000
    touches = rng.random(n) < PARAMS.touch_prior
    true = np.where(touches, rng.normal(0, PARAMS.touch_std_cm, n), rng.uniform(PARAMS.contact_cm, PARAMS.air_reach_cm, n))
    alike = np.abs(true + rng.normal(0, std_cm, n) - stop_cm) < 0.04
    share, spread = float(touches[alike].mean()), 0.5 / np.sqrt(alike.sum())
    assert compute_touch_probability(stop_cm, std_cm, PARAMS) == pytest.approx(share, abs=0.01 + 4 * spread)


def test_a_stop_farther_off_is_less_likely_a_touch() -> None:
    """The better the wall is known, the sooner."""
    for std_cm in (0.2, 0.6, 1.2):
        chances = [compute_touch_probability(stop_cm, std_cm, PARAMS) for stop_cm in np.arange(0.0, 3.0, 0.1)]
        assert np.all(np.diff(chances) < 0)
    assert compute_touch_probability(1.2, 0.2, PARAMS) < 1 - PARAMS.touch_sure < PARAMS.touch_sure < compute_touch_probability(1.2, 1.2, PARAMS)


@pytest.mark.parametrize(("with_cm", "std_cm", "told"), [(True, 0.8, True), (True, 1.1, False), (False, 0.8, False)])
def test_a_reason_names_no_centimetres_that_are_not_known(with_cm: bool, std_cm: float, told: bool) -> None:  # noqa: FBT001 - parameters
    """Without a scale, or of a gap that is believed by nobody, the verdict says what happened and not by how much."""
    trials = [make_trial(6.0, std_cm=std_cm), find_stops((make_trial(6.0, std_cm=std_cm),) * 2, has_wall=True, covered=True, params=PARAMS)[0][0]]
    reasons = [judge(t, has_wall=True, wall_by_knee=False, with_cm=with_cm, params=PARAMS)[1] for t in trials]
    assert [("6.0 cm" in reason) for reason in reasons] == [told, told]
    assert all(reason.startswith("the knee stopped") for reason in reasons)
    for trial in (make_trial(0.0, heel_cm=1.2), make_trial(0.0, heel_cm=0.5)):
        assert ("cm" in judge(trial, has_wall=True, wall_by_knee=False, with_cm=with_cm, params=PARAMS)[1]) == with_cm


def test_a_stop_that_may_be_in_the_air_is_neither_contact_nor_a_miss() -> None:
    """Within what the wall's error allows, and yet not likely enough to be it: not confirmed, and every lunge is uncertain."""
    gap, std = 1.2, 0.5
    assert 1 - PARAMS.touch_sure < compute_touch_probability(gap, std, PARAMS) < PARAMS.touch_sure
    assert gap < 2.58 * std
    trials, confirmed = find_stops(tuple(make_trial(gap, std_cm=std) for _ in range(3)), has_wall=True, covered=False, params=PARAMS)
    assert not confirmed
    assert all(t.stopped for t in trials)
    assert [t.values[GAP] for t in trials] == [gap] * 3
    assert [verdict(t) for t in trials] == ["uncertain"] * 3


def test_a_stop_that_is_surely_in_the_air_is_a_miss() -> None:
    """A little farther off, before a wall that is known better."""
    trials, _ = find_stops(tuple(make_trial(1.2, std_cm=0.2) for _ in range(3)), has_wall=True, covered=False, params=PARAMS)
    assert [verdict(t) for t in trials] == ["no_contact"] * 3


def test_a_wall_that_is_hardly_known_confirms_no_stop() -> None:
    """Two knees at one place near a wall known to 2 cm: such a wall would call everything a touch."""
    trials, confirmed = find_stops(tuple(make_trial(0.5, std_cm=2.0) for _ in range(2)), has_wall=True, covered=False, params=PARAMS)
    assert not confirmed
    assert "valid" not in {verdict(t) for t in trials}


@pytest.mark.parametrize(("has_wall", "gap_cm"), [(True, 0.3), (False, -6.0), (False, 3.0)])
def test_a_covered_knee_proves_nothing_by_its_stop(has_wall: bool, gap_cm: float) -> None:  # noqa: FBT001 - a parameter
    """Cloth touches first: three stops neither confirm a wall nor place one, and no number moves; the same bare knees do."""
    before = tuple(make_trial(gap_cm, toe_cm=10.0) for _ in range(3))
    after, by_knee = find_stops(before, has_wall=has_wall, covered=True, params=PARAMS)
    assert not by_knee
    assert all(t.stopped == has_wall for t in after)
    assert ("wall is seen" in judge(after[0], has_wall=has_wall, wall_by_knee=False, with_cm=True, params=PARAMS)[1]) == has_wall
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one.values, other.values)
        np.testing.assert_array_equal(one.covariance, other.covariance)
    assert {verdict(t, has_wall=has_wall) for t in after} == {"uncertain"}
    assert find_stops(before, has_wall=has_wall, covered=False, params=PARAMS)[1]


@pytest.mark.parametrize(("last_cm", "confirmed"), [(0.1, True), (-0.3, False), (2.0, True)])
def test_a_knee_beyond_the_stop_shows_that_it_was_not_at_the_wall_seen(last_cm: float, *, confirmed: bool) -> None:
    """Two knees end 0.4 cm before the wall that is seen to 0.5 cm; one that ends 0.7 cm beyond them met what they had not."""
    trials, by_knee = find_stops(tuple(make_trial(g, std_cm=0.5) for g in (0.4, 0.4, last_cm)), has_wall=True, covered=False, params=PARAMS)
    assert by_knee is confirmed
    assert (verdict(trials[0], wall_by_knee=by_knee) == "valid") is confirmed


def test_of_two_stops_the_one_of_more_lunges_counts_and_then_the_nearer_wall() -> None:
    """Three at one place outvote two at another; of two pairs the one nearer to the wall is the wall."""
    trials, confirmed = find_stops(tuple(make_trial(g) for g in (0.1, 1.5, 0.1, 1.5, 0.15)), has_wall=True, covered=False, params=PARAMS)
    assert confirmed
    assert [t.stopped for t in trials] == [True, False, True, False, True]
    for order in ((0.1, 0.1, 1.5, 1.5), (1.5, 1.5, 0.1, 0.1)):
        trials, confirmed = find_stops(tuple(make_trial(g) for g in order), has_wall=True, covered=False, params=PARAMS)
        assert confirmed
        assert [t.stopped for t in trials] == [g < 1.0 for g in order]
