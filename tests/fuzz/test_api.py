"""The short form of `python -m tests.fuzz api`: every operation once in each way, from a seed."""

from tests.fuzz.api import fuzz


def test_no_operation_fails_inside_or_opens_what_is_others() -> None:
    """Asked by a coach and by nobody, rightly and wrongly: no fault, no other answer than described, nothing of another coach's."""
    outcome = fuzz(20261128, rounds=1, examples=1)
    assert outcome.faults == {}
    assert len(outcome.asked) > 80
    assert len(outcome.reached) > 20
