from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from tests.thinning import thin
from vision.align import mirror
from vision.errors import RejectedClipError
from vision.heads import compute_head
from vision.locate import LocateDoors, LocateParams, locate_leg
from vision.look import Look, LookParams, find_person, look_over
from vision.tracks import ClipInfo, Frame, LegEdges, MarkerSighting, MarkerSpec, SeenLeg

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

    def glimpses(self, path: Path, *, every_s: float) -> Iterator[Frame]:
        """Take some of them."""
        return thin(self.frames(path), every_s)


class ScriptedPose:
    """Sees the same person in every whole frame, or nobody."""

    model, model_sha256 = "scripted", "0" * 64

    def __init__(self, marks: FloatArray | None) -> None:
        self.marks = marks

    def estimate(self, rgb: npt.NDArray[np.uint8], t_s: float) -> tuple[FloatArray, npt.NDArray[np.float32]] | None:
        """Return the script."""
        del t_s
        return None if self.marks is None else (self.marks.copy(), np.ones(rgb.shape[:2], np.float32))

    def find(self, rgb: npt.NDArray[np.uint8], t_s: float) -> FloatArray | None:
        """Landmarks alone."""
        found = self.estimate(rgb, t_s)
        return None if found is None else found[0]

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

    def find(self, seen: SeenLeg, around: Sequence[SeenLeg]) -> LegEdges:
        """Nothing but the light."""
        del seen, around
        return LegEdges(brightness=50.0)


class LooseRoom:
    """Room whose camera is never still."""

    def add(self, rgb: npt.NDArray[np.uint8], person: npt.NDArray[np.float32] | None, t_s: float) -> FloatArray | None:
        """Refuse the frame."""
        del rgb, person, t_s
        return None

    def misfit(self) -> float:
        """Nothing."""
        return 0.0

    def edges(self) -> FloatArray:
        """Nothing."""
        return np.empty((0, 2, 2))

    def corner_lines(self, toe_px: FloatArray, foot_px: float) -> tuple[FloatArray, FloatArray]:
        """Nothing."""
        del toe_px, foot_px
        return np.empty((0, 2, 2)), np.empty(0)


class StillRoom(LooseRoom):
    """Room before a camera on a stand."""

    def add(self, rgb: npt.NDArray[np.uint8], person: npt.NDArray[np.float32] | None, t_s: float) -> FloatArray | None:
        """Nothing to take out."""
        del rgb, person, t_s
        return np.eye(3)


class SunkenRoom(LooseRoom):
    """Room before a phone that after the first picture was lowered or raised: what it shows then lies so much lower in the first picture."""

    def __init__(self, lower_px: float) -> None:
        self.lower_px, self.first = lower_px, True

    def add(self, rgb: npt.NDArray[np.uint8], person: npt.NDArray[np.float32] | None, t_s: float) -> FloatArray | None:
        """Take the move out."""
        del rgb, person, t_s
        lower_px, self.first = 0.0 if self.first else self.lower_px, False
        return np.array([[1.0, 0.0, 0.0], [0.0, 1.0, lower_px], [0.0, 0.0, 1.0]])


class SmearedLeg:
    """Sees a foot, and a shin whose front is as wide as it is told."""

    def __init__(self, edge_width: float) -> None:
        self.edge_width = edge_width

    def find(self, seen: SeenLeg, around: Sequence[SeenLeg]) -> LegEdges:
        """Toe and heel where the landmarks are."""
        assert seen in around
        _, _, _, heel, toe = seen.points
        return LegEdges(brightness=50.0, edge_width=self.edge_width, toe=toe, heel_back=heel, heel_low=heel)


class BlockReader(ScriptedReader):
    """Plays a picture with one white block for each person, the second one there for a part of the time only."""

    def __init__(self, seconds: float, *, second_until_s: float) -> None:
        super().__init__(seconds)
        self.second_until_s = second_until_s

    def frames(self, path: Path) -> Iterator[Frame]:
        """Ten frames a second."""
        for frame in super().frames(path):
            rgb = frame.rgb.copy()
            rgb[200:220, 310:330] = 255
            if frame.t_s < self.second_until_s:
                rgb[200:220, 560:580] = 255
            yield Frame(frame.t_s, rgb)


class BlockPose(ScriptedPose):
    """Finds one person, as the network does: at the first block that is there."""

    def estimate(self, rgb: npt.NDArray[np.uint8], t_s: float) -> tuple[FloatArray, npt.NDArray[np.float32]] | None:
        """Stand where the block is."""
        seen = super().estimate(rgb, t_s)
        if seen is None or rgb.shape[:2] != (HEIGHT, WIDTH):
            return None
        for x in (320, 570):
            if (rgb[210, x] == 255).all():
                return seen[0] + np.array([x - 320.0, 0, 0, 0]), seen[1]
        return None


class HeadlessPose(ScriptedPose):
    """Finds somebody in a picture only that is higher than the one that was filmed."""

    def estimate(self, rgb: npt.NDArray[np.uint8], t_s: float) -> tuple[FloatArray, npt.NDArray[np.float32]] | None:
        """Stand in the picture that has room above."""
        return super().estimate(rgb, t_s) if rgb.shape[:2] == (HEIGHT * 5 // 4, WIDTH) else None


def share_of_others(reader: ScriptedReader, pose: ScriptedPose) -> float:
    """Look a scripted clip over and return in how much of it somebody else is."""
    return look(reader, pose).others_share


def look(reader: ScriptedReader, pose: ScriptedPose) -> Look:
    """Look a scripted clip over."""
    seen = find_person(reader.glimpses(Path("clip.mp4"), every_s=LookParams().every_s), pose)
    return look_over(seen, pose, None, params=LookParams(), progress=lambda _share, _activity: None)


def refuse(marks: FloatArray | None, *, seconds: float = 3.0) -> RejectedClipError:
    """Watch a scripted clip and return why it was refused."""
    doors = LocateDoors(ScriptedReader(seconds), lambda: ScriptedPose(marks), lambda: ScriptedPose(marks), NoMarkers(), NoLeg(), LooseRoom, mirror)
    with pytest.raises(RejectedClipError) as caught:
        locate_leg(Path("clip.mp4"), doors, MarkerSpec("DICT_4X4_50", (0,)), params=LocateParams(), progress=lambda _share, _activity: None)
    return caught.value


def watch(doors: LocateDoors) -> str | None:
    """Watch a scripted clip and return the code of its refusal, if any."""
    try:
        locate_leg(Path("clip.mp4"), doors, MarkerSpec("DICT_4X4_50", (0,)), params=LocateParams(), progress=lambda _share, _activity: None)
    except RejectedClipError as error:
        return error.code
    return None


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


def test_a_person_whose_head_is_cut_off_is_told_so() -> None:
    """The network finds people by their heads: who is seen only with room for one above the picture has to step back, and not to look for more light."""
    with pytest.raises(RejectedClipError, match="head is cut off in 100%") as caught:
        look(ScriptedReader(), HeadlessPose(stand(foot_over_shank=0.6)))
    assert caught.value.code == "legs_only"
    assert look(ScriptedReader(), ScriptedPose(stand(foot_over_shank=0.6))).found_share == 1.0


def test_clip_shorter_than_a_lunge_is_refused() -> None:
    """One second holds no lunge."""
    assert refuse(stand(foot_over_shank=0.6), seconds=1.0).code == "too_short"


@pytest.mark.parametrize(("second_until_s", "share"), [(0.0, 0.0), (99.0, 1.0), (3.0, 0.5)])
def test_somebody_else_is_counted(second_until_s: float, share: float) -> None:
    """The network names one person only: the other one is found once the first is painted over, in each second that shows both."""
    seen = share_of_others(BlockReader(6.0, second_until_s=second_until_s), BlockPose(stand(foot_over_shank=0.6)))
    assert seen == pytest.approx(share, abs=0.2)


def test_a_person_found_again_under_the_paint_is_nobody_else() -> None:
    """A network that goes on where it last saw somebody does not make a second person."""
    assert share_of_others(ScriptedReader(), ScriptedPose(stand(foot_over_shank=0.6))) == 0.0


@pytest.mark.parametrize(("edge_width", "code"), [(0.05, None), (0.12, "blurred"), (float("nan"), None)])
def test_a_smeared_shin_is_refused(edge_width: float, code: str | None) -> None:
    """An edge wider than a tenth of the shank has no place; one that was never measured is no reason."""
    marks = stand(foot_over_shank=0.6)
    doors = LocateDoors(ScriptedReader(), lambda: ScriptedPose(marks), lambda: ScriptedPose(marks), NoMarkers(), SmearedLeg(edge_width), StillRoom, mirror)
    assert watch(doors) == code


@pytest.mark.parametrize(
    ("foot_y", "lower_px", "code"), [(465.0, 0.0, None), (465.0, 14.0, None), (478.0, 0.0, "foot_out_of_frame"), (478.0, -14.0, "foot_out_of_frame")]
)
def test_a_foot_at_the_edge_is_refused_where_it_was_filmed(foot_y: float, lower_px: float, code: str | None) -> None:
    """A phone in the hand wanders after the first picture: the edge that cuts a foot off is that of the picture which shows it."""
    marks = stand(foot_over_shank=0.6)
    marks[:, 1] += foot_y - marks[29, 1]
    doors = LocateDoors(
        ScriptedReader(), lambda: ScriptedPose(marks), lambda: ScriptedPose(marks), NoMarkers(), SmearedLeg(0.05), lambda: SunkenRoom(lower_px), mirror
    )
    assert watch(doors) == code


@pytest.mark.parametrize("facing_left", [False, True])
def test_head_is_found_where_it_was_filmed(facing_left: bool) -> None:  # noqa: FBT001 - which way the person faces
    """In every watched frame, in pixels of the picture as filmed, also where it is watched in the mirror."""
    marks = stand(foot_over_shank=0.6)
    if facing_left:
        marks[:, 0] = WIDTH - 1 - marks[:, 0]
    x, y, radius = compute_head(marks)
    mirrored = marks.copy()
    mirrored[:, 0] = WIDTH - 1 - mirrored[:, 0]
    watcher = ScriptedPose(mirrored if facing_left else marks)
    doors = LocateDoors(ScriptedReader(), lambda: ScriptedPose(marks), lambda: watcher, NoMarkers(), SmearedLeg(0.05), StillRoom, mirror)
    seen = locate_leg(Path("clip.mp4"), doors, MarkerSpec("DICT_4X4_50", (0,)), params=LocateParams(), progress=lambda _share, _activity: None)
    assert len(seen.heads) > 10
    assert seen.heads[:, 2:] == pytest.approx(np.tile([x, y, radius], (len(seen.heads), 1)))
    assert (np.diff(seen.heads[:, 0]) < seen.heads[0, 1] - seen.heads[0, 0]).all()


def test_heads_of_others_are_found_too() -> None:
    """Somebody who stands by is remembered where they stand, for as long as until they are looked for again."""
    pose, reader = BlockPose(stand(foot_over_shank=0.6)), BlockReader(6.0, second_until_s=99.0)
    heads = look(reader, pose).other_heads
    x, y, radius = compute_head(stand(foot_over_shank=0.6))
    assert heads[:, 2:] == pytest.approx(np.tile([x + 250.0, y, radius], (len(heads), 1)))
    assert all((heads[:, 0] <= t_s).any() and (t_s <= heads[:, 1]).any() for t_s in np.arange(0.0, 6.0, 0.1))
