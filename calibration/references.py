"""Real sizes of known things, each with its tolerance and where it comes from.

Everything about the printed sheet that has a millimetre in it stands here and nowhere else; the finder of markers only gets dictionary and ids.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


Extent = tuple[float, float]
"""From, to, in millimetres."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet of paper in landscape: how long and how wide, mm."""

    name: str
    length_mm: float
    width_mm: float


A4 = Paper("A4", 297.0, 210.0)
"""ISO 216."""
LETTER = Paper("US Letter", 279.4, 215.9)
"""ANSI/ASME Y14.1, 11 x 8.5 in."""


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """Version 1 of the calibration sheet: paper in landscape, flat on the floor, one short edge flush against the wall.

    Attributes
    ----------
    dictionary : str
        Fiducial dictionary of the markers.
    marker_from_wall_mm : mapping of id to (near, far)
        Extent of each black square away from the wall edge.
    marker_across_mm : (inner, outer)
        Extent of the black squares across the sheet, from the long edge at the foot.
    marker_bits : mapping of id to rows of "0" and "1"
        Inner cells of each marker, 1 is white; around them runs a black border one cell wide.
    paper : Paper
    ruler_from_wall_mm, ruler_across_mm : (from, to), place of its line
        The ruler that the user checks; it lies along the sheet, because that is the direction of the distance.
    arrow_from_wall_mm : (tip, tail)
        The arrow to the wall.
    shift_std_mm, scale_std : float
        Standard uncertainty of the wall edge and, relative, of the print's scale.

    Notes
    -----
    A printer shifts its content by 1-2 mm even at 100 %, and paper is taped within about 1 mm of the wall: `shift_std_mm` carries both.
    Printers keep scale within about 0.5 %: `scale_std`.
    The squares lie in the middle of the paper's width, so that either long edge can be the one at the foot: one sheet serves both legs. A Letter sheet
    is 5.9 mm wider than the A4 one that the finder takes it for; its squares lie 3 mm further across, a depth on which no number hangs.
    """

    dictionary: str = "DICT_4X4_50"
    marker_from_wall_mm: tuple[tuple[int, float, float], ...] = ((10, 15.0, 135.0), (11, 150.0, 270.0))
    marker_across_mm: Extent = (45.0, 165.0)
    shift_std_mm: float = 1.5
    scale_std: float = 0.005
    marker_bits: tuple[tuple[int, tuple[str, ...]], ...] = ((10, ("1111", "1001", "1001", "0001")), (11, ("0001", "0001", "1010", "0111")))
    paper: Paper = A4
    ruler_from_wall_mm: Extent = (160.0, 260.0)
    ruler_across_mm: float = 189.0
    arrow_from_wall_mm: Extent = (10.0, 62.0)

    @property
    def ids(self) -> tuple[int, ...]:
        """Marker ids on the sheet."""
        return tuple(marker for marker, _, _ in self.marker_from_wall_mm)

    @property
    def ruler_mm(self) -> float:
        """Length of the ruler."""
        start, end = self.ruler_from_wall_mm
        return end - start

    @property
    def margin_mm(self) -> float:
        """Paper edge at the wall to the first black square."""
        return min(near for _, near, _ in self.marker_from_wall_mm)

    def square_cm(self, marker_id: int) -> FloatArray:
        """Corners of one black square on the floor.

        Returns
        -------
        (4, 2) float64
            (x away from the wall, across from the inner long edge towards the camera), cm, in no particular starting corner but in ring order.
        """
        for marker, near, far in self.marker_from_wall_mm:
            if marker == marker_id:
                inner, outer = self.marker_across_mm
                return np.array([(near, inner), (far, inner), (far, outer), (near, outer)], dtype=np.float64) / 10.0
        raise KeyError(marker_id)

    def as_measured(self, *, ruler_mm: float | None = None, margin_mm: float | None = None) -> SheetLayout:
        """Return the layout of the sheet that a printer really made.

        Parameters
        ----------
        ruler_mm : float | None
            What the ruler measures on paper; None when nobody measured it.
        margin_mm : float | None
            Paper edge to first black square, likewise.

        Notes
        -----
        A ruler is read within 0.3 of 100 mm, a margin within 0.5 mm; taping adds 1 mm. A print that is not at 100 % was shrunk about the middle of the
        page or about a corner: without its margin the sheet's place is uncertain by what lies between the two, and the middle of them is taken.
        """
        scale = 1.0 if ruler_mm is None else ruler_mm / self.ruler_mm
        about_middle = (1.0 - scale) * 0.5 * self.paper.length_mm
        margin = scale * self.margin_mm + 0.5 * about_middle if margin_mm is None else margin_mm
        shift_std = float(np.hypot(self.shift_std_mm, 0.5 * about_middle)) if margin_mm is None else float(np.hypot(_MARGIN_READ_STD_MM, _TAPED_STD_MM))
        middle = 0.5 * self.paper.width_mm
        inner, outer = (middle + scale * (at - middle) for at in self.marker_across_mm)
        squares = tuple(
            (marker, margin + scale * (near - self.margin_mm), margin + scale * (far - self.margin_mm)) for marker, near, far in self.marker_from_wall_mm
        )
        return replace(
            self,
            marker_from_wall_mm=squares,
            marker_across_mm=(inner, outer),
            shift_std_mm=shift_std,
            scale_std=self.scale_std if ruler_mm is None else _RULER_READ_STD_MM / self.ruler_mm,
        )


_RULER_READ_STD_MM, _MARGIN_READ_STD_MM, _TAPED_STD_MM = 0.3, 0.5, 1.0
"""How well a person reads 100 mm and a margin off a ruler with millimetre ticks, and tapes an edge to a wall."""

SHEET_V1 = SheetLayout()
SHEET_V1_LETTER = replace(
    SHEET_V1,
    paper=LETTER,
    marker_across_mm=(0.5 * LETTER.width_mm - 60.0, 0.5 * LETTER.width_mm + 60.0),
    ruler_across_mm=LETTER.width_mm - 21.0,
)
"""The same sheet on the other paper."""

PHONE_FOCAL_OVER_LONG_SIDE = 0.77
"""Focal length over the long side of the picture: main cameras of phones are 23-28 mm equivalent (0.64-0.78 of 36 mm) and video crops by 0-20 %."""

PHONE_FOCAL_RELATIVE_STD = 0.09
"""Standard spread of the above, relative; covers 0.64 to 0.92 at two standard deviations."""

FOCAL_TAG_RELATIVE_STD = 0.05
"""The tag gives the lens; electronic stabilisation crops video by an unknown few per cent."""

FOOT_LENGTH_STD_CM = 0.4
"""A person measures the own foot against a wall within 3-5 mm."""

FOOT_BREADTH_OVER_LENGTH = 0.38
"""Ball breadth over foot length, adults: 0.37-0.40 (Krauss et al. 2008, doi 10.1080/00140130802376026, read second-hand), +-0.03 used."""

HEIGHT_TO_FOOT_LENGTH = 0.152
"""Foot length over body height: 0.152 +- 0.006 (Martin's ratio 15.2 %; Giles & Vallandigham 1991, J Forensic Sci 36:1134, read second-hand)."""

HEIGHT_TO_FOOT_LENGTH_STD = 0.006
"""Standard spread of the above."""

BALL_HALF_BREADTH = 0.5 * FOOT_BREADTH_OVER_LENGTH
"""Of the ball, over foot length."""

HEEL_HALF_BREADTH = 0.125
"""Of the heel, over foot length: heel breadth 0.25 of length (Krauss et al. 2008, as above)."""

FOOT_HEADING = -0.09
"""Tangent of how people place a foot told to stand square to the wall: 5 deg outward, on the camera's side; foot progression in gait is 5-10 deg out."""

FOOT_HEADING_STD = 0.14
"""8 deg."""

ANKLE_FROM_HEEL = 0.24
"""Ankle joint ahead of the back of the heel, over foot length: the Achilles tendon pulls about 5 cm behind the joint, skin and tendon add 1 cm, of 26 cm.
Judgement, 0.03 as standard error; held against the bodies of rendered clips, each left out in turn: 0.238 to 0.242."""

ANKLE_OVER_FOOT = 0.257
"""Height of the ankle joint over foot length: 0.039 and 0.152 of stature (Drillis & Contini, in Winter 2009, doi 10.1002/9780470549148, fig. 4.1)."""

ANKLE_OVER_SHOE = 0.30
"""Likewise over the outer length of a shoe: a sole lifts the heel by 2-2.5 cm and is 2-3 cm longer than the foot."""

BARE_TOE_INSIDE = 0.06
"""Tip of the longest toe inside (away from the camera) the foot's middle line, over foot length: the great toe, longest in most feet, lies about 0.08 inside,
the second toe on the line. Judgement, 0.03 as standard error."""

SHOE_TIP_INSIDE = 0.02
"""Likewise of a shoe, which is rounded over both."""
