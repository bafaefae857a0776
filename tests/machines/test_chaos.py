"""The chaos in short form; `make chaos` is the long one."""

from __future__ import annotations

from pathlib import Path

from tests.bucket import Bucket
from tests.machines.chaos import run_chaos
from tests.machines.clips import cut_clips
from tests.machines.full_disk import run_full_disk
from tests.postgres import PostgresServer


def test_every_clip_ends_in_one_report_although_everything_is_killed(postgres: PostgresServer, bucket: Bucket, tmp_path: Path) -> None:
    """Web servers, workers and the database are killed while clips are sent and measured, and clocks jump."""
    clips = cut_clips(tmp_path, 3, seed=11)
    verdict, breaker, _ = run_chaos(tmp_path, postgres, bucket, clips, kills=4, seed=11, limit_s=900, model="lite")
    assert verdict.problems == []
    assert verdict.states.total() == 3
    assert breaker.killed.total() >= 4


def test_full_disk_refuses_clearly_and_loses_nothing(tmp_path: Path) -> None:
    """What does not fit is refused and leaves nothing; what is being measured waits for room and is finished."""
    found = run_full_disk(tmp_path, cut_clips(tmp_path, 2, seed=12), model="lite")
    assert found.problems == []
    assert found.refused == 1
    assert found.states == ["done"]
