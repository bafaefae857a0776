"""The seams of vision: what each door must do, without naming the library behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from vision.marks import FrameMarks, PictureWindow
from vision.sharp_area import SharpArea
from vision.tracks import ClipInfo, Frame, LegEdges, MarkerSighting, MarkerSpec, SeenLeg

Rgb = npt.NDArray[np.uint8]


class ClipReader(Protocol):
    """Door to the video library: path to upright frames, memory bounded by a few frames."""

    def probe(self, path: Path) -> ClipInfo:
        """Read headers only; raise `UnreadableClipError` for what is not a video."""

    def frames(self, path: Path) -> Iterator[Frame]:
        """Yield upright square-pixel RGB frames in display order; raise `UnreadableClipError` where the clip breaks."""

    def glimpses(self, path: Path, *, every_s: float) -> Iterator[Frame]:
        """Yield a frame at least every `every_s` of what can be decoded, as cheaply as the clip allows."""


class PersonFinder(Protocol):
    """Door to the pose network for single pictures, each looked at anew."""

    def find(self, rgb: Rgb, t_s: float) -> npt.NDArray[np.float64] | None:
        """Landmarks (33, 4) as x px, y px, depth px, visibility; None when nobody is found."""

    def close(self) -> None:
        """Free the network."""


class PoseEstimator(Protocol):
    """Door to the pose network. One instance sees one clip, frames in order of time."""

    model: str
    model_sha256: str

    def estimate(self, rgb: Rgb, t_s: float) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float32]] | None:
        """Landmarks (33, 4) as x px, y px, depth px, visibility, and person mask in 0..1; None when nobody is found.

        The mask is as fine as the network's own, (H // k, W // k) with one whole number k for both directions.
        """

    def close(self) -> None:
        """Free the network."""


class MarkerFinder(Protocol):
    """Door to fiducial markers."""

    def find(self, rgb: Rgb, spec: MarkerSpec) -> Sequence[MarkerSighting]:
        """Markers of `spec` seen in the frame, read as it is and, failing that, mirrored."""


class LegFinder(Protocol):
    """Door to the picture around one leg of a person who faces right."""

    def find(self, seen: SeenLeg, around: Sequence[SeenLeg]) -> LegEdges:
        """Front of the shin and knee in one picture; toe, heel and sole in what it has in common with those shortly before and after, itself among them."""


class RoomFinder(Protocol):
    """Door to everything that stands still. One instance sees one clip, frames in order of time."""

    def add(self, rgb: Rgb, person: npt.NDArray[np.float32] | None, t_s: float) -> npt.NDArray[np.float64] | None:
        """Take in one frame and the person's mask (H // k, W // k) in it.

        Returns the map (3, 3) from its pixels to the room picture, None when it cannot be laid onto it.
        """

    def misfit(self) -> float:
        """How far corners of the room lie off in the worst tenth of the frames, over the picture's long side."""

    def edges(self) -> npt.NDArray[np.float64]:
        """Straight edges of the room (M, 2, 2), longest first, room pixels."""

    def corner_lines(self, toe_px: npt.NDArray[np.float64], foot_px: float) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Lines that may be where floor and wall meet (K, 2, 2) and their scores (K,), best first, room pixels."""


class Overlay(Protocol):
    """Door that draws what was measured on the picture, which is blurred outside the sharp area; without one it stays as it was filmed."""

    def write_still(self, clip: Path, marks: FrameMarks, out: Path, *, sharp: SharpArea | None, plain: Path | None = None) -> PictureWindow:
        """Write one frame of the clip, the one nearest `marks.t_s`, with its marks as JPEG, and where `plain` is given without them too."""

    def draw_still(self, plain: Path, window: PictureWindow, marks: FrameMarks, out: Path) -> None:
        """Draw marks on a picture that was written without them."""

    def write_clip(self, clip: Path, marks: Sequence[FrameMarks], out: Path, *, sharp: SharpArea | None) -> None:
        """Write the clip as H.264 MP4 (faststart) with the marks of each frame drawn."""


class ClipStripper(Protocol):
    """Door that copies the picture of a clip and nothing besides."""

    def strip(self, clip: Path, out: Path) -> None:
        """Write the same pictures at the same times, without sound or anything said about them; raise `ClipError` and leave nothing when that fails."""
