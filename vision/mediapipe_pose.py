"""Door to MediaPipe: one pose landmarker for one clip."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from vision.weights import weights_sha256

N_LANDMARKS = 33


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
        os.environ.setdefault("GLOG_minloglevel", "2")
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
        import mediapipe as mp  # noqa: PLC0415 - two to six seconds, paid only by who measures
        from mediapipe.tasks.python import BaseOptions, vision  # noqa: PLC0415

        self.model = model
        self.model_sha256 = weights_sha256(weights)
        self._mp: Any = mp
        options = vision.PoseLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(weights)),
            running_mode=vision.RunningMode.VIDEO,
            output_segmentation_masks=True,
        )
        self._landmarker: Any = vision.PoseLandmarker.create_from_options(options)
        self._last_ms = -1

    def estimate(self, rgb: npt.NDArray[np.uint8], t_s: float) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float32]] | None:
        """Landmarks (33, 4): x px, y px, depth px, visibility; and the person mask (H, W) in 0..1. None when nobody is found."""
        height, width = rgb.shape[:2]
        self._last_ms = max(self._last_ms + 1, round(t_s * 1000))
        image = self._mp.Image(image_format=self._mp.ImageFormat.SRGB, data=np.ascontiguousarray(rgb))
        result = self._landmarker.detect_for_video(image, self._last_ms)
        if not result.pose_landmarks:
            return None
        # Normalised coordinates run over pixel edges, ours over pixel centres.
        marks = np.array([(p.x * width - 0.5, p.y * height - 0.5, p.z * width, p.visibility) for p in result.pose_landmarks[0]], dtype=np.float64)
        mask = np.array(result.segmentation_masks[0].numpy_view(), dtype=np.float32).reshape(height, width)
        return marks, mask

    def close(self) -> None:
        """Free the network."""
        self._landmarker.close()
