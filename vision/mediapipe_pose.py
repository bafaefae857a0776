"""Door to MediaPipe: a pose landmarker that follows somebody through one clip, and one that looks at single pictures."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from vision.weights import weights_sha256

Rgb = npt.NDArray[np.uint8]

N_LANDMARKS = 33

_WORK_LONG_SIDE = 800
"""The network sees 256 x 256 pixels of the person, and its mask has no more: a picture of at least twice this is halved, thrice this divided by three."""


class MediapipePose:
    """Pose landmarks and person mask, frame after frame, in order of time.

    Parameters
    ----------
    weights : Path
        Checked `.task` file, see `vision.weights`.
    model : str
        Name of the model for the record: lite, full or heavy.

    Notes
    -----
    The network follows the person from frame to frame, so a fresh instance per clip makes two runs on one clip equal. It is not mirror-symmetric: give
    it frames in which the person faces right. Several people: it follows the one it found first.
    """

    def __init__(self, weights: Path, model: str) -> None:
        self.model = model
        self.model_sha256 = weights_sha256(weights)
        self._landmarker = _open(weights, "VIDEO", masks=True)
        self._last_ms = -1

    def estimate(self, rgb: Rgb, t_s: float) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float32]] | None:
        """Landmarks (33, 4): x px, y px, depth px, visibility; and the person mask (H // k, W // k) in 0..1. None when nobody is found."""
        small, k = _shrink(rgb)
        self._last_ms = max(self._last_ms + 1, round(t_s * 1000))
        result = self._landmarker.detect_for_video(_wrap(small), self._last_ms)
        if not result.pose_landmarks:
            return None
        mask = np.array(result.segmentation_masks[0].numpy_view(), dtype=np.float32).reshape(small.shape[:2])
        return _read_landmarks(result, small, k), mask

    def close(self) -> None:
        """Free the network."""
        self._landmarker.close()


class MediapipePerson:
    """Pose landmarks of single pictures, each looked at anew."""

    def __init__(self, weights: Path) -> None:
        self._landmarker = _open(weights, "IMAGE", masks=False)

    def find(self, rgb: Rgb, t_s: float) -> npt.NDArray[np.float64] | None:
        """Landmarks (33, 4): x px, y px, depth px, visibility; None when nobody is found."""
        del t_s  # what was before does not matter
        small, k = _shrink(rgb)
        result = self._landmarker.detect(_wrap(small))
        return _read_landmarks(result, small, k) if result.pose_landmarks else None

    def close(self) -> None:
        """Free the network."""
        self._landmarker.close()


def _open(weights: Path, mode: str, *, masks: bool) -> Any:  # noqa: ANN401 - the vendor's class, imported only here
    os.environ.setdefault("GLOG_minloglevel", "2")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from mediapipe.tasks.python import BaseOptions, vision  # noqa: PLC0415 - two to six seconds, paid only by who measures

    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(weights)),
        running_mode=vision.RunningMode[mode],
        output_segmentation_masks=masks,
    )
    return vision.PoseLandmarker.create_from_options(options)


def _shrink(rgb: Rgb) -> tuple[Rgb, int]:
    """Return the picture with k times fewer pixels both ways, and k."""
    k = max(1, max(rgb.shape[:2]) // _WORK_LONG_SIDE)
    height, width = (n // k for n in rgb.shape[:2])
    if k == 1:
        return rgb, 1
    return np.asarray(cv2.resize(rgb[: height * k, : width * k], (width, height), interpolation=cv2.INTER_AREA), np.uint8), k


def _wrap(rgb: Rgb) -> Any:  # noqa: ANN401 - the vendor's class
    import mediapipe as mp  # noqa: PLC0415

    return mp.Image(image_format=mp.ImageFormat.SRGB, data=np.ascontiguousarray(rgb))


def _read_landmarks(result: Any, small: Rgb, k: int) -> npt.NDArray[np.float64]:  # noqa: ANN401 - the vendor's class
    # Normalised coordinates run over pixel edges, ours over pixel centres.
    width, height = k * small.shape[1], k * small.shape[0]
    return np.array([(p.x * width - 0.5, p.y * height - 0.5, p.z * width, p.visibility) for p in result.pose_landmarks[0]], dtype=np.float64)
