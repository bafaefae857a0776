"""Workers that look after each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.usecases.crew import SILENT_AFTER_S, STOPS_AFTER_S, Worker
from tests.fakes.bundle import FakeBundle


@pytest.fixture
def bundle(tmp_path: Path) -> FakeBundle:
    """Return services in memory."""
    return FakeBundle(tmp_path)


def hire(bundle: FakeBundle, *names: str) -> list[Worker]:
    """Return workers who have signed on."""
    workers = [Worker(name, bundle.services) for name in names]
    for worker in workers:
        worker.sign_on()
    return workers


def begin(bundle: FakeBundle, screening_id: str, worker: str) -> None:
    """Have a worker begin a job."""
    bundle.jobs.jobs[screening_id, 1] = "running"
    bundle.jobs.begun_by[screening_id, 1] = worker


def test_what_a_silent_worker_had_begun_is_released_once(bundle: FakeBundle) -> None:
    """Not before it has been silent for long; whoever goes on beating keeps what is theirs."""
    one, two, three = hire(bundle, "1", "2", "3")
    begin(bundle, "a", "1")
    begin(bundle, "b", "2")
    waited_s = 0.0
    while waited_s <= SILENT_AFTER_S:
        assert [worker.look_after_others() for worker in (two, three)] == [0, 0]
        bundle.clock.advance(5.0)
        waited_s += 5.0
        two.beat()
        three.beat()
    assert [worker.look_after_others() for worker in (two, three, two, three)] == [0, 1, 0, 0]
    assert bundle.jobs.jobs == {("a", 1): "waiting", ("b", 1): "running"}
    one.beat()
    assert one.must_stop


def test_whoever_signs_off_is_replaced_at_once(bundle: FakeBundle) -> None:
    """A restart waits for nothing."""
    one, two = hire(bundle, "1", "2")
    begin(bundle, "a", "1")
    one.sign_off()
    assert two.look_after_others() == 1


def test_what_a_worker_of_an_earlier_life_had_begun_is_released(bundle: FakeBundle) -> None:
    """Of somebody who is not even on the list."""
    begin(bundle, "a", "long ago")
    (one,) = hire(bundle, "1")
    assert one.look_after_others() == 1


def test_the_youngest_leads_until_it_is_gone(bundle: FakeBundle) -> None:
    """One does what one alone should do."""
    one, two = hire(bundle, "1", "2")
    for worker in (one, two):
        worker.look_after_others()
    assert (one.leads, two.leads) == (False, True)
    two.sign_off()
    one.look_after_others()
    assert one.leads


def test_who_cannot_beat_stops_before_the_others_take_over(bundle: FakeBundle) -> None:
    """By its own steady clock, and while it is still on the list."""
    assert STOPS_AFTER_S < SILENT_AFTER_S
    (one,) = hire(bundle, "1")
    bundle.clock.advance(STOPS_AFTER_S)
    assert not one.must_stop
    bundle.clock.advance(1.0)
    assert one.must_stop


@pytest.mark.parametrize("jump_s", [-86_400.0, 86_400.0])
def test_a_clock_that_jumps_makes_nobody_dead(bundle: FakeBundle, jump_s: float) -> None:
    """A sign of life counts by whether it changes, not by the time that it names."""
    one, two = hire(bundle, "1", "2")
    begin(bundle, "a", "1")
    two.look_after_others()
    bundle.clock.jump(jump_s)
    for _ in range(20):
        one.beat()
        two.beat()
        assert two.look_after_others() == 0
        bundle.clock.advance(5.0)
    assert not one.must_stop
