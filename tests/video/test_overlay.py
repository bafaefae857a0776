from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from tests.thinning import thin
from vision.drawing import _Canvas, draw_marks
from vision.errors import UnreadableClipError
from vision.marks import FrameMarks
from vision.overlay import DrawnOverlay, OverlayParams, compute_window, find_marks
from vision.sharp_area import SharpArea
from vision.tracks import ClipInfo, Frame
from vision.upright import fit_size


class PaintedReader:
    """Yields grey frames at given times without any file."""

    def __init__(self, times_s: list[float], width: int = 640, height: int = 360) -> None:
        self.times_s, self.width, self.height = times_s, width, height

    def probe(self, path: Path) -> ClipInfo:
        """Return the facts of the painted clip."""
        return ClipInfo(self.width, self.height, self.times_s[-1], None, codec="painted", container=path.suffix.removeprefix("."))

    def frames(self, path: Path) -> Iterator[Frame]:
        """Yield frames that get brighter with time."""
        assert path.name == "clip.mp4"
        for index, t_s in enumerate(self.times_s):
            yield Frame(t_s, np.full((self.height, self.width, 3), 60 + 2 * index, dtype=np.uint8))

    def glimpses(self, path: Path, *, every_s: float) -> Iterator[Frame]:
        """Take some of them."""
        return thin(self.frames(path), every_s)


def make_marks(t_s: float, scale: float = 1.0) -> FrameMarks:
    """Return marks of a leg on a 640 x 360 picture."""
    lines = {
        "outline": np.array([[300.0, 180.0], [350.0, 260.0]]) * scale,
        "vertical": np.array([[350.0, 150.0], [350.0, 260.0]]) * scale,
        "wall": np.array([[270.0, 60.0], [270.0, 300.0]]) * scale,
        "floor": np.array([[270.0, 300.0], [390.0, 302.0]]) * scale,
    }
    points = {"toe": np.array([310.0, 298.0]) * scale, "heel": np.array([385.0, 296.0]) * scale, "knee": np.array([285.0, 170.0]) * scale}
    names = {role: role for role in ("toe", "heel", "knee", "wall", "floor")}
    return FrameMarks(t_s, lines, points, names, ("Shin 38.2 ± 1.9°", "toe to wall ≥ 12.4 ± 0.8 cm", "valid"), "valid")


def read_times(path: Path) -> list[float]:
    """Return the times of the frames of a written clip."""
    with av.open(str(path)) as container:
        return [float(frame.time) for frame in container.decode(video=0)]


def test_uneven_frame_times_are_kept(tmp_path: Path) -> None:
    """A clip of variable frame rate keeps the time of each frame within a 90 kHz tick."""
    times_s = [0.0, 0.033, 0.1, 0.137, 0.25, 0.5]
    out = tmp_path / "out.mp4"
    DrawnOverlay(PaintedReader(times_s)).write_clip(Path("clip.mp4"), [make_marks(t) for t in times_s], out, sharp=None)
    assert read_times(out) == pytest.approx(times_s, abs=2 / 90_000)


def test_written_clip_plays_everywhere_and_starts_at_once(tmp_path: Path) -> None:
    """H.264, 4:2:0, even size, index before the pictures."""
    out = tmp_path / "out.mp4"
    DrawnOverlay(PaintedReader([0.0, 0.04], width=853, height=481)).write_clip(Path("clip.mp4"), [make_marks(0.0)], out, sharp=None)
    with av.open(str(out)) as container:
        context = container.streams.video[0].codec_context
        assert (context.name, context.pix_fmt, context.width % 2, context.height % 2) == ("h264", "yuv420p", 0, 0)
    data = out.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_same_marks_give_the_same_bytes(tmp_path: Path) -> None:
    """Clip and still are the same from run to run."""
    overlay = DrawnOverlay(PaintedReader([0.0, 0.04, 0.08]))
    marks = [make_marks(t) for t in (0.0, 0.04, 0.08)]
    written = []
    for name in ("a", "b"):
        overlay.write_clip(Path("clip.mp4"), marks, tmp_path / f"{name}.mp4", sharp=None)
        overlay.write_still(Path("clip.mp4"), marks[1], tmp_path / f"{name}.jpg", sharp=None)
        written.append(((tmp_path / f"{name}.mp4").read_bytes(), (tmp_path / f"{name}.jpg").read_bytes()))
    assert written[0] == written[1]


def test_large_pictures_are_shrunk_and_fast_ones_thinned(tmp_path: Path) -> None:
    """A 4K clip is written at 1280 pixels, 240 frames a second at no more than 33."""
    times_s = [index / 240 for index in range(48)]
    out = tmp_path / "out.mp4"
    DrawnOverlay(PaintedReader(times_s, width=2160, height=3840)).write_clip(Path("clip.mp4"), [make_marks(t, 6.0) for t in times_s], out, sharp=None)
    with av.open(str(out)) as container:
        assert (container.streams.video[0].width, container.streams.video[0].height) == (720, 1280)
    assert min(b - a for a, b in pairwise(read_times(out))) > 0.0299


@pytest.mark.parametrize("overlap", [False, True])
def test_a_reader_that_shrinks_gives_the_same_clip(tmp_path: Path, *, overlap: bool) -> None:
    """Marks are moved onto the smaller picture; drawing ahead changes nothing."""
    times_s = [0.0, 0.04, 0.08]
    large, params = PaintedReader(times_s, width=1280, height=720), OverlayParams(clip_long_side_px=640)
    ways = {
        "plain": DrawnOverlay(large, params),
        "shrunk": DrawnOverlay(large, params, shrinking=PaintedReader(times_s, width=640, height=360), overlap=overlap),
    }
    for name, overlay in ways.items():
        overlay.write_clip(Path("clip.mp4"), [make_marks(t, 2.0) for t in times_s], tmp_path / name, sharp=None)
    assert (tmp_path / "plain").read_bytes() == (tmp_path / "shrunk").read_bytes()


def test_frame_without_marks_is_passed_on_plain(tmp_path: Path) -> None:
    """Marks are drawn at their own time, not on frames that were not measured."""
    out = tmp_path / "out.mp4"
    DrawnOverlay(PaintedReader([0.0, 1.0])).write_clip(Path("clip.mp4"), [make_marks(0.0)], out, sharp=None)
    with av.open(str(out)) as container:
        spreads = [float(frame.to_ndarray(format="gray").std()) for frame in container.decode(video=0)]
    assert spreads[0] > 5
    assert spreads[1] < 1


def test_still_is_the_nearest_frame(tmp_path: Path) -> None:
    """The key frame is the one nearest in time; the picture is a JPEG of the measured part."""
    out = tmp_path / "still.jpg"
    DrawnOverlay(PaintedReader([0.0, 0.5, 1.0])).write_still(Path("clip.mp4"), make_marks(0.6), out, sharp=None)
    picture = cv2.imdecode(np.frombuffer(out.read_bytes(), dtype=np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert np.median(picture) == pytest.approx(62, abs=2)
    assert picture.shape[1] / picture.shape[0] == pytest.approx(4 / 3, abs=0.02)


class NoisyReader(PaintedReader):
    """Yields frames full of detail."""

    def frames(self, path: Path) -> Iterator[Frame]:
        """Noise in place of grey."""
        for frame in super().frames(path):
            yield Frame(frame.t_s, np.random.default_rng(1).integers(0, 256, frame.rgb.shape, dtype=np.uint8))


@pytest.mark.parametrize("shrinking", [None, NoisyReader([0.0, 0.04], width=1280, height=720)])
def test_blur_comes_first_and_marks_afterwards(tmp_path: Path, shrinking: NoisyReader | None) -> None:
    """Outside the sharp area the picture is flat, and lines and words on it are as crisp as on any other; the area moves along with the picture's size."""
    area = SharpArea(window_px=(960.0, 540.0, 1200.0, 960.0), spans_s=np.array([[0.0, 9.0]]), heads=np.empty((0, 5)), grain_px=60.0)
    overlay = DrawnOverlay(NoisyReader([0.0, 0.04], width=1920, height=1080), shrinking=shrinking)
    overlay.write_clip(Path("clip.mp4"), [make_marks(t, 3.0) for t in (0.0, 0.04)], tmp_path / "out.mp4", sharp=area)
    overlay.write_still(Path("clip.mp4"), FrameMarks(0.0), tmp_path / "out.jpg", sharp=area)
    with av.open(str(tmp_path / "out.mp4")) as container:
        grey = next(container.decode(video=0)).to_ndarray(format="gray").astype(float)
    assert grey.shape == (720, 1280)
    assert grey[400:600, 680:760].std() > 20
    assert grey[480:, 20:300].std() < 5
    assert np.abs(np.diff(grey[130:560, 530:550], axis=1)).max() > 60  # the wall's line
    still = cv2.imdecode(np.frombuffer((tmp_path / "out.jpg").read_bytes(), dtype=np.uint8), cv2.IMREAD_GRAYSCALE)
    assert still is not None
    assert still[400:600, 680:760].std() > 20
    assert still[480:, 20:300].std() < 5


def test_clip_without_frames_is_refused(tmp_path: Path) -> None:
    """No frame is an unreadable clip, not an empty picture."""
    with pytest.raises(UnreadableClipError):
        DrawnOverlay(PaintedReader([])).write_still(Path("clip.mp4"), make_marks(0.0), tmp_path / "out.jpg", sharp=None)


def test_window_holds_the_points_and_stays_in_the_picture() -> None:
    """The part that is shown contains every point, has the wanted shape and lies inside."""
    marks = make_marks(0.0)
    left, top, width, height = compute_window(marks, 640, 360, params=OverlayParams())
    for x, y in marks.points.values():
        assert left <= x <= left + width
        assert top <= y <= top + height
    assert left >= 0
    assert top >= 0
    assert left + width <= 640
    assert top + height <= 360
    assert compute_window(FrameMarks(0.0), 640, 360, params=OverlayParams()) == (0, 0, 640, 360)


def test_odd_sizes_become_even_and_small_ones_stay() -> None:
    """yuv420p needs even sizes; nothing is enlarged."""
    assert fit_size(641, 361, long_side_px=1280) == (640, 360)
    assert fit_size(3840, 2160, long_side_px=1280) == (1280, 720)


def test_line_is_drawn_where_it_was_measured() -> None:
    """The outline's colour lies on its pixels within one line width, and far from it nothing changed."""
    plain = np.full((360, 640, 3), 90, dtype=np.uint8)
    drawn = draw_marks(plain, FrameMarks(0.0, {"outline": np.array([[300.0, 100.0], [300.0, 250.0]])}))
    columns = np.flatnonzero((drawn[175].astype(int) - 90)[:, 0] > 100)
    assert columns.mean() == pytest.approx(300, abs=0.6)
    assert (drawn[:, :280] == 90).all()
    assert (plain == 90).all()


def test_missing_points_and_lines_outside_are_survived() -> None:
    """NaN and points far outside the picture are left out, in any picture size."""
    lines = {
        "outline": np.array([[math.nan, 1.0], [2.0, 3.0]]),
        "wall": np.array([[-500.0, -500.0], [-400.0, -100.0]]),
        "vertical": np.array([[5.0, 5.0], [5.0, 5.0]]),
    }
    points = {"toe": np.array([math.nan, math.nan]), "heel": np.array([1e6, 1e6]), "knee": np.array([3.0, 3.0])}
    for shape in ((360, 640, 3), (64, 48, 3)):
        drawn = draw_marks(
            np.zeros(shape, dtype=np.uint8), FrameMarks(0.0, lines, points, {"knee": "knee"}, ("a very long line of text that is wider than the picture",))
        )
        assert drawn.shape == shape


def test_time_base_divides_common_rates() -> None:
    """90 kHz holds 24, 25, 30, 50, 60 and 240 Hz exactly."""
    assert all((Fraction(1, rate) / Fraction(1, 90_000)).denominator == 1 for rate in (24, 25, 30, 50, 60, 240))


def test_names_stay_where_they_stand() -> None:
    """A name keeps its place from frame to frame while its place is no worse than half hidden."""
    places: dict[str, int] = {}
    plain = np.zeros((360, 640, 3), dtype=np.uint8)
    draw_marks(plain, make_marks(0.0), places=places)
    first = dict(places)
    shifted = make_marks(0.0)
    draw_marks(plain, replace(shifted, points={role: xy + 1.5 for role, xy in shifted.points.items()}), places=places)
    assert places == first
    assert set(first) == {"toe", "heel", "knee", "wall", "floor"}


def test_names_are_those_that_are_given() -> None:
    """In the words of the reader, umlauts too; what has no name is drawn without one."""
    plain = np.zeros((360, 640, 3), dtype=np.uint8)
    places: dict[str, int] = {}
    draw_marks(plain, replace(make_marks(0.0), names={"toe": "Zehe", "wall": "Türblatt"}), places=places)
    assert set(places) == {"Zehe", "Türblatt"}
    drawn = [draw_marks(plain, replace(make_marks(0.0), names={"toe": word})) for word in ("Fuße", "Fusse", "Fu?e")]
    assert not any(np.array_equal(drawn[0], other) for other in drawn[1:])


def test_no_name_lies_on_another() -> None:
    """The knee comes to the wall's upper end, where the wall is named: one of the two names gives way, remembered places or not."""
    places: dict[str, int] = {}
    plain = np.zeros((360, 640, 3), dtype=np.uint8)
    for gap_px in (60.0, 30.0, 12.0, 4.0, 0.0):
        lines = {"wall": np.array([[200.0, 150.0], [200.0, 300.0]])}
        canvas = _Canvas(plain.copy(), places)
        canvas.draw_labels(FrameMarks(0.0, lines, {"knee": np.array([200.0 + gap_px, 152.0])}, {"knee": "knee", "wall": "wall"}))
        (a, b), least = canvas._taken, min((box[2] - box[0]) * (box[3] - box[1]) for box in canvas._taken)
        hidden = max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
        assert hidden <= 0.1 * least


def test_marks_between_two_are_placed_in_between() -> None:
    """A leg measured at 15 Hz is drawn smoothly on 30 frames a second; words are not mixed."""
    marks = [FrameMarks(0.0, points={"toe": np.array([0.0, 10.0])}, captions=("a",)), FrameMarks(0.1, points={"toe": np.array([4.0, 20.0])}, captions=("b",))]
    between = find_marks(marks, [0.0, 0.1], 0.075, tolerance_s=0.12)
    assert between.points["toe"] == pytest.approx([3.0, 17.5])
    assert between.captions == ("b",)
    assert find_marks(marks, [0.0, 0.1], 0.5, tolerance_s=0.12) == FrameMarks(0.5)
    assert find_marks([], [], 0.5, tolerance_s=0.12) == FrameMarks(0.5)


@pytest.mark.parametrize("overlap", [False, True])
def test_clip_that_breaks_leaves_nothing_behind(tmp_path: Path, *, overlap: bool) -> None:
    """Half a film is no evidence, and no thread goes on with it."""

    class BreakingReader(PaintedReader):
        def frames(self, path: Path) -> Iterator[Frame]:
            yield from super().frames(path)
            raise UnreadableClipError("found the clip cut off", reason="truncated", advice="Copy it again.")

    out = tmp_path / "out.mp4"
    with pytest.raises(UnreadableClipError):
        DrawnOverlay(BreakingReader([0.0, 0.04]), overlap=overlap).write_clip(Path("clip.mp4"), [make_marks(0.0)], out, sharp=None)
    assert not out.exists()
    assert "ahead" not in {thread.name for thread in threading.enumerate()}


def test_no_thread_draws_for_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    """Who waits for pictures has gone: drawing ends too."""
    overlay = DrawnOverlay(PaintedReader([index / 25 for index in range(50)]), overlap=True)
    with pytest.raises(FileNotFoundError):
        overlay.write_clip(Path("clip.mp4"), [make_marks(0.0)], tmp_path / "missing" / "out.mp4", sharp=None)
    assert "ahead" not in {thread.name for thread in threading.enumerate()}
