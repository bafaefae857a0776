from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from vision.errors import RejectedClipError
from vision.locate import LocateDoors, LocateParams, locate_leg
from vision.tracks import ClipInfo, Frame, LegEdges, MarkerSighting, MarkerSpec

FloatArray = npt.NDArray[np.float64]
WIDTH, HEIGHT, SHANK_PX = 640, 480, 90.0


def stand(*, foot_over_shank: float) -> FloatArray:
    """Landmarks of an upright person whose feet seem so long, as shares of the shank: about 0.6 from the side, next to nothing from the front."""
    marks = np.zeros((33, 4))
    marks[:, 3] = 1.0
    for right in (0, 1):
        x = 310.0 + 20.0 * right
        for joint, y in ((11, 90.0), (23, 210.0), (25, 300.0), (27, 390.0), (29, 400.0), (31, 400.0)):
            marks[joint + right, :2] = x, y
        marks[31 + right, 0] = x + foot_over_shank * SHANK_PX
    return marks


class ScriptedReader:
    """Plays grey frames."""

    def __init__(self, seconds: float = 3.0) -> None:
        self.seconds = seconds

    def probe(self, path: Path) -> ClipInfo:
        """Say what a header would."""
        del path
        return ClipInfo(WIDTH, HEIGHT, self.seconds, 10.0, "h264", "mp4", 0, None)

    def frames(self, path: Path) -> Iterator[Frame]:
        """Ten frames a second."""
        del path
        for number in range(round(10 * self.seconds) + 1):
            yield Frame(t_s=number / 10, rgb=np.full((HEIGHT, WIDTH, 3), 128, np.uint8))


class ScriptedPose:
    """Sees the same person in every whole frame, or nobody."""

    model, model_sha256 = "scripted", "0" * 64

    def __init__(self, marks: FloatArray | None) -> None:
        self.marks = marks

    def estimate(self, rgb: npt.NDArray[np.uint8], t_s: float) -> tuple[FloatArray, npt.NDArray[np.float32]] | None:
        """Return the script."""
        del t_s
        return None if self.marks is None else (self.marks.copy(), np.ones(rgb.shape[:2], np.float32))

    def close(self) -> None:
        """Nothing to free."""


class NoMarkers:
    """Finds no sheet."""

    def find(self, rgb: npt.NDArray[np.uint8], spec: MarkerSpec) -> Sequence[MarkerSighting]:
        """Nothing."""
        del rgb, spec
        return ()


class NoLeg:
    """Sees no edge."""

    def find(self, rgb: npt.NDArray[np.uint8], person: npt.NDArray[np.float32], points: FloatArray) -> LegEdges:
        """Nothing but the light."""
        del rgb, person, points
        return LegEdges(brightness=50.0)


class LooseRoom:
    """Room whose camera is never still."""

    def add(self, rgb: npt.NDArray[np.uint8], person: npt.NDArray[np.float32] | None) -> FloatArray | None:
        """Refuse the frame."""
        del rgb, person
        return None

    def uprights(self) -> tuple[FloatArray, FloatArray]:
        """Nothing."""
        return np.empty((0, 2, 2)), np.empty(0)

    def corner_lines(self, toe_px: FloatArray, foot_px: float) -> tuple[FloatArray, FloatArray]:
        """Nothing."""
        del toe_px, foot_px
        return np.empty((0, 2, 2)), np.empty(0)


def refuse(marks: FloatArray | None, *, seconds: float = 3.0) -> RejectedClipError:
    """Watch a scripted clip and return why it was refused."""
    doors = LocateDoors(ScriptedReader(seconds), lambda: ScriptedPose(marks), NoMarkers(), NoLeg(), LooseRoom)
    with pytest.raises(RejectedClipError) as caught:
        locate_leg(Path("clip.mp4"), doors, MarkerSpec("DICT_4X4_50", (0,)), params=LocateParams(), progress=lambda _share, _activity: None)
    return caught.value


def test_front_view_is_refused() -> None:
    """Feet that point at the camera seem short: no angle is read off them, and the advice says where the camera belongs."""
    error = refuse(stand(foot_over_shank=0.08))
    assert error.code == "not_side_on"
    assert "outer side" in error.advice


def test_side_view_passes_the_first_look() -> None:
    """A person from the side is not refused for the view, but only for what follows."""
    assert refuse(stand(foot_over_shank=0.6)).code not in {"not_side_on", "no_person", "too_short"}


def test_empty_room_is_refused() -> None:
    """Nobody in any part of the picture."""
    assert refuse(None).code == "no_person"


def test_clip_shorter_than_a_lunge_is_refused() -> None:
    """One second holds no lunge."""
    assert refuse(stand(foot_over_shank=0.6), seconds=1.0).code == "too_short"
