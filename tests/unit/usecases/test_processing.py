"""The steps of an analysis, and what a crash between them leaves."""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path

import pytest

from app.ports.clips import StorageFullError
from app.usecases.access import OWNER
from app.usecases.errors import AnalysisFailedError, NotFinishedError, UnknownScreeningError
from app.usecases.processing import draw_evidence, fail_analysis, locate_side, write_report
from app.usecases.reconciling import reconcile, sweep_orphans
from app.usecases.screenings import erase_screening, find_report, lend_evidence, read_stills, worker_is_alive
from tests.fakes.bundle import FakeBundle
from tests.unit.usecases.stepping import ID, run_all, store
from vision.errors import WeightsError


@pytest.fixture
def bundle(tmp_path: Path) -> FakeBundle:
    """Every part faked."""
    return FakeBundle(tmp_path)


def test_two_clips_become_a_report(bundle: FakeBundle) -> None:
    """Both sides are measured, drawn and compared."""
    store(bundle, left="", right="")
    run_all(bundle)
    report = find_report(ID, bundle.services)
    assert [report[side]["status"] for side in ("left", "right")] == ["measured", "measured"]  # type: ignore[index]
    assert bundle.records.screenings[ID].state == "done"
    with lend_evidence(ID, "left", "overlay", bundle.services) as overlay:
        assert overlay.read_bytes().startswith(b"\x00\x00\x00\x18ftyp")


@pytest.mark.parametrize(("word", "code"), [("NOBODY", "no_person"), ("LATE", "no_lunge"), ("LOST", "takes_too_long")])
def test_rejected_side_does_not_hide_the_other(bundle: FakeBundle, word: str, code: str) -> None:
    """A clip that cannot be measured is a result; its bytes go, the row stays, the other side is reported."""
    store(bundle, left="", right=word)
    run_all(bundle)
    report = find_report(ID, bundle.services)
    assert (report["left"]["status"], report["right"]["code"]) == ("measured", code)  # type: ignore[index]
    assert bundle.records.screenings[ID].attempt("right").clip_key is None  # type: ignore[union-attr]
    assert not [key for key in bundle.clips.contents if key.startswith(f"{ID}/right/")]
    assert list(read_stills(bundle.records.screenings[ID], bundle.services)) == ["left"]


def test_missing_side_is_reported_as_missing(bundle: FakeBundle) -> None:
    """One clip is enough for a report."""
    store(bundle, left="")
    run_all(bundle)
    assert find_report(ID, bundle.services)["right"] is None


def test_every_step_may_be_repeated(bundle: FakeBundle) -> None:
    """A step during which the worker died is done again and leaves the same behind."""
    store(bundle, left="", right="NOBODY")
    run_all(bundle)
    once = (dict(bundle.clips.contents), dict(bundle.records.reports), dict(bundle.records.screenings))
    for step in (lambda: locate_side(ID, "right", bundle.analyst), lambda: draw_evidence(ID, bundle.analyst), lambda: write_report(ID, bundle.analyst)):
        step()
    again = (dict(bundle.clips.contents), dict(bundle.records.reports), {ID: replace(bundle.records.screenings[ID], state="done")})
    assert again == once


def test_missing_weights_are_no_fault_of_the_clip(bundle: FakeBundle) -> None:
    """The clip is kept and the analysis fails with the advice of the weights."""
    store(bundle, left="NO WEIGHTS")
    with pytest.raises(WeightsError) as raised:
        locate_side(ID, "left", bundle.analyst)
    fail_analysis(ID, raised.value, bundle.analyst)
    assert f"{ID}/left/clip" in bundle.clips.contents
    with pytest.raises(AnalysisFailedError) as told:
        find_report(ID, bundle.services)
    assert told.value.advice == "Run the set-up."


def test_full_disk_is_no_fault_of_the_clip(bundle: FakeBundle) -> None:
    """The clip is kept, and whoever runs the service is told to make room."""
    store(bundle, left="NO ROOM")
    with pytest.raises(StorageFullError) as raised:
        locate_side(ID, "left", bundle.analyst)
    for error in (raised.value, OSError(errno.ENOSPC, "no room")):
        fail_analysis(ID, error, bundle.analyst)
        failure = bundle.records.screenings[ID].failure
        assert failure is not None
        assert failure.code == "no_room"
    assert f"{ID}/left/clip" in bundle.clips.contents


def test_report_is_refused_until_it_is_there(bundle: FakeBundle) -> None:
    """Before the end there is a state, not half a report."""
    store(bundle, left="")
    locate_side(ID, "left", bundle.analyst)
    with pytest.raises(NotFinishedError):
        find_report(ID, bundle.services)


def test_progress_is_told_while_the_clip_is_watched(bundle: FakeBundle) -> None:
    """The share done and what is being done are remembered, at most every 0.4 s."""
    store(bundle, left="")
    bundle.engine.while_locating = lambda: bundle.clock.advance(1.0)
    locate_side(ID, "left", bundle.analyst)
    attempt = bundle.records.screenings[ID].attempt("left")
    assert attempt is not None
    assert (attempt.share_done, attempt.activity) == (0.85, "measuring")


def test_erasing_takes_everything_and_the_job(bundle: FakeBundle) -> None:
    """Rows, files and the queued job go."""
    store(bundle, left="", right="")
    bundle.jobs.enqueue(ID, 1)
    run_all(bundle)
    erase_screening(OWNER, ID, bundle.services)
    assert (bundle.clips.contents, bundle.records.screenings, bundle.records.reports) == ({}, {}, {})
    assert bundle.jobs.jobs == {}


def test_erasing_during_the_analysis_is_noticed(bundle: FakeBundle) -> None:
    """A step that finds its screening gone says so instead of reporting it."""
    store(bundle, left="")
    bundle.jobs.jobs[ID, 1] = "running"
    bundle.engine.while_locating = lambda: erase_screening(OWNER, ID, bundle.services)
    with pytest.raises(UnknownScreeningError):
        locate_side(ID, "left", bundle.analyst)
    assert bundle.clips.contents == {}
    assert bundle.jobs.jobs == {(ID, 1): "running"}


def test_erasing_stops_the_watching_of_a_clip(bundle: FakeBundle) -> None:
    """The next progress of a clip whose screening is gone ends the work on it."""
    store(bundle, left="")

    def erase() -> None:
        bundle.clock.advance(1.0)
        erase_screening(OWNER, ID, bundle.services)

    bundle.engine.while_locating = erase
    with pytest.raises(UnknownScreeningError):
        locate_side(ID, "left", bundle.analyst)
    assert bundle.engine.located == ["left"]
    assert bundle.clips.contents == {}


def test_reconciler_enqueues_what_nobody_queued(bundle: FakeBundle) -> None:
    """Remembered but not queued: the web died in between."""
    store(bundle, left="")
    reconcile(bundle.analyst)
    assert bundle.jobs.jobs == {(ID, 1): "waiting"}


def test_reconciler_begins_stranded_analyses_anew(bundle: FakeBundle) -> None:
    """Begun under another list of steps: nobody continues it, so it is analysed again."""
    store(bundle, left="")
    bundle.jobs.jobs[ID, 1] = "stranded"
    reconcile(bundle.analyst)
    assert bundle.jobs.status(ID, 2) == "waiting"
    assert bundle.records.screenings[ID].analysis == 2


def test_reconciler_closes_what_was_given_up(bundle: FakeBundle) -> None:
    """A job that was given up is told to the person who waits."""
    store(bundle, left="")
    bundle.jobs.jobs[ID, 1] = "failed"
    reconcile(bundle.analyst)
    assert bundle.records.screenings[ID].state == "failed"


def test_old_orphans_are_swept_and_young_ones_left(bundle: FakeBundle) -> None:
    """Files of an upload that broke off go after an hour, not while it may still be running."""
    store(bundle, left="")
    bundle.clips.put("dead/left/clip", b"x")
    assert sweep_orphans(bundle.services) == 0
    bundle.clock.advance(3601.0)
    assert sweep_orphans(bundle.services) == 1
    assert list(bundle.clips.contents) == [f"{ID}/left/clip"]


def test_worker_is_silent_after_a_while(bundle: FakeBundle) -> None:
    """Alive means heard of in the last 20 s."""
    assert not worker_is_alive(bundle.services)
    bundle.records.beats["worker"] = bundle.clock.now()
    assert worker_is_alive(bundle.services)
    bundle.clock.advance(21)
    assert not worker_is_alive(bundle.services)
