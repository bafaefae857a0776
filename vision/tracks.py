"""What vision hands on: points in pixels, times in seconds, all immutable and checked at the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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


@dataclass(frozen=True, slots=True)
class FrameMarks:
    """What to draw on one frame: pixels of the upright, unmirrored frame.

    Attributes
    ----------
    t_s : float
        Time of the frame the marks belong to.
    lines : mapping of role to (N, 2) float64
        Polylines by role: ``outline``, ``axis``, ``vertical``, ``floor``, ``wall``.
    points : mapping of role to (2,) float64
        ``toe``, ``heel``, ``knee``, ``ankle``.
    captions : tuple of str
        Lines of text, most important first, such as ``"Shin 38.2 ± 1.9°"``.
    highlight : str | None
        Colour role of the frame: ``"valid"``, ``"no_contact"``, ``"heel_lift"``, ``"foot_moved"``, ``"uncertain"`` inside a repetition, else None.
    """

    t_s: float
    lines: Mapping[str, FloatArray] = field(default_factory=dict)
    points: Mapping[str, FloatArray] = field(default_factory=dict)
    captions: tuple[str, ...] = ()
    highlight: str | None = None
