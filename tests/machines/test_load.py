"""The load in short form: everything is finished, and once. How quick it is, `make load` says."""

from __future__ import annotations

from pathlib import Path

from tests.machines.clips import cut_clips
from tests.machines.load import run_load
from tests.web.serving import serving


def test_clips_sent_at_once_are_all_finished_and_once(tmp_path: Path) -> None:
    """Four clients, two workers on one data folder; each analysis is begun once, and nothing is answered with an error."""
    clips = cut_clips(tmp_path, 4, seed=7)
    assert len({clip.content for clip in clips}) == 4
    with serving(tmp_path, workers="2", model="lite") as served:
        served.wait_ready()
        outcome = run_load(served, clips, clients=4, limit_s=600)
    assert (outcome.done, outcome.failed, outcome.more_than_once, outcome.attempts) == (4, 0, 0, 4)
    assert outcome.measured >= 2
    assert outcome.wrong == []
