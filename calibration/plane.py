"""The measuring plane: the upright plane through the leg, square to the wall, in which points become centimetres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from calibration.camera import Camera

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SagittalPlane:
    """Plane of constant depth before a solved camera.

    Attributes
    ----------
    camera : Camera
    z_cm : float
        Depth of the plane, in the camera's own centimetres.
    cm_per_unit : float
        Real centimetres per centimetre of the camera's room: 1 with a sheet, else from the foot's length.
    wall_x_cm : float
        x of the wall that the knee touches, in the camera's own centimetres.
    """

    camera: Camera
    z_cm: float
    cm_per_unit: float = 1.0
    wall_x_cm: float = 0.0

    def map_points(self, xy_px: FloatArray, *, dz_cm: float = 0.0) -> FloatArray:
        """Pixels to centimetres in the plane.

        Parameters
        ----------
        xy_px : (..., 2) float64
            Pixels, y down, person facing right; NaN stays NaN.
        dz_cm : float
            How far behind the plane these points lie, real centimetres.

        Returns
        -------
        (..., 2) float64
            x away from the wall, y up from the floor, cm.
        """
        flat = np.asarray(xy_px, dtype=np.float64).reshape(-1, 2)
        room = self.camera.on_plane(flat, self.z_cm + dz_cm / self.cm_per_unit)
        out = np.column_stack([room[:, 0] - self.wall_x_cm, room[:, 1]]) * self.cm_per_unit
        return np.asarray(out.reshape(np.shape(xy_px)))

    def to_pixels(self, xy_cm: FloatArray) -> FloatArray:
        """Centimetres in the plane (N, 2) back to pixels (N, 2)."""
        x = np.asarray(xy_cm)[:, 0] / self.cm_per_unit + self.wall_x_cm
        y = np.asarray(xy_cm)[:, 1] / self.cm_per_unit
        return self.camera.project(np.column_stack([x, y, np.full(len(x), self.z_cm)]))


def inclination_deg(upper_cm: FloatArray, lower_cm: FloatArray) -> FloatArray:
    """Angle from vertical of the lines from lower to upper points (..., 2), degrees; positive when the upper one is nearer the wall (smaller x)."""
    run = np.asarray(upper_cm) - np.asarray(lower_cm)
    return np.asarray(np.degrees(np.arctan2(-run[..., 0], run[..., 1])))
