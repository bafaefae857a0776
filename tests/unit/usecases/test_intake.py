"""Receiving a screening."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.usecases.access import OWNER
from app.usecases.clip_errors import EmptyClipError, NotAVideoError, SameClipTwiceError, TooLargeError
from app.usecases.errors import MalformedSubmissionError
from app.usecases.intake import Declaration, Intake, clean_name
from tests.fakes.bundle import FakeBundle, make_clip


@pytest.fixture
def bundle(tmp_path: Path) -> FakeBundle:
    """Every part faked."""
    return FakeBundle(tmp_path)


async def chop(content: bytes, size: int = 700) -> AsyncIterator[bytes]:
    """Bytes as a network brings them."""
    for start in range(0, len(content), size):
        yield content[start : start + size]


def submit(bundle: FakeBundle, declaration: Declaration | None = None, **clips: bytes) -> str:
    """One submission, start to end."""

    async def run() -> str:
        async with Intake(OWNER, bundle.services) as intake:
            for side, content in clips.items():
                await intake.take_clip(side, f"C:\\videos\\{side}.mov", chop(content))
            return (await intake.finish(lambda: declaration or Declaration())).screening_id

    return asyncio.run(run())


def test_screening_is_remembered_and_enqueued(bundle: FakeBundle) -> None:
    """What was handed in is stored, remembered with what was said about it, and queued."""
    screening_id = submit(bundle, Declaration(foot_length_cm=26.0, furthest_right=True), left=make_clip("a"), right=make_clip("b"))
    screening = bundle.records.screenings[screening_id]
    assert screening.foot_length_cm == 26.0
    kept = [(attempt.side, attempt.clip_name, attempt.furthest) for attempt in screening.attempts]
    assert kept == [("left", "left.mov", False), ("right", "right.mov", True)]
    assert bundle.clips.contents[f"{screening_id}/left/clip"] == make_clip("a")
    assert bundle.jobs.jobs == {(screening_id, 1): "waiting"}


def test_one_side_alone_is_a_screening(bundle: FakeBundle) -> None:
    """The other side may be missing; the report says so."""
    screening_id = submit(bundle, right=make_clip())
    assert len(bundle.records.screenings[screening_id].attempts) == 1


@pytest.mark.parametrize(
    ("clips", "error"),
    [
        ({"left": make_clip("a"), "right": b""}, EmptyClipError),
        ({"left": make_clip("a"), "right": b"hello " * 300}, NotAVideoError),
        ({"left": make_clip("a"), "right": b"hello"}, NotAVideoError),
        ({"left": make_clip("a"), "right": make_clip("b", size=100_001)}, TooLargeError),
        ({"left": make_clip("a"), "right": make_clip("a")}, SameClipTwiceError),
        ({"left": make_clip("a"), "middle": make_clip("b")}, MalformedSubmissionError),
        ({}, MalformedSubmissionError),
    ],
)
def test_refused_submission_leaves_nothing_behind(bundle: FakeBundle, clips: dict[str, bytes], error: type[Exception]) -> None:
    """A clip that was fine goes too when the submission as a whole is refused."""
    with pytest.raises(error):
        submit(bundle, **clips)
    assert (bundle.clips.contents, bundle.records.screenings, bundle.jobs.jobs) == ({}, {}, {})


def test_unreachable_queue_does_not_lose_the_screening(bundle: FakeBundle) -> None:
    """What is remembered is enqueued later by the reconciler."""
    bundle.jobs.reachable = False
    assert submit(bundle, left=make_clip()) in bundle.records.screenings


@pytest.mark.parametrize(
    ("given", "kept"),
    [("../../etc/passwd", "passwd"), ("C:\\a\\b.mp4", "b.mp4"), ("<script>.mp4", "_script_.mp4"), ("läuft (1).mov", "läuft (1).mov"), ("x\n.mp4", "x_.mp4")],
)
def test_file_name_is_made_harmless(given: str, kept: str) -> None:
    """Only the last part of a name is kept, without markup or line breaks."""
    assert clean_name(given) == kept
