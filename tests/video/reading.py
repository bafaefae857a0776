"""How clips are read in these tests, and how a refusal is looked at."""

from pathlib import Path

import pytest

from tests.video import clips
from vision.decode import DecodeLimits, PyAvReader
from vision.errors import UnreadableClipError


def read(path: Path, **limits: float) -> list[tuple[float, int]]:
    """Return times and frame numbers of a clip, after checking that each frame is upright."""
    found = []
    for frame in PyAvReader(DecodeLimits(**limits)).frames(path):  # type: ignore[arg-type]
        assert clips.corner_colours(frame.rgb) == clips.UPRIGHT
        found.append((frame.t_s, clips.read_index(frame.rgb)))
    return found


def reason_of(path: Path) -> str:
    """Why a clip is refused; reading it to the end must raise."""
    with pytest.raises(UnreadableClipError) as caught:
        list(PyAvReader().frames(path))
    assert caught.value.message
    assert caught.value.advice
    return caught.value.reason
