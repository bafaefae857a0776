"""A change to a finished screening that is killed after each of its steps: afterwards there is the old state or the new one, and no file too many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from app.ports.people import Athlete, Squad
from app.ports.waiting import WaitingClip
from app.usecases.access import OWNER
from app.usecases.corrections import erase_leg, move_legs
from app.usecases.keys import waiting_key
from app.usecases.legs import build_attempt, put_leg
from app.usecases.reconciling import reconcile, sweep_orphans
from app.usecases.retention import sweep_clips
from app.usecases.screenings import find_report, read_stills
from app.usecases.waiting import SHARED, Choice, assign_clips
from tests.fakes.bundle import FakeBundle, make_clip
from tests.fakes.records import FakeUnitOfWork
from tests.unit.usecases.stepping import ID, run_all, store

_EFFECTS = ("put", "put_file", "erase", "erase_folder", "erase_group")
Change = Callable[[FakeBundle], None]


class KilledError(BaseException):
    """The end of the process, which no code of ours can catch."""


@dataclass
class Killer:
    """Lets so many steps happen that others can see, and no more."""

    left: int

    def count(self, step: Callable[..., Any]) -> Callable[..., Any]:
        """Return the same step, counted."""

        def counted(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever the step takes
            if self.left == 0:
                raise KilledError
            self.left -= 1
            return step(*args, **kwargs)

        return counted


def film_again(bundle: FakeBundle) -> None:
    """Put another clip in the place of the left one."""
    clip = bundle.folder / "again"
    clip.write_bytes(make_clip("again"))
    attempt = build_attempt(ID, "left", clip_name="again.mp4", sha256="again", size_bytes=3000)
    put_leg(OWNER, bundle.records.screenings[ID], attempt, clip, "Filmed again.", bundle.services)


def add_right(bundle: FakeBundle) -> None:
    """Add the leg that was not filmed."""
    clip = bundle.folder / "added"
    clip.write_bytes(make_clip("added"))
    put_leg(
        OWNER, bundle.records.screenings[ID], build_attempt(ID, "right", clip_name="r.mp4", sha256="added", size_bytes=3000), clip, "Added.", bundle.services
    )


def turn(bundle: FakeBundle) -> None:
    """Take each clip for one of the other leg."""
    move_legs(OWNER, bundle.records.screenings[ID], "The wrong way round.", bundle.services)


def forget_left(bundle: FakeBundle) -> None:
    """Forget a leg."""
    erase_leg(OWNER, bundle.records.screenings[ID], "left", "Somebody else's.", bundle.services)


def prepare(folder: Path, sides: tuple[str, ...]) -> FakeBundle:
    """Return a service that keeps clips, with a screening that is done, and a clip that waits to be told whose it is."""
    folder.mkdir()
    bundle = FakeBundle(folder, keep_clips_days=7)
    store(bundle, **dict.fromkeys(sides, ""))
    run_all(bundle)
    records, now = bundle.records, bundle.clock.now()
    records.screenings[ID] = replace(records.screenings[ID], athlete_id="x")
    records.athletes["x"] = Athlete(athlete_id="x", name="Anna", created_at=now)
    records.squads["s"] = Squad(squad_id="s", name="Squad", created_at=now)
    records.members.add(("s", "x"))
    said = {name: getattr(records.screenings[ID], name) for name in SHARED}
    clip = {"clip_id": "w", "squad_id": "s", "clip_name": "w.mp4", "sha256": "told", "size_bytes": 3000, "received_at": now, "problem": ""}
    records.waiting["w"] = WaitingClip(**clip, said=said)
    bundle.clips.put(waiting_key("w"), make_clip("told"))
    return bundle


def kill_after_each_step(change: Change, sides: tuple[str, ...], folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeBundle]:
    """Return what each kill leaves, as the next start finds it, and last what is left where nobody is killed."""
    for steps in count():
        bundle, killer = prepare(folder / str(steps), sides), Killer(steps)
        with monkeypatch.context() as counted:
            for name in _EFFECTS:
                counted.setattr(bundle.clips, name, killer.count(getattr(bundle.clips, name)))
            counted.setattr(FakeUnitOfWork, "commit", killer.count(FakeUnitOfWork.commit))
            counted.setattr(bundle.jobs, "enqueue", killer.count(bundle.jobs.enqueue))
            try:
                change(bundle)
            except KilledError:
                ended = False
            else:
                ended = True
        yield bundle
        if ended:
            assert steps > 1
            return


def go_on(bundle: FakeBundle) -> None:
    """Do what the next start does: enqueue what is not, work it off, and sweep, also once everything is old enough to be on nobody's way."""
    reconcile(bundle.analyst)
    if bundle.records.screenings[ID].state != "done":
        assert bundle.jobs.status(ID, bundle.records.screenings[ID].analysis) == "waiting"
        run_all(bundle)
    bundle.clock.advance(bundle.services.limits.orphan_after_s + 1)
    sweep_clips(bundle.analyst)
    sweep_orphans(bundle.services)


def describe(bundle: FakeBundle) -> tuple[tuple[str, str], ...]:
    """Return which clip each leg has, once it is certain that report, pictures and files are those of these clips and no other."""
    screening = bundle.records.screenings[ID]
    report, measured = find_report(ID, bundle.services), {attempt.side for attempt in screening.attempts}
    assert screening.state == "done"
    assert {side for side in ("left", "right") if report[side] is not None} == measured
    assert set(read_stills(screening, bundle.services)) == measured
    assert {group.name: group.folders for group in bundle.clips.groups()}[ID] == {attempt.folder for attempt in screening.attempts}
    for attempt in screening.attempts:
        names = {key.split("/")[2] for key in bundle.clips.contents if key.startswith(f"{ID}/{attempt.folder}/")}
        assert names == {"clip.kept", "sighting.npz", "still.jpg", "plain.jpg", "window.json", "overlay.mp4"}
        assert attempt.sha256.encode() in bundle.clips.get(str(attempt.clip_key))
        assert f"overlay {attempt.side}".encode() in bundle.clips.get(f"{ID}/{attempt.folder}/overlay.mp4")
    return tuple((attempt.side, attempt.sha256) for attempt in screening.attempts)


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (film_again, {"left": "left", "right": "right"}, {"left": "again", "right": "right"}),
        (add_right, {"left": "left"}, {"left": "left", "right": "added"}),
        (turn, {"left": "left", "right": "right"}, {"left": "right", "right": "left"}),
        (turn, {"left": "left"}, {"right": "left"}),
        (forget_left, {"left": "left", "right": "right"}, {"right": "right"}),
    ],
)
def test_killed_at_any_step_it_has_happened_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Change, before: dict[str, str], after: dict[str, str]
) -> None:
    """Report, pictures, clips and rows are all of before or all of after, and no file belongs to nothing."""
    found = []
    for bundle in kill_after_each_step(change, tuple(before), tmp_path, monkeypatch):
        go_on(bundle)
        found.append(describe(bundle))
    old, new = (tuple(sorted(state.items())) for state in (before, after))
    assert [old, new] == sorted(set(found), key=found.index)
    assert found[-1] == new


def test_pictures_of_before_never_stand_beside_another_clip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new clip that turns out to be unmeasurable has none, however its coming was cut short, and no sighting of the clip before helps it."""

    def film_nobody(bundle: FakeBundle) -> None:
        clip = bundle.folder / "nobody"
        clip.write_bytes(make_clip("NOBODY"))
        attempt = build_attempt(ID, "left", clip_name="n.mp4", sha256="nobody", size_bytes=3000)
        put_leg(OWNER, bundle.records.screenings[ID], attempt, clip, "Filmed again.", bundle.services)

    for bundle in kill_after_each_step(film_nobody, ("left",), tmp_path, monkeypatch):
        bundle.engine.earlier.clear()
        go_on(bundle)
        screening = bundle.records.screenings[ID]
        if screening.attempts[0].sha256 == "nobody":
            assert [group.name for group in bundle.clips.groups()] == ["w"]
            assert bundle.engine.earlier == [None]


def test_a_waiting_clip_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It waits, or it is a leg of the screening; killed in between it is not both, and not neither."""

    def tell(bundle: FakeBundle) -> None:
        squad = bundle.records.squads["s"]
        (told,) = assign_clips(OWNER, squad, [Choice("w", "x", "right")], bundle.services, since=bundle.clock.now())
        assert told.screening_id == ID

    for bundle in kill_after_each_step(tell, ("left",), tmp_path, monkeypatch):
        told = {attempt.sha256 for attempt in bundle.records.screenings[ID].attempts}
        assert ("told" in told) != ("w" in bundle.records.waiting)
        go_on(bundle)
        assert bundle.clips.holds(waiting_key("w")) == ("w" in bundle.records.waiting)
