"""Errors of calibration.

CalibrationError
├── QuantityError        a number without a usable uncertainty, or units mixed
└── DegenerateSceneError the cues do not determine the camera or the plane
"""

from __future__ import annotations


class CalibrationError(ValueError):
    """Root of all errors raised by `calibration`; `code` is stable."""

    code = "calibration_error"


class QuantityError(CalibrationError):
    """A quantity without a usable value, uncertainty or unit."""

    code = "quantity_invalid"


class DegenerateSceneError(CalibrationError):
    """The cues given do not determine what was asked for."""

    code = "scene_degenerate"
