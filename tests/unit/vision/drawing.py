"""Pictures of known edges, drawn for the tests with exact sub-pixel coverage."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Rgb = npt.NDArray[np.uint8]

_FINER = 8
"""Polygons are filled at so many times the size and averaged down: an edge is right to a sixteenth of a pixel."""


def draw(size_px: tuple[int, int], ground: tuple[int, int, int], *shapes: tuple[FloatArray, tuple[int, int, int]]) -> FloatArray:
    """Anti-aliased polygons, each with its colour, on a plain ground: (H, W, 3) float64, 0..255."""
    width, height = size_px
    out = np.tile(np.array(ground, np.float64), (height, width, 1))
    for polygon, colour in shapes:
        share = cover(size_px, polygon)[..., None]
        out = out * (1 - share) + share * np.array(colour, np.float64)
    return out


def cover(size_px: tuple[int, int], polygon: FloatArray) -> npt.NDArray[np.float32]:
    """Share of each pixel that a polygon (N, 2) covers; pixel centres have whole coordinates."""
    width, height = size_px
    fine = np.zeros((height * _FINER, width * _FINER), np.uint8)
    corners = np.round((polygon + 0.5) * _FINER - 0.5).astype(np.int32)
    cv2.fillPoly(fine, [corners], 255)
    return np.asarray(cv2.resize(fine, size_px, interpolation=cv2.INTER_AREA).astype(np.float32) / 255.0, np.float32)


def film(picture: FloatArray, *, blur_px: float = 0.8, noise: float = 0.0, seed: int = 0) -> Rgb:
    """As a phone would take it: lens blur, sensor noise (grey levels), eight bits."""
    blurred = cv2.GaussianBlur(picture, (0, 0), blur_px)
    noisy = blurred + np.random.default_rng(seed).normal(0, noise, picture.shape) if noise else blurred
    return np.clip(np.round(noisy), 0, 255).astype(np.uint8)
