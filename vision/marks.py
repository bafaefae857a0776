"""What is drawn on a frame, and which part of it a picture shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


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
    names : mapping of role to str
        What points and lines are called beside them; what has no name here is drawn without one.
    captions : tuple of str
        Lines of text, most important first, such as ``"Shin 38.2 ± 1.9°"``; the last in the colour of `highlight`.
    highlight : str | None
        Colour role of the frame: ``"valid"``, ``"no_contact"``, ``"heel_lift"``, ``"foot_moved"``, ``"uncertain"`` inside a repetition, else None.
    """

    t_s: float
    lines: Mapping[str, FloatArray] = field(default_factory=dict)
    points: Mapping[str, FloatArray] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    captions: tuple[str, ...] = ()
    highlight: str | None = None


@dataclass(frozen=True, slots=True)
class PictureWindow:
    """Which part of a frame a picture shows, and how much enlarged.

    Attributes
    ----------
    left_px, top_px : float
        Corner of the part, pixels of the frame as filmed.
    zoom_x, zoom_y : float
        Pixels of the picture for one of the frame.
    """

    left_px: float
    top_px: float
    zoom_x: float
    zoom_y: float
