"""What vision hands on: points in pixels, times in seconds, all immutable and checked at the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ClipInfo:
    """Facts from the headers of a clip, after rotation and pixel aspect have been applied.

    Attributes
    ----------
    width_px, height_px : int
        Size of the upright, square-pixel frame.
    duration_s : float | None
        As declared by the container.
    rate_hz : float | None
        Average frame rate as declared.
    codec, container : str
        Names as the decoder gives them.
    rotation_deg : int
        Clockwise turn that was needed to make the stored picture upright: 0, 90, 180 or 270.
    focal_35mm_mm : float | None
        35 mm equivalent focal length, where the file says so.
    """

    width_px: int
    height_px: int
    duration_s: float | None
    rate_hz: float | None
    codec: str
    container: str
    rotation_deg: int = 0
    focal_35mm_mm: float | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """One upright frame.

    Attributes
    ----------
    t_s : float
        Seconds since the first displayed frame, from presentation time stamps.
    rgb : (H, W, 3) uint8
        Square pixels, upright, not mirrored.
    """

    t_s: float
    rgb: npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class SeenLeg:
    """What a watched picture shows of the front leg, and how it lies on the first picture.

    Attributes
    ----------
    t_s : float
    rgb : (h, w, 3) uint8
        The part of the picture that holds the leg; the person faces right. Empty where the landmarks show no leg.
    person : (ceil(h / k), ceil(w / k)) float32
        Mask of the person in that part, 0..1.
    k : int
        How many times coarser the mask is.
    corner_px : (x, y)
        Where the part begins in the picture, whole pixels of the mask.
    points : (5, 2) float64
        Landmarks of hip, knee, ankle, heel and toe, pixels of the picture.
    to_room : (3, 3) float64
        Map from its pixels to the first picture's.
    """

    t_s: float
    rgb: npt.NDArray[np.uint8]
    person: npt.NDArray[np.float32]
    k: int
    corner_px: tuple[int, int]
    points: FloatArray
    to_room: FloatArray


@dataclass(frozen=True, slots=True)
class MarkerSpec:
    """Which fiducial markers to look for (handed in by wiring: millimetres stay in calibration)."""

    dictionary: str
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MarkerSighting:
    """One marker in one frame.

    Attributes
    ----------
    marker_id : int
    corners_px : (4, 2) float64
        Pixels of the frame as given (never mirrored), in the marker's own order.
    mirrored : bool
        True when the marker could only be read in the mirror image: the recording is mirrored.
    """

    marker_id: int
    corners_px: FloatArray
    mirrored: bool


FRONT_POINTS = 56
"""Points in which the front of the shin is kept."""

HEEL_AT, BALL_AT = 0.15, 0.70
"""Where along the foot, from heel to toe, its outer border is read."""
PROFILE_POINTS = 40
"""Points in which the rear outline of the foot is kept."""

NOT_SEEN = np.full(2, np.nan)
NOT_SEEN.flags.writeable = False


@dataclass(frozen=True, slots=True)
class KneeView:
    """What one picture shows about the knee, cut out by `vision.knees`.

    Attributes
    ----------
    light : (n, n) uint8
        Lightness.
    person : (n, n) bool
        Where the person is.
    from_picture : (2, 3) float64
        Map from pixels of the picture to those of the view.
    """

    light: npt.NDArray[np.uint8]
    person: npt.NDArray[np.bool_]
    from_picture: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class LegEdges:
    """One leg of one frame, read off the picture, pixels of that frame; NaN where not seen.

    Fields as in `LegTrack`; besides, `shin_front` (56, 2) is the front outline of the shin, `brightness` is the lightness about the leg (0..100), and
    `edge_width` how wide the front of the shin is smeared, over the length of the shank; `knee_view` is None where no knee was read.
    """

    shin_front: FloatArray = field(default_factory=lambda: np.full((FRONT_POINTS, 2), np.nan))
    ankle: FloatArray = field(default_factory=lambda: NOT_SEEN)
    ankle_width: float = float("nan")
    knee_front: FloatArray = field(default_factory=lambda: NOT_SEEN)
    knee_brow: FloatArray = field(default_factory=lambda: NOT_SEEN)
    toe: FloatArray = field(default_factory=lambda: NOT_SEEN)
    heel_back: FloatArray = field(default_factory=lambda: NOT_SEEN)
    heel_low: FloatArray = field(default_factory=lambda: NOT_SEEN)
    ball_low: FloatArray = field(default_factory=lambda: NOT_SEEN)
    heel_profile: FloatArray = field(default_factory=lambda: np.full((PROFILE_POINTS, 2), np.nan))
    brightness: float = float("nan")
    edge_width: float = float("nan")
    knee_view: KneeView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LegTrack:
    """The tested leg over time.

    All points are pixels of the *room picture*: the first analysed frame, mirrored where needed so that the person faces right, with the sway of the hand
    taken out. y grows downwards; NaN where not seen.

    Attributes
    ----------
    t_s : (T,) float64
        Seconds since the first displayed frame.
    hip, knee : (T, 2) float64
        Joint landmarks of the network.
    ankle : (T, 2) float64
        Ankle landmark, moved along the shank to the height at which ankles are (see `vision.edges`).
    ankle_width : (T,) float64
        Width of the lower leg just above the ankle, pixels.
    shin_ends : (T, 2, 2) float64
        Line through the front outline of the shin at 13 % and 80 % of the way from knee to ankle.
    knee_front, knee_brow : (T, 2) float64
        Point of the knee nearest to the wall, and the one farthest ahead of the shank, square to it.
    toe, heel_back, heel_low, ball_low : (T, 2) float64
        Foremost, rearmost and lowest points of the foot's outline.
    heel_profile : (T, 40, 2) float64
        Rear outline of the foot from above the heel down to the sole.
    rear_foot : (T, 2) float64
        Heel landmark of the other foot.
    labelled_right : (T,) float64
        1 where the network called this the right leg, 0 where the left.
    to_room : (T, 3, 3) float64
        Map from the (mirrored) frame's pixels to the room picture.
    """

    t_s: FloatArray
    hip: FloatArray
    knee: FloatArray
    ankle: FloatArray
    ankle_width: FloatArray
    shin_ends: FloatArray
    knee_front: FloatArray
    knee_brow: FloatArray
    toe: FloatArray
    heel_back: FloatArray
    heel_low: FloatArray
    ball_low: FloatArray
    heel_profile: FloatArray
    rear_foot: FloatArray
    labelled_right: FloatArray
    to_room: FloatArray

    def __post_init__(self) -> None:
        n = len(self.t_s)
        for item in fields(self):
            array = np.asarray(getattr(self, item.name), dtype=np.float64)
            if len(array) != n:
                raise ValueError(f"found {item.name} with {len(array)} rows; expected {n}, one for each time")
            array.flags.writeable = False
            object.__setattr__(self, item.name, array)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomMarks:
    """What stands still in the picture, in room pixels.

    Attributes
    ----------
    size_px : (width, height)
    markers : mapping of id to (4, 2) float64
        Corners of printed markers, median over the frames that show them, in ring order.
    marker_sigma_px : float
        Standard error of one corner coordinate.
    edges_px : (M, 2, 2) float64
        Straight edges of the room in any direction.
    corner_lines_px, corner_scores : (K, 2, 2), (K,) float64
        Lines that may be where floor and wall meet, best first.
    """

    size_px: tuple[int, int]
    markers: Mapping[int, FloatArray]
    marker_sigma_px: float
    edges_px: FloatArray
    corner_lines_px: FloatArray
    corner_scores: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipFacts:
    """What the clip itself was like.

    Attributes
    ----------
    flipped : bool
        Frames were mirrored so that the person faces right (the person faces left in the picture).
    mirror_recording : bool
        The printed markers could only be read in the mirror image.
    picture_px : (width, height)
        Of the picture as watched, in whose pixels points are given.
    work_scale : float
        Watched size over the size of the upright picture as filmed.
    duration_s, rate_hz : float
        As decoded: last minus first time, and frames a second between them.
    brightness : float
        Median lightness about the leg, 0..100.
    steady_share : float
        Share of frames that could be laid onto the room picture.
    found_share : float
        Share of frames in which a person was found.
    side_view : float
        Foot length seen over shank length, see `vision.legs.side_view_share`.
    focal_35mm_mm : float | None
    model, model_sha256 : str
    others_share : float
        Share of looked-at frames in which somebody else was found besides.
    room_misfit : float
        How far corners of the room lie off in the tenth of the frames that a turn of the camera fits worst, over the picture's long side.
    """

    flipped: bool
    mirror_recording: bool
    picture_px: tuple[int, int]
    work_scale: float
    duration_s: float
    rate_hz: float
    brightness: float
    steady_share: float
    found_share: float
    side_view: float
    focal_35mm_mm: float | None
    model: str
    model_sha256: str
    others_share: float = 0.0
    room_misfit: float = 0.0


@dataclass(frozen=True, slots=True)
class ClipSighting:
    """Everything vision knows about one clip.

    Attributes
    ----------
    heads : (N, 5) float64
        Where heads may be, so that nobody's face is shown: from s, until s, x, y and radius, pixels of the picture as watched and not mirrored.
    """

    leg: LegTrack
    room: RoomMarks
    facts: ClipFacts
    heads: FloatArray = field(default_factory=lambda: np.empty((0, 5)))
