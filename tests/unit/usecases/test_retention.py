"""How long clips stay, and what a killed worker leaves of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.ports.screenings import Attempt
from app.usecases.access import OWNER
from app.usecases.corrections import analyse_again, begin_version
from app.usecases.processing import draw_evidence, fail_analysis, locate_side, measure_sides
from app.usecases.retention import settle_clips, sweep_clips
from app.usecases.screenings import erase_screening, find_report
from tests.fakes.bundle import FakeBundle
from tests.unit.usecases.stepping import ID, run_all, store

DAY_S = 86_400.0
CLIP, KEPT = f"{ID}/left/clip", f"{ID}/left/clip.kept"

LEFT_BEHIND = ("overlay.mp4", "plain.jpg", "sighting.npz", "still.jpg", "window.json")


@pytest.fixture
def bundle(tmp_path: Path) -> FakeBundle:
    """Every part faked; clips go with the end of their analysis."""
    return FakeBundle(tmp_path)


@pytest.fixture
def keeper(tmp_path: Path) -> FakeBundle:
    """Return the same, told to keep clips for a week."""
    return FakeBundle(tmp_path, keep_clips_days=7)


def attempt_of(bundle: FakeBundle) -> Attempt:
    """Return the left side."""
    attempt = bundle.records.screenings[ID].attempt("left")
    assert attempt is not None
    return attempt


def test_clips_are_gone_when_the_report_is_there(bundle: FakeBundle) -> None:
    """By default nothing but the analysis sees a clip; sighting and pictures stay."""
    store(bundle, left="", right="")
    run_all(bundle)
    assert sorted(bundle.clips.contents) == [f"{ID}/{side}/{name}" for side in ("left", "right") for name in LEFT_BEHIND]
    assert attempt_of(bundle).clip_key is None
    assert find_report(ID, bundle.services)["left"] is not None


def test_clips_stay_until_the_report_is_there(bundle: FakeBundle) -> None:
    """Whatever a step may need again is there until the last one is done."""
    store(bundle, left="")
    locate_side(ID, "left", bundle.analyst)
    measure_sides(ID, bundle.analyst)
    draw_evidence(ID, bundle.analyst)
    sweep_clips(bundle.analyst)
    assert CLIP in bundle.clips.contents


def test_kept_clip_says_nothing_about_place_and_device(keeper: FakeBundle) -> None:
    """Kept on purpose, a clip is a copy without metadata; the original is gone."""
    store(keeper, left="GPS")
    run_all(keeper)
    assert CLIP not in keeper.clips.contents
    assert b"GPS" not in keeper.clips.contents[KEPT]
    assert attempt_of(keeper).clip_key == KEPT


def test_kept_clip_goes_when_its_time_is_over(keeper: FakeBundle) -> None:
    """Days are counted from the upload; pictures and report stay."""
    store(keeper, left="")
    run_all(keeper)
    keeper.clock.advance(7 * DAY_S - 1)
    sweep_clips(keeper.analyst)
    assert KEPT in keeper.clips.contents
    keeper.clock.advance(1)
    sweep_clips(keeper.analyst)
    assert sorted(keeper.clips.contents) == [f"{ID}/left/{name}" for name in LEFT_BEHIND]
    assert attempt_of(keeper).clip_key is None


def test_clip_that_cannot_be_stripped_is_not_kept(keeper: FakeBundle) -> None:
    """What might still say where it was filmed goes, and the report stands."""
    store(keeper, left="UNSTRIPPABLE")
    run_all(keeper)
    assert not {CLIP, KEPT} & keeper.clips.contents.keys()
    assert attempt_of(keeper).clip_key is None
    assert keeper.records.screenings[ID].state == "done"


def test_refused_clip_is_not_kept(keeper: FakeBundle) -> None:
    """Of a clip that cannot be measured nothing stays, whatever the setting."""
    store(keeper, left="NOBODY")
    run_all(keeper)
    assert keeper.clips.contents == {}
    assert attempt_of(keeper).clip_key is None


def test_setting_that_is_lowered_takes_what_was_kept(keeper: FakeBundle, tmp_path: Path) -> None:
    """Who no longer wants clips gets rid of the old ones too."""
    store(keeper, left="")
    run_all(keeper)
    stricter = FakeBundle(tmp_path, records=keeper.records)
    stricter.clips.contents = keeper.clips.contents
    sweep_clips(stricter.analyst)
    assert KEPT not in stricter.clips.contents


def test_failed_clip_stays_a_day(bundle: FakeBundle) -> None:
    """What broke off through no fault of the clip can be looked into for a day, and no longer."""
    store(bundle, left="BUG")
    with pytest.raises(ZeroDivisionError):
        locate_side(ID, "left", bundle.analyst)
    fail_analysis(ID, None, bundle.analyst)
    bundle.clock.advance(DAY_S - 1)
    sweep_clips(bundle.analyst)
    assert CLIP in bundle.clips.contents
    bundle.clock.advance(1)
    sweep_clips(bundle.analyst)
    assert bundle.clips.contents == {}
    assert attempt_of(bundle).clip_key is None


def test_failed_clip_goes_when_it_is_sent_again(bundle: FakeBundle) -> None:
    """Two copies of one clip are one too many: the later screening has its own."""
    store(bundle, left="BUG")
    fail_analysis(ID, None, bundle.analyst)
    bundle.clock.advance(60)
    store(bundle, "cd34", left="")
    sweep_clips(bundle.analyst)
    assert list(bundle.clips.contents) == ["cd34/left/clip"]


def test_failed_clip_is_never_kept_longer(keeper: FakeBundle) -> None:
    """It still has its metadata, so the setting is not about it."""
    store(keeper, left="BUG")
    fail_analysis(ID, None, keeper.analyst)
    keeper.clock.advance(DAY_S)
    sweep_clips(keeper.analyst)
    assert keeper.clips.contents == {}


def test_kept_clip_is_analysed_again_with_what_was_known(keeper: FakeBundle) -> None:
    """The copy says nothing of the lens any more: what was seen before it was made is handed on. A failure then does not shorten its time."""
    store(keeper, left="")
    run_all(keeper)
    first = keeper.clips.contents[f"{ID}/left/sighting.npz"]
    analyse_again(OWNER, keeper.records.screenings[ID], "a newer model", keeper.services)
    locate_side(ID, "left", keeper.analyst)
    assert keeper.engine.earlier == [None, first]
    fail_analysis(ID, None, keeper.analyst)
    keeper.clock.advance(2 * DAY_S)
    store(keeper, "cd34", left="")
    sweep_clips(keeper.analyst)
    assert KEPT in keeper.clips.contents
    keeper.clock.advance(5 * DAY_S)
    sweep_clips(keeper.analyst)
    assert KEPT not in keeper.clips.contents


def test_erased_row_that_kept_its_key_is_finished_by_the_sweep(bundle: FakeBundle) -> None:
    """Killed between the report and the erasing, or between the erasing and the row: the sweep does the rest."""
    for bytes_are_gone in (False, True):
        store(bundle, left="")
        with bundle.records.open() as records:
            records.set_state(ID, "done")
            records.commit()
        if bytes_are_gone:
            bundle.clips.erase(CLIP)
        sweep_clips(bundle.analyst)
        assert bundle.clips.contents == {}
        assert attempt_of(bundle).clip_key is None


@pytest.mark.parametrize("killed_after", ["copying", "erasing"])
def test_copy_that_was_begun_is_finished(keeper: FakeBundle, killed_after: str) -> None:
    """A worker killed while it put the copy in the place of the clip: the step, or the sweep, ends with the copy alone."""
    store(keeper, left="GPS")
    with keeper.records.open() as records:
        records.set_state(ID, "done")
        records.commit()
    keeper.clips.put(KEPT, b"the copy")
    if killed_after == "erasing":
        keeper.clips.erase(CLIP)
    sweep_clips(keeper.analyst)
    assert list(keeper.clips.contents) == [KEPT]
    assert b"GPS" not in keeper.clips.contents[KEPT]
    assert attempt_of(keeper).clip_key == KEPT


def test_refusal_that_was_cut_short_is_finished(bundle: FakeBundle) -> None:
    """Killed after the refusal was written and before the bytes were erased: the repeated step erases them."""
    store(bundle, left="NOBODY")
    content = bundle.clips.contents[CLIP]
    locate_side(ID, "left", bundle.analyst)
    bundle.clips.put(CLIP, content)
    with bundle.records.open() as records:
        records.set_clip_key(ID, "left", CLIP, before=None)
        records.commit()
    assert locate_side(ID, "left", bundle.analyst) == "rejected"
    assert bundle.clips.contents == {}
    assert bundle.engine.located == ["left"]


def test_clip_that_cannot_be_erased_now_does_not_undo_the_report(bundle: FakeBundle, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk may refuse; the report stands and the sweep tries again."""
    store(bundle, left="")

    def refuse(key: str) -> None:
        raise OSError(key)

    with monkeypatch.context() as broken:
        broken.setattr(bundle.clips, "erase", refuse)
        run_all(bundle)
    assert bundle.records.screenings[ID].state == "done"
    assert CLIP in bundle.clips.contents
    sweep_clips(bundle.analyst)
    assert CLIP not in bundle.clips.contents


def test_copy_of_what_is_erased_meanwhile_is_gone(keeper: FakeBundle, monkeypatch: pytest.MonkeyPatch) -> None:
    """A screening that is erased while its clip is copied takes the copy along."""
    store(keeper, left="")
    with keeper.records.open() as records:
        records.set_state(ID, "done")
        records.commit()
    strip = keeper.engine.strip

    def erase_and_strip(clip: Path, out: Path) -> None:
        strip(clip, out)
        erase_screening(OWNER, ID, keeper.services)

    monkeypatch.setattr(keeper.engine, "strip", erase_and_strip)
    settle_clips(ID, keeper.analyst)
    settle_clips(ID, keeper.analyst)
    assert keeper.clips.contents == {}


def test_a_leg_that_nobody_corrected_keeps_what_was_measured(keeper: FakeBundle) -> None:
    """Its clip is kept and could be watched again, by a newer model: only the leg whose measurement was taken away is."""
    store(keeper, left="", right="")
    run_all(keeper)
    screening, engine = keeper.records.screenings[ID], keeper.engine
    attempts = [replace(attempt, measurement=None, numbers=None) if attempt.side == "left" else attempt for attempt in screening.attempts]
    engine.located.clear()
    engine.options.clear()
    begin_version(OWNER, screening, "the toe was moved", keeper.services, attempts=attempts)
    run_all(keeper)
    assert engine.located == ["left"]
    assert [options.side for options in engine.options] == ["left"]
    assert find_report(ID, keeper.services)["right"] is not None
