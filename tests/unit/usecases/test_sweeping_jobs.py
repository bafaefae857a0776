"""What the queue forgets, and when."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.usecases.access import OWNER
from app.usecases.processing import write_report
from app.usecases.reconciling import sweep_jobs
from app.usecases.screenings import erase_screening
from tests.fakes.bundle import FakeBundle
from tests.unit.usecases.stepping import ID, store


@pytest.fixture
def bundle(tmp_path: Path) -> FakeBundle:
    """Every part faked, with one screening in the queue."""
    made = FakeBundle(tmp_path)
    store(made, left="")
    made.jobs.enqueue(ID, 1)
    return made


def test_waiting_job_goes_with_its_screening(bundle: FakeBundle) -> None:
    """Nobody has to sweep for it."""
    erase_screening(OWNER, ID, bundle.services)
    assert bundle.jobs.jobs == {}


@pytest.mark.parametrize("ended", ["finished", "failed", "stranded"])
def test_running_job_of_an_erased_screening_goes_when_it_has_ended(bundle: FakeBundle, ended: str) -> None:
    """However it ends; while it runs it stays, because the worker is in the middle of it."""
    bundle.jobs.jobs[ID, 1] = "running"
    erase_screening(OWNER, ID, bundle.services)
    sweep_jobs(bundle.services)
    assert bundle.jobs.status(ID, 1) == "running"
    bundle.jobs.jobs[ID, 1] = ended  # type: ignore[assignment] # one of its states
    sweep_jobs(bundle.services)
    assert bundle.jobs.jobs == {}


def test_ended_job_of_a_finished_screening_goes_after_an_hour(bundle: FakeBundle) -> None:
    """By then nobody enqueues it a second time, which would do it twice."""
    write_report(ID, bundle.analyst)
    bundle.jobs.jobs[ID, 1] = "finished"
    sweep_jobs(bundle.services)
    assert bundle.jobs.status(ID, 1) == "finished"
    bundle.clock.advance(3601.0)
    sweep_jobs(bundle.services)
    assert bundle.jobs.status(ID, 1) == "unknown"


def test_failed_job_stays_until_its_screening_is_told(bundle: FakeBundle) -> None:
    """The reconciler has to see it, whatever its age."""
    bundle.jobs.jobs[ID, 1] = "failed"
    bundle.clock.advance(3601.0)
    sweep_jobs(bundle.services)
    assert bundle.jobs.status(ID, 1) == "failed"
