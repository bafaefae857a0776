"""The statistics, against numbers worked by hand."""

import math

import pytest

from tests.accuracy.agreement import Reading, compute_agreement, compute_refusal, correct_by_constant, group_by_body, predict_constant


def read(true: float, value: float, std: float = math.nan, *, clip: str = "c", body: str = "b") -> Reading:
    """One shin angle."""
    return Reading(method="m", key="shin_angle_deg", clip=clip, body=body, true=true, value=value, std=std)


def test_readings_are_held_against_their_truth() -> None:
    """Errors 1 and 3 with uncertainties of 1 each: bias 2, and one of two intervals holds the truth."""
    a = compute_agreement([read(10, 11, 1.0), read(20, 23, 1.0)])
    assert (a.n, a.bias, a.coverage) == (2, 2.0, 0.5)


def test_widest_is_refused_first() -> None:
    """Of four with sizes 4, 1, 2, 3 and uncertainties 4, 1, 2, 3, a half keeps 1 and 2."""
    everything, half = compute_refusal([read(0, 4, 4), read(0, 1, 1), read(0, -2, 2), read(0, 3, 3)], (1.0, 0.5))
    assert (everything.n, everything.widest_std, everything.median, everything.worst) == (4, 4, 2.5, 4)
    assert (half.n, half.widest_std, half.median, half.worst) == (2, 2, 1.5, 2)
    assert compute_refusal([]) == []


def test_constant_has_not_seen_the_body_that_it_answers() -> None:
    """Bodies at 10 and 20 (one clip each) and 30 and 34 (one body): each gets the mean of the other two bodies' means."""
    truths = [read(10, 10, body="a"), read(20, 20, body="b"), read(30, 30, body="c"), read(34, 34, body="c")]
    assert [r.value for r in predict_constant(truths, "constant")] == [(20 + 32) / 2, (10 + 32) / 2, 15, 15]
    assert {r.method for r in predict_constant(truths, "constant")} == {"constant"}


def test_correction_comes_from_other_bodies() -> None:
    """Errors +1 and +3 on one body, +5 on another: the first two lose 5, the third loses 2."""
    raw = [read(10, 11, body="a"), read(20, 23, body="a"), read(30, 35, body="b")]
    assert [r.error for r in correct_by_constant(raw, "corrected")] == pytest.approx([-4, -2, 3])


def test_one_body_cannot_teach_itself() -> None:
    """Without a second body there is no baseline."""
    assert predict_constant([read(10, 10), read(20, 20)], "constant") == []


def test_clips_of_one_person_are_one_group() -> None:
    """Left and right of one person are not two people."""
    groups = group_by_body([read(1, 1, clip="a_left", body="a"), read(1, 1, clip="a_right", body="a"), read(1, 1, body="b")])
    assert {body: len(own) for body, own in groups.items()} == {"a": 2, "b": 1}
