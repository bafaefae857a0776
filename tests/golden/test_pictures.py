"""What stored pictures show of the person who was filmed: a sample clip, the real network, real files."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
import pytest

from app.assessment.measurement import AttemptOptions, Measurement
from app.assessment.sharp_area import build_sharp_area
from app.cli.running import quiet_libraries
from app.doors import build_local
from app.rendering.picture_words import build_picture_words
from app.usecases.measuring import Doors, _lay_again, draw_evidence, locate_attempt, measure_attempt
from app.usecases.sightings import unpack_sighting
from calibration.quantity import Quantity
from tests.thinning import thin
from vision.decode import PyAvReader
from vision.heads import compute_head
from vision.marks import FrameMarks, PictureWindow
from vision.overlay import DrawnOverlay
from vision.protocols import ClipReader
from vision.sharp_area import SharpArea
from vision.tracks import ClipInfo, Frame

CLIP = Path(__file__).resolve().parents[2] / "sample_videos" / "a_left.mp4"
Grey = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FirstLunge:
    """Reads the first lunge of a clip."""

    reader: ClipReader
    seconds: float = 2.4

    def probe(self, path: Path) -> ClipInfo:
        """Headers are the same."""
        return self.reader.probe(path)

    def frames(self, path: Path) -> Iterator[Frame]:
        """Frames up to the end of it."""
        for frame in self.reader.frames(path):
            if frame.t_s >= self.seconds:
                return
            yield frame

    def glimpses(self, path: Path, *, every_s: float) -> Iterator[Frame]:
        """Take some of them."""
        return thin(self.frames(path), every_s)


@dataclass(frozen=True, slots=True)
class Drawn:
    """The pictures of one clip: with marks as they are stored, and without marks, blurred and as filmed."""

    sighting: bytes
    measurement: Measurement
    doors: Doors
    area: SharpArea
    still: Path
    overlay: Path
    blurred: tuple[Frame, ...]
    filmed: tuple[Frame, ...]
    heads: npt.NDArray[np.float64]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    """Watch and draw a sample clip, and find the head in every frame that is written."""
    folder = tmp_path_factory.mktemp("pictures")
    reader = FirstLunge(PyAvReader())
    local = build_local("lite")
    doors = replace(local, locate=replace(local.locate, reader=reader), overlay=DrawnOverlay(reader))
    with quiet_libraries():
        sighting = locate_attempt(CLIP, AttemptOptions(side="left"), doors, progress=lambda _share, _what: None)
        measurement = measure_attempt(CLIP.name, sighting, AttemptOptions(side="left"), doors)[0]
        draw_evidence(CLIP, sighting, measurement, doors, words=build_picture_words("en"), still=folder / "still.jpg", overlay=folder / "overlay.mp4")
        seen, path = _lay_again(sighting, measurement)
        assert path is not None
        area = build_sharp_area(seen, path)
        films = []
        for name, sharp in (("blurred", area), ("filmed", None)):
            doors.overlay.write_clip(CLIP, [], folder / f"{name}.mp4", sharp=sharp)
            films.append(tuple(PyAvReader().frames(folder / f"{name}.mp4")))
        pose = doors.locate.new_pose()
        found = [pose.estimate(frame.rgb, frame.t_s) for frame in films[1]]
        pose.close()
    assert all(one is not None for one in found)
    return Drawn(
        sighting,
        measurement,
        doors,
        area,
        folder / "still.jpg",
        folder / "overlay.mp4",
        *films,
        np.array([compute_head(one[0]) for one in found if one is not None]),
    )  # type: ignore[call-arg] # two films


def detail(rgb: npt.NDArray[np.uint8]) -> Grey:
    """Energy at each pixel of what is one to four pixels large, as eyes and mouths are here: the square of a difference of two averages of its lightness."""
    lightness = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float64)
    return np.asarray((cv2.GaussianBlur(lightness, (0, 0), 1.0) - cv2.GaussianBlur(lightness, (0, 0), 4.0)) ** 2)


def mask_outside(area: SharpArea, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Pixels outside the window."""
    left, top, right, bottom = (round(edge) for edge in area.window_px)
    mask = np.ones(shape[:2], dtype=bool)
    mask[max(top, 0) : bottom, max(left, 0) : right] = False
    return mask


def test_nothing_sharp_is_left_outside_the_window(drawn: Drawn) -> None:
    """Outside leg, floor and wall detail falls to less than a fiftieth, and where there was most of it to less than a three-hundredth."""
    for before, after in zip(drawn.filmed[::6], drawn.blurred[::6], strict=True):
        outside = mask_outside(drawn.area, before.rgb.shape)
        had, has = detail(before.rgb)[outside], detail(after.rgb)[outside]
        rich = had >= np.quantile(had, 0.95)
        assert had.mean() > 50 * has.mean()
        assert had[rich].mean() > 300 * has[rich].mean()


def test_face_is_blurred_in_every_frame(drawn: Drawn) -> None:
    """The head, where the network finds it in the frame as filmed, lies outside the window and has lost its detail."""
    for before, after, (x, y, radius) in zip(drawn.filmed, drawn.blurred, drawn.heads, strict=True):
        assert y + radius < drawn.area.window_px[1]
        face = np.s_[max(0, round(y - 0.7 * radius)) : round(y + 0.7 * radius), round(x - 0.7 * radius) : round(x + 0.7 * radius)]
        assert detail(before.rgb[face]).mean() > 100 * detail(after.rgb[face]).mean()


def test_leg_floor_and_wall_are_sharp(drawn: Drawn) -> None:
    """Around the shin and the sheet every pixel is the one that was filmed, but for the compression."""
    left, top, right, bottom = drawn.area.window_px
    inner = np.s_[
        round(top + 0.2 * (bottom - top)) : round(min(bottom, 720) - 0.1 * (bottom - top)),
        round(left + 0.15 * (right - left)) : round(right - 0.15 * (right - left)),
    ]
    for before, after in zip(drawn.filmed, drawn.blurred, strict=True):
        assert np.abs(before.rgb[inner].astype(float) - after.rgb[inner]).mean() < 3


class Recorder:
    """Keeps what is to be drawn, and draws nothing."""

    def __init__(self) -> None:
        self.marks: list[FrameMarks] = []

    def write_still(self, clip: Path, marks: FrameMarks, out: Path, *, sharp: SharpArea | None, plain: Path | None = None) -> PictureWindow:
        """Keep them."""
        del clip, out, sharp, plain
        self.marks.insert(0, marks)
        return PictureWindow(0.0, 0.0, 1.0, 1.0)

    def draw_still(self, plain: Path, window: PictureWindow, marks: FrameMarks, out: Path) -> None:
        """Keep them."""
        del plain, window, out
        self.marks.insert(0, marks)

    def write_clip(self, clip: Path, marks: Sequence[FrameMarks], out: Path, *, sharp: SharpArea | None) -> None:
        """Keep them."""
        del clip, out, sharp
        self.marks.extend(marks)


def test_words_in_pictures_are_those_of_the_reader(drawn: Drawn, tmp_path: Path) -> None:
    """Names, captions, verdicts and decimal commas: no English in what is drawn for German."""
    recorder, words = Recorder(), build_picture_words("de")
    measurement = replace(drawn.measurement, shin_angle_deg=Quantity(38.2, 1.0, "deg"), toe_to_wall_cm=Quantity(12.4, 0.4, "cm"), limit="lower_bound")
    doors = replace(drawn.doors, overlay=recorder)
    draw_evidence(CLIP, drawn.sighting, measurement, doors, words=words, still=tmp_path / "still.jpg", overlay=tmp_path / "overlay.mp4")
    key = recorder.marks[0]
    assert set(key.names.values()) == {"Zehe", "Ferse", "Knie", "Wand", "Boden"}
    assert key.captions[:2] == ("Schienbein 38,2 ± 2,0°", "Zehe bis Wand ≥ 12,4 ± 0,8 cm")
    shown = {re.sub(r"\d+", "0", text) for marks in recorder.marks[1:] for text in marks.captions}
    known = {"Schienbein 0°", "Schienbein nicht gesehen", "Ausfallschritt 0", "zwischen Ausfallschritten", *words.verdicts.values()}
    assert {"Schienbein 0°", "Ausfallschritt 0"} <= shown <= known


def test_stored_pictures_carry_no_metadata(drawn: Drawn) -> None:
    """Neither place nor device nor program: the still is a bare JPEG, and the overlay says no more than that it is an MP4 with a picture."""
    still = drawn.still.read_bytes()
    assert still[:2] == b"\xff\xd8"
    markers, at = set(), 2
    while still[at + 1] != 0xDA:
        markers.add(still[at + 1])
        at += 2 + int.from_bytes(still[at + 2 : at + 4], "big")
    assert markers <= {0xE0, 0xDB, 0xC0, 0xC4, 0xDD}
    with av.open(drawn.overlay) as container:
        said = {**container.metadata, **container.streams[0].metadata}
    assert set(said) <= {"major_brand", "minor_version", "compatible_brands", "handler_name", "language", "vendor_id"}


def test_sighting_holds_no_picture(drawn: Drawn) -> None:
    """Points and lines only, no crop and no mask: less than 80 coordinates a frame and array, where the smallest picture of a face has hundreds of pixels."""
    frames = len(unpack_sighting(drawn.sighting).leg.t_s)
    with np.load(io.BytesIO(drawn.sighting)) as stored:
        sizes = {name: (stored[name].size, stored[name].dtype.kind) for name in stored}
    assert {name for name, (_, kind) in sizes.items() if kind not in "fiUb"} == set()
    assert {name for name, (size, _) in sizes.items() if size > (80 * frames if name.startswith("leg.") else 5000)} == set()
